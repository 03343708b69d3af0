"""The subdomains of a track, and the decks that learners have -> the name of each subdomain's deck.

Anki knows a deck by its name: if the name changes, an import puts new cards into a second deck and leaves the others
where they are. So a deck keeps its first name, which the ledger knows, and a subdomain that is inserted between two
others gets a label between theirs: `02b` after `02`. Anki sorts decks as text.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass, field
from itertools import chain

TOP = ""
"""The key of the top deck, beside the folders."""

_NAME = re.compile(r".*::(?P<label>\d+[a-z]*) (?P<title>.*)")
_FRONT = ("00", "0")
_TRIES = 20


@dataclass(frozen=True, slots=True)
class Names:
    """What a track has been called since its first build: its tag, and its decks by folder."""

    tag: str = ""
    decks: Mapping[str, str] = field(default_factory=dict)


def named(title: str, subdomains: Sequence[tuple[str, str]], known: Mapping[str, str]) -> Mapping[str, str]:
    """The decks by folder, the top deck and those of former folders included.

    `subdomains` are folders with their titles, in study order. A folder that is gone leaves its deck to one that has
    its title.
    """
    top = known.get(TOP, title)
    folders = {folder for folder, _ in subdomains}
    left = {_part(deck, "title"): deck for folder, deck in known.items() if folder not in folders}
    taken = {label for deck in known.values() if (label := _part(deck, "label"))}
    decks = {TOP: top}
    before = ""
    for number, (folder, name) in enumerate(subdomains, 1):
        deck = known.get(folder) or left.get(name)
        if not deck:
            label = _between(before, taken) if known else f"{number:02}"
            taken.add(label)
            deck = f"{top}::{label} {name}"
        decks[folder] = deck
        before = _part(deck, "label")
    given = set(decks.values())
    return {**{folder: deck for folder, deck in known.items() if deck not in given}, **decks}


def outdated(subdomains: Sequence[tuple[str, str]], decks: Mapping[str, str]) -> tuple[str, ...]:
    """The decks that are called otherwise than their subdomains are now."""
    return tuple(decks[folder] for folder, title in subdomains if _part(decks[folder], "title") not in ("", title))


def _part(deck: str, part: str) -> str:
    match = _NAME.fullmatch(deck)
    return match[part] if match else ""


def _between(low: str, taken: Set[str]) -> str:
    """A label that sorts after `low` and before the next one that is taken, or the next number."""
    high = min((label for label in taken if label > low), default="")
    if high and low:
        letter = [low[:-1] + chr(ord(low[-1]) + 1)] if "a" <= low[-1] < "z" else []
        for label in chain(letter, (f"{low}{'a' * length}b" for length in range(_TRIES))):
            if label < high:
                return label
    free = [label for label in _FRONT if high and label not in taken and label < high]
    last = max((int(re.sub("[a-z]", "", label)) for label in taken), default=0)
    return free[0] if free else f"{last + 1:02}"
