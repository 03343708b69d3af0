"""The stream and the questions that were taken -> their cards: each with what stands under it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from ... import markdown
from ...model import Block, Chunk, Document, Span
from ..block import block
from ..marked import cloze
from ..words import labels, levels, question, vocabulary
from ..words.levels import Level
from . import answer
from .candidate import Candidate, Group
from .evidence import Evidence
from .marks import Marks, mark
from .pieces import Piece
from .sections import Sections

_BOLD_LINE = re.compile(r"(\*\*|__)[^*_]+\1")


@dataclass(slots=True)
class _Open:
    """A question whose answer is being read.

    How many folds are open in it; whether its own is `closed`, and the answer may still fold on its own right below;
    whether it is `done`, so that only further questions follow.
    """

    candidate: Candidate
    level: Level | None
    body: list[Piece] = field(default_factory=list)
    folds: int = 0
    closed: bool = False
    waits: bool = False
    done: bool = False

    @property
    def is_inside(self) -> bool:
        """Whether a fold is open: that of the question itself, or one in its answer."""
        return self.folds > 0 or (self.candidate.folds and not self.closed)


class Walk:
    """One pass over the stream; `blocks` are its cards, `unanswered` the places of questions that are none."""

    def __init__(
        self,
        document: Document,
        stream: Sequence[Piece],
        taken: Mapping[int, Candidate],
        marks: Marks,
        evidence: Mapping[Group, Evidence],
    ) -> None:
        self.document, self.stream, self.taken = document, stream, taken
        self.marks, self.evidence = marks, evidence
        self.sections = Sections(stream, taken)
        self.asked_in = _asked_in(stream, taken)
        self.lists = set(_answering(stream))
        self.open: _Open | None = None
        self.page_level: Level | None = None
        self.last_list: Chunk | None = None
        self.blocks: list[Block] = []
        self.unanswered: list[Span] = []

    def run(self) -> None:
        for index, piece in enumerate(self.stream):
            candidate = self.taken.get(index)
            if self.open and self.open.waits:
                self.open.waits = False
                if mark(piece) not in ("details", "answer-label"):
                    self._finish()
            if piece.list is not None and piece.list is not self.last_list:
                self._enter(piece.list)
            if candidate and piece.list is not None and id(piece.list) not in self.lists:
                candidate = None
            if candidate and self._begins(candidate):
                self._start(candidate, index)
            elif piece.role == "heading" and piece.chunk:
                self._heading(piece, piece.chunk, index)
            elif piece.list is not None and id(piece.list) not in self.lists:
                continue
            elif piece.role == "end":
                self._end()
            else:
                self._plain(piece)
        self._finish()

    def _start(self, candidate: Candidate, index: int) -> None:
        title = self._level_of_title() if candidate.form == "label" else None
        if title:
            self.open = None
        self._finish()
        if candidate.form == "heading":
            self.sections.enter(candidate.level, index)
        self.open = _Open(candidate, candidate.asked.level or title or self.sections.level)
        if candidate.rest:
            self.open.body.append(Piece("block", candidate.rest.line, candidate.rest))

    def _level_of_title(self) -> Level | None:
        """The level that stands alone under a heading, which then is the title of the card whose label follows."""
        current = self.open
        if current is None or current.candidate.form != "heading" or not current.body:
            return None
        if any(piece.label is None or piece.label.kind != "level" for piece in current.body):
            return None
        return answer.read(self.document, current.body).level

    def _begins(self, candidate: Candidate) -> bool:
        """Whether what was taken begins a card here, or belongs to the answer in which it stands."""
        current = self.open
        if current is None:
            return True
        above, marked = current.candidate, bool(self.marks[candidate])
        if candidate.form == "heading":
            if current.folds:
                return False
            if candidate.level <= above.level:
                return True
        elif current.done:
            return False
        if above.folds and not current.closed and (candidate.form == "bold" or not candidate.asked.asks):
            return marked
        if above.form == "heading" and candidate.form == "bold" and not candidate.asked.asks:
            return marked or candidate.sure  # a point of its answer
        if above.form != "heading" or marked or candidate.sure:
            return True
        if above.level > 1 and not any(piece.chunk for piece in current.body):
            return True
        if candidate.form != "heading" and above.asked.asks:
            return False
        own, other = self.evidence.get(candidate.group), self.evidence.get(above.group)
        stronger = own is not None and (other is None or own.score > other.score)
        return stronger and not (self.marks[above] or above.sure)

    def _heading(self, piece: Piece, chunk: Chunk, index: int) -> None:
        current, kind = self.open, labels.heading(chunk.text)
        if current and (current.is_inside or self._belongs(current.candidate, chunk, kind)):
            current.done = current.done or kind == "follow-up"
            current.body.append(piece)
        else:
            self._finish()
            self.sections.enter(chunk.level, index)

    def _belongs(self, candidate: Candidate, chunk: Chunk, kind: str) -> bool:
        """Whether a heading that asks nothing is part of the answer above it."""
        if kind == "answer":
            return True
        if kind and kind != "question" and chunk.level == candidate.level and candidate.needs_mark:
            return True  # of `### Question`, as `### Answer` is
        return candidate.form == "heading" and chunk.level > candidate.level

    def _enter(self, found: Chunk) -> None:
        """A list is read item by item where one of them begins a card, else taken as it is."""
        self.last_list = found
        if any(map(self._begins, self.asked_in.get(id(found), ()))):
            self.lists.add(id(found))
        if id(found) not in self.lists:
            self._plain(Piece("block", found.line, found))

    def _end(self) -> None:
        current = self.open
        if current is None:
            return
        if current.folds:
            current.folds -= 1
        elif current.candidate.folds:
            current.closed = current.waits = True
            if current.body:
                self._finish()

    def _plain(self, piece: Piece) -> None:
        current = self.open
        level = _level_line(piece)
        if level and (current is None or current.candidate.form in ("label", "bold")):
            self._finish()
            self.sections.say(level)
        elif current is None:
            self._outside(piece)
        elif _ends(piece, current.candidate.form):
            self._finish()
        else:
            current.folds += piece.role == "fold"
            current.done = current.done or (piece.label is not None and piece.label.kind == "follow-up")
            current.body.append(piece)

    def _outside(self, piece: Piece) -> None:
        """What stands under no question may say how difficult the whole file is."""
        if self.page_level or piece.chunk is None:
            return
        if piece.label and piece.label.kind == "level":
            self.page_level = levels.of_value(piece.chunk.text.split("\n")[0])
        elif piece.chunk.type == "list":
            self.page_level = next(answer.item_levels(piece.chunk), None)
        elif piece.chunk.type == "comment":
            self.page_level = answer.comment_level(piece.chunk.text)

    def _finish(self) -> None:
        current, self.open = self.open, None
        if current is None:
            return
        candidate, body = current.candidate, current.body
        asked, chunk = candidate.asked, candidate.chunk
        if asked.is_blank or (candidate.form == "label" and self.stream[candidate.index].chunk is None):
            first = next((p for p in body if p.role == "block" and p.chunk and p.chunk.type == "paragraph"), None)
            if first is None or first.chunk is None:
                return
            body = [piece for piece in body if piece is not first]
            asked, chunk = question.read(first.chunk.text), first.chunk
        read = answer.read(self.document, body)
        front = (*candidate.shown, *(read.part("front") or _pointed_at(asked.text, read.part("answer"))))
        line = candidate.line if chunk is candidate.chunk else chunk.line
        # Where its fellows have answers that are marked, what stands under one without is part of what it asks.
        fellows = candidate.group in self.marks.groups and not candidate.sure
        if read.is_empty or (fellows and not read.mark and not (asked.asks and _explains(read.part("answer")))):
            if asked.asks or fellows:
                self.unanswered.append(Span(self.document.source.path, line, candidate.chunk.column))
            return
        self.blocks.append(
            block(
                self.document, _dialect(candidate, read.mark), line, candidate.chunk.column,
                (markdown.paragraph(asked.text, chunk),), read.part("answer"),
                front=front, more=read.part("more"), source=read.part("source"),
                level=levels.among(asked.level or read.level or current.level, self.document.source.text),
                anchor=candidate.chunk.anchor,
            )
        )  # fmt: skip


def _dialect(candidate: Candidate, mark: str) -> str:
    """How a card is written: a heading or bold line is named after how its answer is marked, if it is."""
    return mark if mark and candidate.form in ("heading", "bold") else candidate.form


def _explains(told: Sequence[Chunk]) -> bool:
    """Whether blocks are more than code and options."""
    return any(chunk.type == "paragraph" for chunk in told)


def _pointed_at(asked: str, told: Sequence[Chunk]) -> tuple[Chunk, ...]:
    """The code below a question that speaks of it: it is shown with the question, and again with what it explains."""
    if len(told) > 1 and told[0].type == "fence" and vocabulary.points(asked):
        return (told[0],)
    return ()


def _asked_in(stream: Sequence[Piece], taken: Mapping[int, Candidate]) -> Mapping[int, list[Candidate]]:
    """What was taken in each list, by the list's identity."""
    found: dict[int, list[Candidate]] = {}
    for index, candidate in taken.items():
        if stream[index].list is not None:
            found.setdefault(id(stream[index].list), []).append(candidate)
    return found


def _answering(stream: Sequence[Piece]) -> Iterator[int]:
    """The lists, by identity, that begin with the label of an answer."""
    for before, piece in zip((None, *stream), stream, strict=False):
        first = piece.list is not None and (before is None or before.list is not piece.list)
        if first and mark(piece) == "answer-label":
            yield id(piece.list)


def _level_line(piece: Piece) -> Level | None:
    """The level that a bold line says, and nothing else: "**Intermediate:**"."""
    chunk = piece.chunk
    if chunk is None or piece.role != "block" or chunk.type != "paragraph" or chunk.text[:2] not in ("**", "__"):
        return None
    return levels.of_words(chunk.text) if _BOLD_LINE.fullmatch(chunk.text.strip().rstrip(":：")) else None


def _ends(piece: Piece, form: str) -> bool:
    """Whether a piece ends the answer above it: a card of another kind, a rule, the title of the next card."""
    chunk = piece.chunk
    if chunk is None or piece.role != "block":
        return False
    if chunk.type == "rule":
        return form in ("label", "bold")
    if chunk.type != "paragraph":
        return False
    return cloze.is_line(chunk.text) or (
        piece.starts and form == "label" and _BOLD_LINE.fullmatch(chunk.text) is not None
    )
