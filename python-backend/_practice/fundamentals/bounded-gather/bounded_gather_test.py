"""What a bounded gather must do. Calls wait for events and for turns of the loop, never for time."""

import asyncio

import pytest
from bounded_gather import bounded_gather


async def turns(count=20):
    """Let every task that can go on do so."""
    for _ in range(count):
        await asyncio.sleep(0)


class Calls:
    """Calls that count how many of them run, and that wait until they are let go."""

    def __init__(self):
        self.running = 0
        self.most = 0
        self.started = []
        self.ended = []
        self.gates = {}

    def call(self, name, error=None, cleanup=0):
        async def run():
            self.started.append(name)
            self.running += 1
            self.most = max(self.most, self.running)
            try:
                await self.gates.setdefault(name, asyncio.Event()).wait()
                if error:
                    raise error
                return name
            finally:
                await turns(cleanup)
                self.running -= 1
                self.ended.append(name)

        return run

    async def open(self, *names):
        for name in names:
            self.gates.setdefault(name, asyncio.Event()).set()
            await turns()


def run(coroutine):
    return asyncio.run(asyncio.wait_for(coroutine, 5))


def test_results_stand_in_the_order_of_the_calls_whatever_ends_first():
    async def main():
        calls = Calls()
        task = asyncio.create_task(bounded_gather(3, [calls.call(n) for n in "abc"]))
        await calls.open("c", "a", "b")
        return await task, calls.ended

    assert run(main()) == (["a", "b", "c"], ["c", "a", "b"])


def test_no_more_than_the_limit_run_at_once():
    async def main():
        calls = Calls()
        task = asyncio.create_task(bounded_gather(2, [calls.call(n) for n in "abcde"]))
        await calls.open("b", "a", "e", "d", "c")
        await task
        return calls.most

    assert run(main()) == 2


def test_the_next_call_starts_as_soon_as_one_ends():
    async def main():
        calls = Calls()
        task = asyncio.create_task(bounded_gather(2, [calls.call(n) for n in "abcd"]))
        await turns()
        first = list(calls.started)
        await calls.open("b")
        second = list(calls.started)
        await calls.open("a", "c", "d")
        await task
        return first, second

    assert run(main()) == (["a", "b"], ["a", "b", "c"])


def test_a_limit_above_the_number_of_calls_is_fine():
    async def main():
        async def one():
            return 1

        return await bounded_gather(100, [one, one])

    assert run(main()) == [1, 1]


def test_no_calls_give_no_results():
    assert run(bounded_gather(2, [])) == []


def test_none_is_a_result_like_any_other():
    async def nothing():
        return None

    assert run(bounded_gather(1, [nothing, nothing])) == [None, None]


@pytest.mark.parametrize("limit", [0, -1])
def test_a_limit_that_lets_nobody_through_is_refused(limit):
    with pytest.raises(ValueError, match="limit"):
        run(bounded_gather(limit, []))


def test_the_first_failure_comes_out_as_it_is():
    async def main():
        calls = Calls()
        task = asyncio.create_task(bounded_gather(2, [calls.call("a"), calls.call("b", KeyError("gone"))]))
        await calls.open("b")
        await task

    with pytest.raises(KeyError, match="gone"):
        run(main())


def test_a_failure_cancels_those_that_run_and_starts_no_more():
    async def main():
        calls = Calls()
        made = [calls.call("a"), calls.call("b", OSError()), calls.call("c"), calls.call("d")]
        task = asyncio.create_task(bounded_gather(2, made))
        await calls.open("b")
        with pytest.raises(OSError):
            await task
        await calls.open("a", "c", "d")
        return calls.running, calls.ended

    running, ended = run(main())
    assert running == 0
    assert "d" not in ended


def test_it_is_over_only_when_the_cancelled_have_cleaned_up():
    async def main():
        calls = Calls()
        task = asyncio.create_task(bounded_gather(2, [calls.call("a", cleanup=50), calls.call("b", OSError())]))
        await calls.open("b")
        with pytest.raises(OSError):
            await task
        return calls.ended

    assert "a" in run(main())


def test_being_cancelled_cancels_the_calls():
    async def main():
        calls = Calls()
        task = asyncio.create_task(bounded_gather(2, [calls.call("a"), calls.call("b")]))
        await turns()
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        return sorted(calls.ended)

    assert run(main()) == ["a", "b"]


def test_a_cancelled_caller_ends_only_when_the_calls_have_cleaned_up():
    async def main():
        calls = Calls()
        made = [calls.call("a", cleanup=1), calls.call("b", cleanup=50)]
        task = asyncio.create_task(bounded_gather(2, made))
        await turns()
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        return calls.running, sorted(calls.ended)

    assert run(main()) == (0, ["a", "b"])
