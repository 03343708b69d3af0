"""A learner: a collection in the real Anki engine that imports packages with the options as they are."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from anki.collection import Card, Collection, ImportAnkiPackageRequest, Note


@dataclass(frozen=True)
class Import:
    """What Anki says of an import, in notes."""

    new: int
    updated: int
    duplicate: int
    conflicting: int


@contextmanager
def learner(folder: Path) -> Iterator[Collection]:
    """A fresh collection in `folder`, in which at the end Anki's own checks must find no fault."""
    folder.mkdir(parents=True, exist_ok=True)
    collection = Collection(str(folder / "collection.anki2"))
    try:
        yield collection
        said, sound = collection.fix_integrity()
        # A card answered under load may lack the time of its last review, by no doing of a package: Anki adds it.
        if not sound and said.startswith("Added last review time"):
            said, sound = collection.fix_integrity()
        assert sound, said
        assert not list(collection.media.check().missing)
    finally:
        collection.close()


def take(collection: Collection, package: Path) -> Import:
    """Import a package with Anki's default options."""
    options = collection._backend.get_import_anki_package_presets()
    request = ImportAnkiPackageRequest(package_path=str(package), options=options)
    log = collection.import_anki_package(request).log
    collection.models._clear_cache()
    return Import(len(log.new), len(log.updated), len(log.duplicate), len(log.conflicting))


def study(collection: Collection, count: int) -> dict[int, tuple[int, ...]]:
    """Answer `count` new cards "Good": the schedule of each by its id."""
    chosen = list(collection.find_cards("is:new", order="c.due"))[:count]
    assert len(chosen) == count
    for card_id in chosen:
        card = collection.get_card(card_id)
        card.start_timer()
        states = collection._backend.get_scheduling_states(card_id)
        collection.sched.answer_card(collection.sched.build_answer(card=card, states=states, rating=3))
    return schedule(collection, chosen)


def schedule(collection: Collection, cards: Sequence[int]) -> dict[int, tuple[int, ...]]:
    """What Anki knows of the learner's progress with some cards."""
    found = {}
    for card_id in cards:
        card = collection.get_card(card_id)
        found[card_id] = (card.type, card.queue, card.due, card.ivl, card.reps, card.lapses, card.left)
    return found


def add_tag(collection: Collection, card: str, tag: str) -> None:
    """The learner's own tag on the note of the card with this id."""
    note = note_of(collection, card)
    note.tags.append(tag)
    collection.update_note(note)


def all_notes(collection: Collection) -> list[Note]:
    return [collection.get_note(note_id) for note_id in collection.find_notes("")]


def notes_of(collection: Collection, card: str) -> list[Note]:
    """Every note whose field Id is `card`, found without Anki's search."""
    return [note for note in all_notes(collection) if "Id" in note and note["Id"] == card]


def note_of(collection: Collection, card: str) -> Note:
    """The one note of the card with this id."""
    (note,) = notes_of(collection, card)
    return note


def cards_of(collection: Collection, card: str) -> list[Card]:
    return note_of(collection, card).cards()


def ids_in_order(collection: Collection) -> list[str]:
    """The ids of the new cards in the order in which Anki will show them."""
    found = collection.find_cards("is:new", order="c.due")
    return list(dict.fromkeys(collection.get_card(card_id).note()["Id"] for card_id in found))


def deck_of(collection: Collection, card: str) -> str:
    return collection.decks.name(cards_of(collection, card)[0].did)


def decks(collection: Collection) -> list[str]:
    return sorted(deck.name for deck in collection.decks.all_names_and_ids() if deck.name != "Default")


def note_types(collection: Collection) -> list[str]:
    """The names of the note types that are not Anki's own."""
    return sorted(kind.name for kind in collection.models.all_names_and_ids() if kind.name.startswith("Concept"))


def media(collection: Collection) -> list[str]:
    return sorted(path.name for path in Path(collection.media.dir()).iterdir())


def empty_cards(collection: Collection) -> int:
    return sum(len(note.card_ids) for note in collection.get_empty_cards().notes)
