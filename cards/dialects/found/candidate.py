"""What a dialect proposes: a piece of the stream that may be a question, before anything is decided."""

from __future__ import annotations

from dataclasses import dataclass

from ...model import Chunk
from ..words.question import Asked

NO_HEADING = 7
"""The level of what is no heading: below all of them."""


@dataclass(frozen=True, slots=True)
class Group:
    """What lines have in common that look alike: the dialect, the place (a heading's level, a list) and a number."""

    form: str
    place: str = ""
    numbered: bool = False


@dataclass(frozen=True, slots=True)
class Candidate:
    """A question, perhaps: the piece of the stream at `index`.

    `rest` is what follows in the question's own paragraph, `shown` what is asked with it. Where it is `sure`, nothing
    but an answer is needed; one that `needs_mark` is none unless its answer is marked; else the group's evidence
    decides.
    """

    index: int
    group: Group
    asked: Asked
    line: int
    chunk: Chunk
    rest: Chunk | None = None
    shown: tuple[Chunk, ...] = ()
    level: int = NO_HEADING
    sure: bool = False
    needs_mark: bool = False

    @property
    def form(self) -> str:
        """The dialect that proposes it."""
        return self.group.form

    @property
    def folds(self) -> bool:
        """Whether its answer is what folds away under it."""
        return self.form in ("details", "callout")
