"""A dated note -> the note with a record of its delivery: a tag, and a field that no template shows.

A learner's note may differ from the latest edition because the author changed it, or because the learner did. Only the
note itself, wherever it was imported or synchronised, can tell what it was given last. So one field holds the edition
and a short hash of the deck and of each content field, as they were delivered.
"""

from __future__ import annotations

import hashlib
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, replace

from ..model import Note
from . import ledger
from .ledger import FORMAT

FIELD = "Delivered"
CONTENT = (
    "Question", "Front", "Answer", "More", "Source", "Guide", "Subdomain", "Topic", "Difficulty", "Id", "Reverse",
    "Report",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Delivered:
    """What a note was given last: the day of the edition, and the hashes of its deck and of its fields by name."""

    edition: str
    deck: str
    fields: Mapping[str, str]


def digest(text: str) -> str:
    """The hash of a field's HTML or of a deck's name, in the form in which Anki keeps it: 8 hexadecimal digits."""
    return hashlib.sha256(as_kept(text).encode("utf-8", "surrogatepass")).hexdigest()[:8]


def as_kept(text: str) -> str:
    """A text in the form in which Anki keeps it: an import composes accents (NFC)."""
    return text if text.isascii() else unicodedata.normalize("NFC", text)


def stamp(note: Note, root: str) -> Note:
    """The note with its field Delivered, and with the tag of its edition under `root`.

    The notes of a track's first build have no such tag: it would say of all of them that they are new.
    """
    names = [name for name, _ in note.note_type.fields]
    day = ledger.day_of(note.changed)
    values = dict(zip(names, note.fields, strict=True))
    values[FIELD] = text_of(day, note.card.deck, values)
    tags = note.card.tags
    if note.changed > ledger.FIRST:
        tags = tuple(sorted([*tags, tag(root, day)]))
    return replace(note, card=replace(note.card, tags=tags), fields=tuple(values[name] for name in names))


def tag(root: str, day: str) -> str:
    """The tag of the notes that an edition added or changed."""
    return f"{root}::edition::{day}"


def text_of(day: str, deck: str, values: Mapping[str, str]) -> str:
    """The text of the field for a note with these fields."""
    return f"{FORMAT} {day} {digest(deck)} {'.'.join(digest(values[name]) for name in CONTENT)}"


def read(text: str) -> Delivered | None:
    """What the field of a note in a collection says; None for a note of before there was one, or another format."""
    words = text.split(" ")
    if len(words) != 4 or words[0] != FORMAT or words[3].count(".") != len(CONTENT) - 1:
        return None
    return Delivered(words[1], words[2], dict(zip(CONTENT, words[3].split("."), strict=True)))
