"""Candidates -> the same, without the letters and numbers that only count them: `D1.`, `П5.`, `Q6。`.

`S3: …` may be what a line asks about. Letters count where several lines that look alike have them, with rising numbers.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise

from ...words import question
from .candidate import Candidate, Group

_COUNT = re.compile(r"[^\W\d_](?P<number>\d{1,3})[ \t]*[.):：。、][ \t]*(?=\S)")
_LEAST = 2


def uncounted(proposed: Sequence[Candidate]) -> Sequence[Candidate]:
    """The candidates, each asking without what counts it."""
    counts = {index: match for index, c in enumerate(proposed) if (match := _COUNT.match(c.asked.text))}
    groups: dict[Group, list[int]] = {}
    for index in counts:
        groups.setdefault(proposed[index].group, []).append(index)
    found = list(proposed)
    for indices in groups.values():
        numbers = [int(counts[index]["number"]) for index in indices]
        if len(numbers) >= _LEAST and all(a < b for a, b in pairwise(numbers)):
            for index in indices:
                found[index] = _numbered(proposed[index], counts[index]["number"], counts[index].end())
    return found


def _numbered(candidate: Candidate, number: str, length: int) -> Candidate:
    read = question.read(candidate.asked.text[length:])
    asked = replace(candidate.asked, text=read.text, number=number, level=candidate.asked.level or read.level)
    return replace(candidate, asked=asked, group=replace(candidate.group, numbered=True))
