"""What the application must do. The blocking functions note in which thread they are and how many run at once.

They wait for permits, which the tests give, and the event loop of the tests is the one of the application.
"""

import asyncio
import functools
import threading

import httpx2
import pytest
from unblock_the_loop import CARRIERS, LIMIT, CarrierError, create_app, request_id

PRICES = {"north": 700, "quick": 1900, "sea": 300}


def in_a_loop(test):
    """Run an async test, and at the end let all calls go on that still wait."""

    @functools.wraps(test)
    def run(backend, **kwargs):
        async def main():
            backend.start()
            try:
                await asyncio.wait_for(test(backend, **kwargs), 20)
            finally:
                backend.let_all_go_on()

        asyncio.run(main())

    return run


async def until(condition, seconds=1.0):
    """Whether the condition comes true. The time limit is for what never happens."""
    end = asyncio.get_running_loop().time() + seconds
    while not condition():
        if asyncio.get_running_loop().time() > end:
            return False
        await asyncio.sleep(0.001)
    return True


class Backend:
    """The three functions that the application uses, and clients of it."""

    def __init__(self):
        self.lock = threading.Lock()
        self.permits = {name: threading.Semaphore(0) for name in ("find_shop", *CARRIERS)}
        self.errors = {}  # what a carrier raises
        self.asked = []  # (carrier, parcel), as the calls begin
        self.answered = []  # carriers, as the calls end
        self.shops = []  # tokens for which find_shop has begun
        self.running = 0  # calls of ask
        self.most = 0
        self.ids = set()  # (function, parcel or token, request id)
        self.recorded = []
        self.events = []  # what is sent, and when a record is done

    def start(self):
        self.loop = asyncio.get_running_loop()
        self.thread = threading.get_ident()
        self.app = self.new_app()

    def new_app(self):
        return create_app(self.find_shop, self.ask, self.record)

    def client(self, app=None, **options):
        transport = httpx2.ASGITransport(app=app or self.app, **options)
        return httpx2.AsyncClient(transport=transport, base_url="http://quotes.example")

    def allow(self, *names, count=1000):
        for name in names:
            self.permits[name].release(count)

    def let_all_go_on(self):
        self.allow(*self.permits)

    def quote(self, parcel="p7", token="t1", number="none", app=None, **options):
        """A task of a request for the prices of a parcel."""
        headers = {"X-Token": token, "X-Request-Id": number}
        return asyncio.create_task(self.client(app, **options).get(f"/quotes/{parcel}", headers=headers))

    # What the application calls

    def find_shop(self, token):
        with self.lock:
            self.shops.append(token)
            self.ids.add(("find_shop", token, request_id.get()))
        self._wait("find_shop", "find_shop")
        return {"t1": "tea shop", "t2": "book shop"}.get(token)

    def ask(self, carrier, parcel):
        with self.lock:
            self.asked.append((carrier, parcel))
            self.ids.add(("ask", parcel, request_id.get()))
            self.running += 1
            self.most = max(self.most, self.running)
        self._wait("ask", carrier)
        with self.lock:
            self.running -= 1
            self.answered.append(carrier)
        if carrier in self.errors:
            raise self.errors[carrier]
        return PRICES[carrier]

    async def record(self, shop, parcel, prices):
        assert asyncio.get_running_loop() is self.loop, "record runs on another event loop"
        self.ids.add(("record", parcel, request_id.get()))
        self.recorded.append((shop, parcel, dict(prices), len(self.answered)))
        for _ in range(100):
            await asyncio.sleep(0)
        self.events.append("recorded")

    def _wait(self, function, permit):
        if not self.permits[permit].acquire(blocking=False):
            assert threading.get_ident() != self.thread, f"{function} blocks the event loop"
            self.permits[permit].acquire(timeout=10)


@pytest.fixture
def backend():
    return Backend()


# The answers


@in_a_loop
async def test_the_prices_of_all_carriers_are_returned(backend):
    backend.let_all_go_on()
    reply = await backend.quote()
    assert (reply.status_code, reply.json()) == (200, PRICES)


@in_a_loop
async def test_each_carrier_is_asked_once(backend):
    backend.let_all_go_on()
    await backend.quote("p1")
    assert sorted(backend.asked) == [("north", "p1"), ("quick", "p1"), ("sea", "p1")]
    await backend.quote("p1")
    assert len(backend.asked) == 6


@in_a_loop
async def test_the_prices_are_in_the_order_of_the_carriers_whichever_answers_first(backend):
    backend.allow("find_shop")
    task = backend.quote()
    for number, carrier in enumerate(reversed(CARRIERS), start=1):
        backend.allow(carrier)
        assert await until(lambda number=number: len(backend.answered) == number)
        await backend.client().get("/health")  # the application gets to see it
    assert list((await task).json()) == list(CARRIERS)


@pytest.mark.parametrize("without", [("north",), ("sea",), CARRIERS])
@in_a_loop
async def test_a_carrier_without_a_price_does_not_spoil_the_others(backend, without):
    backend.let_all_go_on()
    backend.errors = {carrier: CarrierError("too heavy") for carrier in without}
    expected = {carrier: None if carrier in without else price for carrier, price in PRICES.items()}
    reply = await backend.quote()
    assert (reply.status_code, reply.json()) == (200, expected)
    assert backend.recorded[0][2] == expected


@in_a_loop
async def test_any_other_error_is_500_and_nothing_is_recorded(backend):
    backend.let_all_go_on()
    backend.errors = {"quick": KeyError("a bug")}
    reply = await backend.quote(raise_app_exceptions=False)
    assert (reply.status_code, backend.recorded) == (500, [])
    assert "quick" in backend.answered


@in_a_loop
async def test_an_unknown_token_is_401_and_no_carrier_is_asked(backend):
    backend.let_all_go_on()
    reply = await backend.quote(token="expired")
    assert (reply.status_code, backend.asked, backend.recorded) == (401, [], [])


# What blocks, and where


@in_a_loop
async def test_other_requests_go_on_while_a_carrier_is_asked(backend):
    backend.allow("find_shop")
    slow = backend.quote()
    assert await until(lambda: backend.running > 0 or slow.done())
    assert not slow.done(), await slow
    assert (await backend.client().get("/health")).json() == "ok"
    assert not slow.done()


@in_a_loop
async def test_other_requests_go_on_while_a_shop_is_found(backend):
    slow = backend.quote()
    assert await until(lambda: backend.shops or slow.done())
    assert not slow.done(), await slow
    assert (await backend.client().get("/health")).json() == "ok"
    assert not slow.done()


@in_a_loop
async def test_the_carriers_of_one_request_are_asked_at_once(backend):
    backend.allow("find_shop")
    task = backend.quote()
    assert await until(lambda: backend.running == 3 or task.done()), f"only {backend.running} at once"
    assert not task.done(), await task
    backend.let_all_go_on()
    assert (await task).json() == PRICES


@in_a_loop
async def test_shops_of_several_requests_are_found_at_once(backend):
    tasks = [backend.quote(), backend.quote(token="t2")]
    assert await until(lambda: len(backend.shops) == 2 or tasks[0].done())
    assert not tasks[0].done(), await tasks[0]
    backend.let_all_go_on()
    assert [(await task).status_code for task in tasks] == [200, 200]


# The limit


async def limit_reached(backend, requests=3):
    """So many requests of the application, of whose calls LIMIT run."""
    backend.allow("find_shop")
    tasks = [backend.quote() for _ in range(requests)]
    assert await until(lambda: backend.running >= LIMIT or tasks[0].done()), f"only {backend.running} at once"
    assert not tasks[0].done(), await tasks[0]
    return tasks


@in_a_loop
async def test_all_requests_together_have_no_more_calls_than_the_limit(backend):
    tasks = await limit_reached(backend)
    assert not await until(lambda: backend.running > LIMIT, 0.2)
    backend.let_all_go_on()
    assert [(await task).json() for task in tasks] == [PRICES] * 3
    assert backend.most == LIMIT


@in_a_loop
async def test_the_next_call_begins_when_one_ends(backend):
    await limit_reached(backend)
    for number in range(1, 4):
        backend.allow(backend.asked[number - 1][0], count=1)
        assert await until(lambda number=number: len(backend.asked) == LIMIT + number)
    assert backend.most == LIMIT


@in_a_loop
async def test_a_call_that_fails_makes_room_for_another_one(backend):
    backend.let_all_go_on()
    backend.errors = {carrier: CarrierError("too heavy") for carrier in CARRIERS}
    tasks = [backend.quote() for _ in range(LIMIT)]
    assert await until(lambda: all(task.done() for task in tasks))
    backend.errors = {}
    again = backend.quote()
    assert await until(again.done)
    assert (await again).json() == PRICES


@in_a_loop
async def test_each_application_has_a_limit_for_itself(backend):
    await limit_reached(backend)
    backend.quote(app=backend.new_app())
    assert await until(lambda: backend.running > LIMIT)


# Many requests


@in_a_loop
async def test_health_answers_while_many_requests_wait_for_their_shop(backend):
    tasks = [backend.quote() for _ in range(60)]
    await until(lambda: len(backend.shops) >= 40 or tasks[0].done(), 0.3)
    assert not tasks[0].done(), await tasks[0]
    reply = await asyncio.wait_for(backend.client().get("/health"), 1)
    assert reply.json() == "ok"


@in_a_loop
async def test_a_call_that_waits_for_its_turn_holds_no_thread_that_another_request_needs(backend):
    await limit_reached(backend, requests=30)
    assert await until(lambda: len(backend.shops) == 30), f"only {len(backend.shops)} of 30 shops could be found"
    backend.quote(token="late")
    assert await until(lambda: "late" in backend.shops)
    assert (await asyncio.wait_for(backend.client().get("/health"), 1)).json() == "ok"


# The record


@in_a_loop
async def test_the_prices_are_recorded_once_when_all_carriers_have_answered(backend):
    backend.let_all_go_on()
    await backend.quote("p1", token="t2")
    assert backend.recorded == [("book shop", "p1", PRICES, 3)]


@in_a_loop
async def test_the_response_waits_for_the_record(backend):
    backend.let_all_go_on()

    async def noted(scope, receive, send):
        async def note_and_send(message):
            backend.events.append(message["type"])
            await send(message)

        await backend.app(scope, receive, note_and_send)

    assert (await backend.quote(app=noted)).status_code == 200
    assert backend.events[:2] == ["recorded", "http.response.start"]


# The request id


@in_a_loop
async def test_all_functions_see_the_id_of_their_request(backend):
    backend.let_all_go_on()
    await asyncio.gather(backend.quote("p1", "t1", "r-1"), backend.quote("p2", "t2", "r-2"))
    assert backend.ids == {
        ("find_shop", "t1", "r-1"),
        ("ask", "p1", "r-1"),
        ("record", "p1", "r-1"),
        ("find_shop", "t2", "r-2"),
        ("ask", "p2", "r-2"),
        ("record", "p2", "r-2"),
    }
