"""The first lines of a list's items -> whether one of them may ask: a quick test that keeps prose cheap."""

from __future__ import annotations

import re
from collections.abc import Sequence

from . import emphasis, labels, vocabulary

_FOLD = re.compile(r"</?(?:details|summary)\b[^<>]*>", re.IGNORECASE)


def may_ask(lines: Sequence[str]) -> bool:
    """Whether any item may ask; the options of one question (A, B) do not."""
    if any(labels.is_option(lines[at][:1], lines[at + 1 : at + 2]) for at in range(len(lines) - 1)):
        return False
    return any(map(_may_ask, lines))


def _may_ask(line: str) -> bool:
    if line.startswith("<"):
        return _FOLD.match(line) is not None
    return emphasis.may_ask(line) or vocabulary.is_marked(line) or labels.opens_card(line)
