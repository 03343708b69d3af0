"""A Piece -> the level that it gives as metadata: `Difficulty: easy`, a list of such items, a comment."""

from __future__ import annotations

import re

from .... import markdown
from ....model import Chunk
from ...words import labels, levels
from ...words.levels import Level
from ..stream import Piece

_COMMENT = re.compile(r"<!--\s*([\w -]+?)\s*[:=]\s*\(?\s*(.+?)\s*\)?\s*-->", re.DOTALL)
_ENTRY = re.compile(r"[^\w]*[\w -]{1,24}(?:\*\*|__)?[ ]?[:：]")
# The one scale in use that counts from 0 says so by its name.
_ZERO_BASED = "expertise"


def level(piece: Piece) -> Level | None:
    """The level that a labelled line, a list or a comment gives."""
    if piece.chunk is None:
        return None
    if is_level(piece):
        return levels.of_value(piece.chunk.text.split("\n")[0])
    if piece.chunk.type == "list":
        return _of_items(piece.chunk)
    return _of_comment(piece.chunk.text) if piece.chunk.type == "comment" else None


def is_level(piece: Piece) -> bool:
    """Whether a piece is labelled as a level."""
    return piece.label is not None and piece.label.kind == "level"


def is_metadata(chunk: Chunk) -> bool:
    """Whether every item of a list is a label and its value."""
    return all(map(_ENTRY.match, markdown.first_lines(chunk)))


def _of_items(chunk: Chunk) -> Level | None:
    for line in markdown.first_lines(chunk):
        label = labels.read(line)
        if label and label.kind == "level" and (found := levels.of_value(line[label.length :])):
            return found
    return None


def _of_comment(text: str) -> Level | None:
    named = _COMMENT.match(text)
    if not named or not levels.is_key(named[1]):
        return None
    return levels.of_value(named[2], named[1].casefold() == _ZERO_BASED)
