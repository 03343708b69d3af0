"""Document -> a flat stream of Pieces: what is a block, a labelled line, or folds; but not what any of it asks.

A fold in a list item, a tag that is never closed, a label in the middle of a paragraph: what the stream does not show
no later step can see, and it is fixed here. `reading` walks the blocks, `html` cuts raw HTML, `piece` is the product.
"""

from __future__ import annotations

from .piece import Piece, Stream, after
from .reading import read

__all__ = ["Piece", "Stream", "after", "read"]
