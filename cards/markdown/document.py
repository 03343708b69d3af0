"""Source -> Document, and the faults that would lose part of a file."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from markdown_it.token import Token

from ..model import Container, Diagnostic, Document, Source, Span
from . import rules
from .blocks import blocks, chunk_of, column_of, commented_heading, container_of, listed_heading
from .parser import MAX_NESTING, block_parser_for, fill

# HTML blocks in CommonMark 0.31: these tags begin kind 1, the openings in the table below kinds 2 to 5. Each continues
# to its closing, else to the end of its container.
_VERBATIM = re.compile(r"<(script|pre|style|textarea)(?=[\s>]|$)", re.IGNORECASE)
_CLOSINGS = {"<!--": "-->", "<?": "?>", "<![cdata[": "]]>", "<!": ">"}


def parse(source: Source, blank: int = 0, notes: bool = False) -> tuple[Document, tuple[Diagnostic, ...]]:
    """Read Markdown, treating the first `blank` lines (front matter) as empty.

    In other people's `notes`, any heading in a list opens it. Except for headings, inline content is parsed only when
    it is shown, because most of it never is.
    """
    lines = source.text.split("\n")
    body = "\n".join([*[""] * blank, *lines[blank:], ""])
    references: dict[str, Any] = {rules.NOTES: True} if notes else {}
    tokens = block_parser_for("[^" in body, "$" in body).parse(body, references)
    _leave(tokens, references)
    if not notes:
        fill(tokens, references)
    footnotes: dict[str, tuple[Token, ...]] = {}
    document = Document(source, tuple(lines), (), footnotes, references)
    faults = tuple(_lost(tokens, document))
    tokens = _without_footnotes(tokens, footnotes)
    anchors: dict[str, int] = {}
    chunks = tuple(
        chunk_of(tokens[start:end], within, document, anchors)
        for start, end, within in blocks(tokens, listed_heading if notes else commented_heading)
    )
    return replace(document, chunks=chunks), faults


def _leave(tokens: Sequence[Token], references: Mapping[str, Any]) -> None:
    """Mark inline content as not yet parsed, except that of headings, which give anchors."""
    for index, token in enumerate(tokens):
        if token.type == "inline":
            token.children = None
            if tokens[index - 1].type == "heading_open":
                fill([token], references)


def _without_footnotes(tokens: list[Token], footnotes: dict[str, tuple[Token, ...]]) -> list[Token]:
    """The tokens outside footnote definitions, whose own go to `footnotes` by label.

    A definition inside another is separate and not part of it, as on GitHub; of two for a label the one that
    ends first is taken.
    """
    if not any(token.type == "footnote_reference_open" for token in tokens):
        return tokens
    kept: list[Token] = []
    inside: list[tuple[str, list[Token]]] = []
    for token in tokens:
        if token.type == "footnote_reference_open":
            inside.append((token.meta["label"], []))
        elif token.type == "footnote_reference_close":
            label, own = inside.pop()
            footnotes.setdefault(label, tuple(own))
        else:
            (inside[-1][1] if inside else kept).append(token)
    return kept


def _lost(tokens: Sequence[Token], document: Document) -> Iterator[Diagnostic]:
    """Blocks that swallow the text after them: nested too deeply, or never closed."""
    within: list[Container | None] = []
    deep = False

    def place(line: int) -> Span:
        containers = [container for container in within if container]
        return Span(document.source.path, line, column_of(document.lines[line - 1], line, containers))

    for index, token in enumerate(tokens):
        start, end = token.map or (0, 0)
        if token.nesting == 1:
            within.append(container_of(index, token))
            if token.level == MAX_NESTING - 1 and tokens[index + 1].nesting == -1 and not deep:
                deep = True
                yield Diagnostic(
                    Span(document.source.path, start + 1), "C003", "lists or quotes are nested too deeply to be read",
                    f"flatten them: a quote counts as one level, a list as two, and {MAX_NESTING} are too many",
                )  # fmt: skip
        elif token.nesting == -1:
            within.pop()
        elif token.type == "fence" and token.content.count("\n") > end - start - 2:
            yield _unclosed(place(start + 1), "code fence", f"a line of {token.markup}")
        elif token.type == "html_block":
            text = token.content.lstrip().lower()
            verbatim = _VERBATIM.match(text)
            opening = next((mark for mark in _CLOSINGS if text.startswith(mark)), "")
            closing = f"</{verbatim[1]}>" if verbatim else _CLOSINGS.get(opening, "")
            if closing and closing not in text:
                yield unclosed_html(place(start + 1))


def unclosed_html(span: Span) -> Diagnostic:
    """The fault of HTML, including comments, without an end."""
    return _unclosed(span, "HTML block or comment", "its closing tag or mark")


def _unclosed(span: Span, what: str, closing: str) -> Diagnostic:
    return Diagnostic(
        span, "C004", f"this {what} is never closed and swallows everything after it", f"close it with {closing}"
    )
