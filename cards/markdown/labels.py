"""A paragraph -> its pieces, at the bold labels that begin its lines."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import cache

from markdown_it.token import Token

from ..model import Chunk, Document
from .parser import inline as parse_inline


def split_labels(document: Document, chunk: Chunk, labels: tuple[str, ...]) -> Iterator[tuple[str, Chunk]]:
    """A paragraph cut at each line that opens with a bold label: (label or "", what follows it).

    Like the mark of a list item, a label is part of the paragraph's structure: no inline markup reaches across it.
    """
    if not any(f"{label}**" in chunk.text or f"{label}__" in chunk.text for label in labels):
        yield "", chunk
        return
    opening = _opening(labels)
    inline = chunk.tokens[1]
    lines = inline.content.split("\n")
    found = [(number, match) for number, line in enumerate(lines) if (match := opening.match(line))]
    if not found:
        yield "", chunk
        return
    if found[0][0]:
        yield "", _piece(document, chunk, lines, 0, found[0][0], "")
    for (start, match), (end, _) in zip(found, [*found[1:], (len(lines), None)], strict=True):
        yield match[2], _piece(document, chunk, lines, start, end, match[0])


@cache
def _opening(labels: tuple[str, ...]) -> re.Pattern[str]:
    return re.compile(rf"\s*(\*\*|__)({'|'.join(map(re.escape, labels))})\1(?=\s|$)")


def _piece(document: Document, chunk: Chunk, lines: Sequence[str], start: int, end: int, mark: str) -> Chunk:
    """The lines of a paragraph from `start` to `end`, without `mark` before them, as a paragraph."""
    text = "\n".join(lines[start:end])[len(mark) :].strip()
    tokens: tuple[Token, ...] = ()
    if text:
        begin, inline, close = chunk.tokens
        place = [chunk.line - 1 + start, chunk.line - 1 + end]
        if start == 0 and end == len(lines) and (children := _after_label(inline.children or [])):
            inline = inline.copy(children=children)
        else:
            inline = inline.copy(children=parse_inline(text, document.references), content=text, map=place)
        tokens = (begin, inline, close)
    line = chunk.line + start
    column = document.lines[line - 1].find(lines[start].strip()) + 1
    return replace(chunk, text=text, line=line, column=column, end_line=chunk.line + end - 1, tokens=tokens)


def _after_label(children: Sequence[Token]) -> list[Token]:
    """The tokens after a bold label that begins a paragraph; none if the label was not parsed as bold."""
    # markdown-it leaves an empty text token if a line begins with a delimiter.
    rest = [child for child in children if child.type != "text" or child.content]
    if [child.type for child in rest[:3]] != ["strong_open", "text", "strong_close"]:
        return []
    rest = rest[3:]
    while rest and (rest[0].type in ("softbreak", "hardbreak") or rest[0].type == "text"):
        if rest[0].type == "text" and rest[0].content.strip():
            return [rest[0].copy(content=rest[0].content.lstrip()), *rest[1:]]
        rest = rest[1:]
    return rest
