"""A term and its definition: a line, then one that opens with a colon."""

from __future__ import annotations

import re

from ... import markdown
from ...model import Block, Chunk, Document
from ..block import block
from ..words import question

NAME = "definition"

_MARK = re.compile(r"[:：~][ \t]+(?=\S)")


def read(document: Document) -> list[Block]:
    """Every definition list: terms of one line, each with its definitions and the text indented under them."""
    if not any(mark in document.source.text for mark in ("\n:", "\n：", "\n~ ")):
        return []
    found: list[tuple[Chunk, list[Chunk]]] = []
    term: Chunk | None = None
    for chunk in document.chunks:
        if term is None and found and found[-1][1][-1].end_line < chunk.line and chunk.column > 1:
            found[-1][1].append(chunk)
            continue
        lines = chunk.text.split("\n") if chunk.type == "paragraph" else []
        starts = [(number, match.end()) for number, line in enumerate(lines) if (match := _MARK.match(line))]
        if not starts:
            term = chunk if len(lines) == 1 else None
            continue
        before, *definitions = markdown.cut(chunk, starts)
        term = before if before and before.end_line == before.line else term
        answers = [piece for piece in definitions if piece]
        if term and answers:
            found.append((term, answers))
        term = None
    return [_card(document, asked, answers) for asked, answers in found if not question.read(asked.text).is_blank]


def _card(document: Document, term: Chunk, answers: list[Chunk]) -> Block:
    asked = question.read(term.text)
    shown = markdown.paragraph(asked.text, term)
    return block(document, NAME, term.line, term.column, (shown,), answers, level=asked.level)
