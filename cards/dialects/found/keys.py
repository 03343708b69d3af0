"""Pieces -> the answer keys among them, apart from their questions, and the other Pieces.

A key is a list, a table or lines (`1. B`, `2-C`) below a heading, a summary or a line such as "Answers". Each of its
entries belongs to the question with its number that stands between the key before and this one.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from ... import markdown
from ...model import Chunk, Document
from ..words import labels, options, question, vocabulary
from . import marks
from .candidates import Candidate
from .stream import Piece, Stream

Entries = Mapping[str, tuple[Chunk, ...]]

_LEAST = 2
_AROUND = " *_()."
_ENTRY = re.compile(
    r"[\s*_(]*(?:[Qq]\.?[ \t]*)?(\d{1,3})[\s*_]*(?:[.):：、]|[-–—]|(?=\s))[\s*_]*(?P<told>\S.*)", re.DOTALL
)
_ENTRIES = re.compile(r"(?<![^\s,;/|(*_])(\d{1,3})[ \t]*[.):：=–-]?[ \t*_]*(?=[^\W\d])")
_BETWEEN = " \t\n,;/|(*_"
_KEY_LINE = re.compile(r"(?P<name>[^\n:：]{1,40})[:：][ \t*_]*(?P<told>.*)", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Key:
    """The entries of a key by their numbers, and where in the stream of the other pieces it stood."""

    at: int
    entries: Entries


def apart(document: Document, stream: Stream) -> tuple[Stream, tuple[Key, ...]]:
    """The stream without its keys, and these."""
    kept: list[Piece] = []
    found: list[Key] = []
    index = 0
    while index < len(stream):
        end, entries = _key(document, stream, index)
        if _fits(stream[index], entries, kept):
            found.append(Key(len(kept), entries))
            index = end
        else:
            kept.append(stream[index])
            index += 1
    return kept, tuple(found)


def answers(keys: Sequence[Key], proposed: Sequence[Candidate]) -> Mapping[int, tuple[Chunk, ...]]:
    """The entries that answer candidates, by the index of these. An entry that fits two, or none, answers nothing."""
    found: dict[int, tuple[Chunk, ...]] = {}
    start = 0
    for number, key in enumerate(keys):
        later = keys[number + 1].at if number + 1 < len(keys) else None
        # A key at the top stands above its questions.
        near = [c for c in proposed if start <= c.index < key.at] or [
            c for c in proposed if not found and key.at <= c.index and (later is None or c.index < later)
        ]
        start = key.at
        for count, told in key.entries.items():
            fitting = [c for c in near if c.asked.number == count]
            asking = [c for c in fitting if c.asked.asks] or fitting
            if len(asking) == 1:
                found[asking[0].index] = told
    return found


def shown(told: Sequence[Chunk], asked: Sequence[Chunk]) -> Sequence[Chunk]:
    """An entry as an answer; a letter alone stands for that option of the blocks that are asked."""
    letter = told[0].text.strip(_AROUND)
    option = options.of(letter, [line for chunk in asked for line in chunk.text.split("\n")])
    return (markdown.paragraph(option, told[0]), *told[1:]) if option else told


def _key(document: Document, stream: Stream, index: int) -> tuple[int, Entries]:
    """The entries of the key that opens at a piece, and where it ends; none where it opens no key."""
    piece = stream[index]
    text = _title(piece)
    if not (vocabulary.is_key(text) or labels.heading(text) == "answer"):
        line = _KEY_LINE.fullmatch(piece.chunk.text) if piece.chunk and piece.role == "block" else None
        told = line["told"] if line and vocabulary.is_key(line["name"]) else ""
        return index + 1, dict(_of_text(told, piece.chunk)) if told and piece.chunk else {}
    end = _end(stream, index)
    return end, _entries(document, stream[index + 1 : end])


def _title(piece: Piece) -> str:
    """What a heading, a summary or a line says that may stand above a key, or ""."""
    if piece.role == "fold":
        return piece.text
    text = piece.chunk.text if piece.chunk and piece.role in ("heading", "block") else ""
    return text if piece.role == "heading" or text.endswith((":", "**", "：")) else ""


def _end(stream: Stream, index: int) -> int:
    """Where the section ends that a piece opens: with its fold, or before the next heading."""
    folds, depth, at = stream[index].role == "fold", 0, index + 1
    while at < len(stream) and stream[at].role != "heading":
        depth += (stream[at].role == "fold") - (stream[at].role == "end")
        at += 1
        if folds and depth < 0:
            break
    return at


def _fits(piece: Piece, entries: Entries, before: Stream) -> bool:
    """Whether entries are a key: there are several, and lines above them have these numbers.

    "Answer" also begins the answer of one question, which may be a list of steps.
    """
    lettered = all(len(told[0].text.strip(_AROUND)) == 1 for told in entries.values())
    if len(entries) < _LEAST or not (lettered or not marks.mark(piece) or vocabulary.is_key(_title(piece))):
        return False
    return lettered or len(entries.keys() & set(map(_number, before))) >= _LEAST


def _number(piece: Piece) -> str:
    """The number of an item, a heading, a label or a line."""
    if piece.label or piece.number:
        return piece.number or (piece.label.number if piece.label else "")
    return question.read(piece.chunk.text.partition("\n")[0]).number if piece.chunk else ""


def _entries(document: Document, pieces: Stream) -> Entries:
    """The entries of a section of which every block is a list, table or paragraph of them, else none."""
    found: list[tuple[str, tuple[Chunk, ...]]] = []
    # A list that was opened counts as it was written.
    blocks = {id(chunk): chunk for piece in pieces if (chunk := piece.list or piece.chunk) and chunk.type != "rule"}
    for chunk in blocks.values():
        entries = list(_in(document, chunk))
        if not entries:
            return {}
        found += entries
    return dict(reversed(found))  # the first place counts


def _in(document: Document, chunk: Chunk) -> Iterator[tuple[str, tuple[Chunk, ...]]]:
    if chunk.type == "list":
        for item in markdown.items(document, chunk):
            first = item.chunks[0] if item.chunks else None
            text = f"{item.number}. {first.text}" if first and item.number else first.text if first else ""
            if first and (several := dict(_of_text(text, first))):
                yield from several.items()
            elif item.number:
                yield item.number, item.chunks
            elif first and (match := _ENTRY.match(first.text)):
                yield match[1], (markdown.paragraph(match["told"], first), *item.chunks[1:])
    elif chunk.type == "table":
        for row in markdown.rows(chunk):
            if len(row) > 1 and (number := re.fullmatch(r"\D{0,3}(\d{1,3})\D?", row[0].text.strip())):
                yield number[1], (row[1],)
    elif chunk.type == "paragraph":
        yield from _of_text(chunk.text, chunk)


def _of_text(text: str, like: Chunk) -> Iterator[tuple[str, tuple[Chunk, ...]]]:
    """The entries in a text, several with numbers that follow one another: `1-B 2-C`, `1. iron, 2. tin`."""
    found = list(_ENTRIES.finditer(text))
    numbers = [int(match[1]) for match in found]
    if len(found) < _LEAST or text[: found[0].start()].strip(_BETWEEN) or any(b != a + 1 for a, b in pairwise(numbers)):
        return
    ends = [*(match.start() for match in found[1:]), len(text)]
    for match, end in zip(found, ends, strict=True):
        yield match[1], (markdown.paragraph(text[match.end() : end].strip(_BETWEEN), like),)
