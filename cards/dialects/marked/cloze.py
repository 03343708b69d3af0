"""A sentence with words to recall: `C: The [dog] barks.`, `The {{c1::dog}} barks.`, `==dog==` in a file of cards.

Logseq writes `The {{cloze dog}} barks.`
"""

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
_BRACKETS = re.compile(rf"{_KEPT}|(?<![!\[])\[(?!\^)(?P<hidden>[^\[\]\n]+)\](?![(\[:\]])|{_MARKS}", re.DOTALL)
_BRACES = re.compile(rf"{_KEPT}|\{{\{{c(?P<number>\d{{1,3}})::|{_MARKS}", re.DOTALL)
# Where a formula or code in braces ends; a longer one is searched for no further.
_SPAN = 500
_EQUALS = re.compile(rf"{_KEPT}|==(?P<hidden>[^=\n]+)==|{_MARKS}", re.DOTALL)
_CODE_IN_BRACES = re.compile(r"`\{\{c(\d+)::([^`{}]*)\}\}`")
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
            if found[1] or (found := _in_braces(sentence.text))[1]:
                yield _card(document, sentence, *found)
        if before:
            found = _in_braces(_CODE_IN_BRACES.sub(r"{{c\1::`\2`}}", before.text))
            if found[1] or (equals and (found := _hidden(before.text, _EQUALS))[1]):
                yield _card(document, before, *found)


def _paragraphs(document: Document) -> Iterator[Chunk]:
    for chunk in document.chunks:
        if chunk.type == "list":
            yield from _firsts(document, chunk)
        elif chunk.type == "paragraph":
            yield chunk


def _firsts(document: Document, chunk: Chunk) -> Iterator[Chunk]:
    """The first paragraph of each item of a list; those of nested lists where braces hide something in them."""
    for item in markdown.items(document, chunk):
        if item.chunks and item.chunks[0].type == "paragraph":
            yield item.chunks[0]
        for inner in item.chunks:
            if inner.type == "list" and "{{c" in inner.text:
                yield from _firsts(document, inner)


def is_line(text: str) -> bool:
    """Whether a paragraph is a sentence with hidden words that begins with the label."""
    label = _LINE.match(text)
    return label is not None and _hidden(text[label.end() :], _BRACKETS)[1] != ()


Hidden = tuple[tuple[int, str], ...]
"""The number of each deletion, 0 for the next one, and its hint."""


def _in_braces(text: str) -> tuple[str, Hidden]:
    """The text with what stands in `{{c1::…::hint}}`, or Logseq's `{{cloze …}}`, as its only bold runs.

    The braces of TeX end none.
    """
    text = text.replace("{{cloze ", "{{c0::")
    if len(text) > _LONGEST or "{{c" not in text:
        return "", ()
    shown: list[str] = []
    hidden: list[tuple[int, str]] = []
    at = 0
    text = _CARD_MARK.sub("", text)
    while match := _BRACES.search(text, at):
        shown.append(text[at : match.start()])
        at = match.end()
        end = _end(text, at) if match["number"] else -1
        if end > 0:
            told, _, hint = text[at:end].partition("::") if "::" in text[at:end] else (text[at:end], "", "")
            shown.append(f"**{told.replace('**', '').strip()}**")
            hidden.append((int(match["number"]), hint.strip()))
            at = end + 2
        elif not match["mark"]:
            shown.append(match[0])
    return ("".join((*shown, text[at:])), tuple(hidden)) if hidden else ("", ())


def _end(text: str, at: int) -> int:
    """Where the braces around a deletion close, -1 if they do not: outside formulas and code, or else anywhere."""
    start = at
    while at < len(text):
        span = text.find(text[at], at + 1, at + _SPAN) if text[at] in "$`" else -1
        if span > 0:
            at = span + 1
        elif text.startswith("}}", at):
            return at + (text[at + 2 : at + 3] == "}")
        else:
            at += 1
    return text.find("}}", start)


def _hidden(text: str, deletion: re.Pattern[str]) -> tuple[str, Hidden]:
    """The text with what is hidden as its only bold runs, and these; ("", ()) where there is none."""
    if len(text) > _LONGEST:
        return "", ()
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
    return (shown, ((0, ""),) * len(found)) if found else ("", ())


def _card(document: Document, sentence: Chunk, shown: str, hidden: Hidden) -> Block:
    front = markdown.paragraph(shown, sentence)
    found = block(document, NAME, sentence.line, sentence.column, (), (), front=(front,), kind="cloze")
    return replace(found, hidden=hidden)
