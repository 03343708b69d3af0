"""The body of a question -> its Answer: what more is asked, what answers, and what is not graded.

An answer that is marked begins at its mark: a label, a heading "Answer", a fold that offers it, a box that is ticked.
What stands before it belongs to the question. Without a mark all of the body is the answer. Half of an answer on the
front, or an answer that begins too late, is fixed here; a mark that is not recognised, in `marks`.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from .... import markdown
from ....model import Chunk, Document
from ...words import labels, vocabulary
from ...words.levels import Level
from ...words.question import Asked
from .. import marks
from ..marks import Mark
from ..stream import Piece
from ..weighing import Taken
from . import metadata, substance
from .options import Options

Part = Literal["front", "answer", "more", "source"]

# A heading, and the links under it.
_SECTION = 2

_COMMENT = re.compile(r"<!--\s*(.*?)\s*(?:-->|\Z)", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Answer:
    """The parts of a card under its question.

    `mark` says how the answer is marked; a `draft` still has a template's place for one. Letters in it may count
    `steps`.
    """

    mark: Mark
    level: Level | None
    draft: bool
    steps: bool
    front: tuple[Chunk, ...]
    answer: tuple[Chunk, ...]
    more: tuple[Chunk, ...]
    source: tuple[Chunk, ...]

    @property
    def is_empty(self) -> bool:
        """Whether nothing answers."""
        if self.draft:
            return True
        boxes = self.mark == "answer-label" and any(map(markdown.is_boxed, self.answer))
        steps = self.steps and any(map(substance.is_options, self.answer))
        return not (boxes or steps or any(map(substance.answers, self.answer))) or substance.only_files(self.answer)

    @property
    def explains(self) -> bool:
        """Whether it is more than code and options."""
        return any(
            chunk.type == "paragraph" or (chunk.type == "list" and metadata.is_metadata(chunk)) for chunk in self.answer
        )


def read(document: Document, asked: Asked, taken: Taken, body: Sequence[Piece], steps: bool) -> Answer:
    """Sort the pieces under a question that asks `asked`; letters may count the `steps` of its answer."""
    reader = _sorted(document, body)
    parts, shown = reader.parts, taken.candidate.shown
    begins = _asked_before(reader, asked, taken, body) if reader.mark else 0
    if reader.mark and begins < len(parts["front"]):
        parts = _sorted(document, body, marked=False).parts
    parts["answer"], parts["front"] = parts["front"][begins:] + parts["answer"], parts["front"][:begins]
    parts["source"] = _last_links(parts["answer"]) + parts["source"]
    found: Mapping[Part, list[Chunk]] = {name: substance.trimmed(chunks) for name, chunks in parts.items()}
    told = found["answer"]
    front = (*shown, *(found["front"] or _pointed_at(asked.text, told)))
    if not reader.mark and len(told) == 1 and told[0].type == "fence" and vocabulary.shows(asked.text):
        front, told = (*front, *told), []  # the code that is asked about, and nothing that answers
    return Answer(
        reader.mark, reader.level, reader.draft, steps, front, tuple(told), tuple(found["more"]), tuple(found["source"])
    )


def _sorted(document: Document, body: Sequence[Piece], marked: bool = True) -> _Reader:
    """A reader that has taken a body; where it is not `marked`, the marks in it are part of what it says."""
    reader = _Reader(document, body, marked)
    for piece in body:
        reader.take(piece)
    return reader


def _repeats(body: Sequence[Piece]) -> bool:
    """Whether the same label of an answer stands twice, and so begins parts of one."""
    words = [piece.label.word for piece in body if piece.label and piece.label.kind == "answer"]
    return len(words) > len(set(words))


def _asked_before(reader: _Reader, asked: Asked, taken: Taken, body: Sequence[Piece]) -> int:
    """How many of the blocks before a mark belong to the question: all, unless the mark may stand below an answer.

    Then a statement there answers, but for one among the options of the question. The code above it does too, unless
    the question speaks of it.
    """
    front = reader.parts["front"]
    if reader.mark == "choice" or not asked.asks:
        return len(front)
    if not (reader.is_weak or taken.plain or taken.candidate.folds or _repeats(body)):
        return len(front)
    first = next((number for number, chunk in enumerate(front) if substance.states(chunk)), None)
    if first is None or any(map(substance.is_options, front)):
        return len(front)
    return first if vocabulary.points(asked.text) else 0


def _last_links(answer: list[Chunk]) -> list[Chunk]:
    """The links of the sections at the end of an answer that hold nothing else; the sections are taken from it."""
    found: list[Chunk] = []
    while len(answer) > _SECTION and answer[-2].type == "heading" and not substance.answers(answer[-1]):
        found[:0] = answer[-1:]
        del answer[-2:]
    return found


def _pointed_at(asked: str, told: Sequence[Chunk]) -> Sequence[Chunk]:
    """The code below a question that speaks of it: it is shown with the question, and again with what it explains."""
    if len(told) > 1 and told[0].type == "fence" and vocabulary.points(asked):
        return told[:1]
    return ()


class _Reader:
    """Sorts pieces; what comes before a mark goes to the front until it is known that none comes."""

    def __init__(self, document: Document, body: Sequence[Piece], marked: bool) -> None:
        self.document = document
        self.marked = marked
        self.parts: dict[Part, list[Chunk]] = {"front": [], "answer": [], "more": [], "source": []}
        self.part: Part = "front"
        self.mark: Mark = ""
        self.level: Level | None = None
        self.draft = False
        self.options = Options(body)
        self.folds: list[Part | None] = []
        self.hinted: Part | None = None
        self.is_weak = False

    def take(self, piece: Piece) -> None:
        chunk = piece.chunk
        if piece.role == "heading" and chunk:
            self._heading(chunk)
        elif piece.role == "label":
            self._label(piece)
        elif piece.role == "fold" and chunk:
            self._fold(piece, chunk)
        elif piece.role == "end":
            self.part = (self.folds.pop() if self.folds else None) or self.part
        elif chunk:
            self._block(piece, chunk)

    def _add(self, chunk: Chunk | None) -> None:
        if chunk is not None:
            self.parts[self.part].append(chunk)

    def _open(self, mark: Mark) -> None:
        """The answer begins here, unless it has begun."""
        if self.mark or not self.marked:
            return
        if self.part != "front":  # what was taken for less than the question is part of it
            self.parts["front"] += self.parts[self.part]
            self.parts[self.part] = []
        self.part, self.mark = "answer", mark

    def _heading(self, chunk: Chunk) -> None:
        told, kind = marks.told_in(chunk.text), labels.heading(chunk.text)
        self.part, self.hinted = self.hinted or self.part, None
        if told is not None and self.marked:
            self.is_weak = not self.mark and vocabulary.explains(chunk.text)
            self._open("answer-heading")
            if told:
                self._add(markdown.paragraph(told, chunk))
        elif kind == "source":
            self.part = "source"
        elif kind == "hint":
            self.hinted, self.part = self.part, "more"
            self._add(replace(chunk, text=f"{'#' * chunk.level} {chunk.text}"))
        else:
            if kind == "follow-up":
                self.part = "more"
            elif self.part != "front":
                self.part = "answer" if self.mark else "front"
            self._add(replace(chunk, text=f"{'#' * chunk.level} {chunk.text}"))

    def _label(self, piece: Piece) -> None:
        kind = piece.label.kind if piece.label else ""
        if self.marked and marks.mark(piece) == "answer-label" and not self.parts["answer"]:
            self.is_weak = not self.mark and piece.label is not None and vocabulary.explains(piece.label.word)
            self._open("answer-label")
            self._add(piece.chunk)
        elif kind == "level" and (level := metadata.level(piece)):
            self.level = self.level or level
        elif kind == "hint" and (hint := _as_written(self.document, piece)):
            self.parts["more"].append(hint)
        else:
            if kind == "follow-up":
                self.part = "more"
            self._add(_as_written(self.document, piece))

    def _fold(self, piece: Piece, chunk: Chunk) -> None:
        self.folds.append(None)
        offers = labels.is_offer(piece.text)
        if marks.mark(piece) == "details" and (self.marked or offers):
            weak = vocabulary.explains(piece.text) or (offers and piece.text != "")
            self.is_weak = self.is_weak or (weak and not self.mark)
            self._open("details")
        elif labels.is_hint(piece.text):
            self.folds[-1], self.part = self.part, "more"
            self._add(markdown.paragraph(f"**{piece.text.strip('*')}**", chunk, piece.line))
        elif piece.text:
            self._add(markdown.paragraph(f"**{piece.text.strip('*')}**", chunk, piece.line))

    def _block(self, piece: Piece, chunk: Chunk) -> None:
        if chunk.type == "comment":
            self._comment(piece, chunk)
        elif chunk.type == "list":
            self._list(piece, chunk)
        elif chunk.type == "fence" and self.mark in ("", "choice") and self.options.hold(chunk, self.parts["front"]):
            self.parts["front"].append(chunk)
            if self.options.ticked:
                self.parts["answer"].append(chunk)
        elif chunk.type == "quote" and self.part == "front" and (opened := _quoted(self.document, chunk)):
            for inner in opened:
                self.take(inner)
        else:
            self._add(chunk)

    def _comment(self, piece: Piece, chunk: Chunk) -> None:
        self.level = self.level or metadata.level(piece)
        inner = _COMMENT.match(chunk.text)
        if inner and not self.parts["answer"] and vocabulary.is_placeholder(inner[1]):
            self.draft = True

    def _list(self, piece: Piece, chunk: Chunk) -> None:
        if self.mark in ("", "choice") and self.options.are_in(chunk):
            self._options(chunk)
        elif self.part == "front" and metadata.is_metadata(chunk) and (level := metadata.level(piece)):
            self.level = self.level or level
        else:
            self._add(chunk)

    def _options(self, chunk: Chunk) -> None:
        """Options are asked without their ticks, and the ticked ones answer."""
        asked, told = self.options.split(self.document, chunk)
        self.parts["front"].append(asked)
        self.parts["answer"] += told
        if not self.options.left:
            self.part, self.mark = "answer", "choice"


def _quoted(document: Document, chunk: Chunk) -> list[Piece]:
    """The pieces of a quote that holds the answer under its label."""
    children = markdown.inside(document, chunk)
    first = children[0] if children and children[0].type == "paragraph" else None
    label = labels.read(first.text.split("\n")[0]) if first else None
    if not first or not label or label.kind != "answer":
        return []
    _, rest = markdown.cut(first, [(0, label.length)])
    opening = Piece("label", first.line, rest, label=label)
    return [opening, *(Piece("block", child.line, child) for child in children[1:])]


def _as_written(document: Document, piece: Piece) -> Chunk | None:
    """A labelled line that is part of the answer, with its label: bold, if it is set off at all."""
    if not piece.label:
        return piece.chunk
    written = f"**{piece.label.word}:** " if piece.label.is_set_off else piece.label.written
    shown = f"{written}{piece.chunk.text if piece.chunk else ''}".rstrip()
    return markdown.paragraph(shown, piece.chunk or document.chunks[0], piece.line)
