"""Output on standard error: lines, tables and progress bars, safe for a terminal."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path
from typing import TypeVar

import click

T = TypeVar("T")


def say(text: str = "") -> None:
    """Print a line on standard error; in colour only on a terminal, and never if NO_COLOR is set."""
    click.echo(text, err=True, color=False if os.environ.get("NO_COLOR") else None)


def printable(text: str) -> str:
    """An author's text without characters that would control a terminal."""
    return "".join(c if c.isprintable() else f"\\x{ord(c):02x}" for c in text)


def shown(path: Path) -> str:
    return printable(Path(os.path.relpath(path)).as_posix())


def table(rows: Sequence[Sequence[str]]) -> Iterator[str]:
    """Rows as aligned columns: the first on the left, numbers on the right."""
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    for row in rows:
        first, *rest = (cell.rjust(width) for cell, width in zip(row, widths, strict=True))
        yield "  ".join((first.strip().ljust(widths[0]), *rest))


def progress(items: Iterable[T], length: int, label: str, quiet: bool) -> AbstractContextManager[Iterable[T]]:
    """The items, with a progress bar on a terminal."""
    if quiet or not sys.stderr.isatty():
        return nullcontext(items)
    return click.progressbar(items, length, label=label, file=sys.stderr)


def watcher(label: str, quiet: bool) -> Callable[[Iterable[T], int], Iterator[T]]:
    """A function that yields what it gets, with a progress bar on a terminal."""

    def watch(items: Iterable[T], length: int) -> Iterator[T]:
        with progress(items, length, label, quiet) as shown:
            yield from shown

    return watch
