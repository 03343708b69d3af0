"""A table whose columns are called question and answer, or by two languages; another may give the difficulty.

What further columns say stands under the answer.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from ... import markdown
from ...model import Block, Chunk, Document
from ..block import block
from ..words import labels, levels, question, vocabulary

NAME = "table"


def read(document: Document) -> Iterator[Block]:
    """Every row of such tables with both cells filled."""
    for chunk in document.chunks:
        if chunk.type == "table":
            yield from _cards(document, chunk)


def _cards(document: Document, chunk: Chunk) -> Iterator[Block]:
    header, *body = markdown.rows(chunk)
    kinds = _kinds([cell.text for cell in header])
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
            more=list(_further(header, row, kinds)), level=asked.level or said,
        )  # fmt: skip


def _further(header: Sequence[Chunk], row: Sequence[Chunk], kinds: Sequence[str]) -> Iterator[Chunk]:
    """The other cells of a row, each with the name of its column."""
    for name, cell, kind in zip(header, row, kinds, strict=False):
        if not kind and cell.text.strip() and name.text.strip(" #*_"):
            yield markdown.paragraph(f"**{name.text.strip(' *_')}:** {cell.text.strip()}", cell)


def _kinds(names: Sequence[str]) -> list[str]:
    """What the columns hold: "question", "answer", "level" or ""; of two languages, the first asks."""
    kinds = [labels.heading(name) or vocabulary.column(name.strip(" *_")) for name in names]
    kinds = [kind if kind in ("question", "answer", "level", "language") else "" for kind in kinds]
    if kinds.count("language") > 1 and "question" not in kinds and "answer" not in kinds:
        first = kinds.index("language")
        kinds[first], kinds[kinds.index("language", first + 1)] = "question", "answer"
    elif "language" in kinds and kinds.count("question") + kinds.count("answer") == 1:
        kinds[kinds.index("language")] = "answer" if "question" in kinds else "question"
    return ["" if kind == "language" else kind for kind in kinds]
