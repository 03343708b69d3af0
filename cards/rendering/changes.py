"""The faulty code of a bug card and its fix -> both with the changed lines marked, the fix without the rest."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from difflib import SequenceMatcher

# A fix of more lines than these is shown with so many lines around each change, where that leaves out at least so many.
_LONG, _AROUND, _LEAST = 12, 2, 3
_LEFT_OUT = '<span class="c">⋮</span>'


@dataclass(frozen=True, slots=True)
class Changes:
    """The lines, counted from 0, that a fix takes away from the faulty code, and those that it brings."""

    gone: frozenset[int]
    new: frozenset[int]


def changes(fault: str, fix: str) -> Changes:
    """Which lines differ. Lines at the end of a block that only move are not named."""
    before, after = fault.split("\n"), fix.split("\n")
    gone: set[int] = set()
    new: set[int] = set()
    for kind, start, end, new_start, new_end in SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
        if kind != "equal":
            gone.update(line for line in range(start, end) if before[line].strip())
            new.update(line for line in range(new_start, new_end) if after[line].strip())
    return Changes(frozenset(gone), frozenset(new))


def marked(html: str, lines: Collection[int], tag: str) -> str:
    """The HTML of code with these lines in a `tag` of their own; no element of it may reach over a line end."""
    shown = html.split("\n")
    return "\n".join(f"<{tag}>{row}</{tag}>" if at in lines else row for at, row in enumerate(shown))


def shortened(html: str, new: Collection[int]) -> str:
    """The HTML of a long fix without lines that are far from every change."""
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
