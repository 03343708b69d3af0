"""A sentence with words to recall: `C: The [dog] barks.`, `The {{c1::dog}} barks.`, `==dog==` in a file of cards."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from ... import markdown
from ...model import Block, Chunk, Document
from ..block import block

NAME = "cloze"

# A sentence is short; searching a longer text could take quadratic time.
_LONGEST = 4_000
_LABEL = r"(?:\*\*|__)?(?:C|Cloze)(?:\*\*|__)?[ ]?[:：](?:\*\*|__)?(?:[ \t]+(?=\S)|[ \t]*$)"
_SIGNS = ("C:", "C：", "C**", "C__", "C :", "Cloze")
_LINE = re.compile(_LABEL)
_ANY_LINE = re.compile(rf"(?m)^[ \t]*(?:[-*+][ \t]+)?{_LABEL}")
# Code, math, links and comments hide nothing; the bold marks that stand there already would, and are taken away.
_KEPT = r"(?<!`)(`+)(?!`)(?:(?!\1).)+\1|(\$\$?)(?:(?!\2).)+\2|!?\[[^\[\]]*\]\([^()]*\)|<!--(?:(?!-->).)*-->|\\."
_MARKS = r"(?P<mark>\*\*|(?<!\w)__|__(?!\w))"
_BRACKETS = re.compile(rf"{_KEPT}|(?<!!)\[(?P<hidden>[^\[\]\n]+)\](?![(\[:])|{_MARKS}", re.DOTALL)
_BRACES = re.compile(rf"{_KEPT}|\{{\{{c\d+::(?P<hidden>.+?)(?:::[^{{}}]*)?\}}\}}|{_MARKS}", re.DOTALL)
_EQUALS = re.compile(rf"{_KEPT}|==(?P<hidden>[^=\n]+)==|{_MARKS}", re.DOTALL)
_CODE_IN_BRACES = re.compile(r"`\{\{c\d+::([^`{}]*)\}\}`")
_CARD_MARK = re.compile(r"(?<![ \t])[ \t]+#(?:flash)?cards?(?=[ \t]*$)", re.MULTILINE | re.IGNORECASE)
_OF_CARDS = re.compile(r"(?im)(?:^|\s)#(?:flash)?cards?\b|^tags:.*\bflashcards?\b|^\s*-\s*flashcards?\s*$")


def read(document: Document, chosen: bool) -> Iterator[Block]:
    """Every paragraph, and first paragraph of an item, that hides something.

    `==dog==` is often only a highlight. It hides words if the file is tagged as one of cards, or the dialect is
    `chosen`.
    """
    text = document.source.text
    equals = "==" in text and (chosen or _OF_CARDS.search(text) is not None)
    if not (equals or "{{c" in text or (any(sign in text for sign in _SIGNS) and _ANY_LINE.search(text))):
        return
    for paragraph in _paragraphs(document):
        lines = paragraph.text.split("\n")
        starts = [(number, match.end()) for number, line in enumerate(lines) if (match := _LINE.match(line))]
        before, *labelled = markdown.cut(paragraph, starts)
        for sentence in labelled:
            if sentence is None:
                continue
            found = _hidden(sentence.text, _BRACKETS)
            if found[1] or (found := _hidden(sentence.text, _BRACES))[1]:
                yield _card(document, sentence, *found)
        if before:
            found = _hidden(_CODE_IN_BRACES.sub(r"{{c1::`\1`}}", before.text), _BRACES)
            if found[1] or (equals and (found := _hidden(before.text, _EQUALS))[1]):
                yield _card(document, before, *found)


def _paragraphs(document: Document) -> Iterator[Chunk]:
    for chunk in document.chunks:
        if chunk.type == "list":
            firsts = (item.chunks[0] for item in markdown.items(document, chunk) if item.chunks)
            yield from (first for first in firsts if first.type == "paragraph")
        elif chunk.type == "paragraph":
            yield chunk


def is_line(text: str) -> bool:
    """Whether a paragraph is a sentence with hidden words that begins with the label."""
    label = _LINE.match(text)
    return label is not None and _hidden(text[label.end() :], _BRACKETS)[1] > 0


def _hidden(text: str, deletion: re.Pattern[str]) -> tuple[str, int]:
    """The text with what is hidden as its only bold runs, and how many these are; ("", 0) where there is none."""
    if len(text) > _LONGEST:
        return "", 0
    found: list[str] = []
    text = _CARD_MARK.sub("", text)

    def bold(match: re.Match[str]) -> str:
        if match["mark"]:
            return ""
        if match["hidden"] is None:
            return match[0]
        found.append(match["hidden"])
        return f"**{match['hidden'].strip()}**"

    shown = deletion.sub(bold, text)
    return (shown, len(found)) if found else ("", 0)


def _card(document: Document, sentence: Chunk, hidden: str, deletions: int) -> Block:
    front = markdown.paragraph(hidden, sentence)
    found = block(document, NAME, sentence.line, sentence.column, (), (), front=(front,), kind="cloze")
    return replace(found, deletions=deletions)
