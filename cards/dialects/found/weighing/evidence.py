"""Facts of a group -> Evidence: how surely its lines are questions, as a small score of which each point is explained.

Only forms that people use for other things too need it: a heading, a bold line, an item of a list. The lines of a form
in a file are taken or left together, whatever their order and whatever other files hold.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from .facts import Facts

ENOUGH = 5
_MOST, _MANY, _HALF, _SOME = 0.8, 0.6, 0.5, 0.35
_FEW, _LOT = 3, 8


@dataclass(frozen=True, slots=True)
class Point:
    """What counts for or against lines, and how much."""

    points: int
    why: str
    holds: Callable[[Facts], bool]


POINTS = (
    Point(3, "nearly all ask", lambda f: f.asking >= _MOST),
    Point(2, "half of them ask", lambda f: _HALF <= f.asking < _MOST),
    Point(1, "some ask", lambda f: _SOME <= f.asking < _HALF),
    Point(1, "all end with a question mark", lambda f: f.count > 1 and f.marked == 1),
    Point(
        2, "bold lines with a question mark are little else",
        lambda f: f.form == "bold" and f.count >= _FEW and f.marked >= _MANY,
    ),
    Point(2, "they are numbered", lambda f: f.count >= _FEW and f.numbered >= _MOST),
    Point(
        1, "there are several",
        lambda f: f.count > _FEW or (f.count == _FEW and (f.asking == 1 or f.form == "bold"))
        or (f.count > 1 and f.marked == 1),
    ),
    Point(1, "there are many", lambda f: f.count >= _LOT),
    Point(2, "they say how difficult they are", lambda f: f.count > 1 and f.leveled >= _MANY),
    Point(
        2, "headings above them say how difficult they are",
        lambda f: f.count >= _FEW and f.levels and f.leveled < _MANY,
    ),
    Point(2, "they fold away", lambda f: f.folded >= _MANY),
    Point(1, "summaries of which half ask are little else", lambda f: f.form == "details" and f.asking >= _HALF),
    Point(1, "the file calls itself one of questions", lambda f: f.speaks),
    Point(1, "and holds more than one", lambda f: f.speaks and (f.count > 1 or f.title)),
    Point(1, "links lead to them", lambda f: f.count >= _FEW and f.linked >= _MANY),
    Point(1, "as in a list of questions", lambda f: f.count >= _FEW and f.linked >= _MANY and f.speaks),
    Point(1, "links lead back from them", lambda f: f.count >= _FEW and f.back >= _MANY),
    Point(2, "it is the title of the file", lambda f: f.title and f.marked == 1),
    Point(2, "it is the only heading of the file", lambda f: f.only and not f.title and f.marked == 1),
    Point(2, "the file is named after it", lambda f: f.named and not (f.title or f.only) and f.asking == 1),
    Point(-3, "most have nothing under them", lambda f: f.form in ("heading", "details") and f.answered < _HALF),
    Point(
        -9, "most have nothing under them",
        lambda f: (f.form == "bold" and f.answered < _HALF) or (f.form == "item" and f.answered <= _HALF),
    ),
    Point(-9, "under most there is only a question", lambda f: f.echoed > _HALF),
    Point(-9, "under most there are boxes, and none has a question mark", lambda f: f.boxed > _HALF and not f.marked),
    Point(-3, "hardly any asks", lambda f: f.asking < _SOME and f.leveled < _MANY and not (f.speaks or f.folded)),
    Point(-4, "headings divide what is under them", lambda f: f.asking < _SOME and f.divided > _HALF),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Evidence:
    """The points that hold."""

    points: tuple[Point, ...]

    @property
    def score(self) -> int:
        return sum(point.points for point in self.points)

    @property
    def is_enough(self) -> bool:
        return self.score >= ENOUGH

    def __str__(self) -> str:
        shown = ", ".join(f"{point.points:+d} {point.why}" for point in self.points) or "nothing speaks for it"
        return f"{self.score} of {ENOUGH}: {shown}"


def weigh(facts: Facts) -> Evidence:
    """The evidence that lines which look alike are questions."""
    return Evidence(tuple(point for point in POINTS if point.holds(facts)))
