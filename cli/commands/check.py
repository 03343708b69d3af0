"""`build-decks check`: report every fault in the tracks, without writing anything."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path

import click

from ...cards.explain import explanations
from ...cards.model import Diagnostic
from ...cards.pipeline import checking
from ...cards.pipeline.checking import Judged
from ...cards.pipeline.reading import concept_files
from .. import arguments, clock, diagnostics, terminal, tracks, workers
from ..errors import ConfigError
from ..memory import memory


@click.command("check")
@arguments.paths("PATH")
@click.option("--format", "form", type=arguments.FORMAT, default="text", show_default=True, help="The output format.")
@click.option("--strict", is_flag=True, help="Exit 1 for warnings too.")
@click.option("--explain", metavar="CODE", help="Explain a code, and check nothing.")
@arguments.dialects()
@arguments.cache()
@arguments.traceback()
def command(
    paths: tuple[Path, ...], form: str, strict: bool, explain: str | None, dialects: tuple[str, ...], cache: bool
) -> None:
    """Report every fault in the tracks that contain the PATHs, without writing anything.

    Faults that would stop a build are errors. The rules for writing are warnings; --explain CODE explains each.
    """
    if explain:
        terminal.put(_explanation(explain))
        return
    faults: list[Diagnostic] = []
    count = unanswered = 0
    try:
        chosen = tracks.tracks(paths, dialects)
    except tracks.ConfigFaults as error:
        _say(error.found, form)
        sys.exit(error.exit_code)
    for settings in chosen:
        day = clock.today()
        known = memory(settings, "check", Judged, day.isoformat()) if cache else None
        each = workers.over(known, settings.title, form != "text")
        checked = checking.check(settings, concept_files(settings), day, each)
        count += checked.cards
        unanswered += checked.unanswered
        faults += checked.diagnostics
    faults.sort()
    _say(faults, form)
    if unanswered:
        what = (
            "1 question has no answer and makes no card"
            if unanswered == 1
            else f"{unanswered} questions have no answer and make no cards"
        )
        terminal.say(f"{what}: build-decks list --verbose lists them")
    if not faults:
        terminal.say(f"{terminal.counted(count, 'note')}, no faults")
    if any(fault.severity == "error" or strict for fault in faults):
        sys.exit(1)


def _say(faults: Sequence[Diagnostic], form: str) -> None:
    for line in diagnostics.FORMATS[form](faults):
        if form == "text":
            terminal.say(line)
        elif form == "github":
            terminal.command(line)
        else:
            terminal.put(line)


def _explanation(code: str) -> str:
    known = explanations()
    if code.upper() not in known:
        raise ConfigError(f"unknown code `{code}`; the codes are {', '.join(known)}")
    found = known[code.upper()]
    return f"{found.code} {found.title}\n\n{found.text}"
