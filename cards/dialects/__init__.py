"""The ways to write a question: `house` reads our own syntax, `guess` reads other people's notes."""

from __future__ import annotations

from collections.abc import Sequence

from ..model import Document
from . import found as notes
from . import house
from .block import with_level
from .found import Found, Reason
from .marked import cloze, definition, spaced, table
from .words import levels
from .words.levels import Level

__all__ = ["NAMES", "Found", "Level", "Reason", "guess", "house", "levels"]

NAMES = (house.NAME, *notes.NAMES, cloze.NAME, definition.NAME, table.NAME, spaced.NAME)
"""Every dialect that deck.yaml and `--dialect` may name."""


def guess(document: Document, chosen: Sequence[str] = (), title: str = "", level: Level | None = None) -> Found:
    """The cards of a document without house cards, the questions without an answer, and the reasons, all in order.

    `chosen` names the only dialects to read, which then need no evidence. `title` and `level` come from the front
    matter: the question that the whole file answers, and its difficulty.
    """
    found = notes.read(document, chosen)
    level = level or found.level or levels.of_path(document.source.name)
    apart = list(spaced.read(document, spaced.NAME in chosen)) if not chosen or spaced.NAME in chosen else []
    divided = {card.span.line for card in apart if card.lines.stop > card.span.line + 1}
    # A question with the mark of an answer below it is not answered by that mark.
    blocks = [card for card in found.blocks if card.span.line not in divided]
    reasons = list(found.reasons)
    taken = {line for card in blocks for line in card.lines}
    for name, read in (
        (spaced.NAME, apart),
        (cloze.NAME, cloze.read(document, cloze.NAME in chosen)),
        (definition.NAME, definition.read(document)),
        (table.NAME, table.read(document)),
    ):
        added = [card for card in read if card.span.line not in taken] if not chosen or name in chosen else []
        blocks += added
        reasons += (Reason(card.span, name, True, "nothing else is written so") for card in added)
        taken.update(line for card in added for line in card.lines)
    if title and (not chosen or "heading" in chosen) and not blocks and not found.unanswered:
        blocks += notes.whole(document, title)
    return Found(
        tuple(with_level(card, level) for card in sorted(blocks, key=lambda card: card.span)),
        found.unanswered,
        tuple(sorted(reasons, key=lambda reason: reason.span)),
        level,
    )
