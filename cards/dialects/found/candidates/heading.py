"""Pieces -> the headings that may ask: `### What is X?`, `## Q. …`, `## 3. …`, `1. ### …`, and `### Question`."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from ...words import labels, levels, question, vocabulary
from ..stream import Stream, after
from .candidate import Candidate, Group

_OFTEN = 3


def propose(stream: Stream) -> Iterator[Candidate]:
    """Every heading that is neither part of the page itself nor only a label of something else."""
    repeated, quarters = _repeated(stream), _quarters(stream)
    counted = ""
    for index, piece in enumerate(stream):
        if piece.role != "heading" or piece.chunk is None or index in repeated:
            continue
        kind = labels.heading(piece.chunk.text)
        if (kind and kind != "question") or (
            piece.chunk.level in quarters and question.may_be_quarter(piece.chunk.text)
        ):
            continue
        asked = question.read(piece.chunk.text)
        if kind and not asked.is_blank:  # "Question (EN)"
            asked = replace(asked, text="", labelled=True)
        if asked.is_blank and not asked.labelled:
            continue
        if (vocabulary.is_aside(asked.text) or levels.of_words(asked.text)) and not asked.labelled:
            continue
        if asked.is_blank and _counts(stream, index):
            counted = asked.number or "?"
            continue
        if counted or (piece.number and not asked.numbered):
            asked = replace(asked, number=counted or piece.number, labelled=asked.labelled or counted != "")
        counted = ""
        yield Candidate(
            index, Group("heading", str(piece.chunk.level), asked.numbered), asked, piece.line, piece.chunk,
            level=piece.chunk.level, below=asked.is_blank, sure=asked.labelled and not asked.is_blank,
            needs_mark=asked.is_blank,
        )  # fmt: skip


def _counts(stream: Stream, index: int) -> bool:
    """Whether a heading "Question 3" only counts, since the question is the deeper heading right below."""
    chunk, below = stream[index].chunk, after(stream, index)
    if chunk is None or below is None or below.role != "heading" or below.chunk is None:
        return False
    return below.chunk.level > chunk.level and not labels.heading(below.chunk.text)


def _quarters(stream: Stream) -> frozenset[int]:
    """The levels of headings that are the quarters of years."""
    headings = (piece.chunk for piece in stream if piece.role == "heading" and piece.chunk)
    return frozenset(chunk.level for chunk in headings if question.is_quarter(chunk.text))


def _repeated(stream: Stream) -> frozenset[int]:
    """The headings that stand several times with the same text under them: an invitation, no question."""
    found: dict[tuple[str, str], list[int]] = {}
    for index, piece in enumerate(stream):
        if piece.role == "heading" and piece.chunk:
            below = after(stream, index)
            under = below.chunk.text if below and below.chunk and below.role != "heading" else ""
            found.setdefault((piece.chunk.text, under), []).append(index)
    return frozenset(index for indices in found.values() if len(indices) >= _OFTEN for index in indices)
