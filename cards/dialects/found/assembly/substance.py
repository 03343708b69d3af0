"""Blocks of a card -> those that say something: links to the top, rules, placeholders and blank HTML do not."""

from __future__ import annotations

import re
from collections.abc import Sequence

from .... import markdown
from ....model import Chunk
from ...words import links, options, vocabulary

_BREAKS = re.compile(r"(?<!\s)(?:\s*<br\s*/?>)+\s*\Z", re.IGNORECASE)
_BLANK = re.compile(r"[\W_]*|\[[^\]\n]*\]|<[^>\n]*>|\{[^}\n]*\}")
_COMMENT = re.compile(
    r"[ \t]*(?:#|//|--|/\*|<!--|;|%|\"\"\")[ \t]*(.*?)[ \t]*(?:\*/|-->|\"\"\")?[ \t]*|[ \t]*(?:pass|\.\.\.|…)?[ \t]*"
)
_QUOTED = re.compile(r"(?m)^[ \t>]+")
_FIELD = re.compile(r"[^\w\n]{0,6}[^\W\d_][\w /-]{0,30}(?:\*\*|__)?[ ]?[:：](?P<value>.*)")
# A field to fill in: `**Score:** __ / 5`, `Notes:`.
_FORM = re.compile(
    r"[^\w\n]{0,6}[^\W\d_][\w '’/-]{0,40}(?:\*\*|__)?[ ]?[:：](?:\*\*|__)?[ \t]*"
    r"(?:[^\w\n]*__.{0,20}|[^\w\n]*(?:/[ ]?\d+)?)"
)
_FEW = 3
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
        if is_options(chunk) or links.points_elsewhere(text) or _is_form(text):
            return False
        if "`" in text or "$" in text:  # `$?` is an answer, and has no letter
            return True
        return not (_is_place(text) or links.leads_back(text))
    if chunk.type == "list":
        lines = tuple(markdown.first_lines(chunk))
        return not (markdown.is_boxed(chunk) or is_options(chunk) or all(map(_says_nothing, lines)))
    if chunk.type == "quote":
        return not _is_place(_QUOTED.sub("", chunk.text))
    return not (chunk.type == "fence" and _is_template(chunk.text))


def _is_place(text: str) -> bool:
    """Whether a text only says where an answer goes."""
    return _BLANK.fullmatch(text) is not None or vocabulary.is_placeholder(text)


def _is_form(text: str) -> bool:
    """Whether each line of a text is a field to fill in."""
    return ":" in text and all(map(_FORM.fullmatch, text.split("\n")))


def _says_nothing(item: str) -> bool:
    """Whether the first line of an item is only a link, or a field to fill in."""
    # What ends with a colon has its text on the next line.
    return links.is_only_link(item) or (
        _FORM.fullmatch(item) is not None and not item.rstrip("* ").endswith((":", "："))
    )


def only_files(chunks: Sequence[Chunk]) -> bool:
    """Whether blocks hold only short fields, of which one names a page: `**Status:** done`, `**Location:** a.md`."""
    if not all(chunk.type in ("paragraph", "list") for chunk in chunks):
        return False
    if not all(_FIELD.fullmatch(line) for chunk in chunks for line in _lines(chunk)):
        return False
    values = [_FIELD.sub(r"\g<value>", line).strip(" *_\\") for chunk in chunks for line in _lines(chunk)]
    return any(map(links.is_page, values)) and all(links.is_page(v) or len(v.split()) <= _FEW for v in values)


def _lines(chunk: Chunk) -> Sequence[str]:
    return tuple(markdown.first_lines(chunk)) if chunk.type == "list" else chunk.text.split("\n")


def states(chunk: Chunk) -> bool:
    """Whether a block tells something: a paragraph that neither asks nor introduces what follows."""
    text = chunk.text.rstrip()
    return (
        chunk.type == "paragraph" and answers(chunk) and not _is_pictured(chunk)
        and not vocabulary.is_marked(text) and not text.endswith((":", "："))
    )  # fmt: skip


def is_options(chunk: Chunk) -> bool:
    """Whether a block holds the lettered options of a question."""
    if chunk.type == "list":
        return options.are(tuple(markdown.first_lines(chunk)))
    return chunk.type == "paragraph" and options.are(chunk.text.split("\n"))


def _is_template(fence: str) -> bool:
    """Whether code only says where an answer goes: `# Your code here`."""
    lines = fence.split("\n")[1:-1]
    said = [match[1] for match in map(_COMMENT.fullmatch, lines) if match]
    return len(said) == len(lines) and any(text and vocabulary.is_placeholder(text) for text in said)


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
