"""Tokens -> the links, media, anchors and tables of a page of the guide."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from markdown_it.token import Token

from ..model import Document, Span
from .blocks import anchor_of
from .inline import place, plain_text, target_offset
from .parser import fill

_RAW_TARGET = re.compile(r"""\b(href|src|srcset)\s*=\s*(?:"([^"]*)"|'([^']*)')""", re.IGNORECASE)
_RAW_NAME = re.compile(r"""\b(?:id|name)\s*=\s*["']([^"']+)["']""", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Target:
    """The target of a link or medium, and its place."""

    address: str
    span: Span


@dataclass(frozen=True, slots=True)
class Cell:
    """A cell of a table: its text, the targets of its links, its place."""

    text: str
    targets: tuple[str, ...]
    span: Span


def tokens_of(document: Document) -> Iterator[Token]:
    """Every token of the document, those of its footnotes last."""
    for tokens in (*(chunk.tokens for chunk in document.chunks), *document.footnotes.values()):
        fill(tokens, document.references)
        yield from tokens


def targets(document: Document) -> Iterator[Target]:
    """The targets of the links and media of a page, in Markdown and in raw HTML."""
    for token in tokens_of(document):
        if token.type == "html_block":
            yield from _raw_targets(document, token, 0, token.content)
        for child in _inline(token):
            if child.type in ("link_open", "image"):
                address = str(child.attrGet("href" if child.type == "link_open" else "src") or "")
                offset = target_offset(token.content, address, child.meta.get("at", 0))
                yield Target(address, place(document, token, offset))
            elif child.type == "html_inline":
                yield from _raw_targets(document, token, child.meta["at"], child.content)


def _inline(token: Token) -> Iterator[Token]:
    for child in token.children or ():
        yield child
        yield from _inline(child)


def _raw_targets(document: Document, token: Token, start: int, html: str) -> Iterator[Target]:
    if html.lstrip().startswith("<!--"):
        return
    for match in _RAW_TARGET.finditer(html):
        value = match[2] if match[2] is not None else match[3]
        span = place(document, token, start + match.start(2 if match[2] is not None else 3))
        if match[1].lower() == "srcset":
            for candidate in value.split(","):
                yield Target(candidate.split()[0] if candidate.split() else "", span)
        else:
            yield Target(value, span)


def anchors(document: Document) -> frozenset[str]:
    """The fragments that lead to a page's headings and to the names in its raw HTML."""
    found: set[str] = set()
    seen: dict[str, int] = {}
    tokens = list(tokens_of(document))
    for index, token in enumerate(tokens):
        if token.type == "heading_open":
            found.add(anchor_of(plain_text(tokens[index + 1].children or []), seen))
        elif token.type == "html_block":
            found.update(_RAW_NAME.findall(token.content))
        for child in token.children or ():
            if child.type == "html_inline":
                found.update(_RAW_NAME.findall(child.content))
    return frozenset(found)


def tables(document: Document) -> Iterator[list[list[Cell]]]:
    """The tables of a page as rows of cells, the header first."""
    rows: list[list[Cell]] | None = None
    for token in tokens_of(document):
        if token.type == "table_open":
            rows = []
        elif rows is None:
            continue
        elif token.type == "tr_open":
            rows.append([])
        elif token.type == "inline":
            rows[-1].append(_cell(document, token))
        elif token.type == "table_close":
            yield rows
            rows = None


def _cell(document: Document, token: Token) -> Cell:
    links = tuple(str(c.attrGet("href") or "") for c in token.children or () if c.type == "link_open")
    return Cell(plain_text(token.children or []).strip(), links, place(document, token, 0))


def count_words(tokens: Sequence[Token]) -> int:
    """The number of words of prose in the tokens, without code and comments."""
    count = 0
    for token in tokens:
        if token.type == "inline" and token.children is None:
            count += len(token.content.split())
        elif token.type == "inline":
            count += len(plain_text([c for c in token.children or () if c.type != "image"]).split())
    return count
