"""As many workers as may run at once, which share the list of what is left to do."""

import asyncio
from collections.abc import Awaitable, Callable, Iterable
from typing import TypeVar

T = TypeVar("T")


async def bounded_gather(limit: int, calls: Iterable[Callable[[], Awaitable[T]]]) -> list[T]:
    """Await each call, at most `limit` at a time, and return their results in the order of the calls."""
    if limit < 1:
        raise ValueError("limit must be at least 1")
    left = enumerate(calls)
    results: dict[int, T] = {}

    async def work() -> None:
        for index, call in left:
            results[index] = await call()

    workers = [asyncio.create_task(work()) for _ in range(limit)]
    try:
        await asyncio.wait(workers, return_when=asyncio.FIRST_EXCEPTION)
        for worker in workers:
            if worker.done():
                worker.result()
    finally:
        for worker in workers:
            worker.cancel()
        await asyncio.gather(*workers, return_exceptions=True)
    return [results[index] for index in sorted(results)]
