"""Blocks of a card -> those that say something: links to the top, rules, placeholders and blank HTML do not."""

from __future__ import annotations

import re
from collections.abc import Sequence

from .... import markdown
from ....model import Chunk
from ...words import links, vocabulary

_BREAKS = re.compile(r"(?<!\s)(?:\s*<br\s*/?>)+\s*\Z", re.IGNORECASE)
_BLANK = re.compile(r"[\W_]*|\[[^\]\n]*\]|<[^>\n]*>")
_SPACE = " \t\n\u200b\\"


def trimmed(chunks: Sequence[Chunk]) -> list[Chunk]:
    """Blocks without rules, empty HTML and links to the top at either end."""
    kept = list(chunks)
    while kept and _is_idle(kept[-1]):
        kept.pop()
    if kept and kept[-1].type in ("paragraph", "list") and (breaks := _BREAKS.search(kept[-1].text)):
        kept[-1] = markdown.ended(kept[-1], breaks[0])
    while kept and _is_idle(kept[0]):
        del kept[0]
    return kept


def answers(chunk: Chunk) -> bool:
    """Whether a block could answer: no heading alone, no placeholder, no options of which none is ticked."""
    if chunk.type in ("rule", "comment", "heading"):
        return False
    if chunk.type == "paragraph" and not _is_pictured(chunk):
        text = chunk.text.strip()
        if "`" in text or "$" in text:  # `$?` is an answer, and has no letter
            return True
        return _BLANK.fullmatch(text) is None and not vocabulary.is_placeholder(text) and not links.leads_back(text)
    return not (chunk.type == "list" and markdown.is_boxed(chunk))


def _is_idle(chunk: Chunk) -> bool:
    if chunk.type == "rule":
        return True
    if chunk.type == "paragraph":
        shown = markdown.without_tags(chunk.text).replace("&nbsp;", "").strip(_SPACE)
        return links.leads_back(chunk.text) or not (_is_pictured(chunk) or shown)
    if chunk.type == "html":
        text = chunk.text.strip()
        return links.html_leads_back(text) or not (_is_pictured(chunk) or markdown.without_tags(text).strip())
    return False


def _is_pictured(chunk: Chunk) -> bool:
    return "![" in chunk.text or "<img" in chunk.text
