"""Candidates -> the same, without the letters and numbers that only count them: `D1.`, `П5.`, `Q6。`, `1.1 what is …`.

`S3: …` and `3.14 is …` may be what a line asks about. They count where several lines that look alike have them, with
rising numbers.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from ...words import question
from .candidate import Candidate, Group

_COUNT = re.compile(
    r"[^\W\d_](?P<number>\d{1,3})[ \t]*[.):：。、][ \t]*(?=\S)|(?P<parts>\d{1,3}(?:\.\d{1,3}){1,3})[ \t]+(?=[^\W\d_])"
)
_LEAST = 2


def uncounted(proposed: Sequence[Candidate]) -> Sequence[Candidate]:
    """The candidates, each asking without what counts it."""
    counts = {index: match for index, c in enumerate(proposed) if (match := _COUNT.match(c.asked.text))}
    groups: dict[Group, list[int]] = {}
    for index in counts:
        groups.setdefault(proposed[index].group, []).append(index)
    found = list(proposed)
    for indices in groups.values():
        numbers = [_number(counts[index]) for index in indices]
        if len(numbers) >= _LEAST and all(map(_follows, numbers, numbers[1:])):
            for index, number in zip(indices, numbers, strict=True):
                found[index] = _numbered(proposed[index], ".".join(map(str, number)), counts[index].end())
    return found


def _number(count: re.Match[str]) -> tuple[int, ...]:
    return tuple(map(int, (count["number"] or count["parts"]).split(".")))


def _follows(before: tuple[int, ...], number: tuple[int, ...]) -> bool:
    """Whether a number comes after another; one with parts is the next, or begins the next part."""
    if len(number) == 1:
        return before < number
    return number in ((*before[:-1], before[-1] + 1), (*before[:-2], before[-2] + 1, 1)) if len(before) > 1 else False


def _numbered(candidate: Candidate, number: str, length: int) -> Candidate:
    read = question.read(candidate.asked.text[length:])
    asked = replace(candidate.asked, text=read.text, number=number, level=candidate.asked.level or read.level)
    return replace(candidate, asked=asked, group=replace(candidate.group, numbered=True))
