"""Pieces -> the answer keys among them, apart from their questions, and the other Pieces.

A key is a list, a table or lines (`1. B`, `2-C`) below a heading, a summary or a line such as "Answers". Each of its
entries belongs to the question with its number that stands between the key before and this one, or under the heading
that is repeated above it.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from ... import markdown
from ...model import Chunk, Document
from ..words import labels, options, question, vocabulary
from .candidates import Candidate
from .stream import Piece, Stream

Entries = Mapping[str, tuple[Chunk, ...]]
Sections = Mapping[str, Entries]

_LEAST, _FEW, _LONGEST = 2, 4, 60
_DEEPEST = 6
# So many pieces a key that folds may have: each of many that are never closed would be searched to the end.
_REACH = 100
_AROUND = " *_()."
_ENTRY = re.compile(
    r"[\s*_(]*(?:[Qq]\.?[ \t]*)?(\d{1,3})[\s*_]*(?:[.):：、]|[-–—]|(?=\s))[\s*_]*(?P<told>\S.*)", re.DOTALL
)
_ENTRIES = re.compile(r"(?<![^\s,;/|(*_])(?:[Qq]\.?)?(\d{1,3})[ \t]*[.):：=–-]?[ \t*_]*(?=[^\W\d])")
_BETWEEN = " \t\n,;/|(*_"
_PARAGRAPH = re.compile(r"[\s*_(]*(?:[Qq]\.?[ \t]*)?(\d{1,3})(?:[*_]*[.):：、]|[*_]+)[\s*_]*(?P<told>\S.*)", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Key:
    """The entries of a key by their numbers, where it stood in the other pieces, and what its section is called."""

    at: int
    entries: Entries
    section: str = ""


def apart(document: Document, stream: Stream) -> tuple[Stream, tuple[Key, ...]]:
    """The stream without its keys, and these."""
    kept: list[Piece] = []
    found: list[Key] = []
    index = since = 0
    while index < len(stream):
        piece, (end, sections) = stream[index], _key(document, stream, index)
        if sections and _fits(piece, sections, kept[since:]):
            found += (Key(len(kept), entries, name) for name, entries in sections.items())
            index = end
        else:
            kept.append(piece)
            index += 1
        if sections:  # what is no key answers the question above it
            since = len(kept)
    return kept, tuple(found)


def answers(keys: Sequence[Key], stream: Stream, proposed: Sequence[Candidate]) -> Mapping[int, tuple[Chunk, ...]]:
    """The entries that answer candidates, by the index of these. An entry that fits two, or none, answers nothing."""
    found: dict[int, tuple[Chunk, ...]] = {}
    indices = [candidate.index for candidate in proposed]
    places = [*(key.at for key in keys), len(stream)]
    named = _named(stream) if any(key.section for key in keys) else {}
    start = 0
    for key, later in zip(keys, places[1:], strict=True):
        span = _section(stream, key, named) if key.section else range(start, key.at)
        near = proposed[bisect_left(indices, span.start) : bisect_left(indices, span.stop)]
        if not (near or found or key.section):  # a key at the top stands above its questions
            near = proposed[bisect_left(indices, key.at) : bisect_left(indices, later)]
        start = key.at
        for number, fitting in _by_number(near).items():
            if len(fitting) == 1 and number in key.entries:
                found[fitting[0].index] = key.entries[number]
    return found


def _by_number(candidates: Sequence[Candidate]) -> Mapping[str, Sequence[Candidate]]:
    """Candidates by their number: of those with the same one, those that ask."""
    found: dict[str, list[Candidate]] = {}
    for candidate in candidates:
        found.setdefault(candidate.asked.number, []).append(candidate)
    return {number: [c for c in same if c.asked.asks] or same for number, same in found.items()}


def _named(stream: Stream) -> Mapping[str, list[int]]:
    """Where the headings stand that have the same text."""
    found: dict[str, list[int]] = {}
    for index, piece in enumerate(stream):
        if piece.role == "heading" and piece.chunk:
            found.setdefault(piece.chunk.text.casefold(), []).append(index)
    return found


def _section(stream: Stream, key: Key, named: Mapping[str, list[int]]) -> range:
    """The pieces under the heading before a key that is called like its section."""
    above = named.get(key.section.casefold(), [])
    number = bisect_left(above, key.at)
    chunk = stream[above[number - 1]].chunk if number else None
    return range(above[number - 1], _end(stream, above[number - 1], chunk.level)) if chunk else range(0)


def shown(told: Sequence[Chunk], asked: Sequence[Chunk]) -> Sequence[Chunk]:
    """An entry as an answer; a letter alone stands for that option of the blocks that are asked."""
    letter = told[0].text.strip(_AROUND)
    option = options.of(letter, [line for chunk in asked for line in chunk.text.split("\n")])
    return (markdown.paragraph(option, told[0]), *told[1:]) if option else told


def _key(document: Document, stream: Stream, index: int) -> tuple[int, Sections]:
    """The entries of the key that opens at a piece, by section, and where it ends; none where it opens no key."""
    piece = stream[index]
    text, told = _title(piece)
    if not text or not (_is_key(piece, text) or (piece.role == "heading" and labels.heading(text) == "answer")):
        return index + 1, {}
    if told and piece.chunk:
        return index + 1, {"": dict(_of_text(told, piece.chunk))}
    if piece.role not in ("heading", "fold"):
        end = _end_of_list(stream, index + 1)
        return end, {"": _entries(document, stream[index + 1 : end])}
    level = piece.chunk.level if piece.role == "heading" and piece.chunk else _DEEPEST
    end = _end(stream, index, level)
    sections: dict[str, Entries] = {}
    numbered: dict[str, tuple[Chunk, ...]] = {}
    at = index
    while at < end:
        inner = _end(stream, at, _DEEPEST)
        heading = stream[at].chunk if at > index else None
        asked = question.read(heading.text) if heading else None
        if asked and asked.is_blank and asked.number:
            numbered[asked.number] = tuple(p.chunk for p in stream[at + 1 : inner] if p.chunk)
        elif entries := _entries(document, stream[at + 1 : inner]):
            sections[heading.text if heading else ""] = entries
        elif at > index or inner == end:
            return _end(stream, index, _DEEPEST), {}
        at = inner
    return end, {"": numbered} if numbered else sections


def _title(piece: Piece) -> tuple[str, str]:
    """What a heading, a summary or a line says that may stand above a key, and what follows on the line."""
    text = piece.chunk.text if piece.chunk else ""
    if piece.role == "fold":
        return piece.text, ""
    if piece.label:
        return piece.label.word, text
    if len(text) <= _LONGEST and (piece.role == "heading" or text.endswith((":", "**", "："))):
        return text, ""
    name, colon, told = text.partition(":") if ":" in text[:_LONGEST] else ("", "", "")
    return (name, told) if colon and piece.role == "block" else ("", "")


def _is_key(piece: Piece, text: str) -> bool:
    """Whether a title names the answers to several questions; what folds may say that it shows them."""
    words = text.split()
    shown = piece.role == "fold" and len(words) <= _FEW
    return vocabulary.is_key(text) or (shown and any(map(vocabulary.is_key, words)))


def _end_of_list(stream: Stream, index: int) -> int:
    """Where the block ends that begins at a piece, or the list from which this was taken."""
    at = index
    while at < len(stream) and (at == index or (stream[at].list is not None and stream[at].list is stream[index].list)):
        at += 1
    return at


def _end(stream: Stream, index: int, level: int) -> int:
    """Where the section ends that a piece opens: with its fold, or before the next heading that is no deeper."""
    folds, depth, at = stream[index].role == "fold", 0, index + 1
    last = min(index + _REACH, len(stream)) if folds else len(stream)
    while at < last:
        chunk = stream[at].chunk
        if stream[at].role == "heading" and chunk and (folds or chunk.level <= level):
            break
        depth += (stream[at].role == "fold") - (stream[at].role == "end")
        at += 1
        if folds and depth < 0:
            break
    return at


def _fits(piece: Piece, sections: Sections, before: Stream) -> bool:
    """Whether entries are a key: there are several, and lines above them have these numbers.

    "Answer" also begins the answer of one question, which may be a list of steps.
    """
    entries = [(number, told) for found in sections.values() for number, told in found.items()]
    lettered = all(len(told[0].text.strip(_AROUND)) == 1 for _, told in entries)
    if len(entries) < _LEAST or not (lettered or _is_key(piece, _title(piece)[0])):
        return False
    return lettered or len({number for number, _ in entries} & set(map(_number, before))) >= _LEAST


def _number(piece: Piece) -> str:
    """The number of an item, a heading, a label or a line."""
    if piece.label or piece.number:
        return piece.number or (piece.label.number if piece.label else "")
    if piece.chunk is None or piece.chunk.type == "list":
        return ""
    return question.read(piece.chunk.text.partition("\n")[0]).number


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
    elif chunk.type == "paragraph" and (entries := dict(_of_text(chunk.text, chunk))):
        yield from entries.items()
    elif chunk.type == "paragraph" and (match := _PARAGRAPH.match(chunk.text)):
        yield match[1], (markdown.paragraph(match["told"], chunk),)


def _of_text(text: str, like: Chunk) -> Iterator[tuple[str, tuple[Chunk, ...]]]:
    """The entries in a text, several with numbers that follow one another: `1-B 2-C`, `1. iron, 2. tin`."""
    found = list(_ENTRIES.finditer(text))
    numbers = [int(match[1]) for match in found]
    if len(found) < _LEAST or text[: found[0].start()].strip(_BETWEEN) or any(b != a + 1 for a, b in pairwise(numbers)):
        return
    ends = [*(match.start() for match in found[1:]), len(text)]
    for match, end in zip(found, ends, strict=True):
        yield match[1], (markdown.paragraph(text[match.end() : end].strip(_BETWEEN), like),)
