"""What a dialect proposes: a piece of the stream that may be a question, before anything is decided."""

from __future__ import annotations

from dataclasses import dataclass

from ..model import Chunk
from .question import Asked


@dataclass(frozen=True, slots=True)
class Candidate:
    """A question, perhaps: the piece of the stream at `index`, by the dialect `form`.

    Those of one `group` look alike. `rest` is what follows in the question's own paragraph. Where it is `sure`, nothing
    but an answer is needed; else the group's evidence decides. `level` is a heading's, 7 where it is none.
    """

    index: int
    form: str
    group: tuple[object, ...]
    asked: Asked
    line: int
    chunk: Chunk
    rest: Chunk | None = None
    level: int = 7
    sure: bool = False
    needs_mark: bool = False
