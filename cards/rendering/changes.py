"""The code and the fix of a bug card -> both with the changed lines marked; a long fix is shortened."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from difflib import SequenceMatcher

# A fix longer than _LONG is cut to _AROUND lines around each change, if at least _LEAST lines can be left out.
_LONG, _AROUND, _LEAST = 12, 2, 3
_LEFT_OUT = '<span class="c">⋮</span>'


@dataclass(frozen=True, slots=True)
class Changes:
    """The lines, counted from 0, that a fix removes from the faulty code, and those that it adds."""

    gone: frozenset[int]
    new: frozenset[int]


def changes(fault: str, fix: str) -> Changes:
    """The lines that differ. Blank lines are not included."""
    before, after = fault.split("\n"), fix.split("\n")
    gone: set[int] = set()
    new: set[int] = set()
    for kind, start, end, new_start, new_end in SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
        if kind != "equal":
            gone.update(line for line in range(start, end) if before[line].strip())
            new.update(line for line in range(new_start, new_end) if after[line].strip())
    return Changes(frozenset(gone), frozenset(new))


def marked(html: str, lines: Collection[int], tag: str) -> str:
    """The HTML of code with each of these lines in a `tag`. No element in the HTML may cross a line end."""
    shown = html.split("\n")
    return "\n".join(f"<{tag}>{row}</{tag}>" if at in lines else row for at, row in enumerate(shown))


def shortened(html: str, new: Collection[int]) -> str:
    """The HTML of a fix; if it is long, without the lines that are far from every change."""
    shown = html.rstrip("\n").split("\n")
    if len(shown) <= _LONG or not new:
        return html
    return "\n".join(_kept(shown, [min(abs(at - line) for line in new) for at in range(len(shown))])) + "\n"


def _kept(shown: list[str], distances: list[int]) -> Iterator[str]:
    at = 0
    while at < len(shown):
        end = at
        while end < len(shown) and distances[end] > _AROUND:
            end += 1
        if end - at >= _LEAST:
            yield _LEFT_OUT
            at = end
        else:
            yield from shown[at : max(end, at + 1)]
            at = max(end, at + 1)
