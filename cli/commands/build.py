"""`build-decks build`: decks, ledger and index, written all at once."""

from __future__ import annotations

import glob
import os
import sys
from collections.abc import Iterator, Sequence
from contextlib import ExitStack
from pathlib import Path

import click

from ...cards.figures import editions, index
from ...cards.figures.stats import Statistics
from ...cards.identity import decks, ids, ledger
from ...cards.identity.ledger import Changes
from ...cards.model import DIFFICULTIES, Diagnostic, Note, Span
from ...cards.pipeline import building
from ...cards.pipeline.building import Build, Made
from ...cards.pipeline.reading import concept_files
from ...cards.settings import Settings
from ...cards.sources import discover
from .. import arguments, clock, report, terminal, tracks, unchanged, workers, write
from ..config import OWN
from ..errors import ConfigError
from ..memory import memory
from ..unchanged import State
from ..write import Stage, Staged

SHOWN_IDS = 8


@click.command("build")
@arguments.paths("TRACK")
@click.option(
    "--out", type=click.Path(file_okay=False, path_type=Path), default=Path("decks_out"), show_default=True,
    help="The folder to write the decks to.",
)  # fmt: skip
@click.option("--check", is_flag=True, help="Write nothing; exit 1 if a deck, the ledger or the index is stale.")
@click.option("--role", default="", help="Build only the notes with this role, into separate files.")
@click.option(
    "--difficulty", type=arguments.DIFFICULTY, help="Build only the notes of this difficulty, into separate files."
)
@click.option(
    "--rename-decks",
    "rename",
    is_flag=True,
    help="Name decks as deck.yaml does now, not as learners have them: an import then splits their decks.",
)
@arguments.dialects()
@arguments.cache()
@arguments.tags()
@click.option("-q", "--quiet", is_flag=True, help="Report only faults.")
@click.option("-v", "--verbose", is_flag=True, help="List every new, changed and retired note, and every warning.")
@arguments.traceback()
def command(
    paths: tuple[Path, ...],
    out: Path,
    check: bool,
    role: str,
    difficulty: str | None,
    rename: bool,
    dialects: tuple[str, ...],
    cache: bool,
    tags: tuple[str, ...],
    quiet: bool,
    verbose: bool,
) -> None:
    """Build one .apkg for each track and one for each of its subdomains."""
    chosen = tracks.tracks(paths, dialects, rename, tags)
    before = unchanged.look(sys.argv[1:], paths, [settings.root for settings in chosen]) if cache else None
    with ExitStack() as held:
        if not check:
            for settings in chosen:
                held.enter_context(write.lock(settings.root))
        builds = [(settings, _build(settings, cache, quiet)) for settings in chosen]
        first = [settings for settings in chosen if not discover.is_there(tracks.ledger_path(settings))]
        report.stop_at_errors(
            [*_missing(first, out, check), *(fault for _, built in builds for fault in built.diagnostics)],
            None if verbose else report.SOME,
        )
        stage = held.enter_context(write.stage(beside=not check))
        if not check:
            write.sweep([out, *(settings.root / OWN for settings in chosen)])
        for settings, built in builds:
            _stage(stage, settings, built, out, role, difficulty or "")
        if not check:
            stage.commit()
    for found in stage.staged:
        if found.target.suffix == ".apkg":
            terminal.put(str(found.target))
    if not quiet:
        for settings, built in builds:
            _summary(settings, built.notes, built.statistics, built.changes, verbose)
    if check:
        _stop_if_stale(stage.staged)
    elif not quiet:
        report.written(stage.staged, [settings.root / OWN for settings in first])
    _remember(before, stage.staged)


def _remember(before: State | None, staged: Sequence[Staged]) -> None:
    """If there was nothing to do, let the same call be answered the same way as long as that is so."""
    if before and not any(found.fresh for found in staged):
        unchanged.remember(sys.argv[1:], before, [found.target for found in staged], terminal.said)


def _build(settings: Settings, cache: bool, quiet: bool) -> Build:
    known, faults = tracks.read_ledger(settings)
    if faults:
        return building.Build(diagnostics=faults)
    each = workers.over(memory(settings, "build", Made) if cache else None, settings.title, quiet)
    return building.build(settings, concept_files(settings), known, clock.now, each)


def _missing(first: Sequence[Settings], out: Path, check: bool) -> Iterator[Diagnostic]:
    """What is wrong where a track without a ledger has been built before, or is built where nobody commits one."""
    for settings in first:
        found = _without_ledger(settings, out)
        if found:
            yield found if check else found.as_warning()


def _without_ledger(settings: Settings, out: Path) -> Diagnostic | None:
    path = tracks.ledger_path(settings)
    built = sorted([*out.glob(f"{glob.escape(settings.tag)}.apkg"), *out.glob(f"{glob.escape(settings.tag)}.*.apkg")])
    if built:
        why = f"there is no ledger beside {terminal.shown(built[0])}"
        hint = "restore it from version control; where there never was one, build without --check and commit it"
    elif os.environ.get("CI", "").lower() not in ("", "0", "false"):
        why, hint = "there is no ledger in CI", "build on your machine, and commit the ledger that this makes"
    else:
        return None
    return Diagnostic(
        Span(terminal.shown(path), 1), "C403", f"{why}: every card counts as new, and no edit reaches a learner", hint
    )


def _stage(stage: Stage, settings: Settings, built: Build, out: Path, role: str, difficulty: str) -> None:
    """Stage the ledger, the decks and, if these are all the decks of the track, their index.

    The ledger comes first: with it in place, a build makes the same decks again.
    """
    packages = building.artefacts(settings, built, role, difficulty)
    if not packages:
        raise ConfigError(_nothing(settings, built, role, difficulty))
    own = settings.root / OWN
    stage.add(tracks.ledger_path(settings), write.text(ledger.text_of(built.ledger)))
    written = [(deck, stage.add(out / deck.name, deck.write)) for deck in packages]
    if not role and not difficulty:
        files = [index.Written(deck, found.size, found.sha256) for deck, found in written]
        stage.add(own / tracks.INDEX, write.text(index.page(settings.title, built.statistics, files)))
        changes = editions.page(settings.title, settings.tag, built.ledger, built.reasons)
        stage.add(own / tracks.CHANGES, write.text(changes))


def _nothing(settings: Settings, built: Build, role: str, difficulty: str) -> str:
    if not built.notes:
        return f"{settings.shown}: no cards found; build-decks list --verbose explains why"
    roles = sorted({role for note in built.notes for role in note.card.roles})
    wanted = (role and f"role `{role}`", difficulty and f"difficulty {difficulty}")
    what = " and ".join(label for label in wanted if label)
    return f"{settings.title} has no notes with {what}; its roles are {', '.join(roles) or 'none'}"


def _summary(settings: Settings, notes: Sequence[Note], figures: Statistics, changes: Changes, verbose: bool) -> None:
    """Report what a build found, and what it changes for a learner."""
    cards = sum(note.cards for note in notes)
    counts = f"{terminal.counted(len(notes), 'note')}, {terminal.counted(cards, 'card')}"
    terminal.say(click.style(f"{settings.title}: {counts}", bold=True))
    for row in terminal.table([("", *DIFFICULTIES, "all"), *index.difficulties(figures)]):
        terminal.say(f"  {row}")
    for line in _changes(changes, None if verbose else SHOWN_IDS):
        terminal.say(line)
    kept = decks.outdated([(s.folder, s.title) for s in settings.subdomains], settings.decks)
    if kept:
        limit = None if verbose else SHOWN_IDS
        terminal.say(f"decks that keep the names learners know, though deck.yaml has others: {_some(kept, limit)}")


def _stop_if_stale(staged: Sequence[Staged]) -> None:
    """List the files that a build would change, and exit if there are any."""
    fresh = [found for found in staged if found.fresh]
    for found in fresh:
        terminal.say(f"stale: {terminal.shown(found.target)}")
    if fresh:
        terminal.say("build-decks would change these files: run it, and commit the result")
        sys.exit(1)


def _changes(changes: Changes, limit: int | None) -> Iterator[str]:
    for label, names in (
        ("new", changes.new),
        ("changed", changes.changed),
        ("moved to another deck", changes.moved),
        ("restored", changes.restored),
        ("retired", changes.retired),
    ):
        if names:
            yield f"{label} {len(names)}: {_some(names, limit)}"
    if changes.reworded:
        yield f"reworded {len(changes.reworded)}:"
        yield from (terminal.printable(f"  {old} → {new}") for old, new in changes.reworded[:limit])
        if limit and len(changes.reworded) > limit:
            yield f"  and {len(changes.reworded) - limit} more"
    if changes.ambiguous:
        doubts = [f"{card} ({' or '.join(old)})" for card, old in changes.ambiguous]
        yield f"treated as new, because they could be one of several old cards: {_some(doubts, limit)}"
    if changes.crowded:
        yield f"not searched for reworded questions, because too much changed: {_some(changes.crowded, limit)}"
    if changes.note_types:
        yield f"card layout changed: {', '.join(changes.note_types)}"
    if changes.moved:
        yield "  Anki leaves the cards of a moved note in the deck that they are in."
    if changes.retired:
        yield "  Anki keeps retired notes. To delete them, search its browser for:"
        yield f"  {ids.search(changes.retired_guids)}"
    if changes.emptied:
        yield f"fewer cloze deletions in {_some(changes.emptied, limit)}: after the import, run Tools > Empty Cards"


def _some(names: Sequence[str], limit: int | None) -> str:
    more = f" and {len(names) - limit} more" if limit and len(names) > limit else ""
    return terminal.printable(", ".join(names[:limit]) + more)
