"""`build-decks stats`: the statistics of the tracks."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click

from ...cards.figures import index
from ...cards.figures.stats import Figures, Statistics
from ...cards.model import DIFFICULTIES, KINDS
from ...cards.pipeline import counting
from ...cards.pipeline.reading import concept_files
from .. import arguments, report, terminal, tracks


@click.command("stats")
@arguments.paths("TRACK")
@click.option("--json", "as_json", is_flag=True, help="Write one JSON object per track.")
@click.option("--strict", is_flag=True, help="Exit 1 if a complete subdomain is off its planned hours.")
@arguments.traceback()
def command(paths: tuple[Path, ...], as_json: bool, strict: bool) -> None:
    """Count notes, and compare hours of study with the plan in deck.yaml."""
    off = 0
    for settings in tracks.tracks(paths):
        figures, faults = counting.statistics(settings, concept_files(settings))
        report.stop_at_errors(faults)
        if as_json:
            terminal.put(json.dumps(_figures(settings.title, figures), ensure_ascii=False))
        else:
            for line in _statistics(settings.title, figures):
                terminal.put(line)
        off += _off_hours(figures, settings.limits.hours_percent)
    if off and strict:
        sys.exit(1)


def _statistics(title: str, figures: Statistics) -> Iterator[str]:
    """The statistics of a track, as tables for a terminal."""
    yield terminal.printable(f"{title}: {figures.track.notes} notes")
    for header, rows in (
        (("", *DIFFICULTIES, "all"), index.difficulties(figures)),
        (("", *KINDS, "all"), index.kinds(figures)),
        (("hours", *index.HOURS), index.hours(figures)),
    ):
        yield ""
        yield from (terminal.printable(f"  {row}") for row in terminal.table([header, *rows]))
    yield ""
    for label, counts in (("role", figures.roles), ("tier", figures.tiers)):
        if any(counts.values()):
            yield terminal.printable(f"  by {label}: {', '.join(f'{name} {count}' for name, count in counts.items())}")


def _figures(title: str, found: Statistics) -> dict[str, Any]:
    """The statistics of a track, as JSON: minutes where the key says so, else counts."""
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


def _off_hours(found: Statistics, percent: int) -> int:
    """Report subdomains that are off their hours by more than `percent`; return how many of them are complete."""
    count = 0
    for row in found.subdomains:
        if row.off is not None and abs(row.off) > percent:
            count += row.complete
            what = "" if row.complete else ", and is not declared complete"
            warning = click.style("warning", fg="yellow")
            terminal.say(f"{warning}: {terminal.printable(row.folder)} is {row.off:+.0f} % off its planned hours{what}")
    return count
