"""A block -> the blocks in it: those of lists, quotes and tables, and new blocks made from part of their text."""

from __future__ import annotations

import re
import textwrap
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
    shown: list[str] = []
    for start, end in _children(chunk.tokens):
        if chunk.tokens[start].meta.get("checked"):
            kept += (chunk.tokens[start].copy(meta={}, attrs={}), *chunk.tokens[start + 1 : end + 1])
            told = "\n".join(token.content.rstrip("\n") for token in chunk.tokens[start:end] if token.content)
            shown.append(f"- {textwrap.indent(told, '  ').lstrip()}")
    return replace(chunk, tokens=(*kept, chunk.tokens[-1]), text="\n".join(shown))


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


def parted(chunk: Chunk, number: int) -> tuple[Chunk | None, list[Chunk]]:
    """A list or table up to a line of its text, counted from 0, and the blocks that follow this line in it.

    Without a blank line before them, Markdown reads lines as part of the item above, or as rows.
    """
    line = chunk.line - 1 + number
    lines = chunk.text.split("\n")
    opens = "tr_open" if chunk.type == "table" else "inline"
    found = [i for i, t in enumerate(chunk.tokens) if t.type == opens and t.map and t.map[0] <= line < t.map[1]]
    if not found:
        return None, []
    at, text, below = found[-1], "\n".join(lines[:number]), lines[number + 1 :]
    if chunk.type == "table":
        end = max(index for index, token in enumerate(chunk.tokens) if token.type == "tr_close")
        tokens, rest = (*chunk.tokens[:at], *chunk.tokens[end + 1 :]), ()
    else:
        before, below = _around(chunk.tokens[at], line)
        end = next(end for _, end in _children(chunk.tokens) if end > at)
        inline = chunk.tokens[at].copy(content=before, children=None)
        tokens = (*chunk.tokens[:at], inline, *chunk.tokens[at + 1 : end + 1], chunk.tokens[-1])
        rest = chunk.tokens[end + 1 : -1]
    told = "\n".join(row.strip(" \t|") for row in below)
    after = [paragraph(told, chunk, line + 2)] if told else []
    if rest:
        start = (rest[0].map or (line + 1,))[0]
        shown = "\n".join(lines[start - chunk.line + 1 :])
        after.append(replace(chunk, tokens=(chunk.tokens[0], *rest, chunk.tokens[-1]), text=shown, line=start + 1))
    return replace(chunk, tokens=tokens, text=text, end_line=line), after


def _around(inline: Token, line: int) -> tuple[str, list[str]]:
    """The text before a line of the file in a paragraph, and the lines after it."""
    lines = inline.content.split("\n")
    number = line - inline.map[0] if inline.map else 0
    return "\n".join(lines[:number]), lines[number + 1 :]


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
