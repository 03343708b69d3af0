"""The content of blocks: links, comments, bold runs, plain text, and the place of each."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import accumulate

from markdown_it.token import Token

from ..model import Chunk, Document, Span
from .parser import fill

# Code, link targets and text in angle brackets are not prose.
_NO_PROSE = re.compile(
    r"(?<!`)(`+)(?!`).+?(?<!`)\1(?!`)|(?<=\])\([^()\s]*(?:\s[^()]*)?\)|<[^<>\n]+>|https?://\S+", re.DOTALL
)
# The target of a link stands behind its text: a search for one that is escaped must not go through a whole book.
_REACH = 10_000
# How much of the text beside a deletion belongs to it.
_AROUND = 200
_BOLD = re.compile(r"\*\*|__")


@dataclass(frozen=True, slots=True)
class Prose:
    """The content of a heading, paragraph or cell: as a reader sees it, and as written with anything but prose blanked.

    An offset into `text` is an offset into the content, so `place` gives the place of a word found there.
    """

    token: Token
    plain: str
    text: str


@dataclass(frozen=True, slots=True)
class Deletion:
    """A bold run of a cloze card, with the text around it in its block and its offset."""

    prose: Prose
    offset: int
    hidden: str
    before: str
    after: str


def prose(tokens: Sequence[Token]) -> tuple[Prose, ...]:
    """Every piece of inline content in the tokens."""
    return tuple(
        Prose(token, plain_text(token.children or []), _blanked(token.content))
        for token in tokens
        if token.type == "inline"
    )


def _blanked(text: str) -> str:
    if not any(mark in text for mark in ("`", "](", "<", "://")):
        return text
    return _NO_PROSE.sub(lambda match: re.sub(r"[^\n]", " ", match[0]), text)


def deletions(tokens: Sequence[Token]) -> Iterator[Deletion]:
    """The bold runs, in order; one inside another is part of it."""
    for found in prose(tokens):
        children = found.token.children or []
        depth, start, runs = 0, 0, []
        for index, child in enumerate(children):
            if child.type == "strong_open":
                start = index if not depth else start
                depth += 1
            elif child.type == "strong_close":
                depth -= 1
                if not depth:
                    runs.append((start, index))
        marks = [match.start() for match in _BOLD.finditer(found.text)]
        pieces = [plain_text([child]) for child in children]
        ends, text = [0, *accumulate(map(len, pieces))], "".join(pieces)
        for number, (start, end) in enumerate(runs):
            mark = marks[2 * number] if 2 * number < len(marks) else 0
            first, last = ends[start], ends[end]
            yield Deletion(
                found, mark, text[first:last], text[max(first - _AROUND, 0) : first], text[last : last + _AROUND]
            )


def place(document: Document, token: Token, offset: int) -> Span:
    """The place of a character of a block's content; containers may indent the lines of the file."""
    starts = _starts(token.content)
    row = bisect_right(starts, max(offset, 0)) - 1
    line = (token.map or (0, 0))[0] + row + 1
    own = token.content[starts[row] : starts[row + 1] - 1 if row + 1 < len(starts) else None]
    raw = document.lines[line - 1] if line <= len(document.lines) else ""
    return Span(document.source.path, line, max(raw.find(own), 0) + offset - starts[row] + 1)


@lru_cache(maxsize=4)
def _starts(content: str) -> tuple[int, ...]:
    """Where the lines of a text begin: many places are asked for in one text."""
    return (0, *(match.end() for match in re.finditer("\n", content)))


def links(document: Document, tokens: Sequence[Token]) -> Iterator[tuple[str, Span]]:
    """The targets of all links, each with its place."""
    fill(tokens, document.references)
    for token in tokens:
        for child in token.children or ():
            if child.type == "link_open":
                target = str(child.attrGet("href") or "")
                yield target, place(document, token, target_offset(token.content, target, child.meta["at"]))


def target_offset(content: str, target: str, start: int) -> int:
    """The offset of the target of a link that begins at `start`; an escaped target follows the link's text."""
    for needle, length in ((target, 0), ("](", 2)):
        found = content.find(needle, start, start + _REACH)
        if target and found >= 0:
            return found + length
    return start


def stray_comments(document: Document, chunk: Chunk, opening: re.Pattern[str]) -> Iterator[Span]:
    """The places of HTML comments inside a block that match `opening`, except for one that begins the block."""
    if "<!--" in chunk.text:
        yield from _comments(document, chunk.tokens, opening, chunk.type == "comment")


def footnote_comments(document: Document, opening: re.Pattern[str]) -> Iterator[Span]:
    """The places of HTML comments in footnotes that match `opening`."""
    for tokens in document.footnotes.values():
        yield from _comments(document, tokens, opening, False)


def _comments(
    document: Document, tokens: Sequence[Token], opening: re.Pattern[str], skip_first: bool
) -> Iterator[Span]:
    for index, token in enumerate(tokens):
        if token.type == "html_block":
            for match in re.finditer("<!--", token.content):
                first = skip_first and index == 0 and not token.content[: match.start()].strip()
                if not first and opening.match(token.content, match.start()):
                    yield place(document, token, match.start())
        for child in token.children or ():
            if child.type == "html_inline" and opening.match(child.content):
                yield place(document, token, child.meta["at"])


def count_bold(tokens: Sequence[Token]) -> int:
    """The number of bold runs in the tokens; one inside another is not counted."""
    count = depth = 0
    for token in tokens:
        for child in token.children or ():
            if child.type == "strong_open":
                count += depth == 0
                depth += 1
            elif child.type == "strong_close":
                depth -= 1
    return count


def count_items(tokens: Sequence[Token]) -> int:
    """The number of list items in the tokens, at every depth."""
    return sum(token.type == "list_item_open" for token in tokens)


def plain(tokens: Sequence[Token]) -> str:
    """The text of inline content, without markup."""
    return " ".join(plain_text(token.children or []) for token in tokens if token.type == "inline").strip()


def plain_text(children: Sequence[Token]) -> str:
    words = []
    for child in children:
        if child.type in ("softbreak", "hardbreak"):
            words.append(" ")
        elif child.type == "image":
            words.append(plain_text(child.children or []))
        elif child.type != "html_inline":
            words.append(child.content)
    return "".join(words)
