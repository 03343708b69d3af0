"""Each state is an object, and a call reports only to the one that let it through, if that one is still there."""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable
from typing import TypeVar

R = TypeVar("R")


class CircuitOpenError(Exception):
    """The call was refused. Leave this class as it is."""


class _Closed:
    name = "closed"

    def __init__(self, breaker: CircuitBreaker) -> None:
        self.breaker = breaker
        self.failures = 0

    def enter(self) -> None:
        """Every call may enter."""

    def leave(self, failed: bool | None) -> None:
        if failed:
            self.failures += 1
            if self.failures >= self.breaker.limit:
                self.breaker.open()
        elif failed is not None:
            self.failures = 0


class _Tripped:
    """Open, and half-open when the pause is over."""

    def __init__(self, breaker: CircuitBreaker) -> None:
        self.breaker = breaker
        self.until = breaker.clock() + breaker.pause
        self.busy = False

    @property
    def name(self) -> str:
        return "half-open" if self.breaker.clock() >= self.until else "open"

    def enter(self) -> None:
        if self.busy or self.name == "open":
            raise CircuitOpenError
        self.busy = True

    def leave(self, failed: bool | None) -> None:
        self.busy = False
        if failed:
            self.breaker.open()
        elif failed is not None:
            self.breaker.close()


class CircuitBreaker:
    """Lets calls through to a service, or refuses them."""

    def __init__(
        self,
        limit: int = 5,
        pause: float = 30.0,
        on: type[Exception] | tuple[type[Exception], ...] = (ConnectionError, TimeoutError),
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        if limit < 1:
            raise ValueError("limit must be at least 1")
        self.limit, self.pause, self.on, self.clock = limit, pause, on, clock
        self.close()

    @property
    def state(self) -> str:
        """One of "closed", "open" and "half-open"."""
        return self._state.name

    def open(self) -> None:
        self._state: _Closed | _Tripped = _Tripped(self)

    def close(self) -> None:
        self._state = _Closed(self)

    async def call(self, function: Callable[[], Awaitable[R]]) -> R:
        """Await `function()` if the circuit lets it through, or raise CircuitOpenError."""
        entered = self._state
        entered.enter()
        failed: bool | None = None
        try:
            result = await function()
            failed = False
            return result
        except Exception as error:
            failed = isinstance(error, self.on)
            raise
        finally:
            if self._state is entered:
                entered.leave(failed)
