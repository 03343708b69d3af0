"""Starts the calls in a loop of the caller, which learns of a failure only after others have ended."""

import asyncio
from collections.abc import Awaitable, Callable, Iterable
from typing import TypeVar

T = TypeVar("T")


async def bounded_gather(limit: int, calls: Iterable[Callable[[], Awaitable[T]]]) -> list[T]:
    """Await each call, at most `limit` at a time, and return the results in the order of the calls.

    The first failure cancels the running calls. It is raised once they have cleaned up.

    >>> async def double(number):
    ...     return 2 * number
    >>> asyncio.run(bounded_gather(2, [lambda n=n: double(n) for n in range(4)]))
    [0, 2, 4, 6]
    """
    if limit < 1:
        raise ValueError("limit must be at least 1")
    left = list(enumerate(calls))[::-1]
    running: dict[asyncio.Task[T], int] = {}
    results: dict[int, T] = {}

    async def run(call: Callable[[], Awaitable[T]]) -> T:
        return await call()

    try:
        while left or running:
            while left and len(running) < limit:
                index, call = left.pop()
                running[asyncio.create_task(run(call))] = index
            done, _ = await asyncio.wait(running, return_when=asyncio.FIRST_COMPLETED)
            for task in sorted(done, key=running.__getitem__):
                results[running.pop(task)] = task.result()
    finally:
        for task in running:
            task.cancel()
        if running:
            await asyncio.wait(running)
    return [results[index] for index in sorted(results)]
