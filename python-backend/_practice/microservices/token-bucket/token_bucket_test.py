"""What the limiter must do. The clock is a number that the tests move."""

import random
import threading

import pytest
from token_bucket import Decision, RateLimiter


class Clock:
    """A clock that stands still until it is moved."""

    def __init__(self, now):
        self.now = now

    def __call__(self):
        return self.now


def limiter_at(now=0.0, rate=1.0, burst=10):
    """A limiter with a fake clock, and the clock."""
    clock = Clock(now)
    return RateLimiter(rate=rate, burst=burst, clock=clock), clock


def allowed(limiter, client="acme", cost=1):
    return limiter.check(client, cost).allowed


def empty(limiter, burst=10, client="acme"):
    """Take all tokens out of a full bucket."""
    assert limiter.check(client, burst) == Decision(True, 0, 0)


# The bucket


@pytest.mark.parametrize("burst", [1, 2, 10])
def test_a_bucket_is_full_at_first(burst):
    limiter, _ = limiter_at(burst=burst)
    assert [allowed(limiter) for _ in range(burst + 2)] == [True] * burst + [False] * 2


@pytest.mark.parametrize("late", [0.0, 5.0, 1e6])
def test_a_bucket_is_full_whenever_its_client_comes_first(late):
    limiter, clock = limiter_at()
    empty(limiter, client="other")
    clock.now += late
    empty(limiter)
    assert not allowed(limiter)


@pytest.mark.parametrize("start", [-1e6, -1.0, 0.0, 1e6])
def test_the_clock_may_begin_anywhere(start):
    limiter, clock = limiter_at(start, burst=4)
    empty(limiter, 4)
    assert not allowed(limiter)
    clock.now += 2.0
    assert [allowed(limiter) for _ in range(3)] == [True, True, False]


def test_clients_share_nothing():
    limiter, _ = limiter_at(burst=2)
    for client in ("acme", "", "Acme", "acme "):
        assert [allowed(limiter, client) for _ in range(3)] == [True, True, False]


def test_two_limiters_share_nothing():
    (first, _), (second, _) = limiter_at(), limiter_at()
    empty(first)
    empty(second)


def test_by_default_a_request_costs_one():
    limiter, _ = limiter_at(burst=3)
    assert limiter.check("acme") == Decision(True, 2, 0)


# The flow


@pytest.mark.parametrize(("rate", "seconds"), [(1.0, 1.0), (2.0, 0.5), (0.5, 2.0), (4.0, 0.25), (0.25, 4.0)])
def test_the_tokens_flow_in_at_the_rate(rate, seconds):
    limiter, clock = limiter_at(rate=rate)
    empty(limiter)
    for _ in range(3):
        clock.now += seconds - 1 / 64
        assert not allowed(limiter), "too early"
        clock.now += 1 / 64
        assert allowed(limiter), "too late"
        assert not allowed(limiter), "too many"


@pytest.mark.parametrize("step", [0.25, 0.125, 0.75])
def test_fractions_are_kept_if_requests_are_refused_in_between(step):
    limiter, clock = limiter_at()
    empty(limiter)
    count = 0
    while clock.now < 6.0:
        clock.now += step
        count += allowed(limiter)
    assert count == 6


def test_fractions_are_kept_if_requests_are_allowed_in_between():
    limiter, clock = limiter_at()
    empty(limiter)
    found = []
    for _ in range(4):
        clock.now += 1.25
        found.append(limiter.check("acme"))
    assert [decision.allowed for decision in found] == [True] * 4
    assert [decision.remaining for decision in found] == [0, 0, 0, 1]


def test_a_bucket_never_holds_more_than_burst():
    limiter, clock = limiter_at(burst=3)
    for seconds in (1000.0, 1e6):
        clock.now += seconds
        assert [allowed(limiter) for _ in range(4)] == [True] * 3 + [False]


def test_a_bucket_that_is_nearly_full_does_not_overflow():
    limiter, clock = limiter_at(burst=3)
    assert limiter.check("acme") == Decision(True, 2, 0)
    clock.now += 2.0
    assert limiter.check("acme") == Decision(True, 2, 0)
    clock.now += 0.5
    assert limiter.check("acme") == Decision(True, 1, 0)
    clock.now += 0.5
    assert limiter.check("acme") == Decision(True, 1, 0)


def test_time_in_a_full_bucket_is_not_saved():
    limiter, clock = limiter_at(burst=2)
    assert limiter.check("acme", 1) == Decision(True, 1, 0)
    clock.now += 10.0
    empty(limiter, 2)
    assert not allowed(limiter)
    clock.now += 1.0
    assert [allowed(limiter) for _ in range(2)] == [True, False]


def test_a_burst_is_followed_by_a_steady_rate():
    limiter, clock = limiter_at(rate=2.0, burst=4)
    count = 0
    for _ in range(100):
        count += allowed(limiter)
        clock.now += 0.125
    assert count == 4 + 24


# The cost


def test_a_request_takes_its_cost():
    limiter, _ = limiter_at()
    assert limiter.check("acme", 4).remaining == 6
    assert limiter.check("acme", 5).remaining == 1


def test_exactly_the_cost_is_enough():
    limiter, _ = limiter_at(burst=7)
    assert allowed(limiter, cost=3)
    assert allowed(limiter, cost=4)


def test_a_refused_request_takes_nothing():
    limiter, _ = limiter_at()
    limiter.check("acme", 7)
    for _ in range(3):
        assert not allowed(limiter, cost=4)
    assert limiter.check("acme", 3) == Decision(True, 0, 0)


def test_a_refused_request_does_not_stop_the_flow():
    limiter, clock = limiter_at()
    empty(limiter)
    for _ in range(20):
        clock.now += 0.25
        assert not allowed(limiter, cost=6)
    clock.now += 1.0
    assert allowed(limiter, cost=6)


def test_a_small_request_passes_where_a_large_one_is_refused():
    limiter, _ = limiter_at()
    limiter.check("acme", 8)
    assert not allowed(limiter, cost=3)
    assert allowed(limiter, cost=2)


def test_a_fraction_of_a_token_is_not_enough():
    limiter, clock = limiter_at()
    empty(limiter)
    clock.now = 2.75
    assert not allowed(limiter, cost=3)
    assert allowed(limiter, cost=2)


@pytest.mark.parametrize("burst", [1, 10])
def test_a_cost_above_burst_is_refused_for_good(burst):
    limiter, clock = limiter_at(burst=burst)
    for _ in range(2):
        with pytest.raises(ValueError):
            limiter.check("acme", burst + 1)
        clock.now += 1000.0
    assert allowed(limiter, cost=burst)


def test_a_cost_above_burst_leaves_the_bucket_as_it_is():
    limiter, clock = limiter_at()
    limiter.check("acme", 7)
    clock.now += 0.5
    with pytest.raises(ValueError):
        limiter.check("acme", 11)
    clock.now += 0.5
    assert limiter.check("acme", 4) == Decision(True, 0, 0)


# What remains


def test_remaining_counts_after_the_request():
    limiter, _ = limiter_at(burst=3)
    assert [limiter.check("acme").remaining for _ in range(4)] == [2, 1, 0, 0]


@pytest.mark.parametrize(("cost", "remaining"), [(1, 2), (3, 0), (4, 3)])
def test_remaining_is_rounded_down(cost, remaining):
    limiter, clock = limiter_at()
    empty(limiter)
    clock.now = 3.75
    found = limiter.check("acme", cost).remaining
    assert found == remaining
    assert type(found) is int


# When to come back


def test_retry_after_is_zero_if_the_request_is_allowed():
    limiter, clock = limiter_at()
    assert limiter.check("acme", 10).retry_after == 0
    clock.now += 5.5
    assert limiter.check("acme", 2).retry_after == 0


@pytest.mark.parametrize(
    ("rate", "passed", "cost", "expected"),
    [(1.0, 0.0, 1, 1.0), (1.0, 0.25, 1, 0.75), (2.0, 0.0, 1, 0.5), (0.25, 0.0, 3, 12.0), (4.0, 0.125, 10, 2.375)],
)
def test_retry_after_is_the_time_until_there_are_enough_tokens(rate, passed, cost, expected):
    limiter, clock = limiter_at(rate=rate)
    empty(limiter)
    clock.now += passed
    assert limiter.check("acme", cost).retry_after == expected
    clock.now += expected - 1 / 64
    assert not allowed(limiter, cost=cost)
    clock.now += 1 / 64
    assert allowed(limiter, cost=cost)


def test_a_refused_request_does_not_make_the_wait_longer():
    limiter, clock = limiter_at(rate=0.5)
    empty(limiter)
    found = []
    for _ in range(4):
        found.append(limiter.check("acme", 2).retry_after)
        clock.now += 1.0
    assert found == [4.0, 3.0, 2.0, 1.0]
    assert allowed(limiter, cost=2)


def test_the_wait_is_longer_if_the_client_takes_tokens_before_that():
    limiter, clock = limiter_at()
    empty(limiter)
    clock.now += 2.0
    assert limiter.check("acme", 4).retry_after == 2.0
    assert allowed(limiter, cost=1)
    assert limiter.check("acme", 4).retry_after == 3.0


# Forgetting


def test_clients_whose_buckets_are_full_are_forgotten():
    limiter, clock = limiter_at()
    for cost, client in enumerate(["one", "two", "three", "four"], 1):
        limiter.check(client, cost)
    assert limiter.forget_idle() == 0
    clock.now = 2.0
    assert limiter.forget_idle() == 2
    assert limiter.forget_idle() == 0
    clock.now = 3.0 - 1 / 64
    assert limiter.forget_idle() == 0
    clock.now = 3.0
    assert limiter.forget_idle() == 1
    clock.now = 1000.0
    assert limiter.forget_idle() == 1


def test_there_may_be_nothing_to_forget():
    limiter, _ = limiter_at()
    assert limiter.forget_idle() == 0


def test_a_client_that_comes_back_can_be_forgotten_again():
    limiter, clock = limiter_at()
    for _ in range(3):
        empty(limiter)
        assert limiter.forget_idle() == 0
        clock.now += 10.0
        assert limiter.forget_idle() == 1


def test_a_refused_client_is_not_idle():
    limiter, clock = limiter_at()
    empty(limiter)
    clock.now += 9.0
    assert not allowed(limiter, cost=10)
    assert limiter.forget_idle() == 0
    clock.now += 1.0
    assert limiter.forget_idle() == 1


def test_a_client_whose_bucket_is_not_full_is_treated_as_before():
    limiter, clock = limiter_at()
    empty(limiter)
    clock.now += 2.5
    limiter.forget_idle()
    assert limiter.check("acme", 3) == Decision(False, 2, 0.5)
    clock.now += 0.25
    limiter.forget_idle()
    assert limiter.check("acme", 2) == Decision(True, 0, 0)
    clock.now += 0.25
    assert limiter.check("acme", 1) == Decision(True, 0, 0)


@pytest.mark.parametrize("seed", range(5))
def test_no_decision_depends_on_forgetting(seed):
    rng = random.Random(seed)
    clock = Clock(0.0)
    one, other = (RateLimiter(rate=0.5, burst=4, clock=clock) for _ in range(2))
    for _ in range(300):
        clock.now += rng.choice([0.0, 0.0, 0.25, 0.5, 1.0, 3.0, 20.0])
        client, cost = rng.choice("abc"), rng.randint(1, 4)
        assert one.check(client, cost) == other.check(client, cost)
        if rng.random() < 0.5:
            one.forget_idle()


# No help from outside


def test_no_thread_is_started():
    before = threading.active_count()
    limiter, _ = limiter_at()
    limiter.check("acme")
    assert threading.active_count() == before
