"""A line -> the bold run that begins it or fills it: `**What is X?** 👶`, `3. **Term**: text`, `**Easy:**`."""

from __future__ import annotations

import re
from dataclasses import dataclass

_TEXT = r"`[^`]*`|`(?![^`]*`)|(?!\*\*|__)[^`]"
_OPENING = re.compile(
    r"(?P<lead>[^\w\s*_<\[(`]*\s*(?:(?:Q\.?\s*)?\(?\d{1,4}[.):、]?\)?\s*)?)(?P<open>\*\*|__|<b>|<strong>)"
    rf"(?P<text>(?:{_TEXT}){{1,400}}?)"
    r"(?P<close>\*\*|__|</b>|</strong>)(?P<tail>[^\n]*)",
    re.DOTALL | re.IGNORECASE,
)
_OPENINGS = ("**", "__", "<b", "<B", "<s", "<S", "Q")
_WHOLE = re.compile(r"(\*\*|__)[^*_]+\1")
# A bold line, or a bold run that asks or is only a label, but not `**Term**: text`.
_ASKING = re.compile(
    rf"(?:\*\*|__)(?:{_TEXT})*?"
    r"(?:[?？؟][\s\"'”»)]*(?:\*\*|__|</)|(?:\*\*|__|</b>|</strong>)(?:[^\w]|<[^<>]*>|[\[(]\w+[\])])*$)",
    re.IGNORECASE,
)
_MARKS = re.compile(r"(?:[^\w\n]|<br\s*/?>|\((?:\w+)\)|\[(?:\w+)\])*", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Run:
    """A bold run at the beginning of a paragraph: the text before and after it on its lines, and where it ends."""

    lead: str
    text: str
    tail: str
    end: int

    @property
    def runs_in(self) -> bool:
        """Whether text, and not only marks, follows on the same line."""
        return _MARKS.fullmatch(self.tail) is None


def opening(text: str) -> Run | None:
    """The bold run that begins a paragraph, perhaps after a number."""
    match = _OPENING.match(text) if text.startswith(_OPENINGS) or not text[:1].isalpha() else None
    if not match or "\n\n" in match["text"]:
        return None
    return Run(match["lead"], match["text"], match["tail"], match.start("tail"))


def is_bold(text: str) -> bool:
    """Whether a text is one bold run and nothing else."""
    return _WHOLE.fullmatch(text) is not None


def may_ask(line: str) -> bool:
    """Whether an item's first line is bold like a question or a label."""
    return line.startswith(("**", "__")) and _ASKING.match(line) is not None
