"""The stream and the questions that are Taken -> each Opened question with what stands under it, in one pass."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from ....model import Chunk
from ...words import labels, vocabulary
from ...words.levels import Level
from ..marks import mark
from ..stream import Piece, Stream
from ..weighing import Taken
from . import metadata
from .borders import Opened, begins, belongs, ends
from .sections import Sections, level_of_line, named


class Walk:
    """One pass over the stream: `found` are the questions, `level` is the one that the page gives above them all."""

    def __init__(self, stream: Stream, taken: Mapping[int, Taken]) -> None:
        self.found: list[Opened] = []
        self.level: Level | None = None
        self._stream, self._taken = stream, taken
        self._sections = Sections(stream, taken)
        self._named = named(stream, taken)
        self._asked_in = _asked_in(stream, taken)
        self._lists = set(_answering(stream))
        self._last_list: Chunk | None = None
        self._open: Opened | None = None

    def run(self) -> None:
        for index, piece in enumerate(self._stream):
            if self._open and self._open.waits:
                self._open.waits = False
                if mark(piece) not in ("details", "answer-label"):
                    self._finish()
            if piece.list is not None and piece.list is not self._last_list:
                self._enter(piece.list)
            whole = piece.list is not None and id(piece.list) not in self._lists
            taken = None if whole else self._taken.get(index)
            if taken and begins(taken, self._open):
                self._start(taken, index)
            elif piece.role == "heading" and piece.chunk:
                self._heading(piece, piece.chunk, index)
            elif whole:
                continue
            elif piece.role == "end":
                self._end()
            else:
                self._plain(piece)
        self._finish()

    def _enter(self, found: Chunk) -> None:
        """A list is read item by item where one of them begins a card, else taken as it was written."""
        self._last_list = found
        if any(begins(taken, self._open) for taken in self._asked_in.get(id(found), ())):
            self._lists.add(id(found))
        if id(found) not in self._lists:
            self._plain(Piece("block", found.line, found))

    def _start(self, taken: Taken, index: int) -> None:
        candidate = taken.candidate
        title, level = self._named.get(index, ""), None
        if candidate.form == "label" and self._open and _is_title(self._open):
            level = next(filter(None, map(metadata.level, self._open.body)), None)
            self._open = None if level or title else self._open
        self._finish()
        if candidate.form == "heading":
            self._sections.enter(candidate.level, index)
        self._open = Opened(
            taken, candidate.asked.level or level or self._sections.level,
            section=self._sections.title(candidate.level), topic=self._sections.title(candidate.level, 1), title=title,
        )  # fmt: skip
        if candidate.rest:
            self._open.body.append(Piece("block", candidate.rest.line, candidate.rest))

    def _heading(self, piece: Piece, chunk: Chunk, index: int) -> None:
        current, kind = self._open, labels.heading(chunk.text)
        if current and belongs(chunk, kind, current):
            current.done = current.done or kind == "follow-up"
            current.body.append(piece)
        else:
            self._finish()
            self._sections.enter(chunk.level, index)

    def _end(self) -> None:
        current = self._open
        if current is None:
            return
        if current.folds:
            current.folds -= 1
            current.body.append(Piece("end", 0))
        elif current.candidate.folds:
            current.closed = current.waits = True
            if current.body:
                self._finish()

    def _plain(self, piece: Piece) -> None:
        current = self._open
        level = level_of_line(piece)
        if level and (current is None or current.candidate.form in ("label", "bold")):
            self._finish()
            self._sections.say(level)
        elif current is None:
            self.level = self.level or metadata.level(piece)
        elif ends(piece, current):
            self._finish()
        else:
            current.folds += piece.role == "fold"
            current.done = current.done or (piece.label is not None and piece.label.kind == "follow-up")
            current.body.append(piece)

    def _finish(self) -> None:
        if self._open:
            self.found.append(self._open)
        self._open = None


def _is_title(above: Opened) -> bool:
    """Whether a heading has nothing but its level under it, and so is the title of the card whose label follows."""
    return above.candidate.form == "heading" and all(map(metadata.is_level, above.body))


def _asked_in(stream: Stream, taken: Mapping[int, Taken]) -> Mapping[int, list[Taken]]:
    """What was taken in each list, by the list's identity."""
    found: dict[int, list[Taken]] = {}
    for index, question in taken.items():
        if stream[index].list is not None:
            found.setdefault(id(stream[index].list), []).append(question)
    return found


def _answering(stream: Stream) -> Iterator[int]:
    """The lists, by identity, that begin with the label of an answer, or with a level and that.

    Where the first item explains, the list tells the points of one answer.
    """
    seen: set[int] = set()
    for piece in stream:
        if piece.list is None or id(piece.list) in seen or metadata.is_level(piece):
            continue
        seen.add(id(piece.list))
        if mark(piece) == "answer-label" and not (piece.label and vocabulary.explains(piece.label.word)):
            yield id(piece.list)
