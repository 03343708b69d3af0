"""Reads other people's notes: a Document comes in, the cards in it go out, and why each line was taken or was not.

It takes five steps. `stream` makes the Document a flat stream of Pieces, from which `keys` takes the answers that stand
apart; `candidates` are those that may ask; `marks` say how the answer of each is marked; `weighing` chooses the
questions by evidence; and `assembly` gives each question what stands under it, and makes the Blocks. A step sees what
the steps before hand on, and nothing of the next. What a single line says (a label, a level, a question) is known in
`words`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from ...model import Block, Document, Span
from ..words.levels import Level
from . import assembly, candidates, keys, marks, stream, weighing
from .assembly import whole
from .weighing import Reason

__all__ = ["NAMES", "Found", "Reason", "read", "whole"]

NAMES = ("heading", "answer-label", "answer-heading", "details", "bold", "label", "choice", "callout")
"""The dialects that share the stream: the forms of candidates, and the marks of answers."""


@dataclass(frozen=True, slots=True)
class Found:
    """What a document holds: its cards, the places of questions without an answer, and why lines were taken or not.

    `level` is the difficulty that the document says of itself.
    """

    blocks: tuple[Block, ...] = ()
    unanswered: tuple[Span, ...] = ()
    reasons: tuple[Reason, ...] = ()
    level: Level | None = None


def read(document: Document, chosen: Sequence[str]) -> Found:
    """The cards of a document; where dialects are `chosen`, theirs are taken without evidence."""
    pieces, apart = keys.apart(document, stream.read(document))
    proposed = candidates.propose(pieces)
    keyed = keys.answers(apart, pieces, proposed)
    marked = marks.find(pieces, proposed, keyed)
    choice = weighing.decide(document, pieces, proposed, marked, chosen)
    made = assembly.assemble(document, pieces, choice.taken, keyed)
    return Found(made.blocks, made.unanswered, choice.reasons, made.level)
