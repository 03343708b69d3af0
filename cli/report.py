"""Diagnostics and builds -> what a person reads on standard error."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from ..cards import identity, index
from ..cards.ledger import Changes
from ..cards.model import DIFFICULTIES, KINDS, Card, Diagnostic, Note, Span
from ..cards.stats import Figures, Statistics
from . import diagnostics
from .config import printable
from .write import Staged

if TYPE_CHECKING:
    from ..cards.dialects import Reason
    from ..cards.verify import Interpreter
    from .verify import Verified

SHOWN_IDS = 8


def say(text: str = "") -> None:
    """A line for a person; colours only on a terminal, and never where NO_COLOR is set."""
    click.echo(text, err=True, color=False if os.environ.get("NO_COLOR") else None)


def faults(found: Sequence[Diagnostic], most: int | None = None) -> None:
    """Faults as a person reads them, with their lines and mends; of warnings at `most` so many."""
    warnings = [fault for fault in found if fault.severity == "warning"]
    kept = set(warnings if most is None else warnings[:most])
    for line in diagnostics.text([fault for fault in found if fault.severity == "error" or fault in kept]):
        say(line)
    if len(warnings) > len(kept):
        say(f"and {len(warnings) - len(kept)} warnings more: build-decks check shows all")


def reasons(found: Sequence[Reason], unanswered: Sequence[Span]) -> None:
    """Why lines were taken for questions or were not, and which questions have no answer."""
    for reason in found:
        verdict = "taken" if reason.taken else "not taken"
        say(printable(f"{reason.span.path}:{reason.span.line}: {reason.dialect}, {verdict}: {reason.why}"))
    for span in unanswered:
        say(printable(f"{span.path}:{span.line}: a question without an answer"))


def summary(title: str, notes: Sequence[Note], figures: Statistics, changes: Changes, verbose: bool) -> None:
    """What a build found, and what it changes for a learner."""
    cards = sum(note.cards for note in notes)
    say(click.style(f"{title}: {len(notes)} notes, {cards} cards", bold=True))
    for row in table([("", *DIFFICULTIES, "all"), *index.difficulties(figures)]):
        say(f"  {row}")
    for line in _changes(changes, None if verbose else SHOWN_IDS):
        say(line)


def verified(title: str, done: Verified, on: Sequence[Interpreter], without: int) -> None:
    """What came of running the code of a track."""
    versions = ", ".join(interpreter.version for interpreter in on)
    say(click.style(f"{title}: the code of {done.ran} cards ran on Python {versions}", bold=True))
    if without:
        say(f"  {without} cards have none to run: their sources vouch for them")
    for reason, count in sorted(done.skipped.items()):
        say(f"  skipped {count}: {printable(reason)}")


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


def cards(rows: Sequence[tuple[Card, str]]) -> Iterator[str]:
    """A line a card with its question, in columns; on a terminal as wide as it is, and with a heading."""
    names = ("id", "kind", "difficulty", "tier")
    cells = [
        (card.id or card.guid, card.kind, card.difficulty, card.tier, " ".join(text.split())) for card, text in rows
    ]
    widths = [max([len(name), *(len(row[column]) for row in cells)]) for column, name in enumerate(names)]
    wide = sys.stdout.isatty()
    if wide and cells:
        cells.insert(0, (*names, "question"))
    for row in cells:
        line = "  ".join((*(cell.ljust(width) for cell, width in zip(row, widths, strict=False)), row[-1]))
        yield printable(line[: shutil.get_terminal_size().columns] if wide else line)


def _changes(changes: Changes, limit: int | None) -> Iterator[str]:
    for label, ids in (
        ("new", changes.new),
        ("changed", changes.changed),
        ("restored", changes.restored),
        ("retired", changes.retired),
    ):
        if ids:
            yield f"{label} {len(ids)}: {_some(ids, limit)}"
    if changes.reworded:
        yield f"reworded {len(changes.reworded)}:"
        yield from (printable(f"  {old} → {new}") for old, new in changes.reworded[:limit])
        if limit and len(changes.reworded) > limit:
            yield f"  and {len(changes.reworded) - limit} more"
    if changes.ambiguous:
        doubts = [f"{card} ({' or '.join(old)})" for card, old in changes.ambiguous]
        yield f"could be one of several old cards, taken for new: {_some(doubts, limit)}"
    if changes.crowded:
        yield f"too much changed to look for reworded questions: {_some(changes.crowded, limit)}"
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


def statistics(title: str, figures: Statistics) -> Iterator[str]:
    """A track in figures, as tables for a terminal."""
    yield printable(f"{title}: {figures.track.notes} notes")
    for header, rows in (
        (("", *DIFFICULTIES, "all"), index.difficulties(figures)),
        (("", *KINDS, "all"), index.kinds(figures)),
        (("hours", *index.HOURS), index.hours(figures)),
    ):
        yield ""
        yield from (printable(f"  {row}") for row in table([header, *rows]))
    yield ""
    for label, counts in (("role", figures.roles), ("tier", figures.tiers)):
        if any(counts.values()):
            yield printable(f"  by {label}: {', '.join(f'{name} {count}' for name, count in counts.items())}")


def figures(title: str, found: Statistics) -> dict[str, Any]:
    """A track in figures, as JSON: minutes where it says so, else counts."""
    return {
        "track": title,
        "subdomains": [_row(row) for row in found.subdomains],
        "all": _row(found.track),
        "roles": dict(found.roles),
        "tiers": dict(found.tiers),
    }


def _row(row: Figures) -> dict[str, Any]:
    return {
        "folder": row.folder, "title": row.title, "notes": row.notes, "difficulties": dict(row.difficulties),
        "kinds": dict(row.kinds), "exercises": row.exercises,
        "minutes": {
            "reading": round(row.reading, 1), "learning": round(row.learning, 1), "practice": round(row.practice, 1),
        },
        "hours": round(row.total, 2), "planned": row.hours, "complete": row.complete,
    }  # fmt: skip


def off_hours(found: Statistics, percent: int) -> int:
    """Say which subdomains are off their hours by more than `percent`; how many of them are complete."""
    count = 0
    for row in found.subdomains:
        if row.off is not None and abs(row.off) > percent:
            count += row.complete
            what = "" if row.complete else ", and is not declared complete"
            warning = click.style("warning", fg="yellow")
            say(f"{warning}: {printable(row.folder)} is {row.off:+.0f} % off its hours{what}")
    return count
