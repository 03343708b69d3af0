"""A label opens the question and another one the answer: `Q: …` / `A: …`, `**Question:**`, nested bullets of both."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from ..words import question, vocabulary
from .candidate import Candidate, Group
from .pieces import Piece

NAME = "label"


def candidates(stream: Sequence[Piece]) -> Iterator[Candidate]:
    """Every line that opens with a question's label."""
    for index, piece in enumerate(stream):
        if piece.role != "label" or piece.label is None or piece.label.kind != "question":
            continue
        chunk = piece.chunk
        after = stream[index + 1] if index + 1 < len(stream) else None
        if chunk is None and after is not None and after.role == "block" and after.chunk:
            chunk = after.chunk if after.chunk.type == "paragraph" else None
        if chunk is None:
            continue
        asked = question.read(chunk.text)
        if asked.is_blank:
            continue
        asked = replace(asked, numbered=piece.label.numbered or asked.numbered, labelled=True)
        yield Candidate(
            index, Group(NAME), asked, piece.line, chunk,
            sure=(vocabulary.is_marked(asked.text) and (piece.label.numbered or piece.label.wraps))
            or (piece.label.numbered and piece.label.wraps),
            needs_mark=True,
        )  # fmt: skip
