"""Raw HTML -> where something folds in it, and what it shows."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from .... import markdown
from ....model import Chunk

_TAGS = re.compile(r"<(/?)(details|summary)\b[^<>]*>", re.IGNORECASE)
_NOTHING = re.compile(r"(?:</?(?:br|p|b|i|em|strong|div|center|span|ul|li|h\d|hr)\b[^<>]*>|&nbsp;|\s)*", re.IGNORECASE)
# A line that closes tags without a blank line before it belongs to the paragraph.
_CLOSING = re.compile(r"(?:</?(?:b|i|p|br|strong|em|div|blockquote)>\s*)*</details>\s*(?:</?\w+>\s*)*\Z", re.IGNORECASE)
_CLOSING_LINE = re.compile(r"</details>\Z", re.IGNORECASE)
# What is put before and behind an answer in HTML, to set it apart from its summary.
_AROUND = re.compile(r"\A(?:\s*<(?:br\s*/?|p)>)+|(?<!\s)(?:\s*<(?:br\s*/?|/p)>)+\s*\Z", re.IGNORECASE)
_ALL_BOLD = re.compile(r"\A\s*<(b|strong)>((?:(?!</?\1>).)*)(?:</\1>)?\s*\Z", re.IGNORECASE | re.DOTALL)
# A search of the whole text would cost too much in long lists.
_TAIL = 80


@dataclass(frozen=True, slots=True)
class Cut:
    """HTML up to a tag: the text, and the tag ("summary", "/details" …; "" at the end), each with its line from 0."""

    text: str
    line: int
    tag: str
    tag_line: int


def folds(text: str) -> bool:
    """Whether a tag of what folds stands in HTML."""
    return _TAGS.search(text) is not None


def cuts(text: str) -> Iterator[Cut]:
    """HTML cut at the tags of what folds."""
    at = line = 0
    for tag in _TAGS.finditer(text):
        tag_line = line + text.count("\n", at, tag.start())
        yield Cut(text[at : tag.start()], line, f"{tag[1]}{tag[2].lower()}", tag_line)
        at = tag.end()
        line = tag_line + tag[0].count("\n")
    yield Cut(text[at:], line, "", line)


def closing(chunk: Chunk) -> str:
    """The tags at the end of a paragraph or list that close what folds, as written, or ""."""
    text = chunk.text[-_TAIL:] if chunk.type == "list" else chunk.text
    found = _CLOSING.search(chunk.text) if "details>" in text else None
    return found[0] if found else ""


def closing_code(chunk: Chunk) -> str:
    """The tag that closes what folds, where code takes it in because nothing closes the code itself, or ""."""
    found = _CLOSING_LINE.search(chunk.text.rstrip(" \t\n`~")) if "details>" in chunk.text[-_TAIL:] else None
    return found[0] if found and markdown.is_open(chunk) else ""


def shown(text: str, like: Chunk, line: int) -> Chunk | None:
    """What HTML shows that begins in this line, without what only surrounds it; None where it shows nothing."""
    if _NOTHING.fullmatch(text) or text.strip().startswith("<!--"):
        return None
    inner = _AROUND.sub("", text)
    if bold := _ALL_BOLD.match(inner):
        inner = _AROUND.sub("", bold[2])
    skipped = text[: max(text.find(inner.strip()), 0)].count("\n")
    return markdown.html(inner.strip(), like, line + skipped)
