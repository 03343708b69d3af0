"""Pieces -> the lines with a question's label: `Q: …` / `A: …`, `**Question:**`, nested bullets of both."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from ...words import question, vocabulary
from ..stream import Stream, after
from .candidate import Candidate, Group


def propose(stream: Stream) -> Iterator[Candidate]:
    """Every line that opens with a question's label; of one that stands alone, the question is the paragraph below."""
    for index, piece in enumerate(stream):
        if piece.role != "label" or piece.label is None or piece.label.kind != "question":
            continue
        chunk = piece.chunk
        below = after(stream, index)
        if chunk is None and below is not None and below.role == "block" and below.chunk:
            chunk = below.chunk if below.chunk.type == "paragraph" else None
        if chunk is None:
            continue
        asked = question.read(chunk.text)
        if asked.is_blank:
            continue
        asked = replace(asked, number=piece.label.number or asked.number, labelled=True)
        yield Candidate(
            index, Group("label"), asked, piece.line, chunk, below=piece.chunk is None,
            sure=sum((vocabulary.is_marked(asked.text), piece.label.number != "", piece.label.wraps)) > 1,
            needs_mark=True,
        )  # fmt: skip
