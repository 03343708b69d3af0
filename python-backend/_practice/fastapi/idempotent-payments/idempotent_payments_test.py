"""What the application must do. Two applications stand for two processes; a bank takes notes and waits for a gate."""

import asyncio
import functools

import httpx2
import pytest
from idempotent_payments import Declined, Payment, Records, create_app


def in_a_loop(test):
    """Run an async test. The time limit is for solutions that hang."""

    @functools.wraps(test)
    def run(*args, **kwargs):
        asyncio.run(asyncio.wait_for(test(*args, **kwargs), 10))

    return run


class Bank:
    """A bank that makes one payment for each reference, however often it is asked."""

    def __init__(self):
        self.asked = []  # references, one for each call
        self.payments = {}  # what was paid, by reference
        self.refusals = []  # raised before the payment is made, one for each call
        self.losses = []  # raised after the payment is made, one for each call
        self.open = asyncio.Event()
        self.open.set()
        self.busy = asyncio.Event()

    async def pay(self, reference, payment):
        self.asked.append(reference)
        assert len(self.asked) < 50, "it never stops"
        self.busy.set()
        if self.refusals:
            raise self.refusals.pop(0)
        self.payments.setdefault(reference, payment.model_copy())
        if self.losses:
            raise self.losses.pop(0)
        await self.open.wait()
        return f"P-{list(self.payments).index(reference) + 1}"

    async def reached(self, count):
        """Wait until the bank has been asked so often."""
        while len(self.asked) < count:
            self.busy.clear()
            await self.busy.wait()


class Table(Records):
    """Records in which rivals can act between two steps of a request."""

    def __init__(self):
        super().__init__()
        self.rivals = []
        self.calls = 0

    async def read(self, key):
        self._count()
        return await super().read(key)

    async def swap(self, key, old, new):
        self._count()
        if self.rivals:
            await self.rivals.pop(0)()
        return await super().swap(key, old, new)

    def _count(self):
        self.calls += 1
        assert self.calls < 200, "it never stops"


class Shop:
    """A client of two processes with one table and one bank."""

    def __init__(self):
        self.bank, self.table = Bank(), Table()
        self.processes = [self._process(), self._process()]

    def _process(self):
        transport = httpx2.ASGITransport(app=create_app(self.table, self.bank.pay), raise_app_exceptions=False)
        return httpx2.AsyncClient(transport=transport, base_url="http://payments.example")

    async def post(self, key="a1", client="shop", process=0, **options):
        headers = {"X-Client": client, "Content-Type": "application/json"}
        if key is not None:
            headers["Idempotency-Key"] = key
        body = options or {"json": {"amount": 500}}
        return await self.processes[process].post("/payments", headers=headers, **body)

    async def begin(self, **options):
        """A task of a request that waits for the bank."""
        self.bank.open.clear()
        task = asyncio.create_task(self.post(**options))
        asked = asyncio.create_task(self.bank.reached(len(self.bank.asked) + 1))
        await asyncio.wait({task, asked}, return_when=asyncio.FIRST_COMPLETED)
        asked.cancel()
        assert not task.done(), "the bank was not asked"
        return task

    async def at_once(self, asked_before=None, **options):
        """The response of a request that must neither wait for another one nor reach the bank."""
        limit = len(self.bank.asked) if asked_before is None else asked_before
        task = asyncio.create_task(self.post(**options))
        asked = asyncio.create_task(self.bank.reached(limit + 1))
        await asyncio.wait({task, asked}, timeout=2, return_when=asyncio.FIRST_COMPLETED)
        assert not asked.done(), "the bank was asked once more"
        assert task.done(), "it waits for the first request"
        asked.cancel()
        return await task


def replayed(reply):
    return reply.headers.get("Idempotent-Replayed")


# One request


@in_a_loop
async def test_a_payment_is_made():
    shop = Shop()
    reply = await shop.post(json={"amount": 700, "currency": "USD"})
    assert (reply.status_code, reply.json()) == (201, {"id": "P-1", "amount": 700, "currency": "USD"})
    assert list(shop.bank.payments.values()) == [Payment(amount=700, currency="USD")]


@in_a_loop
async def test_a_payment_that_the_bank_declines_is_402():
    shop = Shop()
    shop.bank.refusals = [Declined("The card has expired.")]
    reply = await shop.post()
    assert (reply.status_code, reply.json()) == (402, {"detail": "The card has expired."})


@pytest.mark.parametrize("key", [None, "", "x" * 65])
@in_a_loop
async def test_a_request_without_a_proper_key_is_400(key):
    shop = Shop()
    assert (await shop.post(key)).status_code == 400
    assert shop.bank.asked == []


@pytest.mark.parametrize("key", ["x", "x" * 64, '"8e03978e-40d5-43e8"', "0", "a:b c"])
@in_a_loop
async def test_a_key_can_be_any_text(key):
    shop = Shop()
    assert (await shop.post(key)).status_code == 201
    assert (await shop.post(key)).status_code == 201
    assert len(shop.bank.asked) == 1


# Replay


@in_a_loop
async def test_a_repeated_request_gets_the_same_response():
    shop = Shop()
    first, again = await shop.post(), await shop.post()
    assert (again.status_code, again.content) == (first.status_code, first.content)
    assert again.headers["Content-Type"] == first.headers["Content-Type"]


@in_a_loop
async def test_a_repeated_request_does_not_reach_the_bank():
    shop = Shop()
    for _ in range(3):
        assert (await shop.post()).is_success
    assert len(shop.bank.asked) == 1


@in_a_loop
async def test_only_a_replay_says_that_it_is_one():
    shop = Shop()
    replies = [await shop.post(), await shop.post(), await shop.post(), await shop.post("b2")]
    assert [replayed(reply) for reply in replies] == [None, "true", "true", None]


@in_a_loop
async def test_a_refusal_is_replayed_too():
    shop = Shop()
    shop.bank.refusals = [Declined("The card has expired.")]
    first, again = await shop.post(), await shop.post()
    assert (again.status_code, again.content) == (402, first.content)
    assert (replayed(first), replayed(again)) == (None, "true")
    assert len(shop.bank.asked) == 1


@in_a_loop
async def test_a_replay_comes_from_any_process():
    shop = Shop()
    first, again = await shop.post(process=0), await shop.post(process=1)
    assert (again.status_code, again.content, replayed(again)) == (201, first.content, "true")
    assert len(shop.bank.asked) == 1


@pytest.mark.parametrize(
    "text",
    [
        '{"amount":500}',
        '{"currency": "EUR", "amount": 500}',
        '\n{ "amount" : 500, "currency": "EUR" }',
        '{"amount": "500"}',
    ],
)
@in_a_loop
async def test_the_same_payment_may_be_written_in_another_way(text):
    shop = Shop()
    first = await shop.post()
    again = await shop.post(content=text)
    assert (again.status_code, again.content) == (201, first.content)


# Which key is it?


@in_a_loop
async def test_another_key_is_another_payment():
    shop = Shop()
    first, second, third = await shop.post("a1"), await shop.post("a2"), await shop.post("A1")
    assert [reply.json()["id"] for reply in (first, second, third)] == ["P-1", "P-2", "P-3"]


@in_a_loop
async def test_clients_have_keys_for_themselves():
    shop = Shop()
    first, second = await shop.post(client="shop"), await shop.post(client="kiosk")
    assert (first.json()["id"], second.json()["id"]) == ("P-1", "P-2")
    assert replayed(second) is None
    other = await shop.post("b2", client="shop", json={"amount": 7})
    assert other.status_code == 201
    assert (await shop.post("b2", client="kiosk", json={"amount": 8})).status_code == 201


@pytest.mark.parametrize("between", ["", " ", ":", "-", "_", "/", "|", ".", ",", "#", ";", "::"])
@in_a_loop
async def test_client_and_key_cannot_be_confused(between):
    shop = Shop()
    first = await shop.post("x", client=f"x{between}x")
    second = await shop.post(f"x{between}x", client="x")
    assert (first.json()["id"], second.json()["id"]) == ("P-1", "P-2")


# Another body


@pytest.mark.parametrize("body", [{"amount": 501}, {"amount": 500, "currency": "USD"}])
@in_a_loop
async def test_a_key_with_another_payment_is_422(body):
    shop = Shop()
    first = await shop.post()
    assert (await shop.post(json=body)).status_code == 422
    assert len(shop.bank.asked) == 1
    assert (await shop.post()).content == first.content


@in_a_loop
async def test_a_key_with_another_payment_is_422_while_the_first_one_runs():
    shop = Shop()
    await shop.begin()
    assert (await shop.at_once(json={"amount": 501})).status_code == 422
    assert len(shop.bank.asked) == 1


@in_a_loop
async def test_a_key_with_another_payment_is_422_after_a_failure_too():
    shop = Shop()
    shop.bank.losses = [ConnectionError("no reply")]
    await shop.post()
    assert (await shop.post(json={"amount": 501})).status_code == 422
    assert (await shop.post()).status_code == 201


@in_a_loop
async def test_an_invalid_body_does_not_use_the_key():
    shop = Shop()
    assert (await shop.post(json={"amount": 0})).status_code == 422
    assert (await shop.post()).status_code == 201


# While the first request runs


@pytest.mark.parametrize("process", [0, 1])
@in_a_loop
async def test_a_key_whose_request_runs_is_409_at_once(process):
    shop = Shop()
    first = await shop.begin()
    reply = await shop.at_once(process=process)
    assert (reply.status_code, replayed(reply)) == (409, None)
    assert len(shop.bank.asked) == 1
    shop.bank.open.set()
    assert (await first).status_code == 201


@in_a_loop
async def test_after_a_409_the_request_can_be_repeated():
    shop = Shop()
    task = await shop.begin()
    assert (await shop.at_once()).status_code == 409
    shop.bank.open.set()
    first, again = await task, await shop.post()
    assert (again.status_code, again.content, replayed(again)) == (201, first.content, "true")


@in_a_loop
async def test_other_keys_do_not_wait():
    shop = Shop()
    await shop.begin(key="a1")
    other = await shop.begin(key="b2")
    assert len(shop.bank.asked) == 2
    shop.bank.open.set()
    assert (await other).status_code == 201


@in_a_loop
async def test_a_rival_who_finishes_first_is_replayed():
    shop, rival = Shop(), []

    async def finish():
        rival.append(await shop.post(process=1))

    shop.table.rivals = [finish]
    reply = await shop.post()
    assert len(shop.bank.asked) == 1
    assert (rival[0].status_code, replayed(rival[0])) == (201, None)
    assert (reply.status_code, reply.content, replayed(reply)) == (201, rival[0].content, "true")


@in_a_loop
async def test_a_rival_who_is_still_running_is_409():
    shop, rival = Shop(), []

    async def begin():
        rival.append(await shop.begin(process=1))

    shop.table.rivals = [begin]
    assert (await shop.at_once(asked_before=1)).status_code == 409
    assert len(shop.bank.asked) == 1
    shop.bank.open.set()
    assert (await rival[0]).status_code == 201


# An attempt that ends without a result


@pytest.mark.parametrize("error", [ConnectionError("no reply"), TimeoutError(), KeyError("amount")])
@in_a_loop
async def test_any_other_failure_is_500(error):
    shop = Shop()
    shop.bank.losses = [error]
    reply = await shop.post()
    assert (reply.status_code, replayed(reply)) == (500, None)


@pytest.mark.parametrize("process", [0, 1])
@in_a_loop
async def test_after_a_failure_the_bank_is_asked_again(process):
    shop = Shop()
    shop.bank.refusals = [ConnectionError("no route"), TimeoutError()]
    assert [(await shop.post()).status_code for _ in range(2)] == [500, 500]
    reply = await shop.post(process=process)
    assert (reply.status_code, reply.json()["id"], replayed(reply)) == (201, "P-1", None)
    assert replayed(await shop.post()) == "true"


@pytest.mark.parametrize("process", [0, 1])
@in_a_loop
async def test_a_retry_after_a_failure_cannot_pay_twice(process):
    shop = Shop()
    shop.bank.losses = [ConnectionError("no reply"), TimeoutError()]
    await shop.post()
    await shop.post()
    assert (await shop.post(process=process)).status_code == 201
    assert len(shop.bank.asked) == 3
    assert len(shop.bank.payments) == 1


@in_a_loop
async def test_a_cancelled_request_can_be_repeated():
    shop = Shop()
    task = await shop.begin()
    task.cancel()
    await asyncio.wait({task})
    shop.bank.open.set()
    assert (await shop.post()).status_code == 201
    assert len(shop.bank.payments) == 1


@in_a_loop
async def test_a_refusal_after_a_failure_is_final():
    shop = Shop()
    shop.bank.refusals = [TimeoutError(), Declined("The card has expired.")]
    assert [(await shop.post()).status_code for _ in range(3)] == [500, 402, 402]
    assert len(shop.bank.asked) == 2


@in_a_loop
async def test_of_two_retries_after_a_failure_one_is_409():
    shop = Shop()
    shop.bank.losses = [ConnectionError("no reply")]
    await shop.post()
    await shop.begin()
    assert (await shop.at_once(process=1)).status_code == 409
    assert len(shop.bank.asked) == 2


@in_a_loop
async def test_a_rival_who_repeats_a_failed_request_first_is_replayed():
    shop, rival = Shop(), []
    shop.bank.losses = [ConnectionError("no reply")]
    await shop.post()

    async def finish():
        rival.append(await shop.post(process=1))

    shop.table.rivals = [finish]
    reply = await shop.post()
    assert len(shop.bank.asked) == 2
    assert (rival[0].status_code, replayed(rival[0])) == (201, None)
    assert (reply.status_code, reply.content, replayed(reply)) == (201, rival[0].content, "true")
