"""A heading is the question: `### What is X?`, `## Q. …`, `## 3. …`, `1. ### …`; or it says `### Question`.

Its answer is what stands under it, from a label, an answer heading or a fold on where there is one.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from .. import markdown
from ..model import Block, Document
from . import labels, levels, question, words
from .block import block
from .candidate import Candidate, Group
from .pieces import Piece

NAME = "heading"


def candidates(stream: Sequence[Piece]) -> Iterator[Candidate]:
    """Every heading that is not part of the page itself, nor a mere label of something else."""
    for index, piece in enumerate(stream):
        if piece.role != "heading" or piece.chunk is None:
            continue
        kind = labels.heading(piece.chunk.text)
        if kind and kind != "question":
            continue
        asked = question.read(piece.chunk.text)
        if asked.is_blank and not asked.labelled:
            continue
        if (words.is_aside(asked.text) or levels.of_words(asked.text)) and not asked.labelled:
            continue
        numbered = asked.numbered or bool(piece.number)
        yield Candidate(
            index, Group(NAME, str(piece.chunk.level), numbered), asked if numbered == asked.numbered else replace(asked, numbered=numbered), piece.line,
            piece.chunk, level=piece.chunk.level, sure=asked.labelled and not asked.is_blank,
            needs_mark=asked.is_blank,
        )  # fmt: skip


def whole(document: Document, title: str) -> list[Block]:
    """The card of a file whose title asks what the rest of it answers."""
    asked = question.read(title)
    chunks = tuple(chunk for chunk in document.chunks if chunk.type not in ("comment", "rule"))
    if asked.is_blank or not chunks:
        return []
    line = next((number for number, text in enumerate(document.lines, 1) if title in text), 1)
    shown = markdown.paragraph(asked.text, chunks[0], line)
    return [block(document, NAME, line, 1, (shown,), chunks, level=asked.level)]
