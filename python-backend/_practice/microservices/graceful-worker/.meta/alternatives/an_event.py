"""The signals are a context manager around an Event, and what is to be reported is decided before the report."""

from __future__ import annotations

import contextlib
import signal
import threading
from collections.abc import Callable, Iterator
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


@contextlib.contextmanager
def _signals() -> Iterator[threading.Event]:
    stop = threading.Event()
    with contextlib.ExitStack() as stack:
        for number in (signal.SIGINT, signal.SIGTERM):
            stack.callback(signal.signal, number, signal.getsignal(number))
            signal.signal(number, lambda number, frame: stop.set())
        yield stop


def work(queue: Queue, handle: Callable[[Job, Callable[[], bool]], object], batch: int = 10) -> None:
    """Handle jobs until SIGTERM or SIGINT comes."""
    with _signals() as stop:
        while not stop.is_set():
            waiting = queue.take(batch)[::-1]
            try:
                _drain(queue, handle, waiting, stop)
            finally:
                while waiting:
                    queue.give_back(waiting.pop())


def _drain(
    queue: Queue,
    handle: Callable[[Job, Callable[[], bool]], object],
    waiting: list[Job],
    stop: threading.Event,
) -> None:
    """Handle the jobs, the last one first, until there is none or the signal has come."""
    while waiting and not stop.is_set():
        job = waiting.pop()
        report = queue.give_back
        try:
            handle(job, stop.is_set)
            report = queue.done
        except Exception as error:
            print(f"job {job.id} failed: {error!r}")
        finally:
            report(job)
