"""A Page and its Candidates -> Facts: what is known of each group of candidates that look alike."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from ...words import vocabulary
from ..candidates import Candidate, Group
from ..marks import Marks
from .page import Page

# Tasks count among questions, and not among the steps of a manual.
_AMONG_QUESTIONS = 0.5
_LEAST_NAME = 6


@dataclass(frozen=True, slots=True)
class Facts:
    """Lines of one form in one file: how many there are, and which share of them is what.

    They may ask, end with a question mark, be numbered, say a level; have anything under them, or headings that divide
    it, or only a question, or boxes; fold away; be linked to, and linked back from. Of the file: whether its title or
    name speaks of questions, whether its headings say levels, and whether the line is its title, its only heading, or
    what it is named after.
    """

    form: Literal["heading", "bold", "item", "details"]
    count: int
    asking: float
    marked: float
    numbered: float
    leveled: float
    answered: float
    divided: float
    echoed: float
    boxed: float
    folded: float
    linked: float
    back: float
    speaks: bool
    levels: bool
    title: bool
    only: bool
    named: bool


def facts(page: Page, proposed: Sequence[Candidate], marks: Marks) -> Mapping[Group, Facts]:
    """What is known of each group."""
    groups: dict[Group, list[Candidate]] = {}
    for candidate in proposed:
        if not candidate.is_any_item:
            groups.setdefault(candidate.group, []).append(candidate)
    marked = bool(marks)
    return {group: _facts(group, members, page, marked) for group, members in groups.items()}


def _facts(group: Group, members: Sequence[Candidate], page: Page, marked: bool) -> Facts:
    """What is known of a group; `marked` says that the file marks any answer at all."""

    def share(holds: Callable[[Candidate], bool]) -> float:
        return sum(map(holds, members)) / len(members)

    asking = share(lambda c: c.asked.asks)
    if asking >= _AMONG_QUESTIONS:
        asking = share(lambda c: c.asked.asks or vocabulary.is_task(c.asked.text))
    single = len(members) == 1 and members[0].form == "heading"
    return Facts(
        form=_form(group),
        count=len(members),
        asking=asking,
        marked=share(lambda c: vocabulary.is_marked(c.asked.text)),
        numbered=share(lambda c: c.asked.numbered),
        leveled=share(lambda c: c.asked.level is not None),
        answered=share(lambda c: c.index in page.bodied),
        divided=share(lambda c: c.index in page.divided),
        echoed=share(lambda c: c.index in page.echoed),
        boxed=share(lambda c: c.index in page.boxed),
        folded=share(lambda c: c.index in page.folded),
        linked=share(lambda c: c.form == "heading" and c.chunk.anchor in page.links),
        back=page.back / len(members),
        speaks=page.speaks,
        levels=page.levels,
        title=single and members[0].level == 1 and not marked,
        only=single and page.headings == 1,
        named=single and _is_named_after(page.name, members[0].asked.text),
    )


def _form(group: Group) -> Literal["heading", "bold", "item", "details"]:
    if group.form == "heading":
        return "heading"
    if group.form == "bold":
        return "item" if group.place == "item" else "bold"
    return "details"


def _is_named_after(name: str, question: str) -> bool:
    stem = name.rsplit("/", 1)[-1].rsplit(".", 1)[0]
    asked, named = ("".join(c for c in text.casefold() if c.isalnum()) for text in (question, stem))
    return len(named) >= _LEAST_NAME and asked.startswith(named)
