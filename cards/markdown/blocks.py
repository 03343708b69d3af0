"""Tokens -> Chunks: the Markdown blocks of a document, with their places and their text as written."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Callable, Iterator, Mapping, Sequence

from markdown_it.token import Token

from ..model import Chunk, ChunkType, Container, Document
from .inline import plain_text

_LISTS = ("bullet_list_open", "ordered_list_open")
_MARK = r"[ \t]*(?:>|[-+*]|\d{1,9}[.)])[ \t]?"
_TYPES: Mapping[str, ChunkType] = {
    "heading_open": "heading",
    "paragraph_open": "paragraph",
    "bullet_list_open": "list",
    "ordered_list_open": "list",
    "blockquote_open": "quote",
    "alert_open": "quote",
    "table_open": "table",
    "html_block": "html",
    "fence": "fence",
    "hr": "rule",
}
Opens = Callable[[Sequence[Token], int], bool]


def commented_heading(tokens: Sequence[Token], index: int) -> bool:
    """Whether the heading that ends here has a comment under it; such a heading opens its containers."""
    return is_comment(tokens, index + 1)


def listed_heading(tokens: Sequence[Token], index: int) -> bool:
    """Any heading that ends here opens its containers."""
    return True


def blocks(tokens: Sequence[Token], opens: Opens) -> Iterator[tuple[int, int, tuple[Container, ...]]]:
    """The ranges of tokens that make one block each.

    A list or quote is one block, unless a heading inside `opens` it: then its blocks are `within` it. A quote holds
    quoted text, so only our own comments open it.
    """
    closes: dict[int, int] = {}
    marked = [0]
    stack: list[int] = []
    for index, token in enumerate(tokens):
        marked.append(marked[-1] + (token.type == "heading_close" and opens(tokens, index)))
        if token.nesting == 1:
            stack.append(index)
        elif token.nesting == -1:
            closes[stack.pop()] = index
    within: list[tuple[int, Container | None]] = []
    index = 0
    while index < len(tokens):
        while within and index == within[-1][0]:
            within.pop()
            index += 1
        if index == len(tokens):
            return
        end = closes.get(index, index) + 1
        container = container_of(index, tokens[index])
        quoted = container is not None and container.type == "quote" and opens is not commented_heading
        if (container or tokens[index].type in _LISTS) and not quoted and marked[end] > marked[index]:
            within.append((end - 1, container))
            index += 1
        else:
            yield index, end, tuple(container for _, container in within if container)
            index = end


def container_of(index: int, token: Token) -> Container | None:
    """The list item or quote that a token opens."""
    line = (token.map or (0, 0))[0] + 1
    if token.type in ("blockquote_open", "alert_open"):
        return Container(index, "quote", line)
    return Container(index, "item", line) if token.type == "list_item_open" else None


def column_of(raw: str, line: int, within: Sequence[Container]) -> int:
    """The column at which a line of the file begins, after the marks of its containers."""
    if not within:
        return len(raw) - len(raw.lstrip(" \t")) + 1
    marks = sum(container.type == "quote" or container.line == line for container in within)
    match = re.match(f"(?:{_MARK}){{0,{marks}}}[ \\t]*", raw)
    return (match.end() if match else 0) + 1


def is_comment(tokens: Sequence[Token], index: int) -> bool:
    return (
        index < len(tokens) and tokens[index].type == "html_block" and tokens[index].content.lstrip().startswith("<!--")
    )


def chunk_of(
    tokens: Sequence[Token], within: tuple[Container, ...], document: Document, anchors: dict[str, int]
) -> Chunk:
    first = tokens[0]
    start, end = first.map or (0, 0)
    kind: ChunkType = "comment" if is_comment(tokens, 0) else _TYPES.get(first.type, "other")
    anchor = ""
    level = 0
    if kind == "heading":
        text = tokens[1].content
        anchor = anchor_of(plain_text(tokens[1].children or []), anchors)
        level = int(first.tag[1])
    elif kind == "comment":
        text = first.content.strip()
    else:
        plain = kind == "paragraph" and within
        lines = tokens[1].content.split("\n") if plain else _outdent(document.lines[start:end], within, start + 1)
        while len(lines) > 1 and not lines[-1].strip():
            lines = lines[:-1]
        end = start + len(lines)
        text = source_of(first) if first.type in ("fence", "code_block") else "\n".join(lines)
    language = language_of(first) if kind == "fence" else ""
    column = column_of(document.lines[start], start + 1, within)
    return Chunk(
        kind, text.strip("\n"), start + 1, column, max(end, start + 1), tuple(tokens), within, language, anchor, level
    )


def source_of(token: Token) -> str:
    """Code as Markdown, without the indentation of the containers around it."""
    if token.type == "code_block":
        return textwrap.indent(token.content, "    ")
    return f"{token.markup}{token.info}\n{token.content}{token.markup}"


def _outdent(lines: Sequence[str], within: tuple[Container, ...], first: int) -> Sequence[str]:
    """Markdown without the marks of the list items and quotes around it; `first` is its first line."""
    for container in within:
        if container.type == "quote":
            lines = [re.sub(r"^[ ]{0,3}>[ ]?", "", line) for line in lines]
            continue
        if container.line == first and (mark := re.match(_MARK, lines[0])):
            lines = [" " * mark.end() + lines[0][mark.end() :], *lines[1:]]
        lines = textwrap.dedent("\n".join(lines)).split("\n")
    return lines


def language_of(fence: Token) -> str:
    words = fence.info.split()
    return words[0].lower() if words else ""


def anchor_of(text: str, seen: dict[str, int]) -> str:
    """The fragment GitHub gives a heading: lower case, no punctuation, hyphens, numbered repeats."""
    slug = re.sub(r"[^\w\- ]", "", text.strip().lower()).replace(" ", "-")
    count = seen.get(slug, -1) + 1
    seen[slug] = count
    return f"{slug}-{count}" if count else slug
