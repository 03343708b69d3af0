"""What the breaker must do. The clock is a number that the tests move, and calls wait for futures, never for time."""

import asyncio
import functools

import pytest
from circuit_breaker import CircuitBreaker, CircuitOpenError


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
                for left in asyncio.all_tasks() - {asyncio.current_task()}:
                    left.cancel()
                await turns()

        asyncio.run(main())

    return run


async def turns():
    """Let every task that can go on do so."""
    for _ in range(10):
        await asyncio.sleep(0)


class Clock:
    """A clock that stands still until it is moved."""

    def __init__(self, now):
        self.now = now

    def __call__(self):
        return self.now


class Alarm(BaseException):
    """An exception that is not an Exception."""


def breaker_at(now=0.0, **options):
    """A breaker with a fake clock, and the clock."""
    clock = Clock(now)
    return CircuitBreaker(clock=clock, **options), clock


async def outcome(breaker, of):
    """What comes out of a call whose function raises `of`, or returns it if it cannot be raised."""

    async def function():
        if isinstance(of, BaseException):
            raise of
        return of

    try:
        return await breaker.call(function)
    except BaseException as error:
        return error


async def fails(breaker, times=1):
    """So many calls that fail. Each must be let through."""
    for _ in range(times):
        error = ConnectionError("no route")
        assert await outcome(breaker, error) is error, "the call was not let through"


async def answers(breaker):
    """A call that is answered. It must be let through."""
    assert await outcome(breaker, "five stars") == "five stars", "the call was not let through"


async def refuses(breaker):
    """Whether the breaker refuses a call."""
    calls = []

    async def function():
        calls.append("call")

    try:
        await breaker.call(function)
    except CircuitOpenError:
        assert calls == [], "the function was called, and the call refused"
        return True
    return False


class Running:
    """A call that was let through and waits until it is told how to end."""

    def __init__(self, breaker):
        self.future = asyncio.get_running_loop().create_future()
        self.task = asyncio.create_task(breaker.call(lambda: self.future))

    async def ends(self, of):
        """End with this outcome, which must come out of the call."""
        if of is asyncio.CancelledError:
            self.task.cancel()
        elif isinstance(of, BaseException):
            self.future.set_exception(of)
        else:
            self.future.set_result(of)
        await turns()
        assert self.task.done(), "the call still waits"
        if of is asyncio.CancelledError:
            assert self.task.cancelled()
        elif isinstance(of, BaseException):
            assert self.task.exception() is of
        else:
            assert self.task.result() is of


async def running(breaker, count):
    """So many calls that run at the same time."""
    found = [Running(breaker) for _ in range(count)]
    await turns()
    for call in found:
        assert not call.task.done(), "the call was not let through"
    return found


def no_route():
    return ConnectionError("no route")


late_outcomes = pytest.mark.parametrize(
    "late",
    [no_route, lambda: "five stars", lambda: LookupError("mug"), lambda: asyncio.CancelledError, Alarm],
    ids=["a failure", "a result", "another exception", "a cancellation", "a base exception"],
)


# Closed


@pytest.mark.parametrize("result", ["five stars", None, 0, [], False])
@in_a_loop
async def test_a_result_comes_out(result):
    breaker, _ = breaker_at(limit=1)
    assert await outcome(breaker, result) is result
    assert breaker.state == "closed"


@in_a_loop
async def test_an_exception_that_is_returned_is_a_result():
    breaker, _ = breaker_at(limit=1)

    async def function():
        return error

    error = no_route()
    assert await breaker.call(function) is error
    assert breaker.state == "closed"


@pytest.mark.parametrize("error", [no_route(), TimeoutError(), LookupError("mug"), Alarm()])
@in_a_loop
async def test_an_exception_comes_out_unchanged(error):
    breaker, _ = breaker_at(limit=2)
    error.__cause__ = cause = OSError("cable")
    assert await outcome(breaker, error) is error
    assert error.__cause__ is cause


@pytest.mark.parametrize("limit", [1, 2, 5])
@in_a_loop
async def test_so_many_failures_in_a_row_open_the_circuit(limit):
    breaker, _ = breaker_at(limit=limit)
    assert breaker.state == "closed"
    for _ in range(limit):
        assert breaker.state == "closed", "it opens too early"
        await fails(breaker)
    assert breaker.state == "open", "it does not open"


@pytest.mark.parametrize("answer", ["five stars", None, LookupError("mug"), RuntimeError("bug")])
@in_a_loop
async def test_an_answer_begins_the_count_again(answer):
    breaker, _ = breaker_at(limit=3)
    await fails(breaker, 2)
    await outcome(breaker, answer)
    await fails(breaker, 2)
    assert breaker.state == "closed"
    await fails(breaker)
    assert breaker.state == "open"


@in_a_loop
async def test_failures_are_in_a_row_in_the_order_in_which_calls_end():
    breaker, _ = breaker_at(limit=2)
    first, second, third, fourth = await running(breaker, 4)
    await fourth.ends(no_route())
    await first.ends("five stars")
    await third.ends(no_route())
    assert breaker.state == "closed"
    await second.ends(no_route())
    assert breaker.state == "open"


@pytest.mark.parametrize("limit", [0, -1])
def test_a_limit_below_one_is_refused(limit):
    with pytest.raises(ValueError):
        CircuitBreaker(limit=limit)


# What a failure is


@pytest.mark.parametrize("error", [ConnectionError(), TimeoutError(), ConnectionResetError()])
@in_a_loop
async def test_by_default_lost_connections_and_timeouts_are_failures(error):
    breaker, _ = breaker_at(limit=1)
    assert await outcome(breaker, error) is error
    assert breaker.state == "open"


@in_a_loop
async def test_on_replaces_the_default():
    breaker, _ = breaker_at(limit=1, on=LookupError)
    await outcome(breaker, no_route())
    assert breaker.state == "closed"
    await outcome(breaker, KeyError("mug"))
    assert breaker.state == "open"


@in_a_loop
async def test_without_kinds_nothing_is_a_failure():
    breaker, _ = breaker_at(limit=1, on=())
    await outcome(breaker, no_route())
    assert breaker.state == "closed"


@in_a_loop
async def test_an_exception_before_there_is_anything_to_await_is_a_failure_too():
    breaker, _ = breaker_at(limit=1)

    def function():
        raise ConnectionError("no route")

    with pytest.raises(ConnectionError):
        await breaker.call(function)
    assert breaker.state == "open"


@in_a_loop
async def test_another_exception_is_not_a_failure():
    breaker, _ = breaker_at(limit=1)
    for error in (LookupError("mug"), OSError("disk"), RuntimeError("bug")):
        await outcome(breaker, error)
        assert breaker.state == "closed"


@pytest.mark.parametrize("error", [Alarm, asyncio.CancelledError])
@in_a_loop
async def test_what_is_not_an_exception_counts_neither_way(error):
    breaker, _ = breaker_at(limit=2)
    await outcome(breaker, error())
    await fails(breaker)
    await outcome(breaker, error())
    assert breaker.state == "closed", "it counts as a failure"
    await fails(breaker)
    assert breaker.state == "open", "it counts as an answer"


@in_a_loop
async def test_a_cancelled_call_counts_neither_way():
    breaker, _ = breaker_at(limit=2)
    await fails(breaker)
    [call] = await running(breaker, 1)
    await call.ends(asyncio.CancelledError)
    assert breaker.state == "closed", "it counts as a failure"
    await fails(breaker)
    assert breaker.state == "open", "it counts as an answer"


# Open


@in_a_loop
async def test_calls_are_refused_while_the_circuit_is_open():
    breaker, clock = breaker_at(limit=1, pause=30)
    await fails(breaker)
    for clock.now in (0.0, 10.0, 29.0):
        assert await refuses(breaker)
        assert breaker.state == "open"


@pytest.mark.parametrize("start", [-1000.0, -30.0, 0.0, 1e6])
@pytest.mark.parametrize("pause", [30, 0.5])
@in_a_loop
async def test_after_exactly_the_pause_the_circuit_is_half_open(start, pause):
    breaker, clock = breaker_at(start, limit=1, pause=pause)
    await fails(breaker)
    clock.now = start + pause - 0.0625
    assert breaker.state == "open"
    assert await refuses(breaker)
    clock.now = start + pause
    assert breaker.state == "half-open"
    assert not await refuses(breaker)


@in_a_loop
async def test_the_pause_is_counted_from_the_failure():
    breaker, clock = breaker_at(limit=2, pause=30)
    first, second = await running(breaker, 2)
    clock.now = 7.0
    await first.ends(no_route())
    clock.now = 10.0
    await second.ends(no_route())
    clock.now = 39.0
    assert breaker.state == "open"
    clock.now = 40.0
    assert breaker.state == "half-open"


@in_a_loop
async def test_a_refused_call_changes_nothing():
    breaker, clock = breaker_at(limit=1, pause=30)
    await fails(breaker)
    for clock.now in (10.0, 20.0, 29.0):
        assert await refuses(breaker)
    clock.now = 30.0
    assert breaker.state == "half-open"


# Half-open


async def half_open(limit=2, pause=30):
    """A breaker that is half-open, and its clock. It is 30 o'clock."""
    breaker, clock = breaker_at(limit=limit, pause=pause)
    await fails(breaker, limit)
    clock.now = 30.0
    assert breaker.state == "half-open"
    return breaker, clock


@in_a_loop
async def test_while_the_trial_runs_other_calls_are_refused():
    breaker, clock = await half_open()
    await running(breaker, 1)
    assert await refuses(breaker)
    clock.now = 1000.0
    assert await refuses(breaker)


@in_a_loop
async def test_of_calls_that_come_at_the_same_moment_one_is_the_trial():
    breaker, _ = await half_open()
    calls = [Running(breaker) for _ in range(3)]
    await turns()
    refused = [isinstance(call.task.exception(), CircuitOpenError) for call in calls if call.task.done()]
    assert refused == [True, True]


@in_a_loop
async def test_while_the_trial_runs_the_circuit_is_half_open():
    breaker, clock = await half_open()
    await running(breaker, 1)
    assert breaker.state == "half-open"
    assert await refuses(breaker)
    clock.now = 1000.0
    assert breaker.state == "half-open"


@pytest.mark.parametrize("answer", ["five stars", None, LookupError("mug"), RuntimeError("bug")])
@in_a_loop
async def test_an_answer_to_the_trial_closes_the_circuit(answer):
    breaker, _ = await half_open()
    [trial] = await running(breaker, 1)
    await trial.ends(answer)
    assert breaker.state == "closed"
    first, second = await running(breaker, 2)
    await first.ends("five stars")
    await second.ends("five stars")


@in_a_loop
async def test_after_the_trial_the_count_begins_at_zero():
    breaker, _ = await half_open(limit=3)
    await answers(breaker)
    await fails(breaker, 2)
    assert breaker.state == "closed"
    await fails(breaker)
    assert breaker.state == "open"


@in_a_loop
async def test_a_failure_of_the_trial_opens_the_circuit_for_another_pause():
    breaker, clock = await half_open(limit=3)
    [trial] = await running(breaker, 1)
    clock.now = 35.0
    await trial.ends(no_route())
    for clock.now in (35.0, 60.0, 64.0):
        assert breaker.state == "open"
        assert await refuses(breaker)
    clock.now = 65.0
    assert breaker.state == "half-open"


@in_a_loop
async def test_the_circuit_can_open_and_close_many_times():
    breaker, clock = breaker_at(limit=2, pause=30)
    for round_ in range(3):
        clock.now = 1000.0 * round_
        await fails(breaker, 2)
        for _ in range(3):
            assert await refuses(breaker)
            clock.now += 30
            await fails(breaker)
        assert await refuses(breaker)
        clock.now += 30
        await answers(breaker)
        assert breaker.state == "closed"


@pytest.mark.parametrize("error", [asyncio.CancelledError, Alarm()])
@in_a_loop
async def test_after_a_trial_that_says_nothing_the_next_call_is_the_trial(error):
    breaker, _ = await half_open()
    [trial] = await running(breaker, 1)
    await trial.ends(error)
    assert breaker.state == "half-open"
    [trial] = await running(breaker, 1)
    assert await refuses(breaker), "there are two trials"
    await trial.ends("five stars")
    assert breaker.state == "closed"


@in_a_loop
async def test_a_trial_that_says_nothing_does_not_begin_a_pause():
    breaker, clock = await half_open(limit=1)
    clock.now = 40.0
    [trial] = await running(breaker, 1)
    await trial.ends(asyncio.CancelledError)
    assert breaker.state == "half-open"
    await fails(breaker)
    assert breaker.state == "open"


# Outcomes that come late


@late_outcomes
@in_a_loop
async def test_a_late_outcome_does_not_change_an_open_circuit(late):
    breaker, clock = breaker_at(limit=2, pause=30)
    [call] = await running(breaker, 1)
    await fails(breaker, 2)
    clock.now = 20.0
    await call.ends(late())
    assert breaker.state == "open"
    assert await refuses(breaker)
    clock.now = 30.0
    assert breaker.state == "half-open", "it prolongs the pause"


@late_outcomes
@in_a_loop
async def test_a_late_outcome_does_not_change_a_half_open_circuit(late):
    breaker, clock = breaker_at(limit=1, pause=30)
    call, other = await running(breaker, 2)
    await other.ends(no_route())
    clock.now = 30.0
    await call.ends(late())
    assert breaker.state == "half-open"
    await answers(breaker)
    assert breaker.state == "closed"


@late_outcomes
@in_a_loop
async def test_a_late_outcome_does_not_decide_or_end_the_trial(late):
    breaker, clock = breaker_at(limit=1, pause=30)
    call, other = await running(breaker, 2)
    await other.ends(no_route())
    clock.now = 30.0
    [trial] = await running(breaker, 1)
    await call.ends(late())
    assert breaker.state == "half-open"
    assert await refuses(breaker), "there are two trials"
    await trial.ends("five stars")
    assert breaker.state == "closed"


@in_a_loop
async def test_a_late_failure_is_not_counted_after_the_circuit_has_closed_again():
    breaker, clock = breaker_at(limit=2, pause=30)
    calls = await running(breaker, 4)
    await fails(breaker, 2)
    clock.now = 30.0
    await answers(breaker)
    for call in calls:
        await call.ends(no_route())
        assert breaker.state == "closed"
    await fails(breaker)
    assert breaker.state == "closed"


@pytest.mark.parametrize("late", ["five stars", LookupError("mug")])
@in_a_loop
async def test_a_late_answer_does_not_begin_the_count_again_after_the_circuit_has_closed_again(late):
    breaker, clock = breaker_at(limit=2, pause=30)
    [call] = await running(breaker, 1)
    await fails(breaker, 2)
    clock.now = 30.0
    await answers(breaker)
    await fails(breaker)
    await call.ends(late)
    await fails(breaker)
    assert breaker.state == "open"


@in_a_loop
async def test_a_late_failure_is_not_counted_while_the_circuit_is_open_again():
    breaker, clock = breaker_at(limit=1, pause=30)
    call, other = await running(breaker, 2)
    await other.ends(no_route())
    clock.now = 30.0
    await fails(breaker)
    clock.now = 50.0
    await call.ends(no_route())
    clock.now = 60.0
    assert breaker.state == "half-open"


# Several breakers


@in_a_loop
async def test_two_breakers_share_nothing():
    (first, _), (second, _) = breaker_at(limit=1), breaker_at(limit=1)
    await fails(first)
    assert (first.state, second.state) == ("open", "closed")
    await answers(second)
    assert first.state == "open"
