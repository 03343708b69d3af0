"""A table whose columns are called question and answer; a third may give the difficulty."""

from __future__ import annotations

from collections.abc import Iterator

from ... import markdown
from ...model import Block, Chunk, Document
from ..block import block
from ..words import labels, levels, question, vocabulary

NAME = "table"

_FRONTS = frozenset({"term", "concept", "front"})
_BACKS = frozenset({"definition", "meaning", "back"})


def read(document: Document) -> Iterator[Block]:
    """Every row of such tables with both cells filled."""
    for chunk in document.chunks:
        if chunk.type == "table":
            yield from _cards(document, chunk)


def _cards(document: Document, chunk: Chunk) -> Iterator[Block]:
    header, *body = markdown.rows(chunk)
    kinds = [_kind(cell.text) for cell in header]
    if kinds.count("question") != 1 or kinds.count("answer") != 1:
        return
    asks, tells = kinds.index("question"), kinds.index("answer")
    for row in body:
        asked = question.read(row[asks].text)
        if asked.is_blank or not row[tells].text.strip() or vocabulary.is_placeholder(row[tells].text):
            continue
        said = levels.of_value(row[kinds.index("level")].text) if "level" in kinds else None
        shown = markdown.paragraph(asked.text, row[asks])
        yield block(
            document, NAME, row[asks].line, row[asks].column, (shown,), (row[tells],),
            level=asked.level or said,
        )  # fmt: skip


def _kind(text: str) -> str:
    kind = labels.heading(text)
    if kind in ("question", "answer", "level"):
        return kind
    folded = text.strip(" *_").casefold()
    return "question" if folded in _FRONTS else "answer" if folded in _BACKS else ""
