"""Raises each failure again in its task, and SystemExit then stops the event loop before any clean-up."""

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
    todo = list(calls)
    gate = asyncio.Semaphore(limit)
    tasks: list[asyncio.Task[None]] = []
    results: dict[int, T] = {}
    failures: list[BaseException] = []
    stopping = False

    def stop() -> None:
        nonlocal stopping
        if not stopping:  # a second cancel() would cut a clean-up short
            stopping = True
            for task in tasks:
                task.cancel()

    async def run(index: int, call: Callable[[], Awaitable[T]]) -> None:
        async with gate:
            try:
                if not stopping:  # an eager task can start while the list of tasks is still being filled
                    results[index] = await call()
            except BaseException as error:
                failures.append(error)
                stop()  # here, before the gate opens for the next call
                raise

    for index, call in enumerate(todo):
        tasks.append(asyncio.create_task(run(index, call)))
    await _ended(tasks, stop)
    if failures:
        raise failures[0]
    return [results[index] for index in range(len(todo))]


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
