"""Pieces -> the bold lines that may ask, as a paragraph or a list item, and the items with an answer nested in them.

**What is X?** 👶            1. **What is X?**              1. What is X?

An answer.                      An answer.                     An answer.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from .... import markdown
from ....model import Chunk
from ...words import emphasis, labels, question, vocabulary
from ...words.question import Asked
from ..stream import Stream
from .candidate import Candidate, Group

_BETWEEN = re.compile(r"(?:\s|<br\s*/?>|\\\n|[:：]\s)+", re.IGNORECASE)
# "**Key points:**" introduces what follows, and asks nothing.
_INTRODUCES = re.compile(r"[:：][\s*_]*\Z")


def propose(stream: Stream) -> Iterator[Candidate]:
    """Every bold line that could ask, and every first line of an item.

    An item that does not end with a question mark asks only where its answer is marked, or the answers of most items
    like it are.
    """
    for index, piece in enumerate(stream):
        chunk = piece.chunk
        if piece.role != "block" or chunk is None or chunk.type != "paragraph":
            continue
        asked, length = _bold(chunk.text)
        place = "list" if piece.list is not None else ""
        if (
            asked is None
            and "#" in chunk.text
            and (line := chunk.text.partition("\n")[0])
            and question.read(line).marked
        ):
            asked, length, place = question.read(line), len(line), "tagged"
        elif asked is None and piece.starts:
            line = chunk.text.partition("\n")[0]
            asked, length, place = question.read(line), len(line), "item"
        if asked is None or asked.is_blank:
            continue
        if piece.number and not asked.numbered:
            asked = replace(asked, number=piece.number)
        yield Candidate(
            index, Group("bold", place, asked.numbered), asked, piece.line, chunk, _rest(chunk, length),
            sure=asked.labelled, needs_mark=place == "item" and not vocabulary.is_marked(asked.text),
        )  # fmt: skip


def _bold(text: str) -> tuple[Asked | None, int]:
    """What a bold line at the beginning of a paragraph asks, if it could, and the characters that it takes."""
    run = emphasis.opening(text)
    if not run:
        return None, 0
    if question.is_mark(run.text) and run.tail.strip(" :："):
        line = text.partition("\n")[0]
        return question.read(line), len(line)
    runs_in = run.runs_in
    asked = question.read(f"{run.lead}**{run.text}**{'' if runs_in else run.tail}")
    if vocabulary.is_aside(asked.text) or labels.heading(asked.text):
        return None, 0
    if _INTRODUCES.search(run.text + run.tail) and not (asked.labelled or vocabulary.is_marked(asked.text)):
        return None, 0
    if runs_in and not (vocabulary.is_marked(asked.text) or asked.labelled):
        return None, 0
    return asked, run.end + (0 if runs_in else len(run.tail))


def _rest(chunk: Chunk, start: int) -> Chunk | None:
    """What follows the question in its paragraph."""
    lead = _BETWEEN.match(chunk.text, start)
    begin = lead.end() if lead else start
    shown = chunk.text[begin:].rstrip()
    if not shown:
        return None
    return markdown.paragraph(shown, chunk, chunk.line + chunk.text.count("\n", 0, begin))
