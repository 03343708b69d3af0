"""Remember what a function returned, for a while."""

import time
from collections.abc import Callable, Hashable
from typing import Protocol, TypeVar

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
    raise NotImplementedError
