"""The lists of boxes under a question -> the options that it asks with, and the ticked ones, which answer."""

from __future__ import annotations

from collections.abc import Sequence

from .... import markdown
from ....model import Chunk, Document
from ..stream import Piece

_LEAST_BOXES = 2


class Options:
    """The lists with boxes in a body: how many are `left`, and whether the last one that was read had a tick.

    There are none where fewer than two boxes stand, or none is ticked.
    """

    def __init__(self, body: Sequence[Piece]) -> None:
        lists = [p.chunk for p in body if p.chunk and p.chunk.type == "list" and markdown.is_boxed(p.chunk)]
        boxes = [ticked for chunk in lists for ticked in markdown.boxes(chunk)]
        self.left = len(lists) if len(boxes) >= _LEAST_BOXES and any(boxes) else 0
        self.ticked = False
        self._scattered = self.left > 1

    def are_in(self, chunk: Chunk) -> bool:
        """Whether a list holds options."""
        return self.left > 0 and markdown.is_boxed(chunk)

    def split(self, document: Document, chunk: Chunk) -> tuple[Chunk, list[Chunk]]:
        """A list of options without its ticks, and what its ticked items hold."""
        ticked = [item for item in markdown.items(document, chunk) if item.ticked]
        self.ticked = bool(ticked)
        self.left -= 1
        told = [markdown.ticked(chunk)] if len(ticked) > 1 else [inner for item in ticked for inner in item.chunks]
        return markdown.unticked(chunk), told

    def hold(self, code: Chunk, front: Sequence[Chunk]) -> bool:
        """Whether code belongs to the option above it: boxes may stand alone, each with its code below."""
        if not self._scattered or not front:
            return False
        near = front[-1].end_line < code.line <= front[-1].end_line + 2
        return near and any(map(markdown.is_boxed, front))
