"""Source -> Parsed: front matter is split off, the dialects find the cards in the rest."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from . import mapping, markdown
from .dialects import DIALECTS
from .model import Attribute, Block, Chunk, Diagnostic, Document, Source, Span

KEYS = ("title", "roles", "difficulty", "verified", "reviewed")

_FRONT_MATTER = re.compile(r"---[ \t]*\n(.*?)^(?:---|\.\.\.)[ \t]*(?:\n|\Z)", re.DOTALL | re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Parsed:
    """A concept file: its Markdown, its cards, and every fault on the way to them."""

    document: Document
    blocks: tuple[Block, ...]
    faults: tuple[Diagnostic, ...]

    @property
    def guide(self) -> tuple[Chunk, ...]:
        """The Markdown blocks that belong to no card."""
        taken = {line for block in self.blocks for line in _lines(block)}
        return tuple(chunk for chunk in self.document.chunks if chunk.line not in taken)


def _lines(block: Block) -> range:
    """The lines of a card, from its heading to the end of its last part."""
    parts = (block.question, block.front, block.answer, block.more, block.source)
    return range(block.span.line, max(chunk.end_line for part in parts for chunk in part.chunks) + 1)


def parse(source: Source) -> Parsed:
    """Read a file, with its front matter's values as defaults of its cards.

    Of the front matter `roles` and `difficulty` are given to each card that does not say its own, and
    `title` as the attribute `title`.
    """
    matter = _FRONT_MATTER.match(source.text)
    defaults: dict[str, Attribute] = {}
    faults = list(_front_matter(source, matter[1], defaults)) if matter else []
    document, lost = markdown.parse(source, matter[0].count("\n") if matter else 0)
    faults += lost
    blocks = []
    for dialect in DIALECTS:
        for found in dialect(document):
            if isinstance(found, Diagnostic):
                faults.append(found)
            else:
                blocks.append(replace(found, attributes={**defaults, **found.attributes}) if defaults else found)
    return Parsed(document, tuple(blocks), tuple(faults))


def _front_matter(source: Source, text: str, into: dict[str, Attribute]) -> Iterator[Diagnostic]:
    try:
        entries = mapping.read(text)
    except mapping.MappingError as error:
        span = Span(source.path, error.line + 1, error.column)
        yield Diagnostic(
            span, "C005", f"front matter: {error}",
            "write key: value lines between the --- lines, or *** for a rule",
        )  # fmt: skip
        return
    for key, entry in entries.items():
        span = Span(source.path, entry.line + 1, entry.column)
        value = _text(key, entry.value)
        if key not in KEYS:
            yield Diagnostic(span, "C006", f"front matter has no key `{key}`", f"the keys are {', '.join(KEYS)}")
        elif value is None:
            wanted = "a list of names" if key == "roles" else "one line of text"
            yield Diagnostic(span, "C007", f"front matter: `{key}` is not {wanted}", f"write {wanted}")
        else:
            into[key] = Attribute(value, span)


def _text(key: str, value: Any) -> str | None:
    """A front-matter value as the text that a card's comment would hold, or None if it is no such."""
    if key == "roles" and isinstance(value, list) and value and all(isinstance(v, str) for v in value):
        return ",".join(value)
    if key in ("verified", "reviewed") and isinstance(value, (date, float)):
        return str(value)
    if isinstance(value, str) and value.strip() and value.strip().isprintable():
        return value.strip()
    return None
