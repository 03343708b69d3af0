"""A bold line is the question, as a paragraph or as a list item; or an item asks and its answer is nested in it.

**What is X?** 👶            1. **What is X?**              1. What is X?

An answer.                      An answer.                     An answer.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from ... import markdown
from ...model import Chunk
from ..words import labels, question, vocabulary
from ..words.question import Asked
from .candidate import Candidate, Group
from .pieces import Piece

NAME = "bold"

_BOLD = re.compile(
    r"(?P<lead>[^\w\s*_<\[(`]*\s*(?:(?:Q\.?\s*)?\(?\d{1,4}[.):、]?\)?\s*)?)(?P<open>\*\*|__|<b>|<strong>)"
    r"(?P<text>(?:`[^`]*`|`(?![^`]*`)|(?!\*\*|__)[^`]){1,400}?)"
    r"(?P<close>\*\*|__|</b>|</strong>)(?P<tail>[^\n]*)",
    re.DOTALL | re.IGNORECASE,
)
_OPENINGS = ("**", "__", "<b", "<B", "<s", "<S", "Q")
_BETWEEN = re.compile(r"(?:\s|<br\s*/?>|\\\n|[:：]\s)+", re.IGNORECASE)
# "**Key points:**" introduces what follows, and asks nothing.
_INTRODUCES = re.compile(r"[:：][\s*_]*\Z")
_MARKS_ONLY = re.compile(r"(?:[^\w\n]|<br\s*/?>|\((?:\w+)\)|\[(?:\w+)\])*", re.IGNORECASE)


def candidates(stream: Sequence[Piece]) -> Iterator[Candidate]:
    """Every bold line that could ask, and every first line of an item.

    An item that does not end with a question mark is one only where its answer is marked, or that of most like it.
    """
    for index, piece in enumerate(stream):
        chunk = piece.chunk
        if piece.role != "block" or chunk is None or chunk.type != "paragraph":
            continue
        asked, length = _bold(chunk.text)
        place = "list" if piece.list is not None else ""
        if asked is None and piece.starts:
            line = chunk.text.partition("\n")[0]
            asked, length, place = question.read(line), len(line), "item"
        if asked is None or asked.is_blank:
            continue
        if piece.number and not asked.numbered:
            asked = replace(asked, numbered=True)
        yield Candidate(
            index, Group(NAME, place, asked.numbered), asked, piece.line, chunk, _rest(chunk, length),
            sure=asked.labelled, needs_mark=place == "item" and not vocabulary.is_marked(asked.text),
        )  # fmt: skip


def _bold(text: str) -> tuple[Asked | None, int]:
    """What a bold line at the beginning of a paragraph asks, if it could, and the characters that it takes."""
    match = _BOLD.match(text) if text.startswith(_OPENINGS) or not text[:1].isalpha() else None
    if not match or "\n\n" in match["text"]:
        return None, 0
    tail = match["tail"]
    if question.is_mark(match["text"]) and tail.strip(" :："):
        line = text.partition("\n")[0]
        return question.read(line), len(line)
    run_in = _MARKS_ONLY.fullmatch(tail) is None
    asked = question.read(f"{match['lead']}**{match['text']}**{'' if run_in else tail}")
    if vocabulary.is_aside(asked.text) or labels.heading(asked.text):
        return None, 0
    if _INTRODUCES.search(match["text"] + tail) and not (asked.labelled or vocabulary.is_marked(asked.text)):
        return None, 0
    if run_in and not (vocabulary.is_marked(asked.text) or asked.labelled):
        return None, 0
    return asked, match.end() - (len(tail) if run_in else 0)


def _rest(chunk: Chunk, start: int) -> Chunk | None:
    """What follows the question in its paragraph."""
    lead = _BETWEEN.match(chunk.text, start)
    begin = lead.end() if lead else start
    shown = chunk.text[begin:].rstrip()
    if not shown:
        return None
    return markdown.paragraph(shown, chunk, chunk.line + chunk.text.count("\n", 0, begin))
