"""A bold line is the question, as a paragraph or as a list item; or an item asks and its answer is nested in it.

**What is X?** 👶            1. **What is X?**              1. What is X?

An answer.                      An answer.                     An answer.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from .. import markdown
from ..model import Chunk, Document
from . import labels, question, words
from .candidate import Candidate
from .pieces import Piece

NAME = "bold"

_BOLD = re.compile(
    r"(?P<lead>[^\w\s*_<\[(`]*\s*(?:(?:Q\.?\s*)?\(?\d{1,4}[.):、]?\)?\s*)?)(?P<open>\*\*|__|<b>|<strong>)(?P<text>(?:`[^`]*`|(?!\*\*|__).){2,400}?)"
    r"(?P<close>\*\*|__|</b>|</strong>)(?P<tail>[^\n]*)",
    re.DOTALL | re.IGNORECASE,
)
_MARKS_ONLY = re.compile(r"(?:[^\w\n]|<br\s*/?>|\((?:\w+)\)|\[(?:\w+)\])*", re.IGNORECASE)


def candidates(document: Document, stream: Sequence[Piece]) -> Iterator[Candidate]:
    """Every bold line that could ask, and every first line of an item that ends with a question mark."""
    for index, piece in enumerate(stream):
        chunk = piece.chunk
        if piece.role != "block" or chunk is None or chunk.type != "paragraph":
            continue
        if found := _bold(document, index, piece, chunk):
            yield found
        elif piece.starts and (found := _item(document, index, piece, chunk)):
            yield found


def _bold(document: Document, index: int, piece: Piece, chunk: Chunk) -> Candidate | None:
    text = chunk.text
    match = _BOLD.match(text) if "**" in text or "__" in text or "<" in text else None
    if not match:
        return None
    tail = match["tail"]
    if question.is_mark(match["text"]) and tail.strip(" :："):
        first, _, rest = text.partition("\n")
        asked = question.read(first)
        return Candidate(
            index, NAME, (NAME, piece.list is not None, True), asked, piece.line, chunk,
            _rest(document, chunk, rest, len(first) + 1), sure=asked.labelled,
        )  # fmt: skip
    run_in = _MARKS_ONLY.fullmatch(tail) is None
    asked = question.read(f"{match['lead']}**{match['text']}**{'' if run_in else tail}")
    if piece.number and not asked.numbered:
        asked = question.Asked(asked.text, True, asked.labelled, asked.level)
    if asked.is_blank or words.is_aside(asked.text) or labels.heading(asked.text) or "\n\n" in match["text"]:
        return None
    if run_in and not (words.is_marked(asked.text) or asked.labelled):
        return None
    rest = (tail if run_in else "") + text[match.end() :]
    return Candidate(
        index, NAME, (NAME, piece.list is not None, asked.numbered), asked, piece.line, chunk,
        _rest(document, chunk, rest, match.end() - (len(tail) if run_in else 0)), sure=asked.labelled,
    )  # fmt: skip


def _item(document: Document, index: int, piece: Piece, chunk: Chunk) -> Candidate | None:
    first, _, rest = chunk.text.partition("\n")
    asked = question.read(first)
    if not words.is_marked(asked.text) or asked.is_blank:
        return None
    if piece.number:
        asked = question.Asked(asked.text, True, asked.labelled, asked.level)
    return Candidate(
        index, NAME, (NAME, "item", asked.numbered), asked, piece.line, chunk,
        _rest(document, chunk, rest, len(first) + 1), sure=asked.labelled,
    )  # fmt: skip


def _rest(document: Document, chunk: Chunk, text: str, offset: int) -> Chunk | None:
    """What follows the question in its paragraph."""
    shown = re.sub(r"\A(?:\s|<br\s*/?>|\\\n|[:：]\s)+", "", text, flags=re.IGNORECASE).rstrip()
    if not shown:
        return None
    skipped = chunk.text[: offset + text.find(shown[:20])].count("\n")
    return markdown.paragraph(document, shown, chunk, chunk.line + skipped)
