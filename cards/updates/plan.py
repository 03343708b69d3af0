"""An edition and what a learner has -> what to do. Nothing is written here, and nothing is known of Anki but its data.

For each field of a note there are three texts: the learner's, the edition's, and the one that was delivered last, of
which the note itself keeps a hash. The side that left that text unchanged gives way to the other.
"""

from __future__ import annotations

import html
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass
from typing import NamedTuple

from ..identity import delivered
from ..identity.delivered import CONTENT
from ..model import Note

CONFLICT, RETIRED, BEFORE = "conflict", "retired", "retired::suspended-before"
"""The tags under the track's that a push gives: both sides changed a field; the card left the track; the learner had
suspended it before."""

YOURS = "Yours"
"""The field that keeps the learner's text where the author has changed the same field."""


class Held(NamedTuple):
    """A note as the learner has it; a tuple, because ten thousand are made in a push that changes one.

    `fields` are in the order of its note type, and `mine` says that this is one of ours. `decks` are those of its
    cards, `dues` the positions of those that are new. One that `is_as_given` is as the edition delivers it, and in its
    deck; its fields and tags were not read.
    """

    id: int
    guid: str
    note_type: int
    mine: bool
    fields: Mapping[str, str]
    tags: tuple[str, ...]
    cards: tuple[int, ...]
    decks: tuple[str, ...]
    dues: tuple[int, ...] = ()
    is_as_given: bool = False
    is_suspended: bool = False

    def has(self, tag: str) -> bool:
        """Whether it has a tag; Anki gives all tags the case of the first one that it has seen."""
        return tag.lower() in (own.lower() for own in self.tags)


@dataclass(frozen=True, slots=True)
class Edition:
    """What an author delivers: the track's root tag, its notes in study order, and the guids of its retired notes."""

    tag: str
    notes: Sequence[Note]
    retired: Set[str] = frozenset()

    @property
    def guids(self) -> list[str]:
        """The guids of all notes, the retired ones included."""
        return [*(note.card.guid for note in self.notes), *sorted(self.retired)]


@dataclass(frozen=True, slots=True)
class Update:
    """A note to write: `kept` fields are the learner's, in `conflict` fields both have changed something."""

    held: Held
    name: str
    fields: Mapping[str, str]
    tags: tuple[str, ...]
    kept: tuple[str, ...] = ()
    conflict: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Move:
    """Cards that the author moved to another deck, from one in which the learner left them."""

    cards: tuple[int, ...]
    name: str
    old: str
    new: str


@dataclass(frozen=True, slots=True)
class Plan:
    """What a push will do. `renamed` decks keep their cards and options; `moved_by_learner`, `deleted` and `foreign`
    notes are left alone: the last have a note type that is not ours. `disordered` new cards are not in study order."""

    new: tuple[Note, ...] = ()
    updates: tuple[Update, ...] = ()
    same: int = 0
    renamed: tuple[tuple[str, str], ...] = ()
    moves: tuple[Move, ...] = ()
    moved_by_learner: tuple[str, ...] = ()
    retired: tuple[Held, ...] = ()
    restored: tuple[Held, ...] = ()
    deleted: tuple[str, ...] = ()
    foreign: tuple[str, ...] = ()
    disordered: bool = False

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing to do to a note or deck."""
        return not (self.new or self.updates or self.renamed or self.moves or self.retired or self.restored)


def plan(
    edition: Edition, held: Mapping[str, Held], had: Set[str], decks: Set[str], delete_retired: bool = False
) -> Plan:
    """What to do for a learner who has these notes, by guid, and these `decks`.

    `had` are the guids that the last push delivered: one of them that is gone was deleted by the learner. Retired notes
    are done with when they have their tag, or when they are deleted.
    """
    new = [note for note in edition.notes if note.card.guid not in held]
    updates: list[Update] = []
    moves: list[Move] = []
    moved_by_learner: list[str] = []
    restored: list[Held] = []
    foreign: list[str] = []
    same = 0
    for note in edition.notes:
        found = held.get(note.card.guid)
        if found is None:
            continue
        if not found.mine:
            foreign.append(note.card.name)
            continue
        if found.tags and found.has(f"{edition.tag}::{RETIRED}"):
            restored.append(found)
        update = None if found.is_as_given else _merged(note, found, edition.tag)
        if update:
            updates.append(update)
        else:
            same += 1
        if any(deck != note.card.deck for deck in found.decks):
            for move in _moves(note, found):
                if move.new:
                    moves.append(move)
                else:
                    moved_by_learner.append(move.name)
    dues = [due for note in edition.notes if (found := held.get(note.card.guid)) for due in found.dues]
    renamed = tuple(_renamed(moves, {delivered.as_kept(note.card.deck) for note in edition.notes}, decks))
    gone = dict(renamed)
    return Plan(
        new=tuple(note for note in new if note.card.guid not in had),
        updates=tuple(updates),
        same=same,
        renamed=renamed,
        moves=tuple(move for move in moves if gone.get(move.old) != move.new),
        moved_by_learner=tuple(moved_by_learner),
        retired=tuple(
            found
            for guid in sorted(edition.retired & held.keys())
            if (found := held[guid]).mine and (not found.has(f"{edition.tag}::{RETIRED}") or delete_retired)
        ),
        restored=tuple(restored),
        deleted=tuple(note.card.name for note in new if note.card.guid in had),
        foreign=tuple(foreign),
        disordered=dues != sorted(dues),
    )


def _merged(note: Note, held: Held, root: str) -> Update | None:
    """The note as it will be, or None if it is so already."""
    told = delivered.read(held.fields.get(delivered.FIELD, ""))
    given = {n: delivered.as_kept(text) for (n, _), text in zip(note.note_type.fields, note.fields, strict=True)}
    fields, kept, conflict = dict(given), [], []
    fields |= {name: held.fields.get(name, "") for name in fields if name not in (*CONTENT, delivered.FIELD)}
    for name in CONTENT:
        theirs = held.fields.get(name, "")
        base = told.fields[name] if told else ""
        if theirs == given[name] or delivered.digest(theirs) == base:
            continue
        if delivered.digest(given[name]) == base:
            fields[name] = theirs
            kept.append(name)
        else:
            conflict.append(name)
            # Anki would make a card of a deletion here too.
            shown = theirs.replace("{{c", "&#123;{c")
            fields[YOURS] += f"<p><b>{html.escape(name)}</b></p>{shown}" if theirs else ""
    state = {f"{root}::{CONFLICT}"} if conflict or held.has(f"{root}::{CONFLICT}") else set()
    own = {tag for tag in held.tags if not f"{tag}::".lower().startswith(f"{root}::".lower())}
    tags = tuple(sorted({*map(delivered.as_kept, note.card.tags)} | own | state))
    if {tag.lower() for tag in tags} == {tag.lower() for tag in held.tags} and all(
        held.fields.get(name, "") == text for name, text in fields.items()
    ):
        return None
    return Update(held, note.card.name, fields, tags, tuple(kept), tuple(conflict))


def _moves(note: Note, held: Held) -> Iterator[Move]:
    """The cards of a note that are in another deck than the edition's; those that the learner moved go nowhere."""
    told = delivered.read(held.fields.get(delivered.FIELD, ""))
    by_deck: dict[str, list[int]] = defaultdict(list)
    for card, deck in zip(held.cards, held.decks, strict=True):
        by_deck[deck].append(card)
    for deck, cards in by_deck.items():
        wanted = delivered.as_kept(note.card.deck)
        if deck.lower() != wanted.lower():  # Anki takes decks of different case for one
            is_left = told is not None and delivered.digest(deck) == told.deck
            yield Move(tuple(cards), note.card.name, deck, wanted if is_left else "")


def _renamed(moves: Iterable[Move], wanted: Set[str], decks: Set[str]) -> Iterator[tuple[str, str]]:
    """Decks of which every card goes to one deck that does not exist yet: they keep their options under a new name."""
    targets: dict[str, set[str]] = defaultdict(set)
    for move in moves:
        targets[move.old].add(move.new)
    taken = {deck.lower() for deck in decks}
    for old, new in sorted((old, *new) for old, new in targets.items() if len(new) == 1):
        if old not in wanted and new.lower() not in taken:
            taken.add(new.lower())
            yield old, new
