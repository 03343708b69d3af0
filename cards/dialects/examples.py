"""The guide text of a house file -> its examples: the programs in it, with their output.

A `python` fence outside cards is a whole program. A `text` fence right after it is its exact standard output, and a
hidden check after that runs at its end. The comment `<!-- run: py=3.14 -->` directly above it says what it needs, and
`<!-- norun: … -->` why it cannot run.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from .. import markdown
from ..model import Attribute, Chunk, Diagnostic, Document, Example
from . import house

KEYS = ("py", "pkg", "impl", "warns")

_RUN = re.compile(r"<!--\s*run\s*:\s*")
_NO_RUN = re.compile(r"<!--\s*norun\b\s*:?\s*(.*?)\s*(?:-->|\Z)", re.DOTALL)
_LIKE_RUN = re.compile(r"<!--\s*(?:no-?)?run\b", re.IGNORECASE)


def read(document: Document, guide: Sequence[Chunk]) -> Iterator[Example | Diagnostic]:
    """Every example among the `guide` chunks of a document, in order, and diagnostics for code that would never run."""
    at = 0
    while at < len(guide):
        chunk, after = guide[at], guide[at + 1] if at + 1 < len(guide) else None
        if _is_program(chunk):
            example, used = _example(document, guide[at:], {})
            yield example
            at += used
        elif chunk.type == "comment" and _LIKE_RUN.match(chunk.text):
            if after is None or not _is_program(after):
                yield _belongs_to_no_program(document, chunk)
            elif _RUN.match(chunk.text):
                attributes: dict[str, Attribute] = {}
                yield from house.attributes(document, chunk, _RUN, KEYS, attributes)
                example, used = _example(document, guide[at + 1 :], attributes)
                yield example
                at += used
            elif (why := _NO_RUN.match(chunk.text)) and why[1]:
                example, used = _example(document, guide[at + 1 :], {})
                yield replace(example, idle=" ".join(why[1].split()))
                at += used
            else:
                yield _says_nothing(document, chunk)
            at += 1
        else:
            if house.is_check(chunk):
                yield _check_of_no_program(document, chunk)
            elif chunk.type != "fence" and markdown.holds_fence(chunk, "python"):
                yield _nested(document, chunk)
            at += 1


def _example(document: Document, guide: Sequence[Chunk], attributes: dict[str, Attribute]) -> tuple[Example, int]:
    """The example that begins with the first chunk, and how many chunks it takes."""
    program, *output = _program_and_output(guide)
    used = 1 + len(output)
    checks = []
    while used < len(guide) and house.is_check(guide[used]):
        checks.append(house.code(guide[used]))
        used += 1
    place = document.span(output[0] if output else program)
    expected = markdown.content(output[0]) if output else None
    return Example(markdown.code(program), tuple(checks), expected, attributes, document.span(program), place), used


def _program_and_output(guide: Sequence[Chunk]) -> Sequence[Chunk]:
    """The program that the chunks begin with, and its output if there is one."""
    shows = len(guide) > 1 and guide[1].type == "fence" and guide[1].language == "text"
    return guide[: 2 if shows else 1]


def _is_program(chunk: Chunk) -> bool:
    return chunk.type == "fence" and chunk.language == "python"


def _belongs_to_no_program(document: Document, chunk: Chunk) -> Diagnostic:
    return Diagnostic(
        document.span(chunk), "C160", "this comment is not directly above a program",
        "put it above a ```python fence of the guide, or begin it with a different word",
    )  # fmt: skip


def _says_nothing(document: Document, chunk: Chunk) -> Diagnostic:
    return Diagnostic(
        document.span(chunk), "C161", "this comment says neither what the program needs nor why it cannot run",
        "write <!-- run: py=3.14 --> or <!-- norun: the reason -->",
    )  # fmt: skip


def _check_of_no_program(document: Document, chunk: Chunk) -> Diagnostic:
    return Diagnostic(
        document.span(chunk), "C121", "this hidden check belongs to no card and no program, so it would never run",
        "put it right after the ```python fence that it proves, or after that fence's output",
    )  # fmt: skip


def _nested(document: Document, chunk: Chunk) -> Diagnostic:
    return Diagnostic(
        document.span(chunk), "C162", f"a program inside a {chunk.type} would never run",
        "move the ```python fence out of it, or mark it as ```pycon or ```text",
    )  # fmt: skip
