"""A diagnostic's code -> the section of diagnostics.md that explains it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

PAGE = Path(__file__).with_name("diagnostics.md")
_SECTION = re.compile(r"^## (C\d{3}) (.+)\n", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Explanation:
    """A code's meaning in a few words, and the Markdown text that explains why it matters and how to fix it."""

    code: str
    title: str
    text: str


@cache
def explanations() -> Mapping[str, Explanation]:
    """Every code that the program can report, in order."""
    parts = _SECTION.split(PAGE.read_text(encoding="utf-8"))[1:]
    return {
        code: Explanation(code, title.strip(), text.strip())
        for code, title, text in zip(parts[::3], parts[1::3], parts[2::3], strict=True)
    }
