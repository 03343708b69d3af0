"""Source -> Document, and tokens -> HTML: the one room that knows markdown-it.

A document is parsed once. Its blocks keep their tokens, and a part of a card is rendered from them, so
link references and footnotes resolve wherever in the file they are defined.
"""

from __future__ import annotations

from .document import parse, unclosed_html
from .inline import count_bold, footnote_comments, links, place, plain, stray_comments
from .labels import split_labels
from .renderer import CLOZE_CLOSE, CLOZE_OPEN, CLOZE_TEXT, SOUND, Context, render, render_inline

__all__ = [
    "CLOZE_CLOSE",
    "CLOZE_OPEN",
    "CLOZE_TEXT",
    "SOUND",
    "Context",
    "count_bold",
    "footnote_comments",
    "links",
    "parse",
    "place",
    "plain",
    "render",
    "render_inline",
    "split_labels",
    "stray_comments",
    "unclosed_html",
]
