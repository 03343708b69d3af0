"""Rule R7 for cloze cards: few deletions, short ones, and none that the context gives away."""

from __future__ import annotations

import re
from collections.abc import Iterator

from .. import markdown
from ..settings import Limits
from .rule import Finding, Written, words

_ARTICLE = re.compile(r"\b(?:a|an)\s+[\"'“‘(]*$", re.IGNORECASE)
_ENDING = re.compile(r"[^\W\d_]+|\((?:s|es)\)")
_SENTENCE_END = re.compile(r"[.!?…]\s*$")


def _deletions(written: Written) -> list[markdown.Deletion]:
    return list(markdown.deletions(written.block.front.tokens)) if written.card.kind == "cloze" else []


def count(written: Written, limits: Limits) -> Iterator[Finding]:
    """Each deletion is a card, so a sentence has few."""
    found = _deletions(written)
    if len(found) > limits.deletions:
        yield Finding(
            written.place(found[limits.deletions].prose, found[limits.deletions].offset),
            f"this cloze card has {len(found)} deletions; the limit is {limits.deletions}",
            "move the rest to a second card",
        )  # fmt: skip


def length(written: Written, limits: Limits) -> Iterator[Finding]:
    """A deletion is a term, not a clause."""
    for deletion in _deletions(written):
        number = len(words(deletion.hidden))
        if number > limits.deletion_words:
            yield Finding(
                written.place(deletion.prose, deletion.offset),
                f"this deletion has {number} words; the limit is {limits.deletion_words}",
                "hide the one term that matters, or ask a question",
            )  # fmt: skip


def opening(written: Written, limits: Limits) -> Iterator[Finding]:
    """A sentence shows its subject before it hides anything, and never hides itself completely."""
    for deletion in _deletions(written):
        before, after = deletion.before.strip(), deletion.after.strip(" \"'”’»)")
        place = written.place(deletion.prose, deletion.offset)
        ends = not after or after[0] in ".!?…" or _SENTENCE_END.search(deletion.hidden)
        if ends and (not before or _SENTENCE_END.search(before)):
            yield Finding(place, "this deletion hides a whole sentence", "show enough to tell what is asked")
        elif not before:
            yield Finding(place, "this deletion hides the first word", "begin with what the sentence is about")


def giveaway(written: Written, limits: Limits) -> Iterator[Finding]:
    """No article before a deletion, or ending after it, gives away part of the hidden word."""
    for deletion in _deletions(written):
        place = written.place(deletion.prose, deletion.offset)
        article = _ARTICLE.search(deletion.before)
        if article:
            word = article[0].strip()
            yield Finding(
                place, f"`{word}` gives away how the hidden word begins",
                "hide the article too, or reword the sentence",
            )  # fmt: skip
        ending = _ENDING.match(deletion.after)
        if ending:
            yield Finding(place, f"`{ending[0]}` is an ending of the hidden word", "hide the whole word")
