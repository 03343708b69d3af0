"""The type of a rule for cards, and of a card as a rule sees it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from .. import markdown
from ..model import Block, Card, Chunk, Severity, Span
from ..settings import Limits

PARTS = ("question", "front", "answer", "more")
_WORD = re.compile(r"\w")


@dataclass(frozen=True, slots=True)
class Written:
    """A card as written: its parts as prose, its fences, and the day on which it is checked.

    `text` is all of its prose in lower case, `levels` the difficulties that its subdomain allows.
    """

    card: Card
    block: Block
    prose: Mapping[str, tuple[markdown.Prose, ...]]
    text: str
    fences: tuple[tuple[str, Chunk], ...]
    levels: tuple[str, ...]
    day: date

    def place(self, prose: markdown.Prose, offset: int) -> Span:
        """The place in the file of a character of a piece of prose."""
        return markdown.place(self.block.question.document, prose.token, offset)

    def value(self, key: str) -> str:
        """The value of `key` in the card's comment or its file, or ""."""
        attribute = self.block.attributes.get(key)
        return attribute.value if attribute else ""

    def plain(self, part: str) -> str:
        """The text of a part as a reader sees it, without code fences."""
        return " ".join(found.plain for found in self.prose[part])

    def names(self, words: Sequence[str]) -> bool:
        """Whether the prose contains one of these lower-case words, even as part of a longer word."""
        return any(word in self.text for word in words)

    def find(self, pattern: re.Pattern[str], *parts: str) -> Iterator[tuple[Span, str]]:
        """Every match in the prose of the parts, without code, with its place.

        In a pattern with groups, a match is what a group holds; without one it is an exception to the rule.
        """
        for part in parts:
            for found in self.prose[part]:
                for match in pattern.finditer(found.text):
                    if match.lastindex or not pattern.groups:
                        yield self.place(found, match.start(match.lastindex or 0)), match[match.lastindex or 0]


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
    """The words of a text: whatever is between white space and has a letter or digit."""
    return [word for word in text.split() if _WORD.search(word)]
