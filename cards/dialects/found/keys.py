"""Pieces -> the answer keys among them: `1. B`, `2. C` under a heading apart from the questions, and the other Pieces.

An answer in such a list belongs to the question with its number.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from ... import markdown
from ...model import Chunk, Document
from ..words import labels, options, vocabulary
from . import marks
from .stream import Piece, Stream

_LEAST = 2
_AROUND = " *_()."
_ENTRY = re.compile(
    r"[\s*_(]*(?:[Qq]\.?[ \t]*)?(\d{1,3})[\s*_]*(?:[.):：、]|[-–—]|(?=\s))[\s*_]*(?P<told>\S.*)", re.DOTALL
)
_SEVERAL = re.compile(r"(\d{1,3})[ \t]*[.):-]?[ \t]*([A-Ha-h])\b")
_NUMBER = re.compile(r"\D{0,12}?(\d{1,3})")


@dataclass(frozen=True, slots=True)
class Key:
    """What answers the question of each number."""

    told: Mapping[str, Chunk]

    def answer(self, piece: Piece, asked: Sequence[Chunk]) -> Chunk | None:
        """What answers the question at a piece, which is asked with these blocks: an option in full, or the entry."""
        number = piece.number or _number(piece.chunk)
        told = self.told.get(number)
        if told is None:
            return None
        letter = told.text.strip(_AROUND)
        option = options.of(letter, [line for chunk in asked for line in chunk.text.split("\n")])
        return markdown.paragraph(option, told) if option else told


def apart(document: Document, stream: Stream) -> tuple[Stream, Key]:
    """The stream without its keys, and what they tell. Of two keys for one number, neither counts."""
    kept: list[Piece] = []
    told: dict[str, Chunk] = {}
    twice: set[str] = set()
    index = 0
    while index < len(stream):
        piece = stream[index]
        if not _opens(piece):
            kept.append(piece)
            index += 1
            continue
        end = _end(stream, index + 1)
        entries = dict(_entries(document, stream[index + 1 : end]))
        # "Answer" also begins the answer of one question, which may be a list of steps.
        lettered = all(len(chunk.text.strip(_AROUND)) == 1 for chunk in entries.values())
        if len(entries) >= _LEAST and (lettered or not marks.mark(piece)):
            twice |= told.keys() & entries.keys()
            told.update(entries)
            index = end
            continue
        kept.append(piece)
        index += 1
    return kept, Key({number: chunk for number, chunk in told.items() if number not in twice})


def _end(stream: Stream, index: int) -> int:
    """Where the section ends in which a piece stands."""
    while index < len(stream) and stream[index].role != "heading":
        index += 1
    return index


def _opens(piece: Piece) -> bool:
    if piece.role != "heading" or piece.chunk is None:
        return False
    return labels.heading(piece.chunk.text) == "answer" or vocabulary.is_key(piece.chunk.text)


def _entries(document: Document, pieces: Stream) -> Iterator[tuple[str, Chunk]]:
    """The entries of a section of which every block is a list, table or paragraph of them, else none."""
    found: list[tuple[str, Chunk]] = []
    for chunk in (piece.chunk for piece in pieces if piece.chunk and piece.chunk.type != "rule"):
        entries = list(_in(document, chunk))
        if not entries:
            return
        found += entries
    yield from dict(reversed(found)).items()  # the first place counts


def _in(document: Document, chunk: Chunk) -> Iterator[tuple[str, Chunk]]:
    if chunk.type == "list":
        for item in markdown.items(document, chunk):
            if item.number and item.chunks:
                yield item.number, item.chunks[0]
            elif item.chunks and (match := _ENTRY.match(item.chunks[0].text)):
                yield match[1], markdown.paragraph(match["told"], item.chunks[0])
    elif chunk.type == "table":
        for row in markdown.rows(chunk):
            if len(row) > 1 and (number := re.fullmatch(r"\D{0,3}(\d{1,3})\D?", row[0].text.strip())):
                yield number[1], row[1]
    elif chunk.type == "paragraph":
        several = _SEVERAL.findall(chunk.text)
        for number, letter in several if len(several) >= _LEAST else ():
            yield number, markdown.paragraph(letter, chunk)


def _number(chunk: Chunk | None) -> str:
    match = _NUMBER.match(chunk.text) if chunk else None
    return match[1] if match else ""
