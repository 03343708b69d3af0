"""The stream and the questions that are Taken -> Blocks: each question with its answer.

`walk` gives each question what stands under it, and `borders` says where that begins and ends. `answer` sorts it into
front, answer and more, with `options` for boxes and `substance` for what says nothing. `sections` and `metadata` say
how difficult it is, and `card` makes the Block.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from ....model import Block, Chunk, Document, Span
from ...words.levels import Level
from ..stream import Stream
from ..weighing import Taken
from . import substance
from .borders import Opened
from .card import card, whole
from .walk import Walk

__all__ = ["Assembled", "assemble", "whole"]


@dataclass(frozen=True, slots=True)
class Assembled:
    """The cards, the places of questions without an answer, and the level that the document gives for all."""

    blocks: tuple[Block, ...]
    unanswered: tuple[Span, ...]
    level: Level | None


def assemble(
    document: Document, stream: Stream, taken: Mapping[int, Taken], keyed: Mapping[int, Sequence[Chunk]]
) -> Assembled:
    """Make the cards of the questions that are taken; what is `keyed` answers those that nothing else does."""
    walk = Walk(stream, taken)
    walk.run()
    steps: set[int] = set()

    def make(index: int, repeated: bool = False) -> Block | Span | None:
        found = walk.found[index]
        told = keyed.get(found.candidate.index, ())
        return card(document, found, told, repeated=repeated, steps=index in steps)

    made = list(map(make, range(len(walk.found))))
    steps.update(_stepped(walk.found, made))
    for index in steps:
        made[index] = make(index)
    for index in _repeated(walk.found, made):
        made[index] = make(index, repeated=True)
    return Assembled(
        tuple(found for found in made if isinstance(found, Block)),
        tuple(found for found in made if isinstance(found, Span)),
        walk.level,
    )


def _stepped(opened: Sequence[Opened], made: Sequence[Block | Span | None]) -> Iterator[int]:
    """The questions without an answer whose letters count its steps: options would stand under most lines like it."""
    waiting = [index for index, found in enumerate(made) if isinstance(found, Span) and _is_lettered(opened[index])]
    if waiting:
        fellows = Counter(found.candidate.group for found in opened)
        lettered = Counter(found.candidate.group for found in opened if _is_lettered(found))
        groups = (opened[index].candidate.group for index in waiting)
        yield from (
            index for index, group in zip(waiting, groups, strict=True) if 2 * lettered[group] <= fellows[group] > 1
        )


def _is_lettered(opened: Opened) -> bool:
    return any(piece.chunk is not None and substance.is_options(piece.chunk) for piece in opened.body)


def _repeated(opened: Sequence[Opened], made: Sequence[Block | Span | None]) -> Iterator[int]:
    """The cards whose fronts are equal, but which stand under different headings."""
    fronts: dict[str, list[int]] = {}
    for index, found in enumerate(made):
        if isinstance(found, Block):
            fronts.setdefault(found.asked.casefold(), []).append(index)
    for indices in fronts.values():
        if len({opened[index].section for index in indices}) > 1:
            yield from indices
