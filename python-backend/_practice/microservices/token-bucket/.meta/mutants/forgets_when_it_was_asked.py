"""Does not store the time of the request, so the same time flows in again."""

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
        self._rate = rate
        self._burst = burst
        self._clock = clock
        self._buckets: dict[str, tuple[float, float]] = {}  # tokens, and when there were so many

    def check(self, client: str, cost: int = 1) -> Decision:
        """Take `cost` tokens out of the client's bucket, if it holds so many."""
        if cost > self._burst:
            raise ValueError(f"a request that costs {cost} can never be allowed")
        now = self._clock()
        tokens = self._tokens(client, now)
        if tokens < cost:
            return Decision(False, int(tokens), (cost - tokens) / self._rate)
        tokens -= cost
        self._buckets[client] = (tokens, self._buckets.get(client, (0, now))[1])
        return Decision(True, int(tokens), 0.0)

    def forget_idle(self) -> int:
        """Forget the clients whose buckets are full, and return how many they are."""
        now = self._clock()
        idle = [client for client in self._buckets if self._tokens(client, now) >= self._burst]
        for client in idle:
            del self._buckets[client]
        return len(idle)

    def _tokens(self, client: str, now: float) -> float:
        """How many tokens are in the client's bucket now."""
        tokens, since = self._buckets.get(client, (self._burst, now))
        return min(self._burst, tokens + (now - since) * self._rate)
