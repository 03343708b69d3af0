"""Cards -> pairs that ask almost the same: the second check of rule R14, over the whole track.

Two cards are twins if the words of their questions, with the text shown under them, overlap enough: the words in both,
as a share of the words in either (Jaccard). Comparing every pair would take quadratic time. Instead, words are sorted,
rare ones first: two sets that overlap by the share t must share one of their first few words, so only cards that do are
compared. This is prefix filtering, as in Xiao, Wang, Lin and Yu, "Efficient Similarity Joins for Near Duplicate
Detection" (WWW 2008). A very frequent word leads only to the first cards that have it: a thousand twins of one card
are still found, by that card.
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
    """The question of a card: its set of words, and its place."""

    span: Span
    id: str
    words: frozenset[str]


def asked(written: Written) -> Asked:
    """The words of a question and of the text shown with it; for a cloze card, those of its sentence."""
    shown = [] if written.card.kind == "cloze" else [written.plain("question")]
    shown.append(written.plain("front"))
    shown += [fence.text for part, fence in written.fences if part == "front"]
    return Asked(written.block.span, written.card.id, frozenset(_WORD.findall(" ".join(shown).casefold())))


def twins(cards: Sequence[Asked], percent: int) -> Iterator[Diagnostic]:
    """A diagnostic at each card that overlaps by `percent` or more with an earlier one."""
    frequency = Counter(word for card in cards for word in card.words)
    index: dict[str, list[Asked]] = defaultdict(list)
    first: dict[Asked, Asked] = {}
    # By size, so that a card is only looked up by cards that are as large or larger.
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
            late.span, CODE, f"this card asks almost the same as {early.span.path}:{early.span.line} (`{early.id}`)",
            "delete one of them, or make the difference clear", "warning",
        )  # fmt: skip


def _ceil(number: int, divisor: int) -> int:
    return -(-number // divisor)
