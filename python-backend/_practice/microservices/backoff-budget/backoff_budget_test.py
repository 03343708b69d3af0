"""What the retries must do. Time passes only when a test says so, and what is drawn is known beforehand."""

import contextlib
import random
import sys
import time

import pytest
from backoff_budget import Retries


@pytest.fixture(autouse=True)
def no_real_sleep(monkeypatch):
    def fail(*args):
        raise AssertionError("this does not use the sleep or the uniform that was passed in")

    monkeypatch.setattr(time, "sleep", fail)
    monkeypatch.setattr(random, "uniform", fail)
    monkeypatch.setattr(random, "random", fail)


class World:
    """A clock, a sleep that moves it, and a uniform that returns the given share of the way from low to high."""

    def __init__(self, now=100.0, shares=(1.0,), late=0.0):
        self.now = now
        self.shares = list(shares)
        self.late = late  # so much longer than it should does each wait take
        self.waits = []
        self.while_waiting = []  # what other calls do during the next waits

    def clock(self):
        return self.now

    def sleep(self, seconds):
        self.waits.append(seconds)
        self.now += seconds + self.late
        if self.while_waiting:
            self.while_waiting.pop(0)()

    def uniform(self, low, high):
        share = self.shares.pop(0) if len(self.shares) > 1 else self.shares[0]
        return low + share * (high - low)

    def retries(self, **options):
        options = {"attempts": 4, "base": 1.0, "cap": 1000.0, "price": 1, "most": 1000, **options}
        return Retries(clock=self.clock, sleep=self.sleep, uniform=self.uniform, **options)


class Flaky:
    """A function that raises the given errors, one per attempt, and then returns the result."""

    def __init__(self, *errors, world=None, takes=0.0, result="7 mugs"):
        self.errors = list(errors)
        self.world = world
        self.takes = takes
        self.result = result
        self.left = []

    def __call__(self, *args):
        [seconds] = args
        self.left.append(seconds)
        if self.world:
            self.world.now += self.takes
        if self.errors:
            raise self.errors.pop(0)
        return self.result

    @property
    def calls(self):
        return len(self.left)


def lost(count):
    """So many connection errors, numbered from 1."""
    return [ConnectionError(f"failure {number}") for number in range(1, count + 1)]


def attempts_made(retries, failures=1000, seconds=1e9):
    """How many attempts a call makes if so many would fail."""
    flaky, caught = Flaky(*lost(failures)), None
    try:
        retries.call(flaky, seconds)
    except ConnectionError as error:
        caught = str(error)
    worked = flaky.calls > failures
    assert caught == (None if worked else f"failure {flaky.calls}"), "this is not the error of the last attempt"
    return flaky.calls


# Attempts


@pytest.mark.parametrize("result", ["7 mugs", None, 0, "", False])
def test_a_result_ends_the_attempts(result):
    world, flaky = World(), Flaky(result=result)
    assert world.retries().call(flaky, 10.0) is result
    assert (flaky.calls, world.waits) == (1, [])


@pytest.mark.parametrize("attempts", [1, 2, 5])
def test_attempts_counts_all_of_them(attempts):
    assert attempts_made(World().retries(attempts=attempts)) == attempts


def test_the_last_attempt_can_still_work():
    flaky = Flaky(*lost(3))
    assert World().retries(attempts=4).call(flaky, 1e9) == "7 mugs"


def test_each_call_has_all_its_attempts():
    retries = World().retries(attempts=3)
    assert [attempts_made(retries) for _ in range(3)] == [3, 3, 3]


def test_there_can_be_thousands_of_attempts():
    count = sys.getrecursionlimit() + 1500
    world = World()
    retries = world.retries(attempts=count, most=count, cap=2.0)
    try:
        made = attempts_made(retries, failures=count - 1)
    except RecursionError:
        made = "too deep"
    assert made == count
    assert world.waits == [1.0] + [2.0] * (count - 2)


@pytest.mark.parametrize("error", [LookupError("mug"), OSError("disk"), KeyboardInterrupt()])
def test_another_exception_comes_out_at_once(error):
    error.__cause__ = cause = OSError("cable")
    world = World()
    for before in ([], lost(1)):
        flaky = Flaky(*before, error)
        with pytest.raises(type(error)) as caught:
            world.retries().call(flaky, 1e9)
        assert caught.value is error
        assert error.__cause__ is cause
        assert flaky.calls == len(before) + 1


@pytest.mark.parametrize("error", [ConnectionResetError(), TimeoutError()])
def test_by_default_lost_connections_and_timeouts_are_retried(error):
    flaky = Flaky(error)
    assert World().retries().call(flaky, 10.0) == "7 mugs"


@pytest.mark.parametrize(
    ("on", "retried"),
    [(LookupError, [KeyError]), ((KeyError, OSError), [KeyError, ConnectionError]), ((), [])],
)
def test_on_replaces_the_default(on, retried):
    for kind in (KeyError, ConnectionError):
        flaky = Flaky(kind("mug"))
        with contextlib.suppress(kind):
            World().retries(on=on).call(flaky, 10.0)
        assert flaky.calls == (2 if kind in retried else 1)


# No other attempt

reasons = pytest.mark.parametrize(
    "options",
    [{"attempts": 1}, {"most": 4, "price": 5}, {"seconds": 1.0}],
    ids=["the attempts are used up", "the purse is empty", "the deadline comes first"],
)


@reasons
def test_the_error_of_the_last_attempt_comes_out_unchanged(options):
    seconds, options = options.get("seconds", 100.0), {k: v for k, v in options.items() if k != "seconds"}
    world, error, cause = World(), ConnectionError("no route"), OSError("cable")
    error.__cause__ = cause
    with pytest.raises(ConnectionError) as caught:
        world.retries(**options).call(Flaky(error), seconds)
    assert caught.value is error
    assert error.__cause__ is cause
    assert world.waits == []


# Full jitter


def test_the_upper_end_of_the_wait_begins_with_base_and_doubles():
    world = World()
    attempts_made(world.retries(attempts=6, base=0.5))
    assert world.waits == [0.5, 1.0, 2.0, 4.0, 8.0]


@pytest.mark.parametrize(
    ("cap", "expected"), [(5.0, [1.0, 2.0, 4.0, 5.0, 5.0]), (4.0, [1.0, 2.0, 4.0, 4.0, 4.0]), (0.5, [0.5] * 5)]
)
def test_the_upper_end_of_the_wait_stops_at_cap(cap, expected):
    world = World()
    attempts_made(world.retries(attempts=6, cap=cap))
    assert world.waits == expected


def test_the_lower_end_of_the_wait_is_zero():
    world = World(shares=[0.0])
    assert attempts_made(world.retries(attempts=5)) == 5
    assert world.waits == [0.0] * 4


def test_every_wait_is_drawn_for_itself():
    world = World(shares=[0.5, 0.25, 1.0, 0.0, 0.75])
    attempts_made(world.retries(attempts=6))
    assert world.waits == [0.5, 0.5, 4.0, 0.0, 12.0]


def test_cap_limits_the_upper_end_and_not_the_wait():
    world = World(shares=[0.5])
    attempts_made(world.retries(attempts=6, cap=4.0))
    assert world.waits == [0.5, 1.0, 2.0, 2.0, 2.0]


def test_each_call_begins_with_base():
    world = World()
    retries = world.retries(attempts=3)
    for _ in range(2):
        attempts_made(retries)
    assert world.waits == [1.0, 2.0, 1.0, 2.0]


def test_a_call_that_begins_during_a_wait_has_delays_of_its_own():
    world = World()
    retries = world.retries(attempts=3)
    world.while_waiting = [lambda: attempts_made(retries)]
    attempts_made(retries)
    assert world.waits == [1.0, 1.0, 2.0, 2.0]


# The deadline


def test_the_first_attempt_gets_all_the_time():
    flaky = Flaky()
    World().retries().call(flaky, 8.0)
    assert flaky.left == [8.0]


def test_each_attempt_gets_the_time_left():
    world = World()
    flaky = Flaky(*lost(3), world=world, takes=0.5)
    world.retries().call(flaky, 32.0)
    assert flaky.left == [32.0, 30.5, 28.0, 23.5]


@pytest.mark.parametrize("start", [-100.0, 0.0])
def test_the_clock_may_begin_anywhere(start):
    world = World(start)
    flaky = Flaky(*lost(1), world=world, takes=0.5)
    world.retries().call(flaky, 4.0)
    assert flaky.left == [4.0, 2.5]


@pytest.mark.parametrize(("seconds", "waits"), [(3.0, [1.0]), (3.5, [1.0, 2.0]), (1.0, []), (0.5, []), (1.5, [1.0])])
def test_a_wait_that_would_reach_the_deadline_does_not_begin(seconds, waits):
    world = World()
    assert attempts_made(world.retries(), seconds=seconds) == len(waits) + 1
    assert world.waits == waits


def test_the_time_of_the_attempts_counts_too():
    world = World()
    flaky = Flaky(*lost(9), world=world, takes=2.0)
    with pytest.raises(ConnectionError, match="failure 2"):
        world.retries().call(flaky, 6.5)
    assert flaky.left == [6.5, 3.5]
    assert world.waits == [1.0]


def test_an_attempt_that_takes_longer_than_the_time_left_is_the_last_one():
    world = World(shares=[0.0])
    flaky = Flaky(*lost(9), world=world, takes=4.0)
    with pytest.raises(ConnectionError, match="failure 1"):
        world.retries().call(flaky, 4.0)
    assert world.waits == []


@pytest.mark.parametrize("late", [2.0, 3.0])
def test_no_attempt_begins_after_a_wait_that_took_too_long(late):
    world = World(late=late)
    flaky = Flaky(*lost(9))
    with pytest.raises(ConnectionError, match="failure 1"):
        world.retries().call(flaky, 3.0)
    assert world.waits == [1.0]


def test_a_wait_that_took_longer_leaves_less_time():
    world = World(late=0.5)
    flaky = Flaky(*lost(1))
    world.retries().call(flaky, 3.0)
    assert flaky.left == [3.0, 1.5]


def test_the_wait_is_not_cut_to_fit():
    world = World(shares=[1.0])
    assert attempts_made(world.retries(base=8.0), seconds=4.0) == 1
    assert world.waits == []


def test_a_short_wait_is_made_although_a_longer_one_would_not_fit():
    world = World(shares=[0.25])
    assert attempts_made(world.retries(attempts=2, base=8.0), seconds=4.0) == 2
    assert world.waits == [2.0]


def test_each_call_has_a_deadline_of_its_own():
    world = World()
    retries = world.retries(attempts=2)
    flaky = Flaky(*lost(2))
    for _ in range(2):
        with pytest.raises(ConnectionError):
            retries.call(flaky, 4.0)
        flaky.errors = lost(2)
        world.now += 50.0
    assert flaky.left == [4.0, 3.0, 4.0, 3.0]


# The purse


@pytest.mark.parametrize(("most", "retried"), [(10, 1), (19, 1), (20, 2), (29, 2), (9, 0)])
def test_the_purse_is_full_at_first(most, retried):
    assert attempts_made(World().retries(attempts=9, price=10, most=most)) == 1 + retried


def test_exactly_the_price_is_enough():
    assert attempts_made(World().retries(attempts=2, price=7, most=7)) == 2
    assert attempts_made(World().retries(attempts=2, price=7, most=6)) == 1


def test_all_calls_share_the_purse():
    retries = World().retries(attempts=3, price=10, most=30)
    assert [attempts_made(retries) for _ in range(4)] == [3, 2, 1, 1]


def test_each_call_pays_in_one_coin():
    retries = World().retries(attempts=2, price=3, most=3)
    assert attempts_made(retries) == 2
    assert [attempts_made(retries) for _ in range(6)] == [1, 1, 2, 1, 1, 2]


@pytest.mark.parametrize("price", [2, 3, 7, 10, 49])
def test_after_as_many_calls_as_the_price_there_is_another_retry(price):
    retries = World().retries(attempts=2, price=price, most=price)
    assert attempts_made(retries) == 2
    assert [attempts_made(retries) for _ in range(price)] == [1] * (price - 1) + [2]


@pytest.mark.parametrize(("calls", "attempts"), [(1, 1), (2, 2)])
def test_calls_that_work_pay_in_one_coin_too(calls, attempts):
    retries = World().retries(attempts=2, price=3, most=3)
    assert attempts_made(retries) == 2
    for _ in range(calls):
        retries.call(Flaky(), 10.0)
    assert attempts_made(retries) == attempts


@pytest.mark.parametrize(("calls", "attempts"), [(1, 1), (2, 2)])
def test_calls_that_end_with_another_exception_pay_in_one_coin_too(calls, attempts):
    retries = World().retries(attempts=2, price=3, most=3)
    assert attempts_made(retries) == 2
    for _ in range(calls):
        with pytest.raises(LookupError):
            retries.call(Flaky(LookupError("mug")), 10.0)
    assert attempts_made(retries) == attempts


def test_retries_do_not_pay_in():
    retries = World().retries(attempts=9, price=2, most=8)
    assert attempts_made(retries) == 5
    assert [attempts_made(retries) for _ in range(4)] == [1, 2, 1, 2]


def test_the_purse_never_holds_more_than_most():
    retries = World().retries(attempts=9, price=10, most=20)
    for _ in range(100):
        retries.call(Flaky(), 10.0)
    assert attempts_made(retries) == 3


def test_a_call_pays_in_when_it_begins():
    retries = World().retries(attempts=2, price=2, most=2)
    assert attempts_made(retries) == 2  # the purse is empty
    seen = []

    def outer(seconds):
        seen.append(attempts_made(retries))
        return "7 mugs"

    retries.call(outer, 10.0)
    assert seen == [2]


def test_a_retry_that_does_not_fit_before_the_deadline_costs_nothing():
    retries = World().retries(attempts=2, price=10, most=10)
    assert attempts_made(retries, seconds=0.5) == 1
    assert attempts_made(retries) == 2


def test_the_coins_are_gone_if_the_wait_takes_too_long():
    world = World(late=5.0)
    retries = world.retries(attempts=2, price=10, most=10)
    assert attempts_made(retries, seconds=4.0) == 1
    assert world.waits == [1.0]
    assert attempts_made(retries) == 1


def test_the_coins_are_gone_if_the_retry_works():
    retries = World().retries(attempts=2, price=10, most=10)
    assert attempts_made(retries, failures=1) == 2
    assert attempts_made(retries) == 1


def test_the_last_attempt_costs_nothing_more():
    retries = World().retries(attempts=2, price=10, most=20)
    assert attempts_made(retries) == 2
    assert attempts_made(retries) == 2


def test_coins_are_taken_before_the_wait():
    world = World()
    retries = world.retries(attempts=2, price=10, most=10)
    during = []
    world.while_waiting = [lambda: during.append(attempts_made(retries))]
    assert attempts_made(retries) == 2
    assert during == [1], "two calls spent the same coins"


def test_coins_that_others_take_while_the_function_runs_are_gone():
    retries = World().retries(attempts=2, price=10, most=10)

    def outer(seconds):
        seen.append(attempts_made(retries))
        raise ConnectionError("outer")

    seen = []
    with pytest.raises(ConnectionError, match="outer"):
        retries.call(outer, 1e9)
    assert seen == [2], "two calls spent the same coins"


def test_coins_that_others_pay_in_while_the_function_runs_can_be_spent():
    retries = World().retries(attempts=2, price=3, most=3)
    assert attempts_made(retries) == 2
    calls = []

    def outer(seconds):
        calls.append(seconds)
        for _ in range(2 if len(calls) == 1 else 0):
            retries.call(Flaky(), 10.0)
        raise ConnectionError("outer")

    with pytest.raises(ConnectionError):
        retries.call(outer, 1e9)
    assert len(calls) == 2


def test_two_objects_share_nothing():
    first, second = (World().retries(attempts=2, price=10, most=10) for _ in range(2))
    assert [attempts_made(first), attempts_made(second)] == [2, 2]
