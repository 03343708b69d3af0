"""How surely a group of lines that look alike are questions: a small score, each point of it explained.

It is asked only of forms that people use for other things too: a heading, a bold line, an item of a list. The lines of
a form in a file stand or fall together, whatever their order and whatever other files hold.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from . import words
from .question import Asked

ENOUGH = 5
_MOST, _MANY, _HALF, _SOME = 0.8, 0.6, 0.5, 0.35
_FEW, _LOT = 3, 8


@dataclass(frozen=True, slots=True)
class Evidence:
    """A score with its reasons, each as (points, what gave them)."""

    reasons: tuple[tuple[int, str], ...]

    @property
    def score(self) -> int:
        return sum(points for points, _ in self.reasons)

    @property
    def is_enough(self) -> bool:
        return self.score >= ENOUGH

    def __str__(self) -> str:
        shown = ", ".join(f"{points:+d} {reason}" for points, reason in self.reasons) or "nothing speaks for it"
        return f"{self.score} of {ENOUGH}: {shown}"


@dataclass(frozen=True, slots=True)
class Page:
    """What a file says of itself and of the lines that look alike.

    Its title and name; how many of the lines its own links lead to, and how many lead back; whether it has levels as headings; whether
    this line is its title, or its only heading; whether the lines are bold, or plain items of lists.
    """

    title: str
    name: str
    linked: int = 0
    levels: bool = False
    back: int = 0
    titled: bool = False
    alone: bool = False
    bold: bool = False
    items: bool = False


@dataclass(frozen=True, slots=True)
class Under:
    """Where a line stands: whether anything is under it, whether headings divide that, whether it folds away."""

    answered: bool
    divided: bool
    folded: bool


def weigh(asked: Sequence[Asked], under: Sequence[Under], page: Page) -> Evidence:
    """The evidence that lines which look alike are questions."""
    count = len(asked)
    share = sum(line.asks for line in asked) / count
    if share >= _SOME:  # tasks count among questions, and not among the steps of a manual
        share = sum(line.asks or words.is_task(line.text) for line in asked) / count
    marked = sum(words.is_marked(line.text) for line in asked) / count
    reasons = []
    for least, points in ((_MOST, 3), (_HALF, 2), (_SOME, 1)):
        if share >= least:
            reasons.append((points, f"{share:.0%} of {count} ask"))
            break
    if sum(line.numbered for line in asked) >= _MOST * count and count >= _FEW:
        reasons.append((2, "they are numbered"))
    if count > _FEW or (count == _FEW and (share == 1 or page.bold)) or (count > 1 and marked == 1):
        reasons.append((1, "there are several"))
    if marked == 1 and count > 1:
        reasons.append((1, "all end with a question mark"))
    if page.bold and marked >= _MANY and count >= _FEW:
        reasons.append((2, "they are bold lines that end with a question mark"))
    if sum(line.level is not None for line in asked) >= _MANY * count and count > 1:
        reasons.append((2, "they say how difficult they are"))
    elif page.levels and count >= _FEW:
        reasons.append((2, "headings above say how difficult they are"))
    if sum(one.folded for one in under) >= _MANY * count:
        reasons.append((2, "they fold away"))
    if count >= _LOT:
        reasons.append((1, "there are many"))
    if words.speaks_of_questions(page.title) or words.speaks_of_questions(page.name):
        reasons.append((2 if count > 1 or page.titled else 1, "the file calls itself one of questions"))
    if count >= _FEW and page.linked >= _MANY * count:
        reasons.append((2, "links lead to them"))
    if count >= _FEW and page.back >= _MANY * count:
        reasons.append((1, "links lead back from them"))
    if page.titled and count == 1 and marked:
        reasons.append((2, "it is the title of the file"))
    elif page.alone and marked:
        reasons.append((2, "it is the only heading of the file"))
    elif count == 1 and share and _same(asked[0].text, page.name):
        reasons.append((2, "the file has its name from it"))
    answered = sum(one.answered for one in under)
    if (page.items and answered <= count / 2) or (page.bold and answered < count / 2):
        reasons.append((-9, "most have nothing under them"))
    elif answered < count / 2:
        reasons.append((-3, "most have nothing under them"))
    if share < _SOME and sum(one.divided for one in under) > count / 2:
        reasons.append((-4, "headings divide what is under them"))
    return Evidence(tuple(reasons))


def _same(question: str, name: str) -> bool:
    stem = name.rsplit("/", 1)[-1].rsplit(".", 1)[0]
    letters = ["".join(c for c in text.casefold() if c.isalnum()) for text in (question, stem)]
    return len(letters[1]) > 5 and (letters[0] == letters[1] or letters[0].startswith(letters[1]))
