"""What a retry decorator must do. No test waits: the decorator is given a sleep that only notes."""

import pytest
from retry_decorator import retry


class Flaky:
    """A call that fails `failures` times, then returns what it was given."""

    def __init__(self, failures, error=ConnectionError):
        self.failures = failures
        self.error = error
        self.calls = 0

    def __call__(self, *args, **kwargs):
        self.calls += 1
        if self.calls <= self.failures:
            raise self.error(f"failure {self.calls}")
        return args, kwargs


def decorated(flaky, **options):
    """The flaky call behind the decorator, and the waits between its attempts."""
    waits = []

    def fetch(*args, **kwargs):
        return flaky(*args, **kwargs)

    return retry(sleep=waits.append, **options)(fetch), waits


def test_a_call_that_works_is_made_once():
    flaky = Flaky(0)
    fetch, waits = decorated(flaky)
    assert fetch("EUR", day=3) == (("EUR",), {"day": 3})
    assert (flaky.calls, waits) == (1, [])


def test_a_failure_is_followed_by_another_attempt_with_the_same_arguments():
    flaky = Flaky(1)
    fetch, _ = decorated(flaky)
    assert fetch("EUR", day=3) == (("EUR",), {"day": 3})
    assert flaky.calls == 2


def test_the_wait_doubles():
    fetch, waits = decorated(Flaky(3), times=4, delay=0.5)
    fetch()
    assert waits == [0.5, 1.0, 2.0]


def test_times_counts_all_attempts_and_the_last_error_comes_out():
    flaky = Flaky(9)
    fetch, _ = decorated(flaky, times=3)
    with pytest.raises(ConnectionError, match="failure 3"):
        fetch()
    assert flaky.calls == 3


def test_there_is_no_wait_after_the_last_attempt():
    fetch, waits = decorated(Flaky(9), times=3, delay=1)
    with pytest.raises(ConnectionError):
        fetch()
    assert waits == [1, 2]


def test_other_errors_are_not_retried():
    flaky = Flaky(1, KeyError)
    fetch, waits = decorated(flaky)
    with pytest.raises(KeyError):
        fetch()
    assert (flaky.calls, waits) == (1, [])


def test_the_errors_to_retry_can_be_chosen():
    flaky = Flaky(1, TimeoutError)
    fetch, _ = decorated(flaky, on=(TimeoutError, BlockingIOError))
    fetch()
    assert flaky.calls == 2


def test_each_call_has_all_its_attempts():
    flaky = Flaky(2)
    fetch, _ = decorated(flaky, times=3)
    fetch()
    flaky.calls = 0
    fetch()
    assert flaky.calls == 3


def test_the_function_keeps_its_name_and_docstring():
    @retry()
    def fetch_rates():
        """Ask the rate service."""

    assert (fetch_rates.__name__, fetch_rates.__doc__) == ("fetch_rates", "Ask the rate service.")


@pytest.mark.parametrize("times", [0, -1])
def test_no_attempt_at_all_is_refused_before_any_call(times):
    with pytest.raises(ValueError, match="times"):
        retry(times=times)
