"""The marks of note-taking tools with spaced repetition: `Question?::An answer.`, or a line `?` between the two.

`:::` and `??` ask in both directions. A list, table or fence may stand on either side of the line. `::` has other uses
too, so the file must be tagged as one of flashcards, or hold a schedule.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from ... import markdown
from ...model import Block, Chunk, Document
from ..block import block
from ..words import question

NAME = "spaced"

_CODE = r"`[^`\n]+`"
_INLINE = re.compile(
    rf"(?:[-*+][ \t]+)?(?P<asked>(?:[^`\n]|{_CODE})*?(?:[^:`\s]|{_CODE}))(?P<mark>[ \t]*:::?(?![:=])[ \t]*)"
    r"(?P<told>\S.*)"
)
# "feeds:: [[routing]]", "Due:: 2026-01-01", "builds-on:: the layer below" are fields of the page; "gato::cat" is none.
_OF_FIELD = re.compile(r"::[ \t]+")
_KEY = re.compile(r"[a-z][\w-]*")
_CAPITAL_KEY = re.compile(r"[A-Z][\w-]*")
_IN_ADDRESS = re.compile(r"://\S*\Z")
_VALUE = re.compile(r"\[\[|#\w|https?://|\d[\d.:/-]*$|(?:true|false|yes|no)$", re.IGNORECASE)
_MARKS = ("?", "??")
_TAGGED = re.compile(r"(?im)(?:^|\s)#flashcards?\b|^tags:.*\bflashcards?\b|^\s*-\s*flashcards?\s*$|<!--SR:")
_SCHEDULE = re.compile(r"\s*<!--SR:[^<>]*-->\s*\Z")


def read(document: Document, chosen: bool) -> Iterator[Block]:
    """Every line with the mark inside, and everything with the mark on a separate line."""
    text = document.source.text
    if ("::" not in text and "\n?" not in text) or not (chosen or _TAGGED.search(text)):
        return
    chunks = document.chunks
    index = 0
    while index < len(chunks):
        divided = _divided(chunks, index)
        if divided:
            asked, told, mark, index = divided
            yield from _card(document, asked, told, mark)
            continue
        for paragraph in _paragraphs(document, chunks[index]):
            yield from _lines(document, paragraph)
        index += 1


def _paragraphs(document: Document, chunk: Chunk) -> Sequence[Chunk]:
    if chunk.type == "list":
        firsts = (item.chunks[0] for item in markdown.items(document, chunk) if item.chunks)
        return [first for first in firsts if first.type == "paragraph"]
    return [chunk] if chunk.type == "paragraph" else []


def _lines(document: Document, paragraph: Chunk) -> Iterator[Block]:
    for number, line in enumerate(paragraph.text.split("\n")):
        match = _INLINE.fullmatch(_SCHEDULE.sub("", line.strip()))
        if match and not _is_field(match) and not _IN_ADDRESS.search(match["asked"]):
            place = paragraph.line + number
            asked = markdown.paragraph(match["asked"], paragraph, place)
            told = markdown.paragraph(match["told"], paragraph, place)
            yield from _card(document, [asked], [told], match["mark"].strip()[1:])


def _is_field(match: re.Match[str]) -> bool:
    """Whether a line is a field of the page: in small letters, or with a value that tells nothing."""
    spaced, value = _OF_FIELD.fullmatch(match["mark"]), _VALUE.match(match["told"])
    if _KEY.fullmatch(match["asked"]):
        return bool(spaced or value)
    return bool(_CAPITAL_KEY.fullmatch(match["asked"]) and spaced and value)


def _divided(chunks: Sequence[Chunk], index: int) -> tuple[list[Chunk], list[Chunk], str, int] | None:
    """What stands above and below a mark that ends this block or stands in it, the mark, and where to read on."""
    chunk = chunks[index]
    lines = chunk.text.split("\n") if chunk.type in ("paragraph", "list", "table") else []
    number = next((number for number, line in enumerate(lines) if line.strip(" \t|") in _MARKS), None)
    if number is None:
        return None
    mark = lines[number].strip(" \t|")
    before, told = _parts(chunk, number, len(lines[number]))
    asked = [before] if before else []
    if chunk.type != "paragraph" or not before:
        asked = [*_above(chunks, index, chunk.line), *asked]
    at, end = index + 1, chunk.end_line
    while at < len(chunks) and chunks[at].type != "heading" and (chunks[at].line == end + 1 or not told):
        told.append(chunks[at])
        end, at = chunks[at].end_line, at + 1
    return (asked, told, mark, at) if asked and told else None


def _parts(chunk: Chunk, number: int, length: int) -> tuple[Chunk | None, list[Chunk]]:
    """What stands in a block before and after its line with the mark, counted from 0."""
    if chunk.type != "paragraph":
        return markdown.parted(chunk, number)
    above, below = markdown.cut(chunk, [(number, length)])
    return above, [below] if below else []


def _above(chunks: Sequence[Chunk], index: int, line: int) -> list[Chunk]:
    """The question above a mark, or above the table, list or code that stands there with the mark."""
    found: list[Chunk] = []
    while index:
        index -= 1
        before = chunks[index]
        if before.type not in ("paragraph", "heading") and before.end_line < line - 1:
            break
        found.insert(0, before)
        if before.type in ("paragraph", "heading"):
            break
        line = before.line
    return found


def _card(document: Document, asked: Sequence[Chunk], told: Sequence[Chunk], mark: str) -> Iterator[Block]:
    first, *shown = asked
    read = question.read(first.text)
    if first.type not in ("paragraph", "heading") or read.is_blank:
        return
    asks = markdown.paragraph(read.text, first)
    both = mark in ("??", "::")
    yield block(document, NAME, first.line, first.column, (asks,), told, front=shown, level=read.level, both=both)
