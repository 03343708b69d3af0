"""The text at the beginning of a quote -> its callout, if it belongs to a card: `[!question]- What is X?`."""

from __future__ import annotations

import re
from dataclasses import dataclass

from . import labels

_FIRST_LINE = re.compile(r"\[!(\w+)\][-+]?[ \t]*(.*)")
_ASKING = frozenset({"question", "faq", "help", "quiz", "q"})
_TELLING = frozenset({"answer", "solution", "success"})


@dataclass(frozen=True, slots=True)
class Callout:
    """A callout's title, and the rest of its paragraph. A callout that asks may have its title on the next line."""

    title: str
    rest: str


def read(text: str) -> Callout | None:
    """The callout that begins a paragraph, if it asks or answers."""
    first, _, rest = text.partition("\n")
    match = _FIRST_LINE.match(first)
    if not match:
        return None
    kind, title = match[1].lower(), match[2].strip()
    if kind in _ASKING:
        return Callout(title, rest.strip()) if title else Callout(rest.strip(), "")
    if labels.is_reveal(match[2]) if title else kind in _TELLING:
        return Callout(title, rest.strip())
    return None
