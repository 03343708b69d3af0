"""Returns a callable object, which does not bind self when it decorates a method."""

import functools
import time
from collections.abc import Callable
from typing import Generic, ParamSpec, TypeVar

P = ParamSpec("P")
R = TypeVar("R")


class Wrapper(Generic[P, R]):
    """The decorated function. Without __get__ it does not bind the instance of a method."""

    def __init__(
        self,
        func: Callable[P, R],
        times: int,
        on: type[Exception] | tuple[type[Exception], ...],
        delay: float,
        sleep: Callable[[float], object],
    ) -> None:
        self.func, self.times, self.on, self.delay, self.sleep = func, times, on, delay, sleep
        functools.update_wrapper(self, func)

    def __call__(self, *args: P.args, **kwargs: P.kwargs) -> R:
        for attempt in range(self.times - 1):
            try:
                return self.func(*args, **kwargs)
            except self.on:
                self.sleep(self.delay * 2**attempt)
        return self.func(*args, **kwargs)


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
        return Wrapper(func, times, on, delay, sleep)

    return decorate
