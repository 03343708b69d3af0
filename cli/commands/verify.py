"""`build-decks verify`: run the code of the cards and the guide, and record what ran."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path

import click

from ...cards.model import Diagnostic
from ...cards.pipeline import proving
from ...cards.pipeline.reading import concept_files
from ...cards.proof import record
from ...cards.proof.verify import Interpreter
from .. import arguments, report, running, terminal, tracks, write
from ..running import Verified
from ..tracks import Selection


@click.command("verify")
@arguments.paths("PATH")
@click.option(
    "--python", "commands", metavar="PYTHON", multiple=True,
    help="An interpreter to run the code on. Can be repeated. By default, the one that runs build-decks.",
)  # fmt: skip
@click.option("--check", is_flag=True, help="Run nothing; exit 1 if code has changed since it last ran.")
@click.option("-q", "--quiet", is_flag=True, help="Report only faults.")
@arguments.traceback()
def command(paths: tuple[Path, ...], commands: tuple[str, ...], check: bool, quiet: bool) -> None:
    """Run the code of the cards and the guide in the PATHs, and record what ran.

    Each program runs twice, alone, in an empty folder and without a network. A build never runs code.
    """
    selected: dict[Path, list[Selection]] = {}
    for selection in tracks.select(paths):
        selected.setdefault(selection.settings.root, []).append(selection)
    on = () if check else running.interpreters(commands)
    faults: list[Diagnostic] = []
    with ExitStack() as held:
        stage = held.enter_context(write.stage(beside=not check))
        for _, selections in sorted(selected.items()):
            settings = selections[0].settings
            if not check:
                held.enter_context(write.lock(settings.root))
            names = concept_files(settings)
            found = proving.trials(settings, names)
            known, broken = running.read(settings)
            report.stop_at_errors({*found.faults, *broken})
            pinned = running.lock(settings)
            inside = {name for selection in selections for name in selection.of(names)}
            chosen = [trial for trial in found.trials if trial.name in inside]
            if check:
                faults += running.stale(chosen, known, pinned)
                continue
            done = running.run(found.trials, chosen, on, known, pinned, terminal.watcher(settings.title, quiet))
            faults += done.faults
            stage.add(running.path(settings), write.text(record.text_of(done.record)))
            if not quiet:
                _verified(settings.title, done, on, sum(name in inside for name in found.without))
                idle = Counter(why for name, why in found.idle if name in inside)
                for why, count in sorted(idle.items()):
                    terminal.say(
                        f"  {count} program{'s' * (count > 1)} of the guide cannot run: {terminal.printable(why)}"
                    )
        if not check:
            stage.commit()
    report.stop_at_errors(faults)
    if not check and not quiet:
        report.written(stage.staged)


def _verified(title: str, done: Verified, on: Sequence[Interpreter], without: int) -> None:
    """Report the result of running the code of a track."""
    versions = ", ".join(interpreter.version for interpreter in on)
    cards, examples = done.cards, done.examples
    what = f"{cards} cards" + (f" and {examples} programs of the guide" if examples else "")
    terminal.say(click.style(f"{title}: the code of {what} ran on Python {versions}", bold=True))
    if without:
        terminal.say(f"  {without} cards have no code to run and rely on their sources")
    for reason, count in sorted(done.skipped.items()):
        terminal.say(f"  skipped {count} {terminal.printable(reason)}")
