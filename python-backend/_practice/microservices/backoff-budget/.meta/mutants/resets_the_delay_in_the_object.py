"""Keeps the delay in the object and sets it back when a call begins, even if another one is under way."""

from __future__ import annotations

import random
import time
from collections.abc import Callable
from typing import TypeVar

R = TypeVar("R")


class Retries:
    """Retries calls to one service. All of them share one purse.

    >>> waits = []
    >>> retries = Retries(
    ...     attempts=3, base=1.0, price=10, most=20,
    ...     clock=lambda: 100.0, sleep=waits.append, uniform=lambda low, high: high / 4,
    ... )
    >>> def fetch(seconds):
    ...     if len(waits) < 2:
    ...         raise ConnectionError("try again")
    ...     return f"7 mugs, {seconds} seconds left"
    >>> retries.call(fetch, 8.0), waits
    ('7 mugs, 8.0 seconds left', [0.25, 0.5])
    """

    def __init__(
        self,
        attempts: int = 4,
        base: float = 0.1,
        cap: float = 5.0,
        price: int = 10,
        most: int = 100,
        on: type[Exception] | tuple[type[Exception], ...] = (ConnectionError, TimeoutError),
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], object] = time.sleep,
        uniform: Callable[[float, float], float] = random.uniform,
    ) -> None:
        self._attempts = attempts
        self._base = base
        self._cap = cap
        self._price = price
        self._most = most
        self._on = on
        self._clock = clock
        self._sleep = sleep
        self._uniform = uniform
        self._coins = most

    def call(self, function: Callable[[float], R], seconds: float) -> R:
        """Return the result of `function(seconds_left)`, which is attempted again if it fails."""
        deadline = self._clock() + seconds
        self._coins = min(self._most, self._coins + 1)
        self._delay = min(self._cap, self._base)
        left = seconds
        attempt = 1
        while True:
            try:
                return function(left)
            except self._on:
                if attempt == self._attempts or self._coins < self._price:
                    raise
                wait = self._uniform(0, self._delay)
                if self._clock() + wait >= deadline:
                    raise
                self._coins -= self._price
                self._sleep(wait)
                left = deadline - self._clock()
                if left <= 0:
                    raise
                self._delay = min(self._cap, 2 * self._delay)
                attempt += 1
