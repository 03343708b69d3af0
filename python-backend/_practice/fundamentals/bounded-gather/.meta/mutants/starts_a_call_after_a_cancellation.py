"""A worker stops after a failure, but not if the caller was cancelled and its call ignores that."""

import asyncio
from collections.abc import Awaitable, Callable, Iterable
from typing import TypeVar

T = TypeVar("T")


async def bounded_gather(limit: int, calls: Iterable[Callable[[], Awaitable[T]]]) -> list[T]:
    """Await each call, at most `limit` at a time, and return the results in the order of the calls."""
    if limit < 1:
        raise ValueError("limit must be at least 1")
    left = enumerate(calls)
    workers: list[asyncio.Task[None]] = []
    results: dict[int, T] = {}
    failures: list[BaseException] = []
    stopping = False

    def stop() -> None:
        nonlocal stopping
        if not stopping:
            stopping = True
            for worker in workers:
                worker.cancel()

    async def work() -> None:
        try:
            for index, call in left:
                if failures:
                    return
                results[index] = await call()
        except BaseException as error:
            failures.append(error)
            stop()

    for _ in range(limit):
        workers.append(asyncio.create_task(work()))
    await _ended(workers, stop)
    if failures:
        raise failures[0]
    return [results[index] for index in sorted(results)]


async def _ended(tasks: list[asyncio.Task[None]], stop: Callable[[], None]) -> None:
    """Wait until all tasks have ended. If the caller is cancelled, stop them, wait all the same, and raise then."""
    cancelled: asyncio.CancelledError | None = None
    while not all(task.done() for task in tasks):
        try:
            await asyncio.wait(tasks)
        except asyncio.CancelledError as error:
            cancelled = error
            stop()
    if cancelled is not None:
        raise cancelled
