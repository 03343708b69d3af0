"""A running Anki, asked through AnkiConnect -> what a learner has, and a plan carried out there.

AnkiConnect shows no guids, so notes are found by their ids, which an import keeps. It has no way to change many notes
at once, but imports packages: the plan becomes a personal package, with the learner's tags and text in it, of which the
import is one step that Anki can undo.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from ..identity import ids
from ..model import Note
from ..notetypes import NOTE_TYPES
from .plan import BEFORE, RETIRED, Held, Plan

Ask = Callable[..., Any]
"""`ask(action, **params)` gives AnkiConnect's result, or raises."""

# Anki's window stands still while AnkiConnect reads notes: 1,000 take half a second.
_PART = 1_000


@dataclass(frozen=True, slots=True)
class State:
    """What a learner has: notes by guid, and the names of decks."""

    held: Mapping[str, Held]
    decks: frozenset[str]


def state(ask: Ask, guids: Iterable[str]) -> State:
    """Read the notes with these guids."""
    wanted = {ids.anki_id("note", guid): guid for guid in guids}
    found = ask("findNotes", query=f"nid:{','.join(map(str, sorted(wanted)))}") if wanted else []
    notes = [note for part in _parts(sorted(found)) for note in ask("notesInfo", notes=part)]
    cards = [card for note in notes for card in note["cards"]]
    decks = {card: deck for part in _parts(cards) for deck, of in ask("getDecks", cards=part).items() for card in of}
    suspended = {
        card
        for part in _parts(cards)
        for card, is_suspended in zip(part, ask("areSuspended", cards=part), strict=True)
        if is_suspended
    }
    ours = {note_type.name: note_type.id for note_type in NOTE_TYPES}
    held = {}
    for note in notes:
        guid, own = wanted[note["noteId"]], tuple(sorted(note["cards"]))
        is_suspended = suspended.issuperset(own)
        fields = {name: field["value"] for name, field in note["fields"].items()}
        held[guid] = Held(
            note["noteId"], guid, ours.get(note["modelName"], 0), note["modelName"] in ours, fields,
            tuple(note["tags"]), own, tuple(decks.get(card, "") for card in own), is_suspended=is_suspended,
        )  # fmt: skip
    return State(held, frozenset(ask("deckNames")))


def would_force_full_sync(ask: Ask) -> tuple[str, ...]:
    """Our note types to which the learner has added fields: AnkiConnect's import would change them without asking."""
    known = set(ask("modelNames"))
    return tuple(
        note_type.name
        for note_type in NOTE_TYPES
        if note_type.name in known and len(ask("modelFieldNames", modelName=note_type.name)) != len(note_type.fields)
    )


def apply(
    ask: Ask,
    plan: Plan,
    notes: Sequence[Note],
    tag: str,
    write_package: Callable[[Path, Sequence[Note]], None],
    now: int,
    delete_retired: bool = False,
) -> None:
    """Carry a plan out. `write_package` writes an .apkg of some notes, `now` is Unix time.

    The import comes last, because Anki forgets what it could undo when AnkiConnect moves a card.
    """
    for move in plan.moves:
        ask("changeDeck", cards=list(move.cards), deck=move.new)
    retired = [held.id for held in plan.retired]
    if retired and delete_retired:
        ask("deleteNotes", notes=retired)
    elif retired:
        ask("suspend", cards=[card for held in plan.retired for card in held.cards])
        ask("addTags", notes=retired, tags=f"{tag}::{RETIRED}")
        before = [held.id for held in plan.retired if held.is_suspended]
        if before:
            ask("addTags", notes=before, tags=f"{tag}::{BEFORE}")
    back = [card for held in plan.restored if not held.has(f"{tag}::{BEFORE}") for card in held.cards]
    if back:
        ask("unsuspend", cards=back)
    personal = [*_personal(plan, notes, now), *plan.new]
    if personal:
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder).resolve() / "update.apkg"
            write_package(path, personal)
            ask("importPackage", path=str(path))


def _personal(plan: Plan, notes: Sequence[Note], now: int) -> Iterator[Note]:
    """The notes to update, as the learner will have them, and later than what the learner has."""
    by_guid = {note.card.guid: note for note in notes}
    for update in plan.updates:
        note = by_guid[update.held.guid]
        fields = tuple(update.fields.get(name, "") for name, _ in note.note_type.fields)
        yield replace(
            note, card=replace(note.card, tags=update.tags), fields=fields, changed=max(now + 1, note.changed)
        )


def _parts(items: Sequence[int]) -> Iterator[list[int]]:
    for start in range(0, len(items), _PART):
        yield list(items[start : start + _PART])
