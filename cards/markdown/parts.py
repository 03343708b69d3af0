"""A block -> the blocks in it: those of lists, quotes and tables, and new blocks made from part of their text."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from markdown_it.token import Token

from ..model import Chunk, Container, Document
from .blocks import blocks, chunk_of, commented_heading


@dataclass(frozen=True, slots=True)
class Item:
    """An item of a list with the blocks in it; `ticked` is None if it has no box."""

    chunks: tuple[Chunk, ...]
    ticked: bool | None
    number: str


def items(document: Document, chunk: Chunk) -> tuple[Item, ...]:
    """The items of a list."""
    tokens = chunk.tokens
    found = []
    for start, end in _children(tokens):
        opening = tokens[start]
        line = (opening.map or (chunk.line - 1,))[0] + 1
        within = (*chunk.within, Container(start, "item", line))
        ticked = opening.meta.get("checked")
        chunks = _chunks(document, tokens[start + 1 : end], within)
        if ticked is not None and chunks and chunks[0].type == "paragraph":
            chunks = (replace(chunks[0], text=chunks[0].tokens[1].content), *chunks[1:])
        found.append(Item(chunks, ticked, opening.info))
    return tuple(found)


def first_lines(chunk: Chunk) -> Iterator[str]:
    """The first line of each item of a list, as written."""
    level = chunk.tokens[0].level + 1
    waiting = False
    for token in chunk.tokens:
        if token.level == level and token.nesting == 1:
            waiting = True
        elif waiting and token.type in ("inline", "html_block"):
            waiting = False
            yield token.content.lstrip().split("\n", 1)[0]


def inside(document: Document, chunk: Chunk) -> tuple[Chunk, ...]:
    """The blocks in a quote."""
    return _chunks(document, chunk.tokens[1:-1], (*chunk.within, Container(0, "quote", chunk.line)))


def _children(tokens: Sequence[Token]) -> Iterator[tuple[int, int]]:
    """The ranges of the blocks directly inside a block, both their first and last token included."""
    level = tokens[0].level + 1
    start = 0
    for index, token in enumerate(tokens):
        if token.level == level and token.nesting == 1:
            start = index
        elif token.level == level and token.nesting == -1:
            yield start, index


def _chunks(document: Document, tokens: Sequence[Token], within: tuple[Container, ...]) -> tuple[Chunk, ...]:
    return tuple(
        chunk_of(tokens[start:end], (*within, *further), document, {})
        for start, end, further in blocks(tokens, commented_heading)
    )


def boxes(chunk: Chunk) -> list[bool]:
    """Whether each box of a list, at any depth, is ticked."""
    return [bool(token.meta["checked"]) for token in chunk.tokens if "checked" in token.meta]


def is_boxed(chunk: Chunk) -> bool:
    """Whether a block has boxes to tick."""
    return bool(boxes(chunk))


def is_ticked(chunk: Chunk) -> bool:
    """Whether a block has a box that is ticked."""
    return any(boxes(chunk))


def unticked(chunk: Chunk) -> Chunk:
    """A list without the ticks in its boxes."""
    tokens = tuple(
        token.copy(meta={**token.meta, "checked": False}) if token.meta.get("checked") else token
        for token in chunk.tokens
    )
    return replace(chunk, tokens=tokens, text=re.sub(r"(?m)^([ \t]*[-*+][ \t]+)\[[xX]\]", r"\1[ ]", chunk.text))


def ticked(chunk: Chunk) -> Chunk:
    """A list of boxes as a plain list of what is ticked."""
    kept: list[Token] = [chunk.tokens[0].copy(attrs={})]
    text, line = "", 0
    for start, end in _children(chunk.tokens):
        if chunk.tokens[start].meta.get("checked"):
            kept += (chunk.tokens[start].copy(meta={}, attrs={}), *chunk.tokens[start + 1 : end + 1])
            for token in chunk.tokens[start:end]:
                if token.content and token.map:
                    text += "\n" * (token.map[0] - line) * bool(text) + token.content.rstrip("\n")
                    line = token.map[0] + token.content.count("\n")
    return replace(chunk, tokens=(*kept, chunk.tokens[-1]), text=text, end_line=line + 1)


def ended(chunk: Chunk, tail: str) -> Chunk:
    """A block without `tail`, which ends the last of its paragraphs."""
    tokens = list(chunk.tokens)
    for index in range(len(tokens) - 1, -1, -1):
        content = tokens[index].content
        if tokens[index].type == "inline" and content.rstrip().endswith(tail.strip()):
            shown = content.rstrip()[: -len(tail.strip())].rstrip()
            tokens[index] = tokens[index].copy(content=shown, children=None)
            break
    return replace(chunk, text=chunk.text.rstrip().removesuffix(tail.strip()).rstrip(), tokens=tuple(tokens))


def without_last_row(chunk: Chunk) -> Chunk:
    """A table without its last row."""
    start = max(index for index, token in enumerate(chunk.tokens) if token.type == "tr_open")
    end = next(index for index in range(start, len(chunk.tokens)) if chunk.tokens[index].type == "tr_close")
    text = "\n".join(chunk.text.split("\n")[:-1])
    return replace(
        chunk, text=text, tokens=(*chunk.tokens[:start], *chunk.tokens[end + 1 :]), end_line=chunk.end_line - 1
    )


def rows(chunk: Chunk) -> tuple[tuple[Chunk, ...], ...]:
    """The rows of a table, the header first, each as its cells."""
    found: list[list[Chunk]] = []
    line = chunk.line
    for token in chunk.tokens:
        if token.type == "tr_open":
            found.append([])
            line = (token.map or (line - 1,))[0] + 1
        elif token.type == "inline":
            found[-1].append(_paragraph(chunk, token, line))
    return tuple(tuple(row) for row in found)


def paragraph(text: str, like: Chunk, line: int = 0) -> Chunk:
    """Text of a block as a separate paragraph, which begins on `line`, or on that of `like` if it is 0."""
    line = line or like.line
    place = [line - 1, line + text.count("\n")]
    return _paragraph(like, Token("inline", "", 0, map=place, content=text, children=None), line)


def _paragraph(like: Chunk, inline: Token, line: int) -> Chunk:
    opening, closing = Token("paragraph_open", "p", 1, map=inline.map, block=True), Token("paragraph_close", "p", -1)
    column = like.column if line == like.line else 1
    end = line + inline.content.count("\n")
    return Chunk("paragraph", inline.content, line, column, end, (opening, inline, closing), like.within)


def html(text: str, like: Chunk, line: int) -> Chunk:
    """Raw HTML as a separate block."""
    place = [line - 1, line + text.count("\n")]
    token = Token("html_block", "", 0, map=place, content=text, block=True)
    return Chunk("html", text, line, 1, line + text.count("\n"), (token,), like.within)


def cut(chunk: Chunk, starts: Sequence[tuple[int, int]]) -> tuple[Chunk | None, ...]:
    """A paragraph cut at lines: the text before the first cut, then a piece for each (line, length of its mark).

    Lines count from 0 inside the paragraph; a piece without text is None.
    """
    lines = chunk.tokens[1].content.split("\n")
    ends = [*(start for start, _ in starts), len(lines)]
    found = [_lines(chunk, lines, 0, ends[0], 0)]
    found += [_lines(chunk, lines, start, end, mark) for (start, mark), end in zip(starts, ends[1:], strict=True)]
    return tuple(found)


def _lines(chunk: Chunk, lines: Sequence[str], start: int, end: int, mark: int) -> Chunk | None:
    text = "\n".join(lines[start:end])[mark:]
    shown = text.strip()
    if not shown:
        return None
    skipped = text[: len(text) - len(text.lstrip())].count("\n")
    return paragraph(shown, chunk, chunk.line + start + skipped)
