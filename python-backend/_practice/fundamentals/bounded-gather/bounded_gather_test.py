"""What bounded_gather must do. Calls wait for events and for turns of the event loop, never for time."""

import asyncio
import functools

import pytest
from bounded_gather import bounded_gather


def in_a_loop(test):
    """Run an async test. The time limit is for solutions that hang."""

    @functools.wraps(test)
    def run(*args, **kwargs):
        async def main():
            task = asyncio.create_task(test(*args, **kwargs))
            try:
                await asyncio.wait([task], timeout=5)
                assert task.done(), "it hangs"
                await task
            finally:
                for _ in range(3):  # a call that was left behind may be in its clean-up, so once is not enough
                    for left in asyncio.all_tasks() - {asyncio.current_task()}:
                        left.cancel()
                    await turns()

        asyncio.run(main())

    return run


async def turns(count=20):
    """Let every task that can go on do so."""
    for _ in range(count):
        await asyncio.sleep(0)


async def failure(task):
    """The exception that a task ends with. The task must be about to end."""
    await turns()
    assert task.done(), "it still waits"
    with pytest.raises(BaseException) as caught:
        await task
    return caught.value


class Calls:
    """Calls that wait until they are opened, and note what happens to them."""

    def __init__(self):
        self.started = []
        self.cancelled = []
        self.ended = []
        self.running = 0
        self.most = 0
        self.gates = {}

    def gate(self, name):
        return self.gates.setdefault(name, asyncio.Event())

    def call(self, name, error=None, cleanup=False, cleanup_error=None, stubborn=False):
        """A call that returns its name, or fails with `error`.

        With `cleanup` its clean-up waits for the gate `clean`; with `stubborn` it ignores its cancellation.
        """

        async def run():
            self.running += 1
            self.most = max(self.most, self.running)
            try:
                await self.gate(name).wait()
                if error is not None:
                    raise error
            except asyncio.CancelledError:
                self.cancelled.append(name)
                if not stubborn:
                    raise
            finally:
                self.running -= 1
                if cleanup:
                    await self.gate("clean").wait()
                self.ended.append(name)
                if cleanup_error is not None:
                    raise cleanup_error
            return name

        def start():
            self.started.append(name)
            return run()

        return start

    def gather(self, limit, *calls):
        """A task of bounded_gather; a name stands for an ordinary call."""
        made = [self.call(call) if isinstance(call, str) else call for call in calls]
        return asyncio.create_task(bounded_gather(limit, made))

    async def open(self, *names):
        """Let calls go on, one after the other."""
        await turns()
        for name in names:
            self.gate(name).set()
            await turns()


# Results and the limit


@in_a_loop
async def test_results_are_in_the_order_of_the_calls_whichever_ends_first():
    calls = Calls()
    task = calls.gather(3, "a", "b", "c")
    await calls.open("c", "a", "b")
    assert await task == ["a", "b", "c"]
    assert calls.ended == ["c", "a", "b"]


@in_a_loop
async def test_no_more_than_the_limit_run_at_once():
    calls = Calls()
    task = calls.gather(2, "a", "b", "c", "d", "e")
    await calls.open("b", "a", "e", "d", "c")
    await task
    assert calls.most == 2


@in_a_loop
async def test_the_next_call_starts_as_soon_as_one_ends():
    calls = Calls()
    task = calls.gather(2, "a", "b", "c", "d")
    await turns()
    assert calls.started == ["a", "b"]
    await calls.open("b")
    assert calls.started == ["a", "b", "c"]
    await calls.open("a", "c", "d")
    await task


@in_a_loop
async def test_a_limit_above_the_number_of_calls_is_fine():
    calls = Calls()
    task = calls.gather(100, "a", "b")
    await calls.open("a", "b")
    assert await task == ["a", "b"]


@in_a_loop
async def test_the_calls_can_come_from_any_iterable():
    calls = Calls()
    task = asyncio.create_task(bounded_gather(2, (calls.call(name) for name in "abc")))
    await calls.open("a", "b", "c")
    assert await task == ["a", "b", "c"]


@in_a_loop
async def test_no_calls_give_no_results():
    assert await bounded_gather(2, []) == []


@in_a_loop
async def test_none_is_a_result_like_any_other():
    async def nothing():
        return None

    assert await bounded_gather(1, [nothing, nothing]) == [None, None]


@in_a_loop
async def test_an_exception_that_a_call_returns_is_a_result():
    error = ValueError("the check of article 7")

    async def check():
        return error

    assert await bounded_gather(1, [check, check]) == [error, error]


@in_a_loop
async def test_a_function_that_is_there_twice_is_called_twice():
    numbers = iter([1, 2])

    async def number():
        return next(numbers)

    assert await bounded_gather(1, [number, number]) == [1, 2]


@in_a_loop
async def test_a_call_may_return_any_awaitable():
    def start():
        future = asyncio.get_running_loop().create_future()
        future.set_result(7)
        return future

    assert await bounded_gather(2, [start]) == [7]


@pytest.mark.parametrize("limit", [0, -1])
@in_a_loop
async def test_a_limit_below_one_is_refused(limit):
    with pytest.raises(ValueError, match="limit"):
        await bounded_gather(limit, [])


# Failures


@in_a_loop
async def test_a_failure_comes_out_as_it_is():
    calls, error, cause = Calls(), KeyError("gone"), OSError("no route")
    error.__cause__ = cause
    task = calls.gather(2, "a", calls.call("b", error))
    await calls.open("b")
    assert await failure(task) is error
    assert error.__cause__ is cause


@in_a_loop
async def test_a_failure_cancels_the_running_calls():
    calls = Calls()
    task = calls.gather(3, "a", calls.call("b", OSError()), "c")
    await calls.open("b")
    assert isinstance(await failure(task), OSError)
    assert sorted(calls.cancelled) == ["a", "c"]
    assert calls.running == 0


@in_a_loop
async def test_no_call_starts_after_a_failure():
    calls = Calls()
    task = calls.gather(2, "a", calls.call("b", OSError()), "c", "d")
    await calls.open("b")
    await failure(task)
    await calls.open("a", "c", "d")
    assert calls.started == ["a", "b"]


@in_a_loop
async def test_no_call_starts_after_a_failure_if_a_running_call_ignores_its_cancellation():
    calls = Calls()
    task = calls.gather(2, calls.call("a", stubborn=True), calls.call("b", OSError()), "c", "d")
    await calls.open("b")
    assert isinstance(await failure(task), OSError)
    assert calls.started == ["a", "b"]


@pytest.mark.parametrize("turns_later", [0, 1, 2, 3])
@in_a_loop
async def test_the_first_failure_in_time_comes_out(turns_later):
    calls = Calls()
    task = calls.gather(2, calls.call("a", OSError("second")), calls.call("b", KeyError("first")))
    await turns()
    calls.gate("b").set()
    await turns(turns_later)
    calls.gate("a").set()
    assert isinstance(await failure(task), KeyError)


@in_a_loop
async def test_the_first_of_many_failures_in_one_turn_of_the_loop_comes_out():
    calls = Calls()
    task = calls.gather(6, *(calls.call(name, OSError(name)) for name in "abcdef"))
    await turns()
    for name in "cbafed":
        calls.gate(name).set()
    assert str(await failure(task)) == "c"


@in_a_loop
async def test_no_call_starts_if_another_ends_in_the_same_turn_as_the_failure():
    calls = Calls()
    task = calls.gather(2, "a", calls.call("b", OSError()), "c")
    await turns()
    calls.gate("b").set()
    calls.gate("a").set()
    assert isinstance(await failure(task), OSError)
    assert calls.started == ["a", "b"]


@in_a_loop
async def test_a_call_that_raises_before_it_returns_an_awaitable_is_a_failure_too():
    calls, error = Calls(), KeyError("gone")

    def broken():
        raise error

    task = calls.gather(2, "a", "b", broken, "d")
    await calls.open("b")
    assert await failure(task) is error
    assert calls.cancelled == ["a"]
    assert calls.started == ["a", "b"]


@in_a_loop
async def test_a_clean_up_that_fails_does_not_replace_the_first_failure():
    calls = Calls()
    task = calls.gather(2, calls.call("a", cleanup_error=RuntimeError("clean-up")), calls.call("b", KeyError("first")))
    await calls.open("b")
    assert isinstance(await failure(task), KeyError)


class Alarm(BaseException):
    """An exception that is not an Exception."""


@pytest.mark.parametrize("error", [asyncio.CancelledError, Alarm])
@in_a_loop
async def test_any_exception_of_a_call_is_a_failure(error):
    calls = Calls()
    task = calls.gather(2, "a", calls.call("b", error()), "c")
    await calls.open("b")
    assert isinstance(await failure(task), error)
    assert "a" in calls.cancelled
    assert calls.started == ["a", "b"]


@in_a_loop
async def test_a_call_that_exits_is_a_failure_and_does_not_stop_the_event_loop():
    calls = Calls()
    calls.gate("b").set()
    with pytest.raises(SystemExit):
        await bounded_gather(2, [calls.call("a"), calls.call("b", SystemExit()), calls.call("c")])
    assert calls.cancelled == ["a"]
    assert calls.started == ["a", "b"]


@in_a_loop
async def test_a_failure_comes_out_only_after_the_clean_up():
    calls = Calls()
    task = calls.gather(2, calls.call("a", cleanup=True), calls.call("b", OSError()))
    await calls.open("b")
    assert not task.done()
    await calls.open("clean")
    assert isinstance(await failure(task), OSError)
    assert calls.ended == ["b", "a"]


# Cancelling the caller


@in_a_loop
async def test_cancelling_the_caller_cancels_the_running_calls():
    calls = Calls()
    task = calls.gather(2, "a", "b", "c")
    await turns()
    task.cancel()
    assert isinstance(await failure(task), asyncio.CancelledError)
    assert sorted(calls.cancelled) == ["a", "b"]
    assert calls.started == ["a", "b"]


@in_a_loop
async def test_no_call_starts_after_the_cancellation_if_a_running_call_ignores_it():
    calls = Calls()
    task = calls.gather(2, calls.call("a", stubborn=True), "b", "c", "d")
    await turns()
    task.cancel()
    assert isinstance(await failure(task), asyncio.CancelledError)
    assert calls.started == ["a", "b"]


@in_a_loop
async def test_a_cancelled_caller_waits_for_the_clean_up():
    calls = Calls()
    task = calls.gather(2, "a", calls.call("b", cleanup=True))
    await turns()
    task.cancel()
    await turns()
    assert not task.done()
    await calls.open("clean")
    assert isinstance(await failure(task), asyncio.CancelledError)
    assert sorted(calls.ended) == ["a", "b"]


@in_a_loop
async def test_a_second_cancellation_does_not_cut_the_clean_up_short():
    calls = Calls()
    task = calls.gather(2, calls.call("a", cleanup=True), calls.call("b", cleanup=True))
    await turns()
    for _ in range(3):
        task.cancel()
        await turns()
    assert not task.done()
    await calls.open("clean")
    assert isinstance(await failure(task), asyncio.CancelledError)
    assert sorted(calls.ended) == ["a", "b"]


@in_a_loop
async def test_cancelling_during_the_clean_up_after_a_failure_does_not_cut_it_short():
    calls = Calls()
    task = calls.gather(2, calls.call("a", cleanup=True), calls.call("b", OSError()))
    await calls.open("b")
    for _ in range(3):
        task.cancel()
        await turns()
    assert not task.done()
    await calls.open("clean")
    assert isinstance(await failure(task), asyncio.CancelledError)
    assert calls.ended == ["b", "a"]


@in_a_loop
async def test_a_clean_up_that_fails_does_not_cut_the_other_short():
    calls = Calls()
    task = calls.gather(2, calls.call("a", cleanup_error=RuntimeError("clean-up")), calls.call("b", cleanup=True))
    await turns()
    task.cancel()
    await turns()
    assert not task.done()
    await calls.open("clean")
    assert isinstance(await failure(task), asyncio.CancelledError)
    assert sorted(calls.ended) == ["a", "b"]
