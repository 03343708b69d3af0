"""Names -> the numbers and strings by which Anki knows things again. Pure hashes, no clock, no order.

Anki knows a note by its guid and a deck by its name; note, card and deck ids only have to differ.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable

# Anki takes an id for the time of creation in milliseconds: these lie in 2001 to 2017, so that no search
# for cards added lately finds them.
_EPOCH, _RANGE = 1_000_000_000_000, 500_000_000_000


def _digest(*names: str) -> str:
    return hashlib.sha256("\x1f".join(names).encode()).hexdigest()


def guid(track: str, card: str, cloze: bool) -> str:
    """The guid of a card's note: 16 letters and digits that depend on the track's tag and the card's id.

    Anki cannot turn a note into a cloze note or back, so a card that becomes one is another note.
    """
    return _digest("guid", track, card, *(["cloze"] if cloze else []))[:16]


def first_guid(track: str, file: str, asked: str, number: int, cloze: bool) -> str:
    """The guid with which the note of a card without an id begins; later ones come from the ledger.

    `asked` is the digest of its question; `number` sets equal questions of one file apart.
    """
    return _digest("asked", track, file, asked, str(number), *(["cloze"] if cloze else []))[:16]


def search(guids: Iterable[str]) -> str:
    """What finds the notes with these guids in Anki's browser, and nothing else."""
    return "nid:" + ",".join(str(anki_id("note", guid)) for guid in guids)


def anki_id(*names: str) -> int:
    """The id of the note, card or deck that `names` name."""
    return _EPOCH + int(_digest("id", *names)[:32], 16) % _RANGE
