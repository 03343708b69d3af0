"""What the two functions must do. A rival writes between two steps of a request, at the same place in each run."""

import re

import pytest
from etag_updates import Table, get, put


class Busy(Table):
    """A table that a rival changes at the given moments of a request. Each list holds what the rival writes."""

    def __init__(self):
        super().__init__()
        self.early = []  # after a read, or before a write that no read came before
        self.before_write = []
        self.after_write = []
        self.calls = 0

    def read(self, name):
        self._count()
        row = super().read(name)
        self._rival(name, self.early)
        return row

    def write(self, name, body, version):
        self._count()
        self._rival(name, self.early)
        self._rival(name, self.before_write)
        row = super().write(name, body, version)
        if row is not None:
            self._rival(name, self.after_write)
        return row

    def _count(self):
        self.calls += 1
        assert self.calls < 50, "it never stops"

    def _rival(self, name, bodies):
        if bodies:
            row = Table.read(self, name)
            Table.write(self, name, bodies.pop(0), row.version if row else None)


def stored(table, name="menu"):
    row = Table.read(table, name)
    return row and row.body


@pytest.fixture
def table():
    """A table with one document."""
    found = Busy()
    Table.write(found, "menu", b"soup", None)
    return found


def tag(table, name="menu"):
    return get(table, name).headers["ETag"]


def opaque(etag):
    """What stands between the quotes of a strong tag."""
    return etag[1:-1]


# Reading


def test_a_document_is_returned_with_its_tag(table):
    response = get(table, "menu")
    assert (response.status, response.body) == (200, b"soup")
    assert "ETag" in response.headers


def test_the_tag_is_a_strong_one(table):
    assert re.fullmatch(r'"[\x21\x23-\x7e]*"', tag(table))


def test_an_empty_document_is_a_document(table):
    Table.write(table, "empty", b"", None)
    response = get(table, "empty")
    assert (response.status, response.body) == (200, b"")
    assert put(table, "empty", {"if-match": response.headers["ETag"]}, b"soup").status == 204


def test_a_document_that_is_not_there_is_404(table):
    assert get(table, "wine list").status == 404


def test_the_tag_stays_as_long_as_the_document_does(table):
    assert tag(table) == tag(table)


@pytest.mark.parametrize("body", [b"fish", b"soup ", b"Soup", b""])
def test_the_tag_changes_with_the_document(table, body):
    before = tag(table)
    assert put(table, "menu", {"if-match": before}, body).status == 204
    assert tag(table) != before


def test_the_tag_belongs_to_the_document_that_is_returned(table):
    table.early = [b"fish"]
    response, now = get(table, "menu"), get(table, "menu")
    assert now.body == b"fish"
    assert (response.headers["ETag"] == now.headers["ETag"]) == (response.body == now.body)


# Writing with If-Match


def test_the_current_tag_lets_the_write_through(table):
    response = put(table, "menu", {"if-match": tag(table)}, b"fish")
    assert response.status == 204
    assert get(table, "menu").body == b"fish"


def test_the_response_has_the_new_tag(table):
    response = put(table, "menu", {"if-match": tag(table)}, b"fish")
    assert response.headers["ETag"] == tag(table)
    assert put(table, "menu", {"if-match": response.headers["ETag"]}, b"cake").status == 204


def test_of_two_clients_that_saw_the_same_the_second_one_is_stopped(table):
    first = second = tag(table)
    assert put(table, "menu", {"if-match": first}, b"soup, fish").status == 204
    assert put(table, "menu", {"if-match": second}, b"soup, cake").status == 412
    assert stored(table) == b"soup, fish"


def test_a_write_that_is_repeated_with_the_old_tag_is_stopped_too(table):
    before = tag(table)
    assert put(table, "menu", {"if-match": before}, b"fish").status == 204
    assert put(table, "menu", {"if-match": before}, b"fish").status == 412


def test_one_of_several_tags_is_enough(table):
    for tags in (
        '"x", {}',
        '{}, "x"',
        '"x","y",{},"z"',
        '"x" ,\t{}',
        ', "x",, {},',
        'W/"x", {}',
        '"", {}',
        '"x,y", {}',
    ):
        assert put(table, "menu", {"if-match": tags.format(tag(table))}, b"fish").status == 204, tags


def test_a_star_stands_for_any_document(table):
    assert put(table, "menu", {"if-match": "*"}, b"fish").status == 204
    assert stored(table) == b"fish"


def refused(table, tags):
    before = tag(table)
    assert put(table, "menu", {"if-match": tags}, b"fish").status == 412
    assert (stored(table), tag(table)) == (b"soup", before)


@pytest.mark.parametrize("tags", ['"x"', '"x", "y"', '""', "", ",", " , "])
def test_other_tags_or_none_at_all_do_not_match(table, tags):
    refused(table, tags)


def test_a_weak_tag_never_matches(table):
    refused(table, f"W/{tag(table)}")
    refused(table, f'"x", W/{tag(table)}')
    refused(table, f'W/{tag(table)},W/"x"')


def test_a_star_in_quotes_is_an_ordinary_tag(table):
    refused(table, '"*"')
    refused(table, '"x", "*"')


def test_a_comma_can_be_part_of_a_tag(table):
    own = opaque(tag(table))
    refused(table, f'"x,{own}"')
    refused(table, f'"{own},x"')
    refused(table, f'"x,{own},y"')


def test_a_tag_matches_only_as_a_whole(table):
    own = opaque(tag(table))
    for other in (f"{own}0", f"0{own}", f"{own}{own}", own[:-1], own[1:], f"W/{own}"):
        refused(table, f'"{other}"')


def test_a_document_that_is_not_there_matches_nothing(table):
    for tags in ("*", tag(table), '"x"', '""', ""):
        assert put(table, "wine list", {"if-match": tags}, b"red").status == 412, tags
    assert get(table, "wine list").status == 404


# Writing without a condition


@pytest.mark.parametrize("name", ["menu", "wine list"])
@pytest.mark.parametrize("headers", [{}, {"content-type": "text/plain"}, {"etag": '"1"'}])
def test_a_write_without_a_condition_is_428(table, name, headers):
    before = stored(table, name)
    assert put(table, name, headers, b"fish").status == 428
    assert stored(table, name) == before


def test_the_428_says_what_is_missing(table):
    assert b"If-Match" in put(table, "menu", {}, b"fish").body


# Creating


def test_a_document_can_be_created(table):
    response = put(table, "wine list", {"if-none-match": "*"}, b"red")
    assert response.status == 201
    assert get(table, "wine list").body == b"red"
    assert response.headers["ETag"] == tag(table, "wine list")


def test_a_document_that_is_there_is_not_created_again(table):
    assert put(table, "menu", {"if-none-match": "*"}, b"fish").status == 412
    assert stored(table) == b"soup"


def test_an_empty_document_is_not_created_again(table):
    Table.write(table, "empty", b"", None)
    assert put(table, "empty", {"if-none-match": "*"}, b"fish").status == 412
    assert stored(table, "empty") == b""


# A rival

moments = pytest.mark.parametrize("moment", ["early", "before_write"])


@moments
def test_a_rival_between_the_check_and_the_write_is_not_overwritten(table, moment):
    seen = tag(table)
    setattr(table, moment, [b"the rival's"])
    assert put(table, "menu", {"if-match": seen}, b"fish").status == 412
    assert stored(table) == b"the rival's"


@moments
def test_a_rival_who_creates_the_document_first_is_not_overwritten(table, moment):
    setattr(table, moment, [b"the rival's"])
    assert put(table, "wine list", {"if-none-match": "*"}, b"red").status == 412
    assert stored(table, "wine list") == b"the rival's"


@moments
@pytest.mark.parametrize("rivals", [1, 5])
def test_a_rival_who_leaves_the_condition_true_does_not_stop_the_write(table, moment, rivals):
    setattr(table, moment, [b"rival %d" % number for number in range(rivals)])
    response = put(table, "menu", {"if-match": "*"}, b"fish")
    assert response.status == 204
    assert stored(table) == b"fish"
    assert response.headers["ETag"] == tag(table)


@moments
def test_a_rival_who_writes_one_of_the_tags_does_not_stop_the_write(table, moment):
    before, other = tag(table), Busy()
    Table.write(other, "menu", b"soup", None)
    after = put(other, "menu", {"if-match": before}, b"the rival's").headers["ETag"]
    setattr(table, moment, [b"the rival's"])
    assert put(table, "menu", {"if-match": f"{before}, {after}"}, b"fish").status == 204
    assert stored(table) == b"fish"


@pytest.mark.parametrize("headers", [{"if-match": "*"}, {"if-none-match": "*"}])
def test_the_tag_of_the_response_is_that_of_the_document_that_was_written(table, headers):
    name = "menu" if "if-match" in headers else "wine list"
    table.after_write = [b"the rival's"]
    response = put(table, name, headers, b"fish")
    assert response.status in (201, 204)
    assert put(table, name, {"if-match": response.headers["ETag"]}, b"cake").status == 412
    assert stored(table, name) == b"the rival's"
