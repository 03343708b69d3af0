"""What a dialect found -> a Block, like those of `house`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from .. import markdown
from ..model import Attribute, Block, Chunk, Document, Fragment, Span
from .words.levels import Level


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
    both: bool = False,
    tags: Sequence[str] = (),
) -> Block:
    """A card without an id; `line` and `column` are those of its question. It may ask in `both` directions."""
    span = Span(document.source.path, line, column)
    for chunk in question:
        markdown.fill(chunk.tokens, document.references)
    return Block(
        dialect=dialect,
        question=Fragment(document, tuple(question)),
        front=Fragment(document, tuple(front)),
        answer=Fragment(document, tuple(answer)),
        more=Fragment(document, tuple(more)),
        source=Fragment(document, tuple(source)),
        attributes={
            "kind": Attribute(kind, span),
            **_said(level, span),
            **({"reverse": Attribute("yes", span)} if both else {}),
            **({"tags": Attribute(",".join(tags), span)} if tags else {}),
        },
        checks=(),
        anchor=anchor,
        span=span,
    )


def with_level(card: Block, level: Level | None) -> Block:
    """The card, with this level if it has none."""
    if level is None or "difficulty" in card.attributes:
        return card
    return replace(card, attributes={**card.attributes, **_said(level, card.span)})


def _said(level: Level | None, span: Span) -> dict[str, Attribute]:
    if level is None:
        return {}
    return {"difficulty": Attribute(level.difficulty, span), "level": Attribute(level.written, span)}
