"""A part of a Document -> a Piece, as every later step sees it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from ....model import Chunk
from ...words.labels import Label

Role = Literal["block", "heading", "label", "fold", "end"]


@dataclass(frozen=True, slots=True)
class Piece:
    """One piece of the stream.

    Of a label, `chunk` is what follows it in its paragraph, or None; of a fold, `text` is its summary or title, and
    `inner` the blocks that follow that in the summary. `list` is the list that the piece was taken from; `starts` says
    that it begins an item, whose `number` may be given.
    """

    role: Role
    line: int
    chunk: Chunk | None = None
    text: str = ""
    label: Label | None = None
    list: Chunk | None = None
    starts: bool = False
    number: str = ""
    inner: tuple[Chunk, ...] = ()


Stream = Sequence[Piece]


def after(stream: Stream, index: int) -> Piece | None:
    """The piece that follows, if any does."""
    return stream[index + 1] if index + 1 < len(stream) else None
