"""Stop asking a service that fails, and find out when it is back."""

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
        raise NotImplementedError

    @property
    def state(self) -> str:
        """One of "closed", "open" and "half-open"."""
        raise NotImplementedError

    async def call(self, function: Callable[[], Awaitable[R]]) -> R:
        """Await `function()` if the circuit lets it through, or raise CircuitOpenError."""
        raise NotImplementedError
