"""Looks at the signal after each job it begins, so a batch that comes with the signal begins."""

from __future__ import annotations

import signal
from collections import deque
from collections.abc import Callable
from typing import NamedTuple, Protocol


class Job(NamedTuple):
    """Something to do."""

    id: str
    body: str


class Queue(Protocol):
    """Where jobs come from. Leave this class as it is."""

    def take(self, most: int) -> list[Job]:
        """Wait up to a second for jobs. Return up to `most` of them, which are leased to this worker from now on."""

    def done(self, job: Job) -> object:
        """Report that the job is done. The queue forgets it."""

    def give_back(self, job: Job) -> object:
        """Return the job to the queue. Another worker can take it at once."""


def work(queue: Queue, handle: Callable[[Job, Callable[[], bool]], object], batch: int = 10) -> None:
    """Handle jobs until SIGTERM or SIGINT comes.

    >>> import signal
    >>> class Demo:
    ...     def take(self, most):
    ...         return [Job("1", "write"), Job("2", "sign")]
    ...     def done(self, job):
    ...         print("done", job.id)
    ...     def give_back(self, job):
    ...         print("back", job.id)
    >>> def handle(job, stopping):
    ...     signal.raise_signal(signal.SIGTERM)
    ...     print(job.body, stopping())
    >>> work(Demo(), handle)
    write True
    done 1
    back 2
    """
    stop = False

    def note(number: int, frame: object) -> None:
        nonlocal stop
        stop = True

    before = {number: signal.signal(number, note) for number in (signal.SIGTERM, signal.SIGINT)}
    try:
        while not stop:
            jobs = deque(queue.take(batch))
            try:
                while jobs:
                    try:
                        handle(jobs[0], lambda: stop)
                    except Exception:
                        queue.give_back(jobs.popleft())
                    else:
                        queue.done(jobs.popleft())
                    if stop:
                        break
            finally:
                for job in jobs:
                    queue.give_back(job)
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
