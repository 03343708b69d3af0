"""`build-decks list`: the cards, one line each."""

from __future__ import annotations

import json
import re
import shutil
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import click

from ...cards.dialects import Reason
from ...cards.model import Block, Card, Diagnostic, Span
from ...cards.pipeline import reading
from ...cards.pipeline.reading import concept_files
from .. import arguments, report, terminal, tracks

# What some readers take for the end of a line.
_LINE_ENDS = re.compile("[\u0085\u2028\u2029]")


@click.command("list")
@arguments.paths("PATH")
@click.option("--json", "as_json", is_flag=True, help="Write one JSON object per line.")
@click.option("--difficulty", type=arguments.DIFFICULTY, help="List only the cards of this difficulty.")
@click.option("--subdomain", help="List only the cards of the subdomain in this folder.")
@click.option("--kind", type=arguments.KIND, help="List only the cards of this kind.")
@arguments.dialects()
@arguments.tags()
@click.option("-v", "--verbose", is_flag=True, help="Explain why each line was taken for a question or not.")
@arguments.traceback()
def command(
    paths: tuple[Path, ...],
    as_json: bool,
    difficulty: str | None,
    subdomain: str | None,
    kind: str | None,
    dialects: tuple[str, ...],
    tags: tuple[str, ...],
    verbose: bool,
) -> None:
    """List the cards, in study order."""
    faults: list[Diagnostic] = []
    found: dict[tuple[Span, str], tuple[Block, Card]] = {}
    for selection in tracks.select(paths, dialects, tags=tags):
        files = list(reading.files(selection.settings, concept_files(selection.settings)))
        known, broken = tracks.read_ledger(selection.settings)
        faults += broken
        # Recognising cards needs the whole track, even if only a part is listed.
        named = iter(reading.identify(selection.settings, [row.card for file in files for row in file.cards], known)[0])
        inside = set(selection.of([file.name for file in files]))
        for file in files:
            shown = file.name in inside
            faults += file.faults if shown else ()
            if shown and verbose and file.parsed:
                _reasons(file.parsed.reasons, file.parsed.unanswered)
            for row, card in zip(file.cards, named, strict=False):
                faults += row.faults if shown else ()
                wanted = ((difficulty, card.difficulty), (subdomain, card.subdomain), (kind, card.kind))
                if shown and not row.faults and all(want in (None, value) for want, value in wanted):
                    found[card.span, card.guid] = row.block, card
    if as_json:
        for block, card in found.values():
            terminal.put(
                _LINE_ENDS.sub(lambda end: f"\\u{ord(end[0]):04x}", json.dumps(_row(block, card), ensure_ascii=False))
            )
    else:
        for line in _lines([(card, block.asked) for block, card in found.values()]):
            terminal.put(line)
    report.stop_at_errors(set(faults), None if verbose else report.SOME)


def _row(block: Block, card: Card) -> dict[str, Any]:
    return {
        "path": card.span.path,
        "line": card.span.line,
        "dialect": block.dialect,
        "kind": card.kind,
        "id": card.id,
        "guid": card.guid,
        "question": block.asked,
        "answer": block.answered,
        "subdomain": card.subdomain,
        "difficulty": card.difficulty or None,
        "difficulty_as_written": card.difficulty_as_written or None,
        "tags": card.tags,
        "deck": card.deck,
    }


def _lines(rows: Sequence[tuple[Card, str]]) -> Iterator[str]:
    """One line per card, in columns, with its question; on a terminal, cut to its width and with a heading."""
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
        yield terminal.printable(line[: shutil.get_terminal_size().columns] if wide else line)


def _reasons(found: Sequence[Reason], unanswered: Sequence[Span]) -> None:
    """Explain why lines were taken for questions or not, and list questions without an answer."""
    for reason in found:
        verdict = "taken" if reason.taken else "not taken"
        terminal.say(
            terminal.printable(f"{reason.span.path}:{reason.span.line}: {reason.dialect}, {verdict}: {reason.why}")
        )
    for span in unanswered:
        terminal.say(terminal.printable(f"{span.path}:{span.line}: a question without an answer"))
