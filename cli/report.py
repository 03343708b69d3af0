"""Diagnostics and builds -> what a person reads on standard error."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from pathlib import Path

import click

from ..cards import identity, index
from ..cards.ledger import Changes
from ..cards.model import DIFFICULTIES, Diagnostic, Note
from .config import printable
from .write import Staged

COLOURS = {"error": "red", "warning": "yellow"}
SHOWN_IDS = 8


def say(text: str = "") -> None:
    """A line for a person; colours only on a terminal, and never where NO_COLOR is set."""
    click.echo(text, err=True, color=False if os.environ.get("NO_COLOR") else None)


def diagnostics(found: Sequence[Diagnostic]) -> None:
    """One line a fault, with its mend under it, and their number at the end."""
    for fault in found:
        place = f"{fault.span.path}:{fault.span.line}:{fault.span.column}"
        severity = click.style(fault.severity, fg=COLOURS[fault.severity], bold=True)
        say(f"{printable(place)}: {severity} {fault.code} {printable(fault.message)}")
        say(click.style(f"    mend: {printable(fault.hint)}", dim=True))
    for severity in COLOURS:
        count = sum(fault.severity == severity for fault in found)
        if count:
            say(f"{count} {severity}{'s' * (count > 1)}")


def summary(title: str, notes: Sequence[Note], changes: Changes, verbose: bool) -> None:
    """What a build found, and what it changes for a learner."""
    cards = sum(note.cards for note in notes)
    say(click.style(f"{title}: {len(notes)} notes, {cards} cards", bold=True))
    for row in table([("", *DIFFICULTIES, "all"), *index.table(notes)]):
        say(f"  {row}")
    for line in _changes(changes, None if verbose else SHOWN_IDS):
        say(line)


def written(staged: Sequence[Staged]) -> None:
    """Which files were written, and what to do with them."""
    fresh = [found for found in staged if found.fresh]
    for found in fresh:
        say(f"wrote {shown(found.target)}")
    if len(fresh) < len(staged):
        say(f"up to date: {len(staged) - len(fresh)} of {len(staged)} files")
    deck = next((found for found in fresh if found.target.suffix == ".apkg"), None)
    if deck:
        say(f"In Anki: File > Import > {shown(deck.target)}, with the options as they are.")


def stale(staged: Sequence[Staged]) -> int:
    """Name the files that a build would change; the exit code that says whether there are any."""
    fresh = [found for found in staged if found.fresh]
    for found in fresh:
        say(f"stale: {shown(found.target)}")
    if fresh:
        say("build-decks would change these files: run it and commit what it writes")
    return 1 if fresh else 0


def shown(path: Path) -> str:
    return printable(Path(os.path.relpath(path)).as_posix())


def table(rows: Sequence[Sequence[str]]) -> Iterator[str]:
    """Rows as aligned columns, the first to the left and numbers to the right."""
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    for row in rows:
        first, *rest = (cell.rjust(width) for cell, width in zip(row, widths, strict=True))
        yield "  ".join((first.strip().ljust(widths[0]), *rest))


def _changes(changes: Changes, limit: int | None) -> Iterator[str]:
    for label, ids in (
        ("new", changes.new),
        ("changed", changes.changed),
        ("restored", changes.restored),
        ("retired", changes.retired),
    ):
        if ids:
            yield f"{label} {len(ids)}: {_some(ids, limit)}"
    if changes.note_types:
        yield f"card layout changed: {', '.join(changes.note_types)}"
    if changes.retired:
        yield "  Anki keeps retired notes. To delete them, search in its browser for:"
        yield f"  {identity.search(changes.retired_guids)}"
    if changes.emptied:
        yield f"fewer cloze deletions in {_some(changes.emptied, limit)}: after the import run Tools > Empty Cards"


def _some(ids: Sequence[str], limit: int | None) -> str:
    more = f" and {len(ids) - limit} more" if limit and len(ids) > limit else ""
    return printable(", ".join(ids[:limit]) + more)
