"""The tokens of a paragraph -> those of a part of its text, so that the part need not be parsed again."""

from __future__ import annotations

import re
from collections.abc import Sequence

from markdown_it.token import Token

_BREAK = re.compile(r"[ ]*\\?\n[ \t]*")
_BRACKETED = frozenset({"code_inline", "math_inline", "math_inline_double"})


def within(tokens: Sequence[Token], text: str) -> list[Token] | None:
    """The inline tokens of `text`, which stands in the block of these tokens; None where only parsing it would tell."""
    content, children = tokens[1].content, tokens[1].children or []
    start = content.find(text)
    if start < 0 or not text:
        return None
    end = start + len(text)
    found: list[Token] = []
    at = 0
    for child in children:
        if at >= end:
            break
        if at >= start and end == len(content):  # whatever it is, it is inside
            found.append(_shifted(child, start))
            continue
        size = _size(child, content, at)
        if size is None:
            return None
        if at >= start and at + size <= end:
            found.append(_shifted(child, start))
        elif at + size > start:
            if child.type != "text":
                return None
            found.append(child.copy(content=child.content[max(start - at, 0) : end - at]))
        at += size
    return found if _is_balanced(found) else None


def _size(token: Token, content: str, at: int) -> int | None:
    """How many characters a token takes at a place, or None where that cannot be told."""
    if token.type in ("softbreak", "hardbreak"):
        match = _BREAK.match(content, at)
        return len(match[0]) if match else None
    shown = token.content if token.type in ("text", "html_inline") else token.markup
    if token.type in _BRACKETED:
        shown = f"{token.markup}{token.content}{token.markup}"
    elif token.type.startswith("link") or token.type == "image":
        return None
    return len(shown) if content.startswith(shown, at) else None


def _shifted(token: Token, start: int) -> Token:
    """A token in the part that begins at `start`, where it says at which character it stands."""
    return token.copy(meta={**token.meta, "at": token.meta["at"] - start}) if "at" in token.meta else token


def _is_balanced(tokens: Sequence[Token]) -> bool:
    depth = 0
    for token in tokens:
        depth += token.nesting
        if depth < 0:
            return False
    return depth == 0
