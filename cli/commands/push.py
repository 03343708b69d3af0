"""`build-decks push`: an edition brought into a collection, with the learner's own text, tags and decks kept."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import click

from ...cards.identity import ledger
from ...cards.identity.decks import TOP
from ...cards.model import Note
from ...cards.outputs import package
from ...cards.pipeline import building
from ...cards.pipeline.building import Build, Made
from ...cards.pipeline.reading import concept_files
from ...cards.settings import Settings
from ...cards.updates import connect
from ...cards.updates.plan import CONFLICT, RETIRED, Edition, Plan, plan
from .. import ankiconnect, arguments, clock, report, terminal, tracks, workers, write
from ..errors import ConfigError
from ..memory import memory


@click.command("push")
@arguments.paths("TRACK")
@click.option(
    "--collection", "file", type=click.Path(dir_okay=False, path_type=Path),
    help="The collection.anki2 of a profile of Anki, which must be closed.",
)  # fmt: skip
@click.option(
    "--anki", "address", default=ankiconnect.ADDRESS, metavar="URL", show_default=True,
    help="Without --collection: where a running Anki with the add-on AnkiConnect answers.",
)  # fmt: skip
@click.option("--dry-run", is_flag=True, help="Say what would be done, and change nothing.")
@click.option("--delete-retired", is_flag=True, help="Delete retired notes, instead of suspending them.")
@click.option("--json", "as_json", is_flag=True, help="Write one JSON object per track.")
@arguments.traceback()
def command(
    paths: tuple[Path, ...], file: Path | None, address: str, dry_run: bool, delete_retired: bool, as_json: bool
) -> None:
    """Bring an edition into a learner's collection, and keep what the learner has changed in it."""
    file = file.resolve() if file else None  # a link to a collection stays one
    for settings in tracks.tracks(paths):
        built = _built(settings)
        if file:
            pushed = _into_collection(settings, built, file, dry_run, delete_retired)
        else:
            pushed = _into_anki(settings, built, address, dry_run, delete_retired)
        if as_json:
            terminal.put(json.dumps(_as_json(settings, pushed, dry_run), ensure_ascii=False))
        else:
            for line in _lines(settings, pushed, dry_run, delete_retired):
                terminal.put(terminal.printable(line))
        if not pushed.left.is_empty:
            names = [update.name for update in pushed.left.updates] + [note.card.name for note in pushed.left.new]
            raise click.ClickException(
                f"{terminal.counted(len(names), 'note')} did not arrive, such as {', '.join(names[:5])}: "
                "close the editor in Anki, and push again"
            )


@dataclass(frozen=True, slots=True)
class _Pushed:
    """The plan that was carried out, how to undo it or "", the backup, and what would be left to do afterwards."""

    plan: Plan
    undo: str = ""
    backup: str = ""
    left: Plan = field(default_factory=Plan)


def _into_collection(settings: Settings, built: Build, file: Path, dry_run: bool, delete_retired: bool) -> _Pushed:
    try:
        from .. import profile
    except ImportError as error:
        raise ConfigError("this needs the Anki engine: pip install 'build-decks[push]'") from error
    from ...cards.updates import collection as engine

    edition, about = _edition(settings, built), _about(settings, built)

    def planned(collection: Any) -> Plan:
        seen = engine.state(collection, edition, clock.now())
        return plan(edition, seen.held, seen.had, seen.decks, delete_retired)

    with profile.looked_at(file) as looked_at:
        found = planned(looked_at)
        settled = engine.is_settled(looked_at, found, _delivery(settings, built, found, about))
    if dry_run or settled:
        return _Pushed(found)
    with write.lock(file.parent), profile.changed(file) as (collection, backup):
        found = planned(collection)
        engine.apply(collection, found, _delivery(settings, built, found, about), delete_retired)
        left = planned(collection)
    undo = f"to undo, restore the backup {backup}: in Anki, File > Switch Profile > Open Backup"
    return _Pushed(found, undo, str(backup), left)


def _into_anki(settings: Settings, built: Build, address: str, dry_run: bool, delete_retired: bool) -> _Pushed:
    ask = ankiconnect.asking(address)
    edition = _edition(settings, built)

    def planned() -> Plan:
        seen = connect.state(ask, edition.guids)
        # AnkiConnect cannot rename a deck, so its cards are moved.
        decks = seen.decks | {note.card.deck for note in edition.notes}
        return plan(edition, seen.held, frozenset(), decks, delete_retired)

    changed = connect.would_force_full_sync(ask)
    if changed:
        raise ConfigError(
            f"fields were added to {', '.join(changed)}, so an import through AnkiConnect would force a full sync: "
            "close Anki and name its collection with --collection"
        )
    found = planned()
    if dry_run or found.is_empty:
        return _Pushed(found)
    about = _about(settings, built)

    def write_package(path: Path, notes: Sequence[Note]) -> None:
        package.to_file(path, notes, built.note_type_times, settings.decks[TOP], about)

    connect.apply(ask, found, edition.notes, settings.tag, write_package, clock.now(), delete_retired)
    undo = "to undo, choose Edit > Undo in Anki" if found.new or found.updates else ""
    return _Pushed(found, undo, left=planned())


def _built(settings: Settings) -> Build:
    known, faults = tracks.read_ledger(settings)
    if faults:
        built = Build(diagnostics=faults)
    else:
        each = workers.over(memory(settings, "build", Made), settings.title, False)
        built = building.build(settings, concept_files(settings), known, clock.now, each)
    report.stop_at_errors(built.diagnostics, report.SOME)
    if ledger.text_of(built.ledger) != ledger.text_of(known):
        raise ConfigError(f"{settings.shown}: the ledger is not of these files; run build-decks, then push")
    return built


def _edition(settings: Settings, built: Build) -> Edition:
    retired = {guid for guid, entry in built.ledger.entries.items() if entry.state == "retired"}
    return Edition(settings.tag, built.notes, frozenset(retired))


def _about(settings: Settings, built: Build) -> str:
    """The description of the top deck."""
    return package.description(building.about(settings, built), built.notes)


def _delivery(settings: Settings, built: Build, found: Plan, about: str) -> Any:
    from ...cards.updates.collection import Delivery

    top = settings.decks[TOP]
    changed = {update.held.guid for update in found.updates}
    return Delivery(
        title=settings.title,
        tag=settings.tag,
        top=top,
        about=about,
        write_package=lambda path: package.to_file(path, found.new, built.note_type_times, top, about),
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
        "in a deck of your own": len(found.moved_by_learner),
        "deleted by you": len(found.deleted),
        "of another note type": len(found.foreign),
    }


def _lines(settings: Settings, pushed: _Pushed, dry_run: bool, delete: bool) -> Iterator[str]:
    found = pushed.plan
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
    if pushed.undo:
        yield pushed.undo


def _as_json(settings: Settings, pushed: _Pushed, dry_run: bool) -> dict[str, Any]:
    found = pushed.plan
    return {
        "track": settings.tag,
        "dry_run": dry_run,
        "backup": pushed.backup or None,
        "new": [note.card.name for note in found.new],
        "updated": [update.name for update in found.updates],
        "kept": {update.name: list(update.kept) for update in found.updates if update.kept},
        "conflict": {update.name: list(update.conflict) for update in found.updates if update.conflict},
        "renamed": dict(found.renamed),
        "moved": sorted({move.name for move in found.moves}),
        "retired": sorted(held.fields.get("Id") or held.guid for held in found.retired),
        "restored": sorted(held.fields.get("Id") or held.guid for held in found.restored),
        "same": found.same,
        "moved_by_learner": sorted(found.moved_by_learner),
        "deleted": sorted(found.deleted),
        "foreign": sorted(found.foreign),
    }
