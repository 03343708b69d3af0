"""What a dialect found -> a Block, as `house` makes it of its own syntax."""

from __future__ import annotations

from collections.abc import Sequence

from ..model import Attribute, Block, Chunk, Document, Fragment, Span
from .levels import Level


def block(
    document: Document,
    dialect: str,
    line: int,
    column: int,
    question: Sequence[Chunk],
    answer: Sequence[Chunk],
    *,
    front: Sequence[Chunk] = (),
    more: Sequence[Chunk] = (),
    source: Sequence[Chunk] = (),
    level: Level | None = None,
    kind: str = "qa",
    anchor: str = "",
) -> Block:
    """A card without an id: `line` and `column` are those of its question."""
    span = Span(document.source.path, line, column)
    attributes = {"kind": Attribute(kind, span)}
    if level:
        attributes["difficulty"] = Attribute(level.difficulty, span)
        attributes["level"] = Attribute(level.written, span)
    parts = (Fragment(document, tuple(chunks)) for chunks in (question, front, answer, more, source))
    return Block(dialect, *parts, attributes=attributes, checks=(), anchor=anchor, span=span)
