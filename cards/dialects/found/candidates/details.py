"""Pieces -> what folds and asks in its summary, or in the title of a callout, and answers inside.

<details><summary>What is X?</summary>     > [!question] What is X?     ??? question "What is X?"
An answer.                                 > An answer.                     An answer.
</details>
"""

from __future__ import annotations

from collections.abc import Iterator

from ...words import labels, question, vocabulary
from ..stream import Stream
from .candidate import Candidate, Group


def propose(stream: Stream) -> Iterator[Candidate]:
    """Every summary and title that does more than offer an answer."""
    for index, piece in enumerate(stream):
        if piece.role != "fold" or piece.chunk is None or labels.is_reveal(piece.text) or labels.is_hint(piece.text):
            continue
        asked = question.read(piece.text)
        if asked.is_blank or vocabulary.is_aside(asked.text):
            continue
        callout = piece.chunk.type == "quote"
        yield Candidate(
            index, Group("callout" if callout else "details"), asked, piece.line, piece.chunk,
            shown=piece.inner, sure=asked.asks or callout,
        )  # fmt: skip
