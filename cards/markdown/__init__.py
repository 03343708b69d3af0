"""Source -> Document, and tokens -> HTML: the only package that imports markdown-it.

A document is parsed once. Its blocks keep their tokens, from which the parts of a card are rendered, so link references
and footnotes resolve wherever the file defines them.
"""

from __future__ import annotations

from .document import parse, unclosed_html
from .elements import INERT, without_tags
from .fences import code, content, holds_fence, is_open, without_end
from .guide import Cell, Target, anchors, count_words, tables, targets
from .inline import (
    Deletion,
    Prose,
    count_bold,
    count_items,
    deletions,
    footnote_comments,
    links,
    place,
    plain,
    prose,
    stray_comments,
)
from .labels import split_labels
from .parser import fill
from .parts import (
    Item,
    boxes,
    cut,
    ended,
    first_lines,
    html,
    inside,
    is_boxed,
    is_ticked,
    items,
    paragraph,
    parted,
    rows,
    ticked,
    unticked,
)
from .renderer import CLOZE_CLOSE, CLOZE_OPEN, CLOZE_TEXT, SOUND, Context, raw_html, render, render_inline

__all__ = [
    "CLOZE_CLOSE",
    "CLOZE_OPEN",
    "CLOZE_TEXT",
    "INERT",
    "SOUND",
    "Cell",
    "Context",
    "Deletion",
    "Item",
    "Prose",
    "Target",
    "anchors",
    "boxes",
    "code",
    "content",
    "count_bold",
    "count_items",
    "count_words",
    "cut",
    "deletions",
    "ended",
    "fill",
    "first_lines",
    "footnote_comments",
    "holds_fence",
    "html",
    "inside",
    "is_boxed",
    "is_open",
    "is_ticked",
    "items",
    "links",
    "paragraph",
    "parse",
    "parted",
    "place",
    "plain",
    "prose",
    "raw_html",
    "render",
    "render_inline",
    "rows",
    "split_labels",
    "stray_comments",
    "tables",
    "targets",
    "ticked",
    "unclosed_html",
    "unticked",
    "without_end",
    "without_tags",
]
