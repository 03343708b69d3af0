"""Code fences -> the code in them."""

from __future__ import annotations

from dataclasses import replace

from ..model import Chunk, Code
from .blocks import language_of, source_of


def content(fence: Chunk) -> str:
    """The text of a fence, with its last line end."""
    text: str = fence.tokens[0].content
    return text


def code(fence: Chunk) -> Code:
    """The text of a fence, and the line of the file on which it begins."""
    return Code(content(fence), fence.line + 1)


def is_open(block: Chunk) -> bool:
    """Whether a block is code that nothing closes: a fence that runs to the end of its container, or indented code."""
    token = block.tokens[0]
    if token.type == "code_block":
        return True
    start, end = token.map or (0, 0)
    return bool(token.type == "fence" and token.content.count("\n") == end - start - 1)


def without_end(block: Chunk, end: str) -> Chunk | None:
    """Code without what ends it; None where nothing is left."""
    shown = block.tokens[0].content.rstrip().removesuffix(end).rstrip()
    token = block.tokens[0].copy(content=f"{shown}\n")
    return replace(block, text=source_of(token).strip("\n"), tokens=(token,)) if shown else None


def holds_fence(chunk: Chunk, language: str) -> bool:
    """Whether a block contains a fence of this language."""
    return any(token.type == "fence" and language_of(token) == language for token in chunk.tokens)
