"""Puts the number of the minute into the key of lru_cache: a late result expires at once."""

import functools
import time
from collections.abc import Callable, Hashable
from typing import Any, Protocol, TypeVar

R = TypeVar("R", covariant=True)


class Cached(Protocol[R]):
    """A function whose results are kept, and a way to forget them."""

    def __call__(self, *args: Hashable, **kwargs: Hashable) -> R: ...

    def clear(self) -> None: ...


def ttl_cache(seconds: float, clock: Callable[[], float] = time.monotonic) -> Callable[[Callable[..., R]], Cached[R]]:
    """Return a decorator that keeps each result of the function for `seconds`.

    >>> now = [100.0]
    >>> calls = []
    >>> @ttl_cache(60, clock=lambda: now[0])
    ... def plan_of(tenant):
    ...     calls.append(tenant)
    ...     return "pro"
    >>> plan_of("acme"), plan_of("acme"), calls
    ('pro', 'pro', ['acme'])
    >>> now[0] += 60
    >>> plan_of("acme"), calls
    ('pro', ['acme', 'acme'])
    """

    def decorate(func: Callable[..., R]) -> Any:
        ask = functools.lru_cache(maxsize=None)(lambda minute, *args, **kwargs: func(*args, **kwargs))

        @functools.wraps(func)
        def wrapper(*args: Hashable, **kwargs: Hashable) -> R:
            return ask(int(clock() // seconds), *args, **kwargs)

        def clear() -> None:
            ask.cache_clear()

        wrapper.clear = clear  # type: ignore[attr-defined]
        return wrapper

    return decorate
