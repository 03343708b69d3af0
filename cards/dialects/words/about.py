"""What a file of other people's notes says of itself, in its front matter or a list of metadata -> About."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from ... import markdown
from ...model import Chunk, Document
from . import vocabulary

_ENTRY = re.compile(r"(?:\*\*|__)?(?P<key>[^\W\d_][\w -]{1,30}?)(?:\*\*|__)?[ \t]*[:：](?:\*\*|__)?[ \t]*(?P<value>.*)")
_LINE = re.compile(r"(?m)^(?P<key>[A-Za-z][\w-]{1,30})[ \t]*[:=][ \t]*(?P<value>[^\n]*(?:\n[ \t]*-[ \t]+[^\n]*)*)")
_SEPARATORS = re.compile(r"[,;、]|\n[ \t]*-[ \t]+")
_AROUND = " \t\n\"'[]#-"
# Tags that say what kind of file it is, not what it is about.
_OF_TOOLS = frozenset({"card", "cards", "flashcard", "flashcards", "anki"})


@dataclass(frozen=True, slots=True)
class About:
    """The subdomain, the roles, the tags and the deck that a file gives to all its cards."""

    subdomain: str = ""
    roles: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    deck: str = ""

    @property
    def attributes(self) -> Mapping[str, str]:
        """The same as the values of a card's metadata."""
        found = {
            "subdomain": self.subdomain, "roles": ",".join(self.roles), "tags": ",".join(self.tags), "deck": self.deck,
        }  # fmt: skip
        return {key: value for key, value in found.items() if value}


def read(document: Document, matter: str) -> About:
    """What a file says in its front matter, and in the first list of which every item is a key with its value."""
    values = {match["key"].casefold(): match["value"] for match in _LINE.finditer(matter)}
    listed = dict(_listed(document))
    return About(
        subdomain=_first(listed, "subdomain"),
        roles=_several(_first(listed, "roles")),
        tags=tuple(tag for tag in _several(values.get("tags", "")) if tag.casefold().split("/")[0] not in _OF_TOOLS),
        deck=(values.get("deck") or values.get("cards-deck") or "").strip(_AROUND),
    )


def _first(entries: Mapping[str, str], what: str) -> str:
    return next((value for key, value in entries.items() if vocabulary.entry(key) == what), "")


def _several(value: str) -> tuple[str, ...]:
    return tuple(part for text in _SEPARATORS.split(value) if (part := text.strip(_AROUND)))


def _listed(document: Document) -> Iterator[tuple[str, str]]:
    for chunk in document.chunks[:_NEAR]:
        if chunk.type == "list" and all(map(_ENTRY.match, markdown.first_lines(chunk))):
            for item in markdown.items(document, chunk):
                match = _ENTRY.match(item.chunks[0].text) if item.chunks else None
                if match:
                    yield match["key"].casefold().strip(), match["value"].strip() or _below(item.chunks[1:])
            return


# How many blocks from the top a list of metadata may stand.
_NEAR = 6


def _below(chunks: tuple[Chunk, ...]) -> str:
    """The items of a list under a key, separated by commas."""
    return ",".join(line for chunk in chunks if chunk.type == "list" for line in markdown.first_lines(chunk))
