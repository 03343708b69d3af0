"""What the API must do. Each test has an application for itself, and talks to it as a client would."""

import pytest
from fastapi.testclient import TestClient
from items_crud import create_app

DRILL = {"name": "Drill", "price": 900, "cost": 12000, "note": "Bits are in the lid."}


def catalogue(*changes):
    """A client of a new application, with an item per dictionary of changes to the drill."""
    client = TestClient(create_app())
    for change in changes:
        assert client.post("/items", json=DRILL | change).is_success
    return client


def ids(reply):
    assert reply.status_code == 200
    return [item["id"] for item in reply.json()]


# Creating


def test_a_creation_is_201():
    assert catalogue().post("/items", json=DRILL).status_code == 201


def test_a_creation_returns_the_item():
    reply = catalogue().post("/items", json=DRILL)
    assert reply.json() == {"id": 1, "name": "Drill", "price": 900, "note": "Bits are in the lid."}


def test_a_creation_says_where_the_item_is():
    client = catalogue({})
    reply = client.post("/items", json=DRILL | {"name": "Saw"})
    assert reply.headers["Location"] == "/items/2"
    assert client.get("/items/2").json() == reply.json()


def test_the_note_can_be_left_out_or_null():
    client = catalogue()
    without = {key: value for key, value in DRILL.items() if key != "note"}
    for sent in (without, DRILL | {"note": None}):
        reply = client.post("/items", json=sent)
        assert reply.is_success
        assert reply.json()["note"] is None


def test_an_id_is_never_used_again():
    client = catalogue({}, {}, {})
    for number in (1, 3):
        assert client.delete(f"/items/{number}").status_code == 204
    assert client.post("/items", json=DRILL).json()["id"] == 4
    assert ids(client.get("/items")) == [2, 4]


def test_two_applications_share_nothing():
    first, second = catalogue({}), catalogue()
    assert second.get("/items").json() == []
    assert second.post("/items", json=DRILL).json()["id"] == 1
    assert ids(first.get("/items")) == [1]


# What is accepted


@pytest.mark.parametrize("name", ["", "  ", " \t\n", "x" * 61, None, 7])
def test_a_name_that_does_not_fit_is_refused(name):
    assert catalogue().post("/items", json=DRILL | {"name": name}).status_code == 422


def test_a_name_is_stored_without_spaces_around_it():
    client = catalogue({"name": "  Belt sander \n"})
    assert client.get("/items/1").json()["name"] == "Belt sander"


@pytest.mark.parametrize("name", ["x", "x" * 60, " " + "x" * 60 + " "])
def test_the_shortest_and_the_longest_name_are_accepted(name):
    assert catalogue({"name": name}).get("/items/1").json()["name"] == name.strip()


@pytest.mark.parametrize("amount", [-1, 2.5, "900", True, None])
@pytest.mark.parametrize("field", ["price", "cost"])
def test_an_amount_that_is_not_a_number_of_cents_is_refused(field, amount):
    assert catalogue().post("/items", json=DRILL | {field: amount}).status_code == 422


@pytest.mark.parametrize("field", ["price", "cost"])
def test_an_amount_can_be_zero(field):
    assert catalogue().post("/items", json=DRILL | {field: 0}).is_success


@pytest.mark.parametrize("field", ["name", "price", "cost"])
def test_the_other_fields_are_required(field):
    sent = {key: value for key, value in DRILL.items() if key != field}
    assert catalogue().post("/items", json=sent).status_code == 422


@pytest.mark.parametrize("field", ["id", "colour"])
def test_any_other_field_is_refused(field):
    client = catalogue({})
    assert client.post("/items", json=DRILL | {field: 7}).status_code == 422
    assert client.put("/items/1", json=DRILL | {field: 1}).status_code == 422


def test_a_note_is_stored_as_it_is():
    assert catalogue({"note": "  Ask first.\n"}).get("/items/1").json()["note"] == "  Ask first.\n"
    assert catalogue({"note": ""}).get("/items/1").json()["note"] == ""


# Reading


def test_an_item_can_be_read():
    reply = catalogue({}, {"name": "Saw"}).get("/items/2")
    assert reply.status_code == 200
    assert reply.json() == {"id": 2, "name": "Saw", "price": 900, "note": "Bits are in the lid."}


def test_a_new_application_has_no_items():
    reply = catalogue().get("/items")
    assert (reply.status_code, reply.json()) == (200, [])


def test_all_items_are_listed_by_id():
    client = catalogue({"name": "Saw"}, {"name": "Axe"}, {"name": "Drill"})
    assert [item["name"] for item in client.get("/items").json()] == ["Saw", "Axe", "Drill"]


def test_the_list_can_be_limited_by_price():
    client = catalogue({"price": 0}, {"price": 900}, {"price": 901}, {"price": 100})
    assert ids(client.get("/items?max_price=900")) == [1, 2, 4]


def test_a_limit_of_zero_is_a_limit():
    assert ids(catalogue({"price": 900}, {"price": 0}).get("/items?max_price=0")) == [2]


def test_no_response_shows_the_cost():
    client = catalogue({})
    replies = [
        client.post("/items", json=DRILL),
        client.get("/items/1"),
        client.get("/items"),
        client.put("/items/1", json=DRILL),
    ]
    for reply in replies:
        assert reply.is_success
        assert "cost" not in reply.text
        assert "12000" not in reply.text


@pytest.mark.parametrize("number", [0, 2, -1])
def test_an_item_that_is_not_there_is_404(number):
    assert catalogue({}).get(f"/items/{number}").status_code == 404


# Summary


def test_the_summary_counts_the_items_and_adds_up_their_costs():
    client = catalogue({"cost": 500}, {"cost": 12000}, {"cost": 500})
    reply = client.get("/items/summary")
    assert (reply.status_code, reply.json()) == (200, {"items": 3, "cost": 13000})


def test_the_summary_of_no_items_is_zero():
    assert catalogue().get("/items/summary").json() == {"items": 0, "cost": 0}


def test_the_summary_follows_every_change():
    client = catalogue({"cost": 1000}, {"cost": 500})
    client.put("/items/1", json=DRILL | {"cost": 10})
    assert client.get("/items/summary").json() == {"items": 2, "cost": 510}
    client.delete("/items/2")
    assert client.get("/items/summary").json() == {"items": 1, "cost": 10}


# Replacing


def test_an_item_can_be_replaced():
    client = catalogue({}, {})
    expected = {"id": 1, "name": "Saw", "price": 700, "note": "Sharp."}
    reply = client.put("/items/1", json={"name": "Saw", "price": 700, "cost": 1, "note": "Sharp."})
    assert (reply.status_code, reply.json()) == (200, expected)
    assert client.get("/items/1").json() == expected
    assert client.get("/items/2").json()["name"] == "Drill"


def test_a_replacement_without_a_note_has_no_note():
    client = catalogue({})
    reply = client.put("/items/1", json={"name": "Drill", "price": 900, "cost": 12000})
    assert reply.json()["note"] is None
    assert client.get("/items/1").json()["note"] is None


def test_a_replaced_item_keeps_its_place():
    client = catalogue({}, {}, {})
    assert client.put("/items/1", json=DRILL | {"name": "Saw"}).status_code == 200
    assert ids(client.get("/items")) == [1, 2, 3]


def test_a_replacement_creates_nothing():
    client = catalogue({})
    assert client.put("/items/2", json=DRILL).status_code == 404
    assert ids(client.get("/items")) == [1]


def test_a_refused_replacement_changes_nothing():
    client = catalogue({})
    assert client.put("/items/1", json={"name": "Saw", "price": 700}).status_code == 422
    assert client.get("/items/1").json()["name"] == "Drill"


# Deleting


def test_a_deletion_is_204_without_a_body():
    client = catalogue({}, {})
    reply = client.delete("/items/1")
    assert (reply.status_code, reply.content) == (204, b"")
    assert ids(client.get("/items")) == [2]


def test_a_deleted_item_is_404():
    client = catalogue({})
    client.delete("/items/1")
    assert client.get("/items/1").status_code == 404
    assert client.put("/items/1", json=DRILL).status_code == 404
    assert client.delete("/items/1").status_code == 404
