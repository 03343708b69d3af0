"""Lines -> whether they are the options of a question: `A. …`, `B. …`."""

from __future__ import annotations

import re
from collections.abc import Sequence

_OPTION = re.compile(
    r"[ \t]*(?:[-*+][ \t]+)?(?:\*\*|__)?\(?([^\W\d_])(?:\*\*|__)?[.)）:：、．](?:\*\*|__)?(?=[ \t]|[^\x00-\u2e7f])"
)
_LEAST = 2
_ALPHABETS = ("abcdefghij", "абвгдежз", "αβγδεζ", "ㄱㄴㄷㄹ", "甲乙丙丁", "가나다라마")


def are(lines: Sequence[str]) -> bool:
    """Whether each line is an option, or goes on with one, and their letters follow one another from the first."""
    if len(lines) < _LEAST or not _OPTION.match(lines[0]):
        return False
    letters = "".join(match[1].casefold() for match in map(_OPTION.match, lines) if match)
    if len(letters) < _LEAST:
        return False
    return any(alphabet.startswith(letters) for alphabet in _ALPHABETS)


def of(letter: str, lines: Sequence[str]) -> str:
    """The option with this letter, without the marks of a list, or ""."""
    for line in lines:
        match = _OPTION.match(line)
        if match and match[1].casefold() == letter.casefold():
            return re.sub(r"^[ \t]*[-*+][ \t]+", "", line).strip()
    return ""
