"""Keeps the wait in the closure, where a call inside the call sets it back."""

import functools
import time
from collections.abc import Callable
from typing import ParamSpec, TypeVar

P = ParamSpec("P")
R = TypeVar("R")


def retry(
    times: int = 3,
    on: type[Exception] | tuple[type[Exception], ...] = ConnectionError,
    delay: float = 0.1,
    sleep: Callable[[float], object] = time.sleep,
) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """Return a decorator that calls the function up to `times` times.

    >>> waits = []
    >>> @retry(times=3, delay=0.5, sleep=waits.append)
    ... def fetch():
    ...     if len(waits) < 2:
    ...         raise ConnectionError("try again")
    ...     return "rates"
    >>> fetch(), waits
    ('rates', [0.5, 1.0])
    """
    if times < 1:
        raise ValueError("times must be at least 1")

    def decorate(func: Callable[P, R]) -> Callable[P, R]:
        wait = delay

        @functools.wraps(func)
        def wrapper(*args: P.args, **kwargs: P.kwargs) -> R:
            nonlocal wait
            wait = delay
            for _ in range(times - 1):
                try:
                    return func(*args, **kwargs)
                except on:
                    sleep(wait)
                    wait *= 2
            return func(*args, **kwargs)

        return wrapper

    return decorate
