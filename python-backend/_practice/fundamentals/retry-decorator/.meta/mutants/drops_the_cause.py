"""Raises the last error with from None, which removes the cause it had."""

import functools
import itertools
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
    """Return a decorator that calls the function up to `times` times."""
    if times < 1:
        raise ValueError("times must be at least 1")

    def decorate(func: Callable[P, R]) -> Callable[P, R]:
        @functools.wraps(func)
        def wrapper(*args: P.args, **kwargs: P.kwargs) -> R:
            wait = delay
            for attempt in itertools.count(1):
                try:
                    return func(*args, **kwargs)
                except on as error:
                    if attempt == times:
                        raise error from None
                sleep(wait)
                wait *= 2
            raise AssertionError("unreachable")

        return wrapper

    return decorate
