"""What a rule for cards is, and a card as a rule sees it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from .. import markdown
from ..model import Block, Card, Chunk, Severity, Span
from ..settings import Limits

PARTS = ("question", "front", "answer", "more")
_WORD = re.compile(r"\S*\w\S*")


@dataclass(frozen=True, slots=True)
class Written:
    """A card as it is written: its parts as prose, its fences, and the day on which it is judged.

    `text` is all of its prose in lower case, `levels` the difficulties that its subdomain may hold.
    """

    card: Card
    block: Block
    prose: Mapping[str, tuple[markdown.Prose, ...]]
    text: str
    fences: tuple[tuple[str, Chunk], ...]
    levels: tuple[str, ...]
    day: date

    def place(self, prose: markdown.Prose, offset: int) -> Span:
        """Where a character of a piece of prose stands in the file."""
        return markdown.place(self.block.question.document, prose.token, offset)

    def value(self, key: str) -> str:
        """What the card's comment, or its file, says for `key`; "" where neither does."""
        attribute = self.block.attributes.get(key)
        return attribute.value if attribute else ""

    def plain(self, part: str) -> str:
        """A part's text as it is read, code fences left out."""
        return " ".join(found.plain for found in self.prose[part])

    def names(self, words: Sequence[str]) -> bool:
        """Whether the prose holds one of these, in lower case, be it as a part of another word."""
        return any(word in self.text for word in words)

    def find(self, pattern: re.Pattern[str], *parts: str) -> Iterator[tuple[Span, str]]:
        """Every match in the prose of the parts, code left out, with its place."""
        for part in parts:
            for found in self.prose[part]:
                for match in pattern.finditer(found.text):
                    yield self.place(found, match.start()), match[0]


@dataclass(frozen=True, slots=True)
class Finding:
    """What a rule objects to, where, and how to fix it."""

    span: Span
    message: str
    hint: str


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule under its stable code, with the severity that deck.yaml may change."""

    code: str
    severity: Severity
    check: Callable[[Written, Limits], Iterator[Finding]]


def written(block: Block, card: Card, levels: tuple[str, ...], day: date) -> Written:
    """The card as rules see it."""
    parts = {part: getattr(block, part) for part in PARTS}
    prose = {part: markdown.prose(fragment.tokens) for part, fragment in parts.items()}
    return Written(
        card=card,
        block=block,
        prose=prose,
        text="\n".join(found.plain for pieces in prose.values() for found in pieces).lower(),
        fences=tuple((part, c) for part, fragment in parts.items() for c in fragment.chunks if c.type == "fence"),
        levels=levels,
        day=day,
    )


def words(text: str) -> list[str]:
    """The words of a text: what stands between white space and has a letter or digit."""
    return _WORD.findall(text)
