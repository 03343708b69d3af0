"""A Piece that may ask -> a Candidate, as every form proposes it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from ....model import Chunk
from ...words.question import Asked

Form = Literal["heading", "bold", "label", "details", "callout"]

NO_HEADING = 7
"""The level of what is no heading: below all of them."""


@dataclass(frozen=True, slots=True)
class Group:
    """What lines have in common that look alike: the form, the place (a heading's level, a list) and a number."""

    form: Form
    place: str = ""
    numbered: bool = False


@dataclass(frozen=True, slots=True)
class Candidate:
    """Perhaps a question: the piece of the stream at `index`.

    `rest` is what follows in the question's own paragraph, `shown` what is asked with it; where the question stands
    `below`, it is the first paragraph that follows. A `sure` candidate only needs an answer; one that `needs_mark` is
    none unless its answer is marked; the evidence of the group decides on all others.
    """

    index: int
    group: Group
    asked: Asked
    line: int
    chunk: Chunk
    rest: Chunk | None = None
    shown: tuple[Chunk, ...] = ()
    level: int = NO_HEADING
    below: bool = False
    sure: bool = False
    needs_mark: bool = False

    @property
    def form(self) -> Form:
        """How it asks."""
        return self.group.form

    @property
    def folds(self) -> bool:
        """Whether it asks in the title of what folds away, and is answered inside."""
        return self.form in ("details", "callout")

    @property
    def is_any_item(self) -> bool:
        """Whether it is an item that does not end with a question mark, as the items of any list may be."""
        return self.form == "bold" and self.needs_mark
