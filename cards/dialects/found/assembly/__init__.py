"""The stream and the questions that are Taken -> Blocks: each question with its answer.

`walk` gives each question what stands under it, and `borders` says where that begins and ends. `answer` sorts it into
front, answer and more, with `options` for boxes and `substance` for what says nothing. `sections` and `metadata` say
how difficult it is, and `card` makes the Block.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from ....model import Block, Chunk, Document, Span
from ...words.levels import Level
from ..stream import Stream
from ..weighing import Taken
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
    made = [card(document, opened, keyed.get(opened.candidate.index, ())) for opened in walk.found]
    for index in _repeated(walk.found, made):
        opened = walk.found[index]
        made[index] = card(document, opened, keyed.get(opened.candidate.index, ()), repeated=True)
    return Assembled(
        tuple(found for found in made if isinstance(found, Block)),
        tuple(found for found in made if isinstance(found, Span)),
        walk.level,
    )


def _repeated(opened: Sequence[Opened], made: Sequence[Block | Span | None]) -> Iterator[int]:
    """The cards whose fronts are equal, but which stand under different headings."""
    fronts: dict[str, list[int]] = {}
    for index, found in enumerate(made):
        if isinstance(found, Block):
            fronts.setdefault(found.asked.casefold(), []).append(index)
    for indices in fronts.values():
        if len({opened[index].section for index in indices}) > 1:
            yield from indices
