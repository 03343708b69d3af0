"""Cards -> pairs that ask almost the same: the second of rule R14's checks, over the whole track.

Two cards are twins when the words of their questions, with what is shown under them, overlap by a share: as many in
both as in either (Jaccard). Every pair would be quadratic. Words are put in order, rare ones first, and two sets
that overlap by the share t must meet in the first few of them, so only cards that do are compared: prefix filtering,
as in Xiao, Wang, Lin and Yu, "Efficient Similarity Joins for Near Duplicate Detection" (WWW 2008). A word by which
very many cards could be found tells little, so it leads to the first of them alone: a thousand twins of one card are
still found, by that card.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from ..model import Diagnostic, Span
from .rule import Written

CODE = "C303"
MOST = 200
_WORD = re.compile(r"\w+")


@dataclass(frozen=True, slots=True)
class Asked:
    """What a card asks: the set of its words, and where it stands."""

    span: Span
    id: str
    words: frozenset[str]


def asked(written: Written) -> Asked:
    """The words of a question and of what is shown with it; of a cloze card those of its sentence."""
    shown = [] if written.card.kind == "cloze" else [written.plain("question")]
    shown.append(written.plain("front"))
    shown += [fence.text for part, fence in written.fences if part == "front"]
    return Asked(written.block.span, written.card.id, frozenset(_WORD.findall(" ".join(shown).casefold())))


def twins(cards: Sequence[Asked], percent: int) -> Iterator[Diagnostic]:
    """A diagnostic at each card that overlaps by `percent` or more with one before it in the order of places."""
    frequency = Counter(word for card in cards for word in card.words)
    index: dict[str, list[Asked]] = defaultdict(list)
    first: dict[Asked, Asked] = {}
    # By size, so that a card only has to be found by those that are as large or larger.
    for card in sorted((card for card in cards if card.words), key=lambda card: (len(card.words), card.span)):
        size = len(card.words)
        words = sorted(card.words, key=lambda word: (frequency[word], word))
        near = {other for word in words[: size - _ceil(percent * size, 100) + 1] for other in index[word]}
        for other in near:
            if 100 * len(card.words & other.words) >= percent * len(card.words | other.words):
                early, late = sorted((card, other), key=lambda twin: twin.span)
                if late not in first or early.span < first[late].span:
                    first[late] = early
        for word in words[: size - _ceil(2 * percent * size, 100 + percent) + 1]:
            if len(index[word]) < MOST:
                index[word].append(card)
    for late, early in first.items():
        yield Diagnostic(
            late.span, CODE, f"this card asks almost what {early.span.path}:{early.span.line} asks (`{early.id}`)",
            "drop one of them, or make clear what sets them apart", "warning",
        )  # fmt: skip


def _ceil(number: int, divisor: int) -> int:
    return -(-number // divisor)
