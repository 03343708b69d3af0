"""The delays come from a generator, the purse is an object, and the decision to give up is made in one place."""

from __future__ import annotations

import itertools
import random
import time
from collections.abc import Callable, Iterator
from typing import TypeVar

R = TypeVar("R")


class _Purse:
    def __init__(self, most: int) -> None:
        self.most = self.coins = most

    def earn(self) -> None:
        if self.coins < self.most:
            self.coins += 1

    def spend(self, price: int) -> None:
        self.coins -= price


class Retries:
    """Retries calls to one service. All of them share one purse."""

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
        self.attempts, self.base, self.cap, self.price, self.on = attempts, base, cap, price, on
        self.clock, self.sleep, self.uniform = clock, sleep, uniform
        self.purse = _Purse(most)

    def call(self, function: Callable[[float], R], seconds: float) -> R:
        """Return the result of `function(seconds_left)`, which is attempted again if it fails."""
        until = self.clock() + seconds
        self.purse.earn()
        waits = itertools.islice(self._waits(), self.attempts - 1)
        while True:
            try:
                return function(until - self.clock())
            except self.on:
                wait = next(waits, None)
                if wait is None or self.purse.coins < self.price or wait >= until - self.clock():
                    raise
                self.purse.spend(self.price)
                self.sleep(wait)
                if self.clock() >= until:
                    raise

    def _waits(self) -> Iterator[float]:
        high = self.base
        while True:
            yield self.uniform(0, min(high, self.cap))
            high *= 2
