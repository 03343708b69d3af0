"""All that is printed: results, and for a person lines, tables and progress bars; safe for a terminal and a CI log."""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path
from typing import TypeVar

import click

T = TypeVar("T")


# How a line of a job's log becomes a command to GitHub's runner: white space before it is passed over. What colours it
# is taken out where the output is no terminal.
_COMMAND = re.compile(r"((?:\A|[\r\n])(?:\s|\x1b\[[\d;]*m)*):(?=:)|##(?=\[)")


said: list[tuple[bool, str]] = []
"""Everything said so far: whether to standard error, and the text with its line end."""


def say(text: str = "") -> None:
    """A line for a person; colours only on a terminal, and never where NO_COLOR is set."""
    said.append((True, f"{text}\n"))
    click.echo(inert(text), err=True, color=False if os.environ.get("NO_COLOR") else None)


def put(text: str, end: str = "\n") -> None:
    """A line of the result, on standard output."""
    _out(inert(text) + end)


def command(text: str) -> None:
    """A workflow command of ours, on standard output; what it tells of can be no other."""
    _out(f"{text[:2]}{inert(text[2:])}\n")


def _out(text: str) -> None:
    said.append((False, text))
    # Half a character, which UTF-8 cannot write, as the escape that JSON knows.
    click.echo(text.encode("utf-8", "backslashreplace").decode(), nl=False)


def inert(text: str) -> str:
    """Text that GitHub's runner takes for no command, in the form in which JSON escapes a character."""
    return _COMMAND.sub(_broken, text) if _in_actions() else text


def _in_actions() -> bool:
    return bool(os.environ.get("GITHUB_ACTIONS"))


def _broken(found: re.Match[str]) -> str:
    return "#\\u0023" if found[1] is None else f"{found[1]}\\u003a"


def printable(text: str) -> str:
    """An author's text without characters that would control a terminal."""
    return "".join(c if c.isprintable() else f"\\x{ord(c):02x}" for c in text)


def shown(path: Path) -> str:
    return printable(Path(os.path.relpath(path)).as_posix())


def counted(number: int, what: str) -> str:
    """A number of things: `1 note`, `2 notes`."""
    return f"{number:,} {what}{'' if number == 1 else 's'}"


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
