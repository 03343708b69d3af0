"""Code fences -> the code in them."""

from __future__ import annotations

from ..model import Chunk, Code
from .blocks import language_of


def content(fence: Chunk) -> str:
    """The text of a fence, with its last line end."""
    text: str = fence.tokens[0].content
    return text


def code(fence: Chunk) -> Code:
    """The text of a fence, and the line of the file on which it begins."""
    return Code(content(fence), fence.line + 1)


def holds_fence(chunk: Chunk, language: str) -> bool:
    """Whether a block contains a fence of this language."""
    return any(token.type == "fence" and language_of(token) == language for token in chunk.tokens)
