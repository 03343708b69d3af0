"""What the paging must do. The table is a list of orders, and the tests change it between two pages."""

import base64
import importlib.util
import random
import re

import pytest
from cursor_pagination import BadCursorError, Order, Page, list_orders

NOON = 1795867200


def table(*created):
    """Orders with the ids 1, 2, 3 and so on, which were created so many seconds after noon."""
    return [Order(number, NOON + seconds, "paid") for number, seconds in enumerate(created, start=1)]


def ids(page):
    return [order.id for order in page.items]


def walk(orders, between=None, **options):
    """The ids on each page, from the first to the last. `between` is called after each page that has a next one."""
    pages, cursor = [], None
    while True:
        page = list_orders(orders, cursor=cursor, **options)
        pages.append(ids(page))
        assert len(pages) < 60, "the pages never end"
        if page.next_cursor is None:
            return pages
        cursor = page.next_cursor
        if between:
            between()


def remove(orders, *gone):
    orders[:] = [order for order in orders if order.id not in gone]


# The order


def test_the_newest_order_comes_first():
    assert walk(table(30, 10, 40, 20), limit=10) == [[3, 1, 4, 2]]


def test_in_the_same_second_the_greater_id_comes_first():
    orders = table(10, 10, 10, 10)
    random.Random(1).shuffle(orders)
    assert walk(orders, limit=10) == [[4, 3, 2, 1]]


def test_the_items_are_orders_of_the_table():
    orders = table(10, 20)
    assert list_orders(orders) == Page([orders[1], orders[0]], None)


def test_the_list_is_not_changed():
    orders = table(30, 10, 40, 20)
    before = list(orders)
    walk(orders, limit=2)
    assert orders == before


# The pages


def test_the_pages_follow_each_other():
    assert walk(table(10, 20, 30, 40, 50), limit=2) == [[5, 4], [3, 2], [1]]


def test_ids_need_not_rise_with_the_time():
    assert walk(table(50, 10, 40, 20, 30), limit=2) == [[1, 3], [5, 4], [2]]


def test_a_second_with_more_orders_than_a_page_is_complete():
    assert walk(table(10, 20, 20, 20, 20, 20, 30), limit=2) == [[7, 6], [5, 4], [3, 2], [1]]


def test_a_full_page_with_nothing_behind_it_is_the_last():
    assert walk(table(10, 20, 30, 40), limit=2) == [[4, 3], [2, 1]]


def test_a_list_without_orders_has_one_empty_page():
    assert list_orders([]) == Page([], None)


def test_the_limit_can_change_from_page_to_page():
    orders = table(10, 20, 30, 40, 50)
    first = list_orders(orders, limit=1)
    second = list_orders(orders, limit=3, cursor=first.next_cursor)
    assert (ids(first), ids(second)) == ([5], [4, 3, 2])


def test_a_page_has_20_orders_unless_the_client_says_otherwise():
    assert [len(page) for page in walk(table(*range(45)))] == [20, 20, 5]


def test_a_limit_above_100_counts_as_100():
    assert [len(page) for page in walk(table(*range(250)), limit=1000)] == [100, 100, 50]


@pytest.mark.parametrize("limit", [0, -1])
@pytest.mark.parametrize("orders", [[], table(10, 20)])
def test_a_limit_below_1_is_refused(limit, orders):
    with pytest.raises(ValueError) as caught:
        list_orders(orders, limit=limit)
    assert not isinstance(caught.value, BadCursorError)


# Changes between two pages


def test_a_newer_order_moves_nothing():
    orders = table(10, 20, 30, 40)
    pages = walk(orders, limit=2, between=lambda: orders.append(Order(9, NOON + 99, "new")))
    assert pages == [[4, 3], [2, 1]]


def test_an_order_in_the_same_second_but_before_the_place_moves_nothing():
    orders = table(10, 20, 20, 20)
    pages = walk(orders, limit=2, between=lambda: orders.append(Order(9, NOON + 20, "new")))
    assert pages == [[4, 3], [2, 1]]


def test_an_order_that_was_read_can_be_deleted():
    orders = table(10, 20, 30, 40)
    pages = walk(orders, limit=2, between=lambda: remove(orders, 4))
    assert pages == [[4, 3], [2, 1]]


def test_the_last_order_of_the_page_can_be_deleted():
    orders = table(10, 20, 30, 40)
    pages = walk(orders, limit=2, between=lambda: remove(orders, 3))
    assert pages == [[4, 3], [2, 1]]


def test_the_first_order_of_the_next_page_can_be_deleted():
    orders = table(10, 20, 30, 40)
    pages = walk(orders, limit=2, between=lambda: remove(orders, 2))
    assert pages == [[4, 3], [1]]


def test_when_all_that_follows_is_deleted_the_last_page_is_empty():
    orders = table(10, 20, 30, 40)
    pages = walk(orders, limit=2, between=lambda: remove(orders, 1, 2, 3, 4))
    assert pages == [[4, 3], []]


@pytest.mark.parametrize("new", [Order(9, NOON + 25, "new"), Order(9, NOON + 20, "new"), Order(0, NOON + 30, "new")])
def test_the_next_page_begins_with_an_order_that_came_right_behind_the_last_one(new):
    orders = table(10, 20, 30, 40)
    pages = walk(orders, limit=3, between=lambda: orders.append(new))
    assert pages == [[4, 3, 2], [1]]
    orders = table(10, 20, 30, 40)
    first = list_orders(orders, limit=2)
    orders.append(new)
    assert ids(list_orders(orders, limit=2, cursor=first.next_cursor)) == [new.id, 2]


def test_a_cursor_can_be_used_again():
    orders = table(10, 20, 30, 40)
    cursor = list_orders(orders, limit=2).next_cursor
    pages = [ids(list_orders(orders, limit=2, cursor=cursor)) for _ in range(2)]
    assert pages == [[2, 1], [2, 1]]


@pytest.mark.parametrize("seed", range(10))
def test_an_order_that_is_there_from_the_first_page_to_the_last_is_seen_once(seed):
    chance = random.Random(seed)
    orders = table(*(chance.randrange(8) for _ in range(30)))
    fresh = iter(range(100, 200))
    gone = set()

    def change():
        order = chance.choice(orders)
        orders.remove(order)
        gone.add(order.id)
        orders.append(Order(next(fresh), NOON + chance.randrange(8), "new"))
        chance.shuffle(orders)

    seen = [number for page in walk(orders, limit=3, between=change) for number in page]
    assert len(seen) == len(set(seen))
    assert set(range(1, 31)) - gone <= set(seen)


# A filter


def mixed():
    """Every second order is new, and the others are paid."""
    return [order._replace(status=("paid", "new")[order.id % 2]) for order in table(*range(10))]


def test_a_status_selects_orders_and_the_pages_are_full_all_the_same():
    assert walk(mixed(), limit=2, status="new") == [[9, 7], [5, 3], [1]]


def test_what_the_filter_drops_makes_no_further_page():
    assert walk(mixed(), limit=5, status="new") == [[9, 7, 5, 3, 1]]


def test_an_empty_status_is_a_status_too():
    orders = [order._replace(status=("", "new")[order.id % 2]) for order in table(*range(6))]
    assert walk(orders, limit=2, status="") == [[6, 4], [2]]


def test_a_status_that_no_order_has_gives_an_empty_page():
    assert list_orders(mixed(), status="lost") == Page([], None)


@pytest.mark.parametrize(("first", "second"), [("new", "paid"), ("new", None), (None, "new"), ("", None), (None, "")])
def test_a_cursor_belongs_to_its_filter(first, second):
    orders = table(10, 20, 30) + [order._replace(id=order.id + 10, status=first or "") for order in table(10, 20, 30)]
    cursor = list_orders(orders, limit=1, status=first).next_cursor
    with pytest.raises(BadCursorError):
        list_orders(orders, limit=1, status=second, cursor=cursor)


@pytest.mark.parametrize("status", ["größer", 'a "quoted" one', "a:b,c|d", "on hold"])
def test_a_status_can_be_any_text(status):
    orders = [order._replace(status=status) for order in table(10, 20, 30)]
    assert walk(orders, limit=2, status=status) == [[3, 2], [1]]


# The cursor


def a_cursor():
    return list_orders([Order(987654, NOON, "paid"), Order(987653, NOON, "paid")], limit=1).next_cursor


def test_a_cursor_needs_no_escaping_in_a_url():
    orders = [Order(number, NOON + number, "größer >>> 9???") for number in range(90, 110)]
    for status in (None, "größer >>> 9???"):
        cursor = None
        for _ in range(len(orders) - 1):
            cursor = list_orders(orders, limit=1, cursor=cursor, status=status).next_cursor
            assert re.fullmatch(r"[A-Za-z0-9_-]+", cursor)


def test_a_cursor_does_not_show_what_it_is_made_of():
    cursor = a_cursor()
    assert str(NOON) not in cursor
    assert "98765" not in cursor


def in_base64(content):
    return base64.urlsafe_b64encode(content).decode().rstrip("=")


@pytest.mark.parametrize("cursor", ["", "0", "1", "2026-11-28", "?", "größer", "=", "=====", "AAAAA", "a/b+", "\n"])
def test_what_is_not_a_cursor_is_refused(cursor):
    with pytest.raises(BadCursorError):
        list_orders(table(10, 20, 30), cursor=cursor)


@pytest.mark.parametrize(
    "content",
    [b"[]", b"{}", b"null", b"17", b"\xff\xfe\xfd", b'["a", "b", null]', b"[1, null, null]", b"[[1], 2, null]"],
)
def test_what_only_looks_like_a_cursor_is_refused(content):
    with pytest.raises(BadCursorError):
        list_orders(table(10, 20, 30), cursor=in_base64(content))


def test_a_cursor_that_is_deeply_nested_is_refused():
    with pytest.raises(BadCursorError):
        list_orders(table(10, 20, 30), cursor=in_base64(b"[" * 100_000))


def test_a_cursor_that_lost_its_end_is_refused():
    cursor = a_cursor()
    for length in range(len(cursor)):
        with pytest.raises(BadCursorError):
            list_orders(table(10, 20, 30), cursor=cursor[:length])


@pytest.mark.parametrize("more", ["A", "0", "=", "!!!!", " ", "\n"])
def test_a_cursor_with_more_characters_is_refused(more):
    for cursor in (a_cursor() + more, more + a_cursor()):
        with pytest.raises(BadCursorError):
            list_orders(table(10, 20, 30), cursor=cursor)


def test_a_bad_cursor_is_refused_even_if_there_are_no_orders():
    with pytest.raises(BadCursorError):
        list_orders([], cursor="?")


def test_another_process_can_answer_the_next_page():
    spec = importlib.util.find_spec("cursor_pagination")
    other = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(other)
    orders = table(10, 20, 30)
    cursor = list_orders(orders, limit=2).next_cursor
    assert ids(other.list_orders(orders, limit=2, cursor=cursor)) == [1]
