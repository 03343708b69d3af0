"""What the decorator must do. No test waits: the decorator gets a sleep that only takes notes."""

import sys
import time

import pytest
from retry_decorator import retry


@pytest.fixture(autouse=True)
def no_real_sleep(monkeypatch):
    def fail(seconds):
        raise AssertionError("this calls time.sleep instead of the sleep that was passed in")

    monkeypatch.setattr(time, "sleep", fail)


class Flaky:
    """A call that raises the given errors, one per attempt, and then returns what it was given."""

    def __init__(self, *errors):
        self.errors = list(errors)
        self.calls = 0

    def __call__(self, *args, **kwargs):
        self.calls += 1
        if self.errors:
            raise self.errors.pop(0)
        return args, kwargs


def lost(count):
    """So many connection errors, numbered from 1."""
    return [ConnectionError(f"failure {number}") for number in range(1, count + 1)]


def decorated(flaky, **options):
    """The flaky call behind the decorator, and the list of the waits between its attempts."""
    waits = []

    def fetch(*args, **kwargs):
        return flaky(*args, **kwargs)

    return retry(sleep=waits.append, **options)(fetch), waits


# Attempts


def test_a_call_that_works_is_made_once():
    flaky = Flaky()
    fetch, waits = decorated(flaky)
    assert fetch("EUR", day=3) == (("EUR",), {"day": 3})
    assert (flaky.calls, waits) == (1, [])


@pytest.mark.parametrize("result", [None, 0, "", [], False])
def test_a_false_result_is_a_result(result):
    calls = []

    @retry(sleep=calls.append)
    def fetch():
        calls.append("call")
        return result

    assert fetch() is result
    assert calls == ["call"]


def test_a_failure_is_followed_by_another_attempt_with_the_same_arguments():
    flaky = Flaky(*lost(1))
    fetch, _ = decorated(flaky)
    assert fetch("EUR", day=3) == (("EUR",), {"day": 3})
    assert flaky.calls == 2


def test_keyword_arguments_can_have_any_name():
    fetch, _ = decorated(Flaky(*lost(1)))
    assert fetch(func=1, times=2, delay=3, attempt=4) == ((), {"func": 1, "times": 2, "delay": 3, "attempt": 4})


@pytest.mark.parametrize("times", [1, 2, 3, 5])
def test_times_counts_all_attempts(times):
    flaky = Flaky(*lost(9))
    fetch, _ = decorated(flaky, times=times)
    with pytest.raises(ConnectionError):
        fetch()
    assert flaky.calls == times


def test_the_last_attempt_can_still_work():
    flaky = Flaky(*lost(2))
    fetch, _ = decorated(flaky, times=3)
    assert fetch("EUR", day=3) == (("EUR",), {"day": 3})


def test_there_can_be_thousands_of_attempts():
    times = sys.getrecursionlimit() + 1000
    flaky = Flaky(*lost(times - 1))
    fetch, waits = decorated(flaky, times=times, delay=0.0)
    fetch()
    assert flaky.calls == times
    assert set(waits) <= {0.0}


@pytest.mark.parametrize("times", [0, -1])
def test_fewer_than_one_attempt_is_refused_when_the_decorator_is_made(times):
    with pytest.raises(ValueError, match="times"):
        retry(times=times)


# Errors


@pytest.mark.parametrize("times", [1, 3])
def test_the_error_of_the_last_attempt_comes_out_unchanged(times):
    errors, cause = lost(times), OSError("no route")
    errors[-1].__cause__ = cause
    fetch, _ = decorated(Flaky(*errors), times=times)
    with pytest.raises(ConnectionError) as caught:
        fetch()
    assert caught.value is errors[-1]
    assert caught.value.__cause__ is cause


@pytest.mark.parametrize("error", [KeyError("EUR"), OSError("disk"), KeyboardInterrupt()])
def test_other_errors_are_not_retried(error):
    error.__cause__ = cause = OSError("no route")
    flaky = Flaky(error)
    fetch, waits = decorated(flaky)
    with pytest.raises(type(error)) as caught:
        fetch()
    assert caught.value is error
    assert error.__cause__ is cause
    assert (flaky.calls, waits) == (1, [])


def test_an_error_of_another_kind_ends_the_attempts_at_any_time():
    error = KeyError("EUR")
    flaky = Flaky(*lost(1), error)
    fetch, waits = decorated(flaky, times=5, delay=1)
    with pytest.raises(KeyError) as caught:
        fetch()
    assert caught.value is error
    assert error.__cause__ is None
    assert (flaky.calls, waits) == (2, [1])


def test_an_error_of_a_subclass_is_retried():
    flaky = Flaky(ConnectionResetError())
    fetch, _ = decorated(flaky, on=ConnectionError)
    fetch()
    assert flaky.calls == 2


def test_several_kinds_of_error_can_be_retried():
    flaky = Flaky(TimeoutError(), BlockingIOError())
    fetch, _ = decorated(flaky, on=(TimeoutError, BlockingIOError))
    fetch()
    assert flaky.calls == 3


@pytest.mark.parametrize("on", [TimeoutError, ()])
def test_on_replaces_the_default(on):
    flaky = Flaky(*lost(1))
    fetch, _ = decorated(flaky, on=on)
    with pytest.raises(ConnectionError):
        fetch()
    assert flaky.calls == 1


# Waits


def test_the_wait_begins_with_delay_and_doubles():
    fetch, waits = decorated(Flaky(*lost(4)), times=5, delay=0.5)
    fetch()
    assert waits == [0.5, 1.0, 2.0, 4.0]


@pytest.mark.parametrize(("times", "expected"), [(1, []), (3, [1, 2])])
def test_there_is_no_wait_after_the_last_attempt(times, expected):
    fetch, waits = decorated(Flaky(*lost(9)), times=times, delay=1)
    with pytest.raises(ConnectionError):
        fetch()
    assert waits == expected


# One call and the next


def test_each_call_has_all_its_attempts():
    flaky = Flaky(*lost(2))
    fetch, _ = decorated(flaky, times=3)
    fetch()
    flaky.errors = lost(2)
    fetch()
    assert flaky.calls == 6


def test_the_waits_of_each_call_begin_with_delay():
    flaky = Flaky(*lost(2))
    fetch, waits = decorated(flaky, times=3, delay=0.5)
    fetch()
    flaky.errors = lost(2)
    fetch()
    assert waits == [0.5, 1.0, 0.5, 1.0]


def test_a_call_inside_a_call_has_its_own_attempts():
    attempts, waits = [], []

    def sleep(seconds):
        waits.append(seconds)
        assert len(waits) < 10, "it never stops"

    @retry(times=3, delay=1, sleep=sleep)
    def fetch(page):
        attempts.append(page)
        if page > 1:
            fetch(page - 1)
            raise ConnectionError(f"page {page}")

    with pytest.raises(ConnectionError, match="page 2"):
        fetch(2)
    assert attempts == [2, 1, 2, 1, 2, 1]
    assert waits == [1, 2]


def test_two_functions_of_one_decorator_share_nothing():
    first, second = Flaky(*lost(2)), Flaky(*lost(2))
    decorate = retry(times=3, delay=1, sleep=lambda seconds: None)
    decorate(lambda: first())()
    decorate(lambda: second())()
    assert (first.calls, second.calls) == (3, 3)


# The decorated function


def test_the_function_keeps_its_name_and_docstring():
    @retry()
    def fetch_rates():
        """Ask the rate service."""

    assert (fetch_rates.__name__, fetch_rates.__doc__) == ("fetch_rates", "Ask the rate service.")


def test_a_method_can_be_decorated():
    class Client:
        @retry()
        def fetch(self, currency):
            return self, currency

    client = Client()
    assert client.fetch("EUR") == (client, "EUR")
