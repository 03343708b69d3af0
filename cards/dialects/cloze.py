"""A sentence with words to recall: `C: The [dog] barks.`, `The {{c1::dog}} barks.`, and `==dog==` in a file of cards."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from .. import markdown
from ..model import Block, Chunk, Document
from .block import block
from .levels import Level

NAME = "cloze"

_LINE = re.compile(r"(?:\*\*|__)?(?:C|Cloze)(?:\*\*|__)?[ ]?[:：](?:\*\*|__)?[ \t]+(?=\S)")
_SKIPPED = r"(`+)(?:(?!\1).)+\1|(\$\$?)(?:(?!\2).)+\2|!?\[[^\[\]]*\]\([^()]*\)|\\."
_BRACKET = re.compile(rf"{_SKIPPED}|(?<!!)\[(?P<hidden>[^\[\]\n]+)\](?![(\[:])", re.DOTALL)
_ANKI = re.compile(rf"{_SKIPPED}|\{{\{{c\d+::(?P<hidden>.+?)(?:::[^{{}}]*)?\}}\}}", re.DOTALL)
_MARKED = re.compile(rf"{_SKIPPED}|==(?P<hidden>[^=\n]+)==", re.DOTALL)
_FLASHCARDS = re.compile(r"(?im)(?:^|\s)#(?:flash)?cards?\b|^tags:.*\bflashcards?\b|^\s*-\s*flashcards?\s*$")
_CODE = re.compile(r"`\{\{c\d+::([^`{}]*)\}\}`")
_BOLD = re.compile(r"\*\*|__(?=\S)|(?<=\S)__")


def read(document: Document, level: Level | None, chosen: Sequence[str]) -> Iterator[Block]:
    """Every paragraph, and item of a list, that hides something."""
    of_cards = NAME in chosen or _FLASHCARDS.search(document.source.text) is not None
    text = document.source.text
    if not (_LINE_ANYWHERE.search(text) or "{{c" in text or (of_cards and "==" in text)):
        return
    for chunk in document.chunks:
        if chunk.type == "paragraph":
            paragraphs = [chunk]
        elif chunk.type == "list":
            paragraphs = [
                item.chunks[0]
                for item in markdown.items(document, chunk)
                if item.chunks and item.chunks[0].type == "paragraph"
            ]
        else:
            continue
        for paragraph in paragraphs:
            lines = paragraph.text.split("\n")
            starts = [(n, match.end()) for n, line in enumerate(lines) if (match := _LINE.match(line))]
            before, *labelled = markdown.cut(document, paragraph, starts)
            for piece in labelled:
                if piece and (hidden := _hidden(piece.text, _BRACKET) or _hidden(piece.text, _ANKI)):
                    yield _card(
                        document, piece.line, paragraph.column, markdown.paragraph(document, hidden, piece), level
                    )
            if before and (
                hidden := _hidden(_CODE.sub(r"{{c1::`\1`}}", before.text), _ANKI)
                or (of_cards and _hidden(before.text, _MARKED))
            ):
                yield _card(
                    document, before.line, paragraph.column, markdown.paragraph(document, hidden, before), level
                )


_LINE_ANYWHERE = re.compile(rf"(?m)^[ \t]*(?:[-*+][ \t]+)?{_LINE.pattern}")


def is_line(text: str) -> bool:
    """Whether a paragraph is a sentence with words to recall, and says so by its label."""
    opening = _LINE.match(text)
    return opening is not None and bool(_hidden(text[opening.end() :], _BRACKET))


def _hidden(text: str, deletion: re.Pattern[str]) -> str:
    """The text with what is hidden as its only bold runs, or "" where nothing is."""
    count = 0

    def bold(match: re.Match[str]) -> str:
        nonlocal count
        if match["hidden"] is None:
            return match[0]
        count += 1
        return f"\x00{match['hidden'].strip()}\x00"

    marked = deletion.sub(bold, text)
    return _BOLD.sub("", marked).replace("\x00", "**") if count else ""


def _card(document: Document, line: int, column: int, sentence: Chunk, level: Level | None) -> Block:
    return block(document, NAME, line, column, (), (), front=(sentence,), level=level, kind="cloze")
