"""Limit how many requests each client may make."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import NamedTuple


class Decision(NamedTuple):
    """What the limiter says about a request."""

    allowed: bool
    remaining: int
    retry_after: float


class RateLimiter:
    """A token bucket for each client.

    >>> now = [0.0]
    >>> limiter = RateLimiter(rate=2, burst=10, clock=lambda: now[0])
    >>> limiter.check("acme", cost=8)
    Decision(allowed=True, remaining=2, retry_after=0.0)
    >>> now[0] = 0.25
    >>> limiter.check("acme", cost=3)
    Decision(allowed=False, remaining=2, retry_after=0.25)
    >>> now[0] = 0.5
    >>> limiter.check("acme", cost=3)
    Decision(allowed=True, remaining=0, retry_after=0.0)
    >>> now[0] = 60.0
    >>> limiter.forget_idle()
    1
    """

    def __init__(self, rate: float, burst: int, clock: Callable[[], float] = time.monotonic) -> None:
        raise NotImplementedError

    def check(self, client: str, cost: int = 1) -> Decision:
        """Take `cost` tokens out of the client's bucket, if it holds so many."""
        raise NotImplementedError

    def forget_idle(self) -> int:
        """Forget the clients whose buckets are full, and return how many they are."""
        raise NotImplementedError
