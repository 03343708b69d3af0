"""Tests the moment of opening for truth, and a clock may begin at zero."""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable
from typing import TypeVar

R = TypeVar("R")


class CircuitOpenError(Exception):
    """The call was refused. Leave this class as it is."""


class CircuitBreaker:
    """Lets calls through to a service, or refuses them.

    >>> import asyncio
    >>> now = [0.0]
    >>> breaker = CircuitBreaker(limit=1, pause=30, clock=lambda: now[0])
    >>> async def fetch():
    ...     if now[0] < 20:
    ...         raise ConnectionError("no route")
    ...     return "five stars"
    >>> asyncio.run(breaker.call(fetch))
    Traceback (most recent call last):
    ConnectionError: no route
    >>> breaker.state
    'open'
    >>> now[0] = 30.0
    >>> breaker.state
    'half-open'
    >>> asyncio.run(breaker.call(fetch)), breaker.state
    ('five stars', 'closed')
    """

    def __init__(
        self,
        limit: int = 5,
        pause: float = 30.0,
        on: type[Exception] | tuple[type[Exception], ...] = (ConnectionError, TimeoutError),
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        if limit < 1:
            raise ValueError("limit must be at least 1")
        self._limit = limit
        self._pause = pause
        self._on = on
        self._clock = clock
        self._failures = 0
        self._opened: float | None = None  # when the circuit opened, or None while it is closed
        self._trial = False
        self._changes = 0

    @property
    def state(self) -> str:
        """One of "closed", "open" and "half-open"."""
        if not self._opened:
            return "closed"
        return "open" if self._clock() < self._opened + self._pause else "half-open"

    async def call(self, function: Callable[[], Awaitable[R]]) -> R:
        """Await `function()` if the circuit lets it through, or raise CircuitOpenError."""
        state = self.state
        if state == "open" or self._trial:
            raise CircuitOpenError
        trial = self._trial = state == "half-open"
        changes = self._changes
        try:
            result = await function()
        except self._on:
            self._failed(changes)
            raise
        except Exception:
            self._answered(changes)
            raise
        finally:
            if trial:
                self._trial = False
        self._answered(changes)
        return result

    def _failed(self, changes: int) -> None:
        if changes == self._changes:
            self._failures += 1
            if self._opened is not None or self._failures >= self._limit:
                self._opened = self._clock()
                self._changes += 1

    def _answered(self, changes: int) -> None:
        if changes == self._changes:
            self._failures = 0
            if self._opened is not None:
                self._opened = None
                self._changes += 1
