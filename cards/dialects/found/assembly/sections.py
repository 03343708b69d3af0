"""Headings and bold lines -> how difficult what stands under them is, and what it is about."""

from __future__ import annotations

from collections import Counter
from collections.abc import Container, Mapping

from ...words import emphasis, labels, levels, question, vocabulary
from ...words.levels import Level
from ..candidates import NO_HEADING
from ..stream import Piece, Stream
from ..weighing import Taken
from . import metadata

_WORDS = 6


class Sections:
    """The headings around the place that is being read, with the levels that they say."""

    def __init__(self, stream: Stream, taken: Container[int]) -> None:
        self._levels = _levels(stream, taken)
        self._titles = _titles(stream, taken)
        self._open: list[tuple[int, Level | None]] = []
        self._over: list[tuple[int, str]] = []

    def enter(self, depth: int, index: int) -> None:
        """A heading of this depth begins a section; it says the level that was found at `index`, if one was."""
        while self._open and self._open[-1][0] >= depth:
            self._open.pop()
        while self._over and self._over[-1][0] >= depth:
            self._over.pop()
        if index in self._titles:
            self._over.append((depth, self._titles[index]))
        self._open.append((depth, self._levels.get(index)))

    def say(self, level: Level) -> None:
        """A line under the headings says a level, up to the next such line or heading."""
        self._open = [(depth, said) for depth, said in self._open if depth < NO_HEADING]
        self._open.append((NO_HEADING, level))

    @property
    def level(self) -> Level | None:
        """The level that the nearest heading says."""
        return next((level for _, level in reversed(self._open) if level), None)

    def title(self, depth: int, below: int = 0) -> str:
        """The nearest heading above a question of this depth, `below` that of another, that names a topic, or ""."""
        return next((text for over, text in reversed(self._over) if below < over < depth), "")


def level_of_line(piece: Piece) -> Level | None:
    """The level that a bold line says, and nothing else: "**Intermediate:**"."""
    chunk = piece.chunk
    if chunk is None or piece.role != "block" or chunk.type != "paragraph" or chunk.text[:2] not in ("**", "__"):
        return None
    return levels.of_words(chunk.text) if emphasis.is_bold(chunk.text.strip().rstrip(":：")) else None


def named(stream: Stream, taken: Mapping[int, Taken]) -> Mapping[int, str]:
    """The titles of labelled questions, by their index: the heading right above the only one that it has.

    A heading that was not taken is a title where others of its level are.
    """
    asking = {index: found.candidate.asked for index, found in taken.items() if found.candidate.form == "heading"}
    texts = {**_titles(stream, taken), **{index: asked.text for index, asked in asking.items() if not asked.is_blank}}
    found: dict[int, int] = {}
    above, near = -1, False
    for index, piece in enumerate(stream):
        if piece.role == "heading":
            above, near = index, index in texts
        elif index in taken and taken[index].candidate.form == "label":
            if near:
                found[above] = index
            else:
                found.pop(above, None)
            near = False
        elif not metadata.is_level(piece):
            near = False
    levels_of = {heading: chunk.level for heading in found if (chunk := stream[heading].chunk)}
    fellows = Counter(levels_of.values())
    return {
        found[heading]: texts[heading] for heading, level in levels_of.items() if heading in taken or fellows[level] > 1
    }


def _titles(stream: Stream, taken: Container[int]) -> Mapping[int, str]:
    """The headings by index that name a topic: no questions, and neither levels nor parts of the page."""
    found = {}
    for index, piece in enumerate(stream):
        if piece.role != "heading" or piece.chunk is None or index in taken or labels.heading(piece.chunk.text):
            continue
        read = question.read(piece.chunk.text)
        if not (read.is_blank or vocabulary.is_aside(read.text) or levels.of_words(read.text)):
            found[index] = read.text
    return found


def _levels(stream: Stream, taken: Container[int]) -> Mapping[int, Level]:
    """The levels of headings by index: of those that say nothing else, or have fellows that say other levels."""
    plain: dict[int, Level] = {}
    fellows: dict[int, dict[int, Level]] = {}
    for index, piece in enumerate(stream):
        if piece.role != "heading" or piece.chunk is None or index in taken:
            continue
        read = question.read(piece.chunk.text)
        level = read.level or levels.of_words(read.text)
        if level:
            plain[index] = level
        if level := level or _at_edge(read.text):
            fellows.setdefault(piece.chunk.level, {})[index] = level
    for found in fellows.values():
        if len({level.difficulty for level in found.values()}) > 1:
            plain.update(found)
    return plain


def _at_edge(text: str) -> Level | None:
    """The level with which a heading of a few words begins or ends."""
    parts = text.replace(":", " ").replace("-", " ").split()
    if not 1 < len(parts) <= _WORDS:
        return None
    for word in (parts[0], parts[-1]):
        if difficulty := vocabulary.difficulty(word.strip("()[]")):
            return Level(difficulty, word)
    return None
