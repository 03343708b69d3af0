"""Stores one number for each client: when its bucket will be full again. Everything else follows from it."""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from typing import NamedTuple


class Decision(NamedTuple):
    """What the limiter says about a request."""

    allowed: bool
    remaining: int
    retry_after: float


class RateLimiter:
    """A token bucket for each client."""

    def __init__(self, rate: float, burst: int, clock: Callable[[], float] = time.monotonic) -> None:
        self.rate, self.burst, self.clock = rate, burst, clock
        self.full_at: dict[str, float] = {}

    def check(self, client: str, cost: int = 1) -> Decision:
        """Take `cost` tokens out of the client's bucket, if it holds so many."""
        if cost > self.burst:
            raise ValueError("the cost is greater than the burst")
        now = self.clock()
        full_at = max(now, self.full_at.get(client, now))
        then = full_at + cost / self.rate
        wait = then - now - self.burst / self.rate
        if wait <= 0:
            self.full_at[client] = full_at = then
        return Decision(wait <= 0, math.floor(self.burst - (full_at - now) * self.rate), max(wait, 0.0))

    def forget_idle(self) -> int:
        """Forget the clients whose buckets are full, and return how many they are."""
        now, before = self.clock(), len(self.full_at)
        self.full_at = {client: full_at for client, full_at in self.full_at.items() if full_at > now}
        return before - len(self.full_at)
