"""Work on each concept file: from memory where the file has not changed, else here or in several processes."""

from __future__ import annotations

import multiprocessing
import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from contextlib import ExitStack
from typing import TypeVar

from ..cards.pipeline.reading import Map
from . import terminal
from .memory import Memory, Result

T = TypeVar("T", bound=Result)

# From this number of files on, more processes are worth starting.
MANY_FILES = 50
_AT_ONCE = 4


def over(memory: Memory[T] | None, label: str, quiet: bool) -> Map[T]:
    """A `map` over the names of files, in their order, with a progress bar on a terminal.

    It takes from memory what has not changed, and remembers the rest.
    """

    def each(work: Callable[[str], T], names: Iterable[str]) -> Iterator[T]:
        listed = list(names)
        with ExitStack() as stack:
            done = _each(stack, memory, work, listed) if memory else _mapped(stack, work, listed)
            yield from stack.enter_context(terminal.progress(done, len(listed), label, quiet))

    return each


def _each(stack: ExitStack, memory: Memory[T], work: Callable[[str], T], names: Sequence[str]) -> Iterator[T]:
    held = {name for name in names if memory.holds(name)}
    left = [name for name in names if name not in held]
    before = {name: memory.see(name) for name in left}
    made = iter(_mapped(stack, work, left))
    for name in names:
        if name not in held:
            value = next(made)
            memory.keep(name, before[name], value)
            yield value
        else:
            yield memory.recall(name) or work(name)
    if left:
        memory.forget_all_but(names)


def _mapped(stack: ExitStack, work: Callable[[str], T], names: Sequence[str]) -> Iterable[T]:
    if len(names) < MANY_FILES or _cores() < 2:
        return map(work, names)
    # A forked process has our modules already; where fork(2) is missing, each starts from nothing.
    fork = "fork" if "fork" in multiprocessing.get_all_start_methods() else None
    pool = stack.enter_context(ProcessPoolExecutor(_cores(), mp_context=multiprocessing.get_context(fork)))
    return pool.map(work, names, chunksize=_AT_ONCE)


def _cores() -> int:
    """The number of cores that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
