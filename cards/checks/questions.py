"""Rules R3, R4 and R6 for questions: a single short one, complete in itself, that yes or no cannot answer."""

from __future__ import annotations

import re
from collections.abc import Iterator

from ..settings import Limits
from .rule import Finding, Written, words

# The Latin, Greek, Armenian, Arabic and full-width question marks.
_MARKS = "?;՞؟？"
# After other words `that` begins a clause: "the job that is due", "so that servers agree".
_POINTING = re.compile(
    r"\b(this|above|below|previous|the following)\b"
    r"|(?:^\W*|\b(?:is|are|was|were|does|do|did|has|have|can|could|will|would|should|must|may|might|of|in|on|to|for|with"
    r"|from|by|at|after|before|like|about|than|and|or|but|if|when|where|while|why|how|what)\s+)(that)\b",
    re.IGNORECASE,
)
_YES_NO = re.compile(r"(?:is|are|does|do|can|will|should|has)\b", re.IGNORECASE)
_OPEN = re.compile(r"\b(?:why|when|how)\b", re.IGNORECASE)
_SECOND = re.compile(
    r"\band\s+(?:(?:at|by|for|from|in|of|on|to|with)\s+)?(?:why|what|how|when|where|which|who)\b", re.IGNORECASE
)


def mark(written: Written, limits: Limits) -> Iterator[Finding]:
    """A question ends with a question mark. The heading of a cloze card is a label."""
    if written.card.kind != "cloze" and not written.plain("question").rstrip(" \"'”’»)").endswith(tuple(_MARKS)):
        yield Finding(written.block.span, "this question does not end with a question mark", "write it as a question")


def length(written: Written, limits: Limits) -> Iterator[Finding]:
    """A question is short enough to understand at a glance."""
    count = len(words(written.plain("question")))
    if count > limits.question_words:
        yield Finding(
            written.block.span, f"this question has {count} words; the limit is {limits.question_words}",
            "ask only for the essential; move the context under the heading, to the card's front",
        )  # fmt: skip


def pointing(written: Written, limits: Limits) -> Iterator[Finding]:
    """A question names its subject: in Anki it appears among cards of other files."""
    if written.card.kind == "cloze" or written.block.front:
        return
    for span, word in written.find(_POINTING, "question"):
        yield Finding(span, f"`{word}` points at something the card does not show", "name what is meant")


def yes_no(written: Written, limits: Limits) -> Iterator[Finding]:
    """A guess at yes or no is right half of the time."""
    question = written.plain("question").lstrip(" \"'“‘«(")
    if written.card.kind == "cloze" or not _YES_NO.match(question) or _OPEN.search(question):
        return
    yield Finding(written.block.span, "this question can be answered with yes or no", "ask why, when, how or what")


def second(written: Written, limits: Limits) -> Iterator[Finding]:
    """A question asks one thing."""
    if written.card.kind == "cloze":
        return
    hint = "split it into two cards"
    found = [written.place(p, i) for p in written.prose["question"] for i, c in enumerate(p.text) if c in _MARKS]
    for span in found[1:]:
        yield Finding(span, "this card asks two questions", hint)
    for span, _ in written.find(_SECOND, "question"):
        yield Finding(span, "this question asks for two things", hint)
