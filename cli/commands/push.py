"""`build-decks push`: an edition brought into a collection, with the learner's own text, tags and decks kept."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click

from ...cards.identity import ledger
from ...cards.identity.decks import TOP
from ...cards.outputs import package
from ...cards.pipeline import building
from ...cards.pipeline.building import Build
from ...cards.pipeline.reading import concept_files
from ...cards.settings import Settings
from ...cards.updates.plan import CONFLICT, RETIRED, Edition, Plan, plan
from .. import arguments, clock, report, terminal, tracks, write
from ..errors import ConfigError


@click.command("push")
@arguments.paths("TRACK")
@click.option(
    "--collection", "file", required=True, type=click.Path(dir_okay=False, path_type=Path),
    help="The collection.anki2 of a profile of Anki, which must be closed.",
)  # fmt: skip
@click.option("--dry-run", is_flag=True, help="Say what would be done, and change nothing.")
@click.option("--delete-retired", is_flag=True, help="Delete retired notes, instead of suspending them.")
@click.option("--json", "as_json", is_flag=True, help="Write one JSON object per track.")
@arguments.traceback()
def command(paths: tuple[Path, ...], file: Path, dry_run: bool, delete_retired: bool, as_json: bool) -> None:
    """Bring an edition into a learner's collection, and keep what the learner has changed in it."""
    try:
        from .. import profile
    except ImportError as error:
        raise ConfigError("this needs the Anki engine: pip install 'build-decks[push]'") from error
    from ...cards.updates import collection as engine

    for settings in tracks.tracks(paths):
        built = _built(settings)
        edition = _edition(settings, built)
        guids = [note.card.guid for note in edition.notes] + sorted(edition.retired)
        with profile.looked_at(file) as looked_at:
            seen = engine.state(looked_at, settings.tag, guids)
            found = plan(edition, seen.held, seen.had, seen.decks)
            settled = engine.is_settled(looked_at, found, _delivery(settings, built, found))
        backup = left = None
        if not dry_run and not settled:
            with write.lock(file.parent), profile.changed(file) as (collection, backup):
                now = engine.state(collection, settings.tag, guids)
                found = plan(edition, now.held, now.had, now.decks)
                engine.apply(collection, found, _delivery(settings, built, found), delete_retired)
                after = engine.state(collection, settings.tag, guids)
                left = plan(edition, after.held, after.had, after.decks)
        if as_json:
            terminal.put(json.dumps(_as_json(settings, found, backup, dry_run), ensure_ascii=False))
        else:
            for line in _lines(settings, found, backup, dry_run, delete_retired):
                terminal.put(terminal.printable(line))
        if left and not left.is_empty:
            raise click.ClickException(f"{file}: not everything arrived; push again, and report it if this stays")


def _built(settings: Settings) -> Build:
    known, faults = tracks.read_ledger(settings)
    names = concept_files(settings)
    with terminal.progress(names, len(names), settings.title, False) as shown_names:
        built = (
            building.Build(diagnostics=faults) if faults else building.build(settings, shown_names, known, clock.now)
        )
    report.stop_at_errors(built.diagnostics, report.SOME)
    if ledger.text_of(built.ledger) != ledger.text_of(known):
        raise ConfigError(f"{settings.shown}: the ledger is not of these files; run build-decks, then push")
    return built


def _edition(settings: Settings, built: Build) -> Edition:
    retired = {guid for guid, entry in built.ledger.entries.items() if entry.state == "retired"}
    return Edition(settings.tag, built.notes, frozenset(retired))


def _delivery(settings: Settings, built: Build, found: Plan) -> Any:
    from ...cards.updates.collection import Delivery

    top, text = settings.decks[TOP], package.description(building.about(settings, built), built.notes)
    changed = {update.held.guid for update in found.updates}
    return Delivery(
        title=settings.title,
        tag=settings.tag,
        top=top,
        about=text,
        write_package=lambda path: package.to_file(path, found.new, built.note_type_times, top, text),
        note_type_times=built.note_type_times,
        media={m.name: m.data for note in built.notes if note.card.guid in changed for m in note.media},
        places={note.card.guid: note.place for note in built.notes},
    )


def _counts(found: Plan) -> dict[str, int]:
    return {
        "new": len(found.new),
        "updated": len(found.updates),
        "with your own text kept": sum(bool(update.kept) for update in found.updates),
        "in conflict": sum(bool(update.conflict) for update in found.updates),
        "moved": len({move.name for move in found.moves}),
        "decks renamed": len(found.renamed),
        "retired": len(found.retired),
        "restored": len(found.restored),
        "same": found.same,
        "in a deck of your own": len(found.moved_by_learner),
        "deleted by you": len(found.deleted),
        "of another note type": len(found.foreign),
    }


def _lines(settings: Settings, found: Plan, backup: Path | None, dry_run: bool, delete: bool) -> Iterator[str]:
    counts = _counts(found)
    done = [f"{name} {counts[name]}" for name in ("new", "updated", "moved", "decks renamed", "retired", "restored")]
    said = ", ".join(text for text in done if not text.endswith(" 0")) or "up to date"
    yield f"{settings.title}{', if pushed' if dry_run else ''}: {said}"
    left = ("with your own text kept", "in a deck of your own", "deleted by you", "of another note type")
    kept = [f"{counts[name]} {name}" for name in left if counts[name]]
    if kept:
        yield f"left as you have it: {', '.join(kept)}"
    if counts["in conflict"]:
        yield (
            f"changed by both: {counts['in conflict']}; your text is under the answer. "
            f"Search: tag:{settings.tag}::{CONFLICT}"
        )
    if found.retired:
        yield (
            "retired cards are deleted"
            if delete
            else f"retired cards are suspended. Search: tag:{settings.tag}::{RETIRED}"
        )
    if backup:
        yield f"to undo, restore the backup {backup}: in Anki, File > Switch Profile > Open Backup"


def _as_json(settings: Settings, found: Plan, backup: Path | None, dry_run: bool) -> dict[str, Any]:
    return {
        "track": settings.tag,
        "dry_run": dry_run,
        "backup": str(backup) if backup else None,
        "new": [note.card.name for note in found.new],
        "updated": [update.name for update in found.updates],
        "kept": {update.name: list(update.kept) for update in found.updates if update.kept},
        "conflict": {update.name: list(update.conflict) for update in found.updates if update.conflict},
        "renamed": dict(found.renamed),
        "moved": sorted({move.name for move in found.moves}),
        "retired": sorted(held.fields.get("Id", "") for held in found.retired),
        "restored": sorted(held.fields.get("Id", "") for held in found.restored),
        "same": found.same,
        "moved_by_learner": sorted(found.moved_by_learner),
        "deleted": sorted(found.deleted),
        "foreign": sorted(found.foreign),
    }
