"""Has a Lock for each key, so a function that calls itself with the same arguments waits for itself."""

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
    """Return a decorator that keeps each result of the function for `seconds`."""

    def decorate(func: Callable[..., R]) -> Any:
        kept: dict[Hashable, tuple[float, R]] = {}
        locks: dict[Hashable, threading.Lock] = {}
        guard = threading.Lock()  # never held while the function runs

        @functools.wraps(func)
        def wrapper(*args: Hashable, **kwargs: Hashable) -> R:
            key = (args, frozenset(kwargs.items()))
            with guard:
                lock = locks.setdefault(key, threading.Lock())
            with lock:
                memory = kept  # if clear() is called while the function runs, its result goes to the old dictionary
                if key in memory:
                    until, value = memory[key]
                    if clock() < until:
                        return value
                value = func(*args, **kwargs)
                memory[key] = (clock() + seconds, value)
                return value

        def clear() -> None:
            nonlocal kept
            kept = {}

        wrapper.clear = clear  # type: ignore[attr-defined]
        return wrapper

    return decorate
