"""Source -> Blocks: front matter is split off, the dialects read the rest."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from typing import Any

from . import mapping, markdown
from .dialects import DIALECTS
from .model import Attribute, Block, Diagnostic, Source, Span

KEYS = ("title", "roles", "difficulty", "verified")

_FRONT_MATTER = re.compile(r"---[ \t]*\n(.*?)^(?:---|\.\.\.)[ \t]*(?:\n|\Z)", re.DOTALL | re.MULTILINE)


def parse(source: Source) -> Iterator[Block | Diagnostic]:
    """Every card of a file with its front matter's values as defaults, and every fault on the way.

    Of the front matter `roles` and `difficulty` are given to each card that does not say its own, and
    `title` as the attribute `title`.
    """
    matter = _FRONT_MATTER.match(source.text)
    defaults: dict[str, Attribute] = {}
    if matter:
        yield from _front_matter(source, matter[1], defaults)
    document, faults = markdown.parse(source, matter[0].count("\n") if matter else 0)
    yield from faults
    for dialect in DIALECTS:
        for found in dialect(document):
            if isinstance(found, Block) and defaults:
                found = replace(found, attributes={**defaults, **found.attributes})
            yield found


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
    if key == "verified" and isinstance(value, (date, float)):
        return str(value)
    if isinstance(value, str) and value.strip() and value.strip().isprintable():
        return value.strip()
    return None
