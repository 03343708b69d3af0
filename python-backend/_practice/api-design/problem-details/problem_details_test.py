"""What the two functions must do. A handler is a function, a request can be anything, and a response is a value."""

import asyncio
import json
import uuid
from copy import deepcopy
from datetime import date
from decimal import Decimal

import pytest
from problem_details import ProblemError, Response, handle, problem_response

OUT_OF_STOCK = "https://shop.example/problems/out-of-stock"


def document(response):
    """The JSON object in the body. A member `type` that says about:blank is dropped: it may be there or not."""

    def refuse(name):
        raise AssertionError(f"{name} is not JSON")

    found = json.loads(response.body.decode("utf-8"), parse_constant=refuse)
    if found.get("type") == "about:blank":
        del found["type"]
    return found


def rendered(status, **options):
    return document(problem_response(ProblemError(status, **options)))


class Log:
    """Notes what was logged."""

    def __init__(self):
        self.entries = []

    def __call__(self, instance, error):
        self.entries.append((instance, error))


def raising(error):
    """A handler that raises the error."""

    def handler(request):
        raise error

    return handler


# Status and headers


@pytest.mark.parametrize("status", [404, 409, 503])
def test_the_response_and_the_document_have_the_status_of_the_problem(status):
    response = problem_response(ProblemError(status, type=OUT_OF_STOCK))
    assert response.status == status
    assert document(response)["status"] == status


def test_the_content_type_is_that_of_a_problem():
    assert problem_response(ProblemError(404)).headers == {"Content-Type": "application/problem+json"}


def test_the_headers_of_the_problem_are_sent_too():
    problem = ProblemError(503, headers={"Retry-After": "30"})
    assert problem_response(problem).headers == {"Content-Type": "application/problem+json", "Retry-After": "30"}


# The members


def test_the_members_are_written():
    found = rendered(
        409,
        type=OUT_OF_STOCK,
        title="The product is out of stock.",
        detail="3 pieces are left, and the order asks for 5.",
        instance="/orders/17/problems/1",
    )
    assert found == {
        "type": OUT_OF_STOCK,
        "title": "The product is out of stock.",
        "status": 409,
        "detail": "3 pieces are left, and the order asks for 5.",
        "instance": "/orders/17/problems/1",
    }


def test_a_member_that_is_none_is_left_out():
    assert rendered(409, type=OUT_OF_STOCK) == {"type": OUT_OF_STOCK, "status": 409}


@pytest.mark.parametrize("name", ["title", "detail", "instance"])
def test_an_empty_string_is_written(name):
    assert rendered(409, type=OUT_OF_STOCK, **{name: ""}) == {"type": OUT_OF_STOCK, "status": 409, name: ""}


@pytest.mark.parametrize(
    ("status", "phrase"), [(404, "Not Found"), (429, "Too Many Requests"), (503, "Service Unavailable")]
)
def test_without_a_type_the_title_is_the_phrase_of_the_status(status, phrase):
    assert rendered(status) == {"title": phrase, "status": status}


@pytest.mark.parametrize("options", [{}, {"type": "about:blank"}])
def test_without_a_type_the_title_of_the_problem_is_not_used(options):
    assert rendered(404, title="The order is gone", **options) == {"title": "Not Found", "status": 404}


def test_a_status_without_a_phrase_gives_no_title():
    assert rendered(499, title="The client left") == {"status": 499}


def test_text_is_encoded_as_utf_8():
    text = "Größe 42 ist aus: 在庫なし"
    assert rendered(409, type=OUT_OF_STOCK, detail=text)["detail"] == text


# Extensions


def test_extensions_stand_beside_the_other_members():
    found = rendered(409, type=OUT_OF_STOCK, detail="3 are left.", extensions={"left": 3, "others": ["/products/8"]})
    assert found == {
        "type": OUT_OF_STOCK,
        "status": 409,
        "detail": "3 are left.",
        "left": 3,
        "others": ["/products/8"],
    }


@pytest.mark.parametrize("value", [0, False, None, "", [], {}, {"size": [None, 42]}])
def test_any_value_of_an_extension_is_written(value):
    found = rendered(409, type=OUT_OF_STOCK, extensions={"left": value})
    assert found == {"type": OUT_OF_STOCK, "status": 409, "left": value}
    assert type(found["left"]) is type(value)


@pytest.mark.parametrize(
    "value", [Decimal("9.90"), date(2026, 11, 28), {1, 2}, float("nan"), float("inf"), [{"price": float("-inf")}]]
)
def test_an_extension_that_json_cannot_express_is_refused(value):
    with pytest.raises((TypeError, ValueError)):
        problem_response(ProblemError(409, type=OUT_OF_STOCK, extensions={"price": value}))


def test_the_problem_is_not_changed():
    problem = ProblemError(409, type=OUT_OF_STOCK, extensions={"left": 3}, headers={"Retry-After": "30"})
    before = deepcopy(vars(problem))
    first = problem_response(problem)
    assert vars(problem) == before
    assert problem_response(problem) == first


# Handling: what the client is meant to see


def test_the_response_of_a_handler_is_returned():
    log, response, requests = Log(), Response(404, {"Content-Type": "text/html"}, b"<p>gone</p>"), []

    def handler(request):
        requests.append(request)
        return response

    assert handle(handler, "GET /orders", log) is response
    assert requests == ["GET /orders"]
    assert log.entries == []


class OutOfStockError(ProblemError):
    """A problem type of the shop."""

    def __init__(self, left):
        super().__init__(409, type=OUT_OF_STOCK, title="The product is out of stock.", extensions={"left": left})


@pytest.mark.parametrize(
    "problem",
    [
        ProblemError(404, detail="There is no order 17."),
        OutOfStockError(left=3),
        ProblemError(503, type=OUT_OF_STOCK, detail="The warehouse is closed.", headers={"Retry-After": "30"}),
        ProblemError(500, title="Broken", detail="The printer is on fire."),
    ],
    ids=["a problem", "a subclass", "the fault of the server", "a 500"],
)
def test_a_problem_is_answered_as_it_is_and_not_logged(problem):
    log, expected = Log(), problem_response(problem)
    assert handle(raising(problem), "GET /orders/17", log) == expected
    assert log.entries == []


def test_the_cause_of_a_problem_is_not_shown():
    problem = ProblemError(503, detail="The warehouse does not answer.")
    expected = problem_response(problem)

    def handler(request):
        try:
            raise OSError("cannot connect to warehouse-db-3 as root")
        except OSError as error:
            raise problem from error

    assert handle(handler, "GET /stock", Log()) == expected


# Handling: what the client must not see


def test_any_other_exception_is_answered_with_500_and_nothing_of_it_is_shown():
    response = handle(raising(LookupError("no table orders_eu on db-3")), "GET /orders", Log())
    assert response.status == 500
    assert response.headers == {"Content-Type": "application/problem+json"}
    found = document(response)
    del found["instance"]
    assert found == {"title": "Internal Server Error", "status": 500}


def test_any_other_exception_is_logged_with_the_instance_that_the_client_sees():
    log, error = Log(), LookupError("no table orders_eu on db-3")
    response = handle(raising(error), "GET /orders", log)
    assert log.entries == [(document(response)["instance"], error)]


def test_each_failure_has_another_instance_which_is_the_urn_of_a_uuid():
    error = LookupError("no table orders_eu on db-3")
    found = [document(handle(raising(error), "GET /orders", Log()))["instance"] for _ in range(3)]
    assert [uuid.UUID(instance).urn for instance in found] == found
    assert len(set(found)) == 3


@pytest.mark.parametrize("value", [Decimal("9.90"), float("nan")])
def test_a_problem_that_cannot_be_rendered_is_such_an_exception_too(value):
    log = Log()
    response = handle(raising(ProblemError(409, type=OUT_OF_STOCK, extensions={"price": value})), "PUT /orders/17", log)
    found = document(response)
    assert response.status == 500
    assert found == {"title": "Internal Server Error", "status": 500, "instance": found["instance"]}
    [(instance, error)] = log.entries
    assert instance == found["instance"]
    assert isinstance(error, (TypeError, ValueError))


@pytest.mark.parametrize("error", [KeyboardInterrupt(), SystemExit(), GeneratorExit(), asyncio.CancelledError()])
def test_what_is_no_exception_of_the_program_comes_out(error):
    log = Log()
    with pytest.raises(type(error)) as caught:
        handle(raising(error), "GET /orders", log)
    assert caught.value is error
    assert log.entries == []
