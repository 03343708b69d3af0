"""An Opened question and what comes next -> whether that begins another card, belongs to the answer, or ends it.

An answer that is cut, runs on into the next card, or gives its points as cards is fixed here.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from ....model import Chunk
from ...marked import cloze
from ...words import emphasis, question
from ...words.levels import Level
from ..candidates import Candidate
from ..stream import Piece
from ..weighing import Taken


@dataclass(slots=True)
class Opened:
    """A question whose answer is being read.

    `section` is the heading above it, `topic` one that is not the page's title, and `title` one that belongs to it
    alone. `folds` counts what is open in its
    body. A question that folds may be `closed`, and then `waits` for an answer that folds right below it. Once it is
    `done`, only further questions follow.
    """

    taken: Taken
    level: Level | None
    section: str = ""
    topic: str = ""
    title: str = ""
    body: list[Piece] = field(default_factory=list)
    folds: int = 0
    closed: bool = False
    waits: bool = False
    done: bool = False

    @property
    def candidate(self) -> Candidate:
        return self.taken.candidate

    @property
    def is_inside(self) -> bool:
        """Whether a fold is open: that of the question itself, or one in its answer."""
        return self.folds > 0 or (self.candidate.folds and not self.closed)


def begins(taken: Taken, current: Opened | None) -> bool:
    """Whether a question begins a card here, or belongs to the answer in which it stands."""
    if current is None:
        return True
    candidate, above = taken.candidate, current.candidate
    if candidate.form == "heading":
        if current.folds:
            return False
        if candidate.level <= above.level:
            return True
    elif current.done:
        return False
    if above.folds and not current.closed and (candidate.form == "bold" or not candidate.asked.asks):
        return bool(taken.mark)
    if above.form == "heading" and candidate.form == "bold" and not candidate.asked.asks:
        return taken.is_sure  # else a point of the answer
    if above.form != "heading" or taken.is_sure:
        return True
    if above.level > 1 and not any(piece.chunk for piece in current.body):
        return True
    if candidate.form != "heading" and above.asked.asks:
        return False
    return _is_stronger(taken, current.taken)


def _is_stronger(taken: Taken, above: Taken) -> bool:
    """Whether more speaks for a question than for the one above it."""
    if taken.score is None or above.is_sure:
        return False
    return above.score is None or taken.score > above.score


def belongs(heading: Chunk, kind: str, current: Opened) -> bool:
    """Whether a heading that is not taken is part of the answer above it; `kind` says what it opens."""
    candidate = current.candidate
    if current.is_inside or kind == "answer":
        return True
    if kind and kind != "question" and heading.level == candidate.level:
        # As `### Answer` does, which stands beside its question.
        return candidate.needs_mark or (kind == "hint" and current.taken.mark == "answer-heading")
    return candidate.form == "heading" and heading.level > candidate.level


def ends(piece: Piece, current: Opened) -> bool:
    """Whether a piece ends the answer above it: a card of another kind, a rule, the title of the next card."""
    chunk, form = piece.chunk, current.candidate.form
    if chunk is None or piece.role != "block":
        return False
    if chunk.type == "rule":
        return form in ("label", "bold")
    if chunk.type != "paragraph":
        return False
    asked, place = current.candidate.asked, current.candidate.chunk.within
    if piece.starts and asked.marked and 0 < len(chunk.within) <= len(place):
        return True  # the next item, which is no card
    if "#" in chunk.text and question.read(chunk.text.rpartition("\n")[2]).marked:
        return True
    return cloze.is_line(chunk.text) or (piece.starts and form == "label" and emphasis.is_bold(chunk.text))
