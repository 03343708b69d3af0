"""Names -> the ids by which Anki recognises things: pure hashes, without clock or order.

Anki recognises a note by its guid and a deck by its name. Note, card and deck ids must only be unique.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable

# Anki reads an id as a creation time in milliseconds. These are in 2001 to 2017, so that no search for recently
# added cards finds them.
_EPOCH, _RANGE = 1_000_000_000_000, 500_000_000_000


def _digest(*names: str) -> str:
    return hashlib.sha256("\x1f".join(names).encode()).hexdigest()


def guid(track: str, card: str, cloze: bool) -> str:
    """The guid of a card's note: 16 letters and digits that depend on the track's tag and the card's id.

    Anki cannot turn a note into a cloze note or back, so a card that becomes one is a separate note.
    """
    return _digest("guid", track, card, *(["cloze"] if cloze else []))[:16]


def first_guid(track: str, file: str, asked: str, number: int, cloze: bool) -> str:
    """The first guid of the note of a card without an id; later builds take it from the ledger.

    `asked` is the hash of its question; `number` distinguishes equal questions in one file.
    """
    return _digest("asked", track, file, asked, str(number), *(["cloze"] if cloze else []))[:16]


def search(guids: Iterable[str]) -> str:
    """The search that finds exactly the notes with these guids in Anki's browser."""
    return "nid:" + ",".join(str(anki_id("note", guid)) for guid in guids)


def anki_id(*names: str) -> int:
    """The id of the note, card or deck that `names` name."""
    return _EPOCH + int(_digest("id", *names)[:32], 16) % _RANGE
