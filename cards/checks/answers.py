"""Rules R5, R6 and R14 for answers: short, one idea, and not given away by the question."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from .. import markdown
from ..settings import Limits
from .rule import Finding, Written, words

_LETTERS = re.compile(r"\w+")


def length(written: Written, limits: Limits) -> Iterator[Finding]:
    """The graded part is short enough to recall; code is not counted."""
    kind = written.card.kind
    part = "front" if kind == "cloze" else "answer"
    count, limit = len(words(written.plain(part))), limits.words(kind)
    if count > limit:
        what = "sentence of this cloze card" if kind == "cloze" else "answer"
        yield Finding(
            (written.block.front if kind == "cloze" else written.block.answer).span,
            f"the {what} has {count} words; the limit for kind {kind} is {limit}",
            "keep what is graded, and move the rest under **More:**",
        )  # fmt: skip


def items(written: Written, limits: Limits) -> Iterator[Finding]:
    """A long list is hard to recall as a whole."""
    limit = limits.design_items if written.card.kind == "design" else limits.list_items
    for chunk in written.block.answer.chunks:
        count = markdown.count_items(chunk.tokens)
        if count > limit:
            yield Finding(
                written.block.question.document.span(chunk),
                f"this list has {count} items; the limit for kind {written.card.kind} is {limit}",
                "split it into separate cards, such as overlapping clozes",
            )  # fmt: skip


def reverse(written: Written, limits: Limits) -> Iterator[Finding]:
    """The answer of a card that asks in both directions is a question by itself."""
    if "reverse" not in written.block.attributes:
        return
    span = written.block.attributes["reverse"].span
    count = len(words(written.plain("answer")))
    if written.card.kind != "qa":
        yield Finding(span, f"a card of kind {written.card.kind} has no other direction", "delete `reverse`")
    elif count > limits.reverse_words:
        yield Finding(
            span, f"this card also asks by its answer, which has {count} words; the limit is {limits.reverse_words}",
            "answer with a term or a name, and move the rest under **More:**",
        )  # fmt: skip


def leak(written: Written, limits: Limits) -> Iterator[Finding]:
    """The question, or the heading of a cloze card, does not contain the answer."""
    question = _LETTERS.findall(written.plain("question").casefold())
    if written.card.kind == "cloze":
        for deletion in markdown.deletions(written.block.front.tokens):
            hidden = _LETTERS.findall(deletion.hidden.casefold())
            if len("".join(hidden)) > 1 and tuple(hidden) in _runs(question, len(hidden)):
                yield Finding(
                    written.block.span, f"the heading shows `{deletion.hidden}`, which the card hides",
                    "give the card a heading that only names its topic",
                )  # fmt: skip
        return
    count = limits.leak_words
    asked = set(_runs(question, count))
    for run in _runs(_LETTERS.findall(written.plain("answer").casefold()), count) if asked else ():
        if run in asked:
            message = f"`{' '.join(run)}` is in both the question and the answer"
            yield Finding(written.block.span, message, "reword one of them")
            return


def _runs(words: Sequence[str], count: int) -> Iterator[tuple[str, ...]]:
    """Every `count` consecutive words."""
    return zip(*(words[start:] for start in range(count)), strict=False)
