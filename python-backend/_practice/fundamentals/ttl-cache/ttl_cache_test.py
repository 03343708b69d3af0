"""What the cache must do. Time is a number that the tests move."""

import threading
from concurrent.futures import Future

import pytest
from ttl_cache import ttl_cache

PATIENCE = 2  # seconds, which only a solution that hangs uses up


class Clock:
    """A clock that stands still until it is moved."""

    def __init__(self):
        self.now = 1000.0

    def __call__(self):
        return self.now


class Lookup:
    """A lookup that notes its calls. With `takes` it moves the clock, as a slow one would."""

    def __init__(self, result="pro", clock=None, takes=0):
        self.result = result
        self.clock = clock
        self.takes = takes
        self.calls = []

    def __call__(self, *args, **kwargs):
        self.calls.append((args, kwargs))
        if self.takes:
            self.clock.now += self.takes
        if isinstance(self.result, BaseException):
            raise self.result
        return self.result


def cached(lookup, clock, seconds=60):
    """The lookup behind the cache, as a plain function."""

    def plan_of(*args, **kwargs):
        """Ask the billing service."""
        return lookup(*args, **kwargs)

    return ttl_cache(seconds, clock=clock)(plan_of)


def in_a_thread(work):
    """The future of `work` in another thread."""
    future = Future()

    def run():
        try:
            future.set_result(work())
        except BaseException as error:
            future.set_exception(error)

    threading.Thread(target=run, daemon=True).start()
    return future


# Time


def test_a_second_call_is_answered_from_memory():
    lookup = Lookup()
    plan_of = cached(lookup, Clock())
    assert (plan_of("acme"), plan_of("acme")) == ("pro", "pro")
    assert lookup.calls == [(("acme",), {})]


def test_a_result_is_kept_until_its_time_is_up():
    lookup, clock = Lookup(), Clock()
    plan_of = cached(lookup, clock)
    plan_of("acme")
    clock.now += 59.5
    plan_of("acme")
    assert len(lookup.calls) == 1
    clock.now += 0.5
    plan_of("acme")
    assert len(lookup.calls) == 2


def test_the_time_counts_from_when_the_result_came():
    clock = Clock()
    lookup = Lookup(clock=clock, takes=10)
    plan_of = cached(lookup, clock)
    plan_of("acme")
    clock.now += 59.5
    plan_of("acme")
    assert len(lookup.calls) == 1
    clock.now += 0.5
    plan_of("acme")
    assert len(lookup.calls) == 2


@pytest.mark.parametrize("start", [0.0, -1000.0])
def test_the_clock_can_start_anywhere(start):
    lookup, clock = Lookup(), Clock()
    clock.now = start
    plan_of = cached(lookup, clock)
    assert (plan_of("acme"), plan_of("acme")) == ("pro", "pro")
    assert len(lookup.calls) == 1


def test_each_result_has_its_own_time():
    lookup, clock = Lookup(), Clock()
    plan_of = cached(lookup, clock)
    plan_of("acme")
    clock.now += 40
    plan_of("bolt")
    clock.now += 20
    plan_of("bolt")
    assert len(lookup.calls) == 2
    plan_of("acme")
    assert len(lookup.calls) == 3


def test_a_call_from_memory_does_not_extend_the_time():
    lookup, clock = Lookup(), Clock()
    plan_of = cached(lookup, clock)
    for _ in range(4):
        plan_of("acme")
        clock.now += 25
    assert len(lookup.calls) == 2


def test_a_new_result_replaces_the_old_one():
    lookup, clock = Lookup(), Clock()
    plan_of = cached(lookup, clock)
    plan_of("acme")
    lookup.result = "free"
    clock.now += 60
    assert (plan_of("acme"), plan_of("acme")) == ("free", "free")
    assert len(lookup.calls) == 2


# Arguments


def test_other_arguments_are_another_question():
    lookup = Lookup()
    plan_of = cached(lookup, Clock())
    plan_of("acme")
    plan_of("bolt")
    plan_of("acme", region="eu")
    plan_of("acme", region="us")
    plan_of("acme", currency="eu")
    plan_of("acme", ("region", "eu"))
    assert len(lookup.calls) == 6


def test_the_order_of_keywords_makes_no_difference():
    lookup = Lookup()
    plan_of = cached(lookup, Clock())
    plan_of(tenant="acme", region="eu")
    plan_of(region="eu", tenant="acme")
    assert len(lookup.calls) == 1


class Tenant:
    """Tenants with the same number are equal. All of them have the same hash, and look the same when printed."""

    def __init__(self, number):
        self.number = number

    def __eq__(self, other):
        return isinstance(other, Tenant) and self.number == other.number

    def __hash__(self):
        return 1

    def __repr__(self):
        return "<tenant>"


def test_arguments_are_compared_with_equality():
    lookup = Lookup()
    plan_of = cached(lookup, Clock())
    plan_of(Tenant(1))
    plan_of(Tenant(1))
    assert len(lookup.calls) == 1
    plan_of(Tenant(2))
    assert len(lookup.calls) == 2


def test_equal_arguments_of_different_types_are_the_same_question():
    lookup = Lookup()
    plan_of = cached(lookup, Clock())
    plan_of(7)
    plan_of(7.0)
    plan_of(tenant=7)
    plan_of(tenant=7.0)
    assert len(lookup.calls) == 2


# Results and failures


@pytest.mark.parametrize("result", [None, 0, "", False])
def test_a_false_result_is_a_result(result):
    lookup = Lookup(result)
    plan_of = cached(lookup, Clock())
    assert plan_of("acme") is result
    assert plan_of("acme") is result
    assert len(lookup.calls) == 1


@pytest.mark.parametrize("error", [ConnectionError(), KeyboardInterrupt()])
def test_a_failure_comes_out_and_the_next_thread_asks_again(error):
    lookup = Lookup(error)
    plan_of = cached(lookup, Clock())
    with pytest.raises(type(error)):
        plan_of("acme")
    lookup.result = "pro"
    assert in_a_thread(lambda: plan_of("acme")).result(PATIENCE) == "pro"
    assert len(lookup.calls) == 2


def test_an_old_result_does_not_stand_in_for_a_failure():
    lookup, clock = Lookup(), Clock()
    plan_of = cached(lookup, clock)
    plan_of("acme")
    clock.now += 60
    lookup.result = ConnectionError()
    for _ in range(2):
        future = in_a_thread(lambda: plan_of("acme"))
        with pytest.raises(ConnectionError):
            future.result(PATIENCE)
    assert len(lookup.calls) == 3


# Functions


def test_clear_forgets_everything():
    lookup = Lookup()
    plan_of = cached(lookup, Clock())
    plan_of("acme")
    plan_of("bolt")
    plan_of.clear()
    plan_of("acme")
    plan_of("bolt")
    assert len(lookup.calls) == 4


def test_two_functions_share_nothing():
    clock, plans, seats = Clock(), Lookup("pro"), Lookup(5)
    plan_of, seats_of = cached(plans, clock), cached(seats, clock)
    assert (plan_of("acme"), seats_of("acme")) == ("pro", 5)
    plan_of.clear()
    assert seats_of("acme") == 5
    assert len(seats.calls) == 1


def test_two_functions_of_one_decorator_share_nothing():
    decorate = ttl_cache(60, clock=Clock())
    plan_of = decorate(lambda tenant: f"plan of {tenant}")
    seats_of = decorate(lambda tenant: f"seats of {tenant}")
    assert (plan_of("acme"), seats_of("acme")) == ("plan of acme", "seats of acme")


def test_the_function_keeps_its_name_and_docstring():
    plan_of = cached(Lookup(), Clock())
    assert (plan_of.__name__, plan_of.__doc__) == ("plan_of", "Ask the billing service.")


def test_a_cached_function_can_call_itself():
    calls = []

    @ttl_cache(60, clock=Clock())
    def depth_of(folder):
        calls.append(folder)
        return 0 if folder == "/" else 1 + depth_of(folder.rpartition("/")[0] or "/")

    assert in_a_thread(lambda: depth_of("/srv/data/acme")).result(PATIENCE) == 3
    assert in_a_thread(lambda: depth_of("/srv/data")).result(PATIENCE) == 2
    assert calls == ["/srv/data/acme", "/srv/data", "/srv", "/"]


def test_a_cached_function_can_call_itself_with_the_same_arguments():
    answers = ["the token has expired", "pro"]

    @ttl_cache(60, clock=Clock())
    def plan_of(tenant):
        answer = answers.pop(0)
        return answer if answer == "pro" else plan_of(tenant)

    assert in_a_thread(lambda: plan_of("acme")).result(PATIENCE) == "pro"
    assert in_a_thread(lambda: plan_of("acme")).result(PATIENCE) == "pro"
    assert answers == []


# Threads


def test_a_result_is_remembered_for_all_threads():
    lookup = Lookup()
    plan_of = cached(lookup, Clock())
    assert in_a_thread(lambda: plan_of("acme")).result(PATIENCE) == "pro"
    assert plan_of("acme") == "pro"
    assert len(lookup.calls) == 1


def test_a_slow_function_does_not_hold_up_another_one():
    entered, release = threading.Event(), threading.Event()

    def slow_lookup(tenant):
        entered.set()
        release.wait(5)
        return "pro"

    plan_of, seats_of = cached(slow_lookup, Clock()), cached(Lookup(5), Clock())
    slow = in_a_thread(lambda: plan_of("acme"))
    assert entered.wait(PATIENCE)
    try:
        assert in_a_thread(lambda: seats_of("acme")).result(PATIENCE) == 5
    finally:
        release.set()
    assert slow.result(PATIENCE) == "pro"


def test_threads_that_ask_at_once_cause_one_lookup():
    first, another, release = threading.Event(), threading.Event(), threading.Event()
    calls = []

    def lookup(tenant):
        calls.append(tenant)
        (first if len(calls) == 1 else another).set()
        release.wait(5)
        return "pro"

    plan_of = cached(lookup, Clock())
    futures = [in_a_thread(lambda: plan_of("acme"))]
    assert first.wait(PATIENCE)
    futures += [in_a_thread(lambda: plan_of("acme")) for _ in range(3)]
    another.wait(0.2)  # a chance for the others to get in: with a lock around the lookup they cannot
    release.set()
    assert [future.result(PATIENCE) for future in futures] == ["pro"] * 4
    assert calls == ["acme"]


def test_clear_also_forgets_what_another_thread_is_asking_for():
    entered, release = threading.Event(), threading.Event()
    calls = []

    def lookup(tenant):
        calls.append(tenant)
        entered.set()
        release.wait(5)
        return f"answer {len(calls)}"

    plan_of = cached(lookup, Clock())
    asking = in_a_thread(lambda: plan_of("acme"))
    assert entered.wait(PATIENCE)
    cleared = threading.Event()

    def clear():
        plan_of.clear()
        cleared.set()

    clearing = in_a_thread(clear)
    cleared.wait(0.2)  # with a lock around the lookup it waits until the answer is there
    release.set()
    clearing.result(PATIENCE)
    assert asking.result(PATIENCE) == "answer 1"
    assert plan_of("acme") == "answer 2"
