"""A heading is the question: `### What is X?`, `## Q. …`, `## 3. …`, `1. ### …`; or it says `### Question`.

Its answer is what stands under it, from a label, an answer heading or a fold on where there is one.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from ... import markdown
from ...model import Block, Document
from ..block import block
from ..words import labels, levels, question, vocabulary
from .candidate import Candidate, Group
from .pieces import Piece

NAME = "heading"
_OFTEN = 3


def candidates(stream: Sequence[Piece]) -> Iterator[Candidate]:
    """Every heading that is not part of the page itself, nor a mere label of something else."""
    repeated = _repeated(stream)
    counted = False
    for index, piece in enumerate(stream):
        if piece.role != "heading" or piece.chunk is None or index in repeated:
            continue
        kind = labels.heading(piece.chunk.text)
        if kind and kind != "question":
            continue
        asked = question.read(piece.chunk.text)
        if asked.is_blank and not asked.labelled:
            continue
        if (vocabulary.is_aside(asked.text) or levels.of_words(asked.text)) and not asked.labelled:
            continue
        if asked.is_blank and _counts(stream, index):
            counted = True
            continue
        if counted or (piece.number and not asked.numbered):
            asked = replace(asked, numbered=True, labelled=asked.labelled or counted)
        counted = False
        yield Candidate(
            index, Group(NAME, str(piece.chunk.level), asked.numbered), asked, piece.line, piece.chunk,
            level=piece.chunk.level, sure=asked.labelled and not asked.is_blank, needs_mark=asked.is_blank,
        )  # fmt: skip


def _counts(stream: Sequence[Piece], index: int) -> bool:
    """Whether a heading "Question 3" only counts, since the question is the deeper heading right below."""
    chunk, after = stream[index].chunk, stream[index + 1] if index + 1 < len(stream) else None
    if chunk is None or after is None or after.role != "heading" or after.chunk is None:
        return False
    return after.chunk.level > chunk.level and not labels.heading(after.chunk.text)


def _repeated(stream: Sequence[Piece]) -> frozenset[int]:
    """The headings that stand several times with the same under them: an invitation, no question."""
    found: dict[tuple[str, str], list[int]] = {}
    for index, piece in enumerate(stream):
        if piece.role == "heading" and piece.chunk:
            after = stream[index + 1] if index + 1 < len(stream) else None
            under = after.chunk.text if after and after.chunk and after.role != "heading" else ""
            found.setdefault((piece.chunk.text, under), []).append(index)
    return frozenset(index for indices in found.values() if len(indices) >= _OFTEN for index in indices)


def whole(document: Document, title: str) -> list[Block]:
    """The card of a file whose title asks what the rest of it answers."""
    asked = question.read(title)
    chunks = tuple(chunk for chunk in document.chunks if chunk.type not in ("comment", "rule"))
    if asked.is_blank or not chunks:
        return []
    line = next((number for number, text in enumerate(document.lines, 1) if title in text), 1)
    shown = markdown.paragraph(asked.text, chunks[0], line)
    return [block(document, NAME, line, 1, (shown,), chunks, level=asked.level)]
