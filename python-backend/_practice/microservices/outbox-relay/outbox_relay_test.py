"""What the three functions must do. Shop and billing are real SQLite files; others look at them through
other connections while a function works. A crash is an exception that no code may swallow.
"""

import contextlib
import json
import shutil
import sqlite3

import pytest
from outbox_relay import Message, connect, place_order, receive, relay


class Crash(BaseException):
    """The process dies here."""


class Files:
    """Opens connections and closes them after the test. A new file is a copy of the empty database."""

    def __init__(self, folder, empty):
        self.folder = folder
        self.empty = empty
        self.opened = []

    def open(self, name):
        path = self.folder / f"{name}.db"
        if not path.exists():
            shutil.copy(self.empty, path)
        db = connect(str(path))
        db.execute("PRAGMA synchronous = OFF")  # no test pulls the plug, and the disk is slow
        self.opened.append(db)
        return db


@pytest.fixture(scope="module")
def empty(tmp_path_factory):
    path = tmp_path_factory.mktemp("empty") / "empty.db"
    connect(str(path)).close()
    return path


@pytest.fixture
def files(tmp_path, empty):
    found = Files(tmp_path, empty)
    yield found
    for db in found.opened:
        db.close()


@pytest.fixture
def shop(files):
    return files.open("shop")


@pytest.fixture
def billing(files):
    db = files.open("billing")
    db.execute("CREATE TABLE bills (number INTEGER PRIMARY KEY, body TEXT)")
    return db


def seen_by_others(files, name, queries):
    """A function that asks the queries on another connection and returns the numbers that come back."""
    other = files.open(name)
    return lambda: tuple(other.execute(query).fetchone()[0] for query in queries)


@contextlib.contextmanager
def watched(db, look):
    """Look at the database before each statement that runs on this connection. Yields the list of what was seen."""
    views = []

    def note(statement):
        try:
            views.append(look())
        except sqlite3.Error as error:
            views.append(error)

    db.set_trace_callback(note)
    try:
        yield views
    finally:
        db.set_trace_callback(None)
        views.append(look())


def orders(files):
    return [tuple(row) for row in files.open("shop").execute("SELECT id, amount FROM orders ORDER BY id")]


def waiting(files):
    """What a relay on another connection would publish now. It crashes each time, so nothing becomes published."""
    rows = []
    other = files.open("shop")

    def collect(message):
        rows.append(message)
        raise Crash

    with contextlib.suppress(Crash):
        relay(other, collect)
    return rows


class Broker:
    """Takes what is published. It raises the given exception instead of taking message number `fails`, once."""

    def __init__(self, fails=None, error=None, then=None):
        self.taken = []
        self.fails, self.error = fails, error
        self.then = then or {}

    def __call__(self, message):
        if self.error is not None and len(self.taken) + 1 == self.fails:
            error, self.error = self.error, None
            raise error
        self.taken.append(message)
        self.then.pop(len(self.taken), lambda: None)()

    @property
    def names(self):
        return [json.loads(message.body)["order"] for message in self.taken]


def idle(db):
    """Whether the connection has no open transaction."""
    return not db.in_transaction


# Placing an order


def test_the_order_is_stored(files, shop):
    place_order(shop, "A-17", 500)
    assert orders(files) == [("A-17", 500)]
    assert idle(shop)


def test_there_is_one_message_about_the_order(shop):
    place_order(shop, "A-17", 500)
    broker = Broker()
    assert relay(shop, broker) == 1
    [message] = broker.taken
    assert json.loads(message.body) == {"order": "A-17", "amount": 500}


def test_the_body_is_json_whatever_the_order_is_called(shop):
    name = "Tasse \"Größe' \\ 1\n"
    place_order(shop, name, 500)
    broker = Broker()
    relay(shop, broker)
    assert broker.names == [name]


def test_a_message_has_an_id_and_a_body_which_are_texts(shop):
    place_order(shop, "A-17", 500)
    broker = Broker()
    relay(shop, broker)
    [message] = broker.taken
    assert isinstance(message, Message)
    assert [type(part) for part in message] == [str, str]
    assert message.id


def test_no_two_messages_have_the_same_id(shop):
    for number in range(50):
        place_order(shop, f"A-{number}", 500)
    broker = Broker()
    relay(shop, broker)
    assert len({message.id for message in broker.taken}) == 50


def test_messages_of_two_databases_have_different_ids(files, shop):
    broker, other = Broker(), files.open("other-shop")
    for db in (shop, other):
        place_order(db, "A-17", 500)
        relay(db, broker)
    first, second = broker.taken
    assert first.id != second.id


def test_others_see_the_order_and_its_message_or_neither(files, shop):
    look = seen_by_others(files, "shop", ["SELECT count(*) FROM orders", "SELECT count(*) FROM outbox"])
    with watched(shop, look) as views:
        place_order(shop, "A-17", 500)
    assert set(views) <= {(0, 0), (1, 1)}
    assert views[-1] == (1, 1)


@pytest.mark.parametrize(("order", "amount"), [("A-17", 700), ("A-18", 0), ("A-18", None)])
def test_an_order_that_cannot_be_stored_leaves_no_message(files, shop, order, amount):
    place_order(shop, "A-17", 500)
    with pytest.raises(sqlite3.IntegrityError):
        place_order(shop, order, amount)
    assert idle(shop), "a transaction is open"
    shop.commit()
    broker = Broker()
    relay(shop, broker)
    assert broker.names == ["A-17"]
    assert orders(files) == [("A-17", 500)]


@pytest.mark.parametrize("table", ["orders", "outbox"])
def test_an_order_whose_rows_cannot_be_stored_is_not_stored_at_all(files, shop, table):
    shop.execute(f"CREATE TRIGGER full AFTER INSERT ON {table} BEGIN SELECT RAISE(ABORT, 'the disk is full'); END")
    with pytest.raises(sqlite3.IntegrityError, match="the disk is full"):
        place_order(shop, "A-17", 500)
    assert idle(shop), "a transaction is open"
    shop.commit()
    shop.execute("DROP TRIGGER full")
    assert orders(files) == []
    assert relay(shop, Broker()) == 0
    place_order(shop, "A-17", 500)
    assert relay(shop, Broker()) == 1


def test_an_order_that_json_cannot_express_is_not_stored(files, shop):
    with pytest.raises((TypeError, sqlite3.Error)):
        place_order(shop, "A-17", b"500")
    assert idle(shop), "a transaction is open"
    shop.commit()
    assert orders(files) == []
    assert relay(shop, Broker()) == 0


# The relay


def test_messages_are_published_in_order(shop):
    names = ["B", "C", "A", "10", "9"]
    for name in names:
        place_order(shop, name, 500)
    broker = Broker()
    assert relay(shop, broker) == 5
    assert broker.names == names


def test_nothing_to_publish(shop):
    assert relay(shop, Broker()) == 0


def test_what_was_published_is_not_published_again(files, shop):
    broker = Broker()
    for name in "AB":
        place_order(shop, name, 500)
        assert relay(shop, broker) == 1
        assert relay(shop, broker) == 0
    assert relay(files.open("shop"), broker) == 0
    assert broker.names == ["A", "B"]
    assert idle(shop)


def test_any_result_of_publish_is_good(shop):
    for name in "ABC":
        place_order(shop, name, 500)
    results = [None, False, 0]
    assert relay(shop, lambda message: results.pop()) == 3
    assert relay(shop, Broker()) == 0


exceptions = pytest.mark.parametrize("error", [ConnectionError("no broker"), Crash()], ids=["an error", "a crash"])


@exceptions
def test_what_could_not_be_published_remains_and_so_do_those_after_it(files, shop, error):
    for name in "ABCD":
        place_order(shop, name, 500)
    broker = Broker(fails=3, error=error)
    with pytest.raises(type(error)) as caught:
        relay(shop, broker)
    assert caught.value is error
    assert broker.names == ["A", "B"]
    assert idle(shop), "a transaction is open"
    assert relay(files.open("shop"), broker) == 2
    assert broker.names == ["A", "B", "C", "D"]


@exceptions
def test_a_message_is_published_again_if_it_is_not_known_to_be_published(shop, error):
    for name in "AB":
        place_order(shop, name, 500)
    taken = []

    def publish(message):
        taken.append(message)  # the broker has it
        if len(taken) == 1:
            raise error

    with pytest.raises(type(error)):
        relay(shop, publish)
    assert relay(shop, publish) == 2
    first, again, second = taken
    assert again == first
    assert second.id != first.id


def test_each_message_is_marked_before_the_next_one_is_published(files, shop):
    for name in "ABC":
        place_order(shop, name, 500)
    views = []

    def publish(message):
        views.append((message, waiting(files)))

    assert relay(shop, publish) == 3
    for message, others in views:
        assert others == [message], "others do not see what is published already"
    assert waiting(files) == []


def test_a_message_is_not_marked_before_it_is_published(files, shop):
    place_order(shop, "A", 500)
    views = []
    relay(shop, lambda message: views.append([message] == waiting(files)))
    assert views == [True]


def test_the_database_is_free_while_a_message_is_published(files, shop):
    for name in "ABC":
        place_order(shop, name, 500)
    other = files.open("shop")
    broker = Broker(
        then={count: lambda name=name: place_order(other, name, 700) for count, name in ((1, "X"), (3, "Y"))}
    )
    relay(shop, broker)
    assert [name for name, _ in orders(files)] == ["A", "B", "C", "X", "Y"]


def test_a_message_that_comes_while_the_relay_runs_is_published_by_this_run_or_the_next(files, shop):
    for name in "ABC":
        place_order(shop, name, 500)
    other = files.open("shop")
    broker = Broker(
        then={count: lambda name=name: place_order(other, name, 700) for count, name in ((1, "X"), (3, "Y"))}
    )
    assert relay(shop, broker) + relay(shop, broker) == 5
    assert broker.names == ["A", "B", "C", "X", "Y"]
    assert relay(shop, broker) == 0


def test_two_messages_with_the_same_body_are_both_published(shop):
    with shop:
        shop.executemany("INSERT INTO outbox (id, body) VALUES (?, ?)", [("1", "{}"), ("2", "{}")])
    broker = Broker(fails=2, error=Crash())
    with pytest.raises(Crash):
        relay(shop, broker)
    assert relay(shop, broker) == 1
    assert broker.taken == [Message("1", "{}"), Message("2", "{}")]


def test_two_relays_at_the_same_time_lose_nothing(files, shop):
    for name in "ABC":
        place_order(shop, name, 500)
    other = files.open("shop")
    broker = Broker(then={1: lambda: relay(other, broker)})
    relay(shop, broker)
    assert set(broker.names) == {"A", "B", "C"}
    assert waiting(files) == []


def test_an_outbox_that_cannot_be_marked_leaves_the_message_for_the_next_run(shop):
    place_order(shop, "A", 500)
    broker = Broker()
    for event in ("UPDATE", "DELETE"):
        shop.execute(
            f"CREATE TRIGGER full_{event} BEFORE {event} ON outbox BEGIN SELECT RAISE(ABORT, 'the disk is full'); END"
        )
    with pytest.raises(sqlite3.IntegrityError, match="the disk is full"):
        relay(shop, broker)
    assert idle(shop), "a transaction is open"
    for event in ("UPDATE", "DELETE"):
        shop.execute(f"DROP TRIGGER full_{event}")
    assert relay(shop, broker) == 1
    first, again = broker.taken
    assert again == first


# The consumer


def make_bill(db, message):
    db.execute("INSERT INTO bills (body) VALUES (?)", (message.body,))


def bills(files):
    return [body for (body,) in files.open("billing").execute("SELECT body FROM bills ORDER BY number")]


ORDER = Message("7f1c", '{"order": "A-17", "amount": 500}')


def test_a_message_is_applied(files, billing):
    given = []
    assert receive(billing, ORDER, lambda *args: given.append(args)) is True
    [(db, message)] = given
    assert db is billing
    assert message is ORDER
    assert idle(billing)


def test_the_changes_are_committed(files, billing):
    assert receive(billing, ORDER, make_bill) is True
    assert bills(files) == [ORDER.body]
    assert idle(billing)


def test_a_message_that_comes_again_is_not_applied(files, billing):
    receive(billing, ORDER, make_bill)
    for db in (billing, files.open("billing")):
        for message in (ORDER, ORDER._replace(body="{}")):
            assert receive(db, message, make_bill) is False
            assert idle(db), "a transaction is open"
    assert bills(files) == [ORDER.body]


def test_apply_is_not_called_for_a_duplicate(billing):
    calls = []
    for _ in range(3):
        receive(billing, ORDER, lambda db, message: calls.append(message))
    assert calls == [ORDER]


def test_a_message_that_changed_nothing_is_not_applied_again(billing):
    assert receive(billing, ORDER, lambda db, message: None) is True
    assert receive(billing, ORDER, lambda db, message: None) is False


@pytest.mark.parametrize("result", [False, 0, True, "done"])
def test_the_result_of_apply_does_not_matter(billing, result):
    assert receive(billing, ORDER, lambda db, message: result) is True
    assert receive(billing, ORDER, lambda db, message: result) is False


def test_messages_with_different_ids_are_all_applied(files, billing):
    for id_ in ("1", "01", "1.0", "a", "A", "a "):
        assert receive(billing, ORDER._replace(id=id_), make_bill) is True
    assert bills(files) == [ORDER.body] * 6


def test_others_see_the_changes_and_the_note_or_neither(files, billing):
    look = seen_by_others(files, "billing", ["SELECT count(*) FROM bills", "SELECT count(*) FROM seen"])
    views_inside = []

    def apply(db, message):
        views_inside.append(look())
        make_bill(db, message)
        views_inside.append(look())

    with watched(billing, look) as views:
        receive(billing, ORDER, apply)
    assert views_inside == [(0, 0), (0, 0)]
    assert set(views) <= {(0, 0), (1, 1)}
    assert views[-1] == (1, 1)


@pytest.mark.parametrize("error", [ValueError("no such customer"), sqlite3.IntegrityError("bills"), Crash()])
@pytest.mark.parametrize("changes", [True, False])
def test_a_message_whose_apply_raises_changes_nothing_and_can_come_again(files, billing, error, changes):
    def apply(db, message):
        if changes:
            make_bill(db, message)
        raise error

    with pytest.raises(type(error)) as caught:
        receive(billing, ORDER, apply)
    assert caught.value is error
    assert idle(billing), "a transaction is open"
    billing.commit()
    assert bills(files) == []
    assert receive(billing, ORDER, make_bill) is True
    assert bills(files) == [ORDER.body]


def test_after_a_failed_message_others_are_applied(files, billing):
    def apply(db, message):
        make_bill(db, message)
        raise ValueError("no such customer")

    with pytest.raises(ValueError):
        receive(billing, ORDER, apply)
    other = Message("8a2d", "{}")
    assert receive(billing, other, make_bill) is True
    assert bills(files) == ["{}"]


@pytest.mark.parametrize("early", [True, False])
def test_of_two_consumers_at_the_same_time_one_applies(files, billing, early):
    rival = files.open("billing")
    results = []

    def attempt(db, apply):
        try:
            results.append(receive(db, ORDER, apply))
        except sqlite3.Error:
            assert idle(db), "a transaction is open"

    def interrupted(db, message):
        if early:
            attempt(rival, make_bill)
        make_bill(db, message)
        if not early:
            attempt(rival, make_bill)

    attempt(billing, interrupted)
    assert bills(files) == [ORDER.body]
    assert results.count(True) == 1
    for db in (billing, rival):
        assert receive(db, ORDER, make_bill) is False
    assert bills(files) == [ORDER.body]


# All together


def test_an_order_leads_to_one_bill_although_the_relay_crashes(files, shop, billing):
    for name in "AB":
        place_order(shop, name, 500)
    deliveries = []

    def publish(message):
        deliveries.append(receive(billing, message, make_bill))
        if len(deliveries) == 1:
            raise Crash

    with pytest.raises(Crash):
        relay(shop, publish)
    assert relay(shop, publish) == 2
    assert deliveries == [True, False, True]
    assert [json.loads(body)["order"] for body in bills(files)] == ["A", "B"]
