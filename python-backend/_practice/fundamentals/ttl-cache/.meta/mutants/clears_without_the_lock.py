"""Clears without the lock, so an answer that is still on its way is kept afterwards."""

import functools
import threading
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
        kept: dict[Hashable, tuple[float, R]] = {}
        lock = threading.RLock()  # a function that calls itself takes it again

        @functools.wraps(func)
        def wrapper(*args: Hashable, **kwargs: Hashable) -> R:
            key = (args, frozenset(kwargs.items()))
            with lock:
                if key in kept:
                    until, value = kept[key]
                    if clock() < until:
                        return value
                value = func(*args, **kwargs)
                kept[key] = (clock() + seconds, value)
                return value

        def clear() -> None:
            kept.clear()

        wrapper.clear = clear  # type: ignore[attr-defined]
        return wrapper

    return decorate
