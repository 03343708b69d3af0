"""The marks of note-taking tools with spaced repetition: `Question?::An answer.`, or a line `?` between the two.

`::` has other uses too, so the file must be tagged as one of flashcards, or hold a schedule.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from ... import markdown
from ...model import Block, Chunk, Document
from ..block import block
from ..words import question

NAME = "spaced"

_INLINE = re.compile(r"(?:[-*+][ \t]+)?(?P<asked>[^`\n]*?[^:`\s])[ \t]*:::?(?![:=])[ \t]*(?P<told>\S.*)")
# "feeds:: [[routing]]" is a field of the page.
_FIELD = re.compile(r"[a-z][\w-]*")
_ALONE = re.compile(r"[ \t]*\?\??[ \t]*")
_TAGGED = re.compile(r"(?im)(?:^|\s)#flashcards?\b|^tags:.*\bflashcards?\b|^\s*-\s*flashcards?\s*$|<!--SR:")


def read(document: Document, chosen: bool) -> Iterator[Block]:
    """Every line with the mark inside, and every paragraph with the mark on a separate line."""
    text = document.source.text
    if ("::" not in text and "\n?" not in text) or not (chosen or _TAGGED.search(text)):
        return
    for chunk in document.chunks:
        if chunk.type == "list":
            firsts = (item.chunks[0] for item in markdown.items(document, chunk) if item.chunks)
            paragraphs = [first for first in firsts if first.type == "paragraph"]
        else:
            paragraphs = [chunk] if chunk.type == "paragraph" else []
        for paragraph in paragraphs:
            yield from _cards(document, paragraph)


def _cards(document: Document, paragraph: Chunk) -> Iterator[Block]:
    lines = paragraph.text.split("\n")
    mark = next((number for number, line in enumerate(lines) if number and _ALONE.fullmatch(line)), None)
    if mark is not None:
        asked, told = "\n".join(lines[:mark]), "\n".join(lines[mark + 1 :])
        yield from _card(document, paragraph, paragraph.line, asked, told, mark + 1)
        return
    for number, line in enumerate(lines):
        match = _INLINE.fullmatch(line.strip())
        if match and not _FIELD.fullmatch(match["asked"]):
            yield from _card(document, paragraph, paragraph.line + number, match["asked"], match["told"], 0)


def _card(document: Document, like: Chunk, line: int, asked: str, told: str, below: int) -> Iterator[Block]:
    read = question.read(asked)
    if read.is_blank or not told.strip():
        return
    shown = markdown.paragraph(read.text, like, line)
    answer = markdown.paragraph(told.strip(), like, line + below)
    yield block(document, NAME, line, like.column, (shown,), (answer,), level=read.level)
