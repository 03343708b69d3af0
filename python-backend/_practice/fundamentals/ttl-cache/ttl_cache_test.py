"""What a cache with a time limit must do. Time is a number that the tests move."""

import threading

import pytest
from ttl_cache import ttl_cache


class Clock:
    """A clock that stands still until it is moved."""

    def __init__(self):
        self.now = 1000.0

    def __call__(self):
        return self.now


class Lookup:
    """A slow lookup that counts its calls."""

    def __init__(self, result="pro"):
        self.result = result
        self.calls = []

    def __call__(self, *args, **kwargs):
        self.calls.append((args, kwargs))
        if isinstance(self.result, Exception):
            raise self.result
        return self.result


def cached(lookup, clock, seconds=60):
    """The lookup behind the cache, as a plain function."""

    def plan_of(*args, **kwargs):
        """Ask the billing service."""
        return lookup(*args, **kwargs)

    return ttl_cache(seconds, clock=clock)(plan_of)


def test_a_second_call_is_answered_from_memory():
    lookup = Lookup()
    plan_of = cached(lookup, Clock())
    assert (plan_of("acme"), plan_of("acme")) == ("pro", "pro")
    assert lookup.calls == [(("acme",), {})]


def test_other_arguments_are_another_question():
    lookup = Lookup()
    plan_of = cached(lookup, Clock())
    plan_of("acme")
    plan_of("bolt")
    plan_of("acme", region="eu")
    plan_of("acme", region="us")
    assert len(lookup.calls) == 4


def test_the_order_of_keywords_makes_no_difference():
    lookup = Lookup()
    plan_of = cached(lookup, Clock())
    plan_of(tenant="acme", region="eu")
    plan_of(region="eu", tenant="acme")
    assert len(lookup.calls) == 1


def test_a_result_is_good_until_its_time_is_up():
    lookup, clock = Lookup(), Clock()
    plan_of = cached(lookup, clock)
    plan_of("acme")
    clock.now += 59.9
    plan_of("acme")
    assert len(lookup.calls) == 1
    clock.now += 0.1
    plan_of("acme")
    assert len(lookup.calls) == 2


def test_being_asked_for_does_not_lengthen_its_time():
    lookup, clock = Lookup(), Clock()
    plan_of = cached(lookup, clock)
    for _ in range(4):
        plan_of("acme")
        clock.now += 25
    assert len(lookup.calls) == 2


def test_a_fresh_result_replaces_the_old_one():
    lookup, clock = Lookup(), Clock()
    plan_of = cached(lookup, clock)
    plan_of("acme")
    lookup.result = "free"
    clock.now += 60
    assert (plan_of("acme"), plan_of("acme")) == ("free", "free")


def test_none_is_a_result_like_any_other():
    lookup = Lookup(None)
    plan_of = cached(lookup, Clock())
    assert plan_of("nobody") is None
    assert plan_of("nobody") is None
    assert len(lookup.calls) == 1


def test_a_failure_is_not_remembered():
    lookup = Lookup(ConnectionError())
    plan_of = cached(lookup, Clock())
    with pytest.raises(ConnectionError):
        plan_of("acme")
    lookup.result = "pro"
    assert plan_of("acme") == "pro"


def test_clear_forgets_everything():
    lookup = Lookup()
    plan_of = cached(lookup, Clock())
    plan_of("acme")
    plan_of.clear()
    plan_of("acme")
    assert len(lookup.calls) == 2


def test_two_functions_share_nothing():
    clock = Clock()
    plan_of, seats_of = cached(Lookup("pro"), clock), cached(Lookup(5), clock)
    assert (plan_of("acme"), seats_of("acme")) == ("pro", 5)


def test_the_function_keeps_its_name_and_docstring():
    plan_of = cached(Lookup(), Clock())
    assert (plan_of.__name__, plan_of.__doc__) == ("plan_of", "Ask the billing service.")


def test_threads_that_ask_at_once_cause_one_lookup():
    entered, second, release = threading.Event(), threading.Event(), threading.Event()
    calls = []

    def lookup(tenant):
        calls.append(tenant)
        (second if len(calls) > 1 else entered).set()
        release.wait(5)
        return "pro"

    plan_of = cached(lookup, Clock())
    results = []
    threads = [threading.Thread(target=lambda: results.append(plan_of("acme"))) for _ in range(2)]
    threads[0].start()
    assert entered.wait(5)
    threads[1].start()
    second.wait(0.2)  # a cache without a lock lets the second thread in at once
    release.set()
    for thread in threads:
        thread.join(5)
    assert (calls, results) == (["acme"], ["pro", "pro"])
