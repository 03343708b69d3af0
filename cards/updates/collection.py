"""An open collection -> what a learner has, and a plan carried out in it, by the Anki engine.

It needs neither Qt nor Markdown. All that it does is one step for Anki's *Undo*, and nothing of it forces a full sync:
no field, template or note type is added, removed or moved.
"""

from __future__ import annotations

import tempfile
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from typing import Any

from anki.cards import CardId
from anki.collection import Collection, ImportAnkiPackageOptions, ImportAnkiPackageRequest
from anki.decks import DeckId
from anki.models import NotetypeDict, NotetypeId
from anki.notes import NoteId
from anki.notes_pb2 import Note as Row

from ..notetypes import NOTE_TYPES
from .plan import BEFORE, RETIRED, Edition, Held, Plan, Update

# SQLite takes so many numbers in one statement, in every build.
_MANY = 500
_NEW, _SUSPENDED = 0, -1
_FRESH = 10
_OPTIONS = ("mergeNotetypes", "updateNotes", "updateNotetypes", "withDeckConfigs", "withScheduling")


@dataclass(frozen=True, slots=True)
class State:
    """What a learner has: notes by guid, the guids that the last push delivered, and the names of decks."""

    held: Mapping[str, Held]
    had: Set[str]
    decks: Set[str]


@dataclass(frozen=True, slots=True)
class Delivery:
    """What `apply` brings beside the plan.

    `write_package` writes an .apkg of the new notes to a file, `note_type_times` are the times of the note types by id,
    `media` the bytes of media in changed notes by name, `places` the study order of the whole edition by guid, and
    `about` the description of the deck `top`.
    """

    title: str
    tag: str
    top: str
    about: str
    write_package: Callable[[Path], None]
    note_type_times: Mapping[int, int]
    media: Mapping[str, bytes]
    places: Mapping[str, int]


def state(collection: Collection, edition: Edition, now: int) -> State:
    """Read what the learner has of an edition's notes.

    A note with the time of the edition's, and as much in its tags, is as it was delivered. Its text is not read, which
    would take most of the time. A time of just `now` proves nothing: an edition may be built in the second of a push.
    """
    guids = set(edition.guids)
    decks = {deck.id: deck.name for deck in collection.decks.all_names_and_ids()}
    number = {name: deck_id for deck_id, name in decks.items()}
    wanted = {
        note.card.guid: ([note.changed, len(" ".join(note.card.tags)) + 2], number.get(note.card.deck, 0))
        for note in edition.notes
    }
    query = "select id, guid, mid, mod, length(tags) from notes"
    rows = {row[0]: row for row in _rows(collection, query) if row[1] in guids}
    given: dict[int, int] = {}
    for note_id, guid, _, *stamp in rows.values():
        expected, deck_id = wanted.get(guid, ([], 0))
        if stamp == expected and stamp[0] < now - _FRESH:
            given[note_id] = deck_id
    cards: dict[int, list[Sequence[int]]] = defaultdict(list)
    query = "select nid, id, iif(odid, odid, did), queue, type, due from cards order by id"
    for card in _rows(collection, query):
        if card[0] in rows:
            cards[card[0]].append(card)
            # Another deck does not change the time of a note, but what the note says of its delivery.
            if given.get(card[0], card[2]) != card[2]:
                del given[card[0]]
    text = {
        row[0]: row[1:]
        for row in _of(collection, "select id, tags, flds from notes where id in", rows.keys() - given.keys())
    }
    names = {model["id"]: _field_names(model) for model in collection.models.all()}
    ours = {note_type.id for note_type in NOTE_TYPES}
    held = {}
    for note_id, guid, model_id, *_ in rows.values():
        tags, fields = text.get(note_id, ("", None))
        held[guid] = Held(
            note_id,
            guid,
            model_id,
            model_id in ours,
            {} if fields is None else dict(zip(names[model_id], fields.split("\x1f"), strict=True)),
            tuple(tags.split()),
            tuple(card for _, card, *_ in cards[note_id]),
            tuple(decks.get(deck, "") for _, _, deck, *_ in cards[note_id]),
            tuple(due for *_, kind, due in cards[note_id] if kind == _NEW),
            note_id in given,
            all(queue == _SUSPENDED for *_, queue, _, _ in cards[note_id]),
        )
    return State(held, frozenset(collection.get_config(_key(edition.tag), [])), frozenset(decks.values()))


def apply(collection: Collection, plan: Plan, delivery: Delivery, delete_retired: bool = False) -> None:
    """Carry a plan out, as one step that the learner can undo; media stay."""
    step = collection.add_custom_undo_entry(f"Update {delivery.title}")
    for _ in chain(_notes(collection, plan, delivery), _cards(collection, plan, delivery, delete_retired)):
        collection.merge_undo_entries(step)  # at once: Anki keeps 30 steps


def is_settled(collection: Collection, plan: Plan, delivery: Delivery) -> bool:
    """Whether a collection has all that a plan and a delivery would bring."""
    top = collection.decks.by_name(delivery.top)
    return (
        plan.is_empty
        and not list(_outdated(collection, delivery.note_type_times))
        and not plan.disordered
        and (not top or top.get("desc") == delivery.about)
        and delivery.places.keys() <= {*collection.get_config(_key(delivery.tag), [])}
    )


def _key(tag: str) -> str:
    """The key of Anki's configuration, which is synchronised, for the guids that the last push delivered."""
    return f"build-decks:{tag}"


def _notes(collection: Collection, plan: Plan, delivery: Delivery) -> Iterator[object]:
    """Note types, decks, media and notes, in an order in which no step needs a later one."""
    for model in _outdated(collection, delivery.note_type_times):
        yield collection.models.update_dict(model)
    for old, new in plan.renamed:
        yield collection.decks.rename(_deck(collection, old), new)
    for name, data in delivery.media.items():
        if not collection.media.have(name):
            collection.media.write_data(name, data)
    if plan.new:
        yield from _import(collection, delivery.write_package)
    if plan.updates:
        # Not by way of Collection.update_notes: to get 10,000 notes one by one takes longer than to write them.
        rows = [_updated(update) for update in plan.updates]
        yield collection._backend.update_notes(notes=rows, skip_undo_entry=False)


def _cards(collection: Collection, plan: Plan, delivery: Delivery, delete_retired: bool) -> Iterator[object]:
    """Where the cards are, which are suspended, and what Anki is told of the edition."""
    for move in plan.moves:
        yield collection.set_deck(list(map(CardId, move.cards)), _deck(collection, move.new))
    if plan.retired and delete_retired:
        yield collection.remove_notes([NoteId(held.id) for held in plan.retired])
    elif plan.retired:
        yield collection.sched.suspend_cards(_ids(plan.retired))
        yield collection.tags.bulk_add([NoteId(held.id) for held in plan.retired], f"{delivery.tag}::{RETIRED}")
        before = [NoteId(held.id) for held in plan.retired if held.is_suspended]
        if before:
            yield collection.tags.bulk_add(before, f"{delivery.tag}::{BEFORE}")
    if plan.restored:
        back = [held for held in plan.restored if not held.has(f"{delivery.tag}::{BEFORE}")]
        yield collection.sched.unsuspend_cards(_ids(back))
    order = _order(collection, delivery.places) if plan.new or plan.disordered else []
    if order:
        yield collection.sched.reposition_new_cards(order, 1, 1, False, False)
    top = collection.decks.by_name(delivery.top)
    if top and top.get("desc") != delivery.about:
        yield collection.decks.update_dict({**top, "desc": delivery.about})
    had = collection.get_config(_key(delivery.tag), [])
    guids = sorted({*had, *delivery.places})
    if had != guids:
        yield collection.set_config(_key(delivery.tag), guids, undoable=True)


def _deck(collection: Collection, name: str) -> DeckId:
    """The id of a deck, which is made if there is none."""
    return DeckId(collection.decks.id(name) or 0)


def _rows(collection: Collection, query: str) -> Sequence[Sequence[Any]]:
    assert collection.db is not None  # noqa: S101 - an open collection has a database
    return collection.db.all(query)


def _of(collection: Collection, query: str, ids: Iterable[int]) -> Iterable[Sequence[Any]]:
    """The rows of a query that ends in `in`, for many ids."""
    known = sorted(ids)
    for start in range(0, len(known), _MANY):
        yield from _rows(collection, f"{query} ({','.join(map(str, known[start : start + _MANY]))})")


def _field_names(model: NotetypeDict) -> list[str]:
    """The names of a note type's fields; one of ours has our name, whatever an earlier edition called it."""
    ours = {field_id: name for note_type in NOTE_TYPES for name, field_id in note_type.fields}
    return [ours.get(field.get("id"), field["name"]) for field in model["flds"]]


def _outdated(collection: Collection, times: Mapping[int, int]) -> Iterable[NotetypeDict]:
    """Our note types whose looks are older than the edition's, as they should be. The learner's own fields stay."""
    for note_type in NOTE_TYPES:
        model = collection.models.get(NotetypeId(note_type.id))
        if model is None or model["mod"] >= times[note_type.id]:
            continue
        names = {field_id: name for name, field_id in note_type.fields}
        templates = {template.id: template for template in note_type.templates}
        for field in model["flds"]:
            field["name"] = names.get(field.get("id"), field["name"])
        for shown in model["tmpls"]:
            template = templates.get(shown.get("id"))
            if template:
                shown.update(name=template.name, qfmt=template.front, afmt=template.back)
        model["css"] = note_type.css
        yield model


def _import(collection: Collection, write_package: Callable[[Path], None]) -> Iterator[object]:
    """Import the new notes, with the options that a learner has by default, and put back those that the learner has."""
    theirs = {key: collection.get_config(key, None) for key in _OPTIONS}
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "new.apkg"
        write_package(path)
        options = ImportAnkiPackageOptions()
        yield collection.import_anki_package(ImportAnkiPackageRequest(package_path=str(path), options=options))
    for key, value in theirs.items():  # Anki takes the options of any import for the learner's own
        if value is None:
            collection.remove_config(key)
        else:
            yield collection.set_config(key, value, undoable=True)
    collection.models._clear_cache()


def _updated(update: Update) -> Row:
    """The row of a note, with the fields that the learner has added as they are."""
    held = update.held
    fields = [update.fields.get(name, text) for name, text in held.fields.items()]
    return Row(id=held.id, guid=held.guid, notetype_id=held.note_type, usn=-1, tags=update.tags, fields=fields)


def _ids(notes: Iterable[Held]) -> list[CardId]:
    return [CardId(card) for held in notes for card in held.cards]


def _order(collection: Collection, places: Mapping[str, int]) -> list[CardId]:
    """The new cards in study order if they are in another one: a card that is placed is sent to every device."""
    query = "select c.id, n.guid, c.due, c.ord from cards c join notes n on n.id = c.nid where c.type = 0"
    found = [(places[guid], order, due, card) for card, guid, due, order in _rows(collection, query) if guid in places]
    found.sort()
    dues = [due for _, _, due, _ in found]
    return [CardId(card) for *_, card in found] if dues != sorted(dues) else []
