"""How a question is written: `house` reads our own syntax, `guess` what people have written anywhere else."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from ..model import Document
from . import choose, cloze, definition, heading, house, levels, table
from .choose import Found, Reason
from .levels import Level

__all__ = ["NAMES", "Found", "Level", "Reason", "guess", "house", "levels"]

NAMES = (house.NAME, *choose.NAMES, cloze.NAME, definition.NAME, table.NAME)
"""Every dialect that deck.yaml and `--dialect` may name."""


def guess(document: Document, chosen: Sequence[str] = (), title: str = "", level: Level | None = None) -> Found:
    """The cards of a document without house cards, in order, the questions without an answer, and the reasons.

    `chosen` names the only dialects to read, which then need no evidence. Of the file's front matter `title` is what the
    whole of it answers, and `level` how difficult that is.
    """
    found = choose.choose(document, chosen, level)
    taken = {line for block in found.blocks for line in block.lines}
    for name, blocks in (
        (cloze.NAME, cloze.read(document, level, chosen)),
        (definition.NAME, definition.read(document, level)),
        (table.NAME, table.read(document, level)),
    ):
        if chosen and name not in chosen:
            continue
        for block in blocks:
            if block.span.line not in taken:
                found.blocks.append(block)
                found.reasons.append(Reason(block.span, name, True, "its marks are used for nothing else"))
    if title and not found.blocks and not found.unanswered:
        found.blocks += heading.whole(document, title, level)
    blocks = sorted(found.blocks, key=lambda block: block.span)
    return replace(found, blocks=blocks, reasons=sorted(found.reasons, key=lambda reason: reason.span))
