"""The stream and what may be a question -> what is known of each group of lines that look alike."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from ...model import Document
from ..words import labels, vocabulary
from . import answer, sections
from .candidate import Candidate, Group
from .evidence import Facts
from .marks import Marks
from .pieces import Piece

# Tasks count among questions, and not among the steps of a manual.
_AMONG_QUESTIONS = 0.5
_LOCAL_LINK = re.compile(r"\]\(#([^)\s]+)\)")
_TITLE = re.compile(r"\A(?:---|\+\+\+)\n(?:.*\n)*?title[ \t]*[:=][ \t]*(.+)")
_LEAST_NAME = 6


@dataclass(frozen=True, slots=True)
class _Page:
    """What a file says of itself."""

    speaks: bool
    links: frozenset[str]
    back: int
    levels: bool
    headings: int
    folded: frozenset[int]
    bodied: frozenset[int]
    divided: frozenset[int]
    name: str
    marked: bool


def facts(
    document: Document, stream: Sequence[Piece], proposed: Sequence[Candidate], marks: Marks
) -> Mapping[Group, Facts]:
    """What is known of each group."""
    groups: dict[Group, list[Candidate]] = {}
    for candidate in proposed:
        if not (candidate.needs_mark and candidate.form == "bold"):  # any item at all may be such a one
            groups.setdefault(candidate.group, []).append(candidate)
    page = _page(document, stream, proposed, bool(marks))
    return {group: _facts(group, members, page) for group, members in groups.items()}


def _page(document: Document, stream: Sequence[Piece], proposed: Sequence[Candidate], marked: bool) -> _Page:
    text, name = document.source.text, document.source.name
    headings = [piece.chunk for piece in stream if piece.role == "heading" and piece.chunk]
    title = next((chunk.text for chunk in headings if chunk.level == 1), "")
    named = _TITLE.search(text)
    return _Page(
        speaks=any(map(vocabulary.speaks_of_questions, (title, named[1] if named else "", name))),
        links=frozenset(_LOCAL_LINK.findall(text)),
        back=sum(piece.chunk is not None and answer.leads_back(piece.chunk) for piece in stream),
        levels=sections.says_levels(stream),
        headings=len(headings),
        folded=_folded(stream, proposed),
        bodied=_bodied(stream, proposed),
        divided=_divided(stream, proposed),
        name=name,
        marked=marked,
    )


def _facts(group: Group, members: Sequence[Candidate], page: _Page) -> Facts:
    asked = [candidate.asked for candidate in members]

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
        folded=share(lambda c: c.index in page.folded),
        linked=share(lambda c: c.form == "heading" and c.chunk.anchor in page.links),
        back=page.back / len(members),
        speaks=page.speaks,
        levels=page.levels,
        title=single and members[0].level == 1 and not page.marked,
        only=single and page.headings == 1,
        named=single and _is_named_after(page.name, asked[0].text),
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


def _folded(stream: Sequence[Piece], proposed: Sequence[Candidate]) -> frozenset[int]:
    """The candidates that are, or stand in, something that folds."""
    starts = {candidate.index for candidate in proposed}
    depth, found = 0, set()
    for index, piece in enumerate(stream):
        depth += (piece.role == "fold") - (piece.role == "end")
        if index in starts and depth > 0:
            found.add(index)
    return frozenset(found)


def _divided(stream: Sequence[Piece], proposed: Sequence[Candidate]) -> frozenset[int]:
    """The headings after which the next one is deeper, and no label of an answer or its sources."""
    starts = {candidate.index: candidate for candidate in proposed if candidate.form == "heading"}
    found, above = set(), None
    for index, piece in enumerate(stream):
        if piece.role != "heading" or piece.chunk is None:
            continue
        if above and piece.chunk.level > above.level and not labels.heading(piece.chunk.text):
            found.add(above.index)
        above = starts.get(index)
    return frozenset(found)


def _bodied(stream: Sequence[Piece], proposed: Sequence[Candidate]) -> frozenset[int]:
    """The candidates under which something stands before the next line that could ask."""
    lines = {candidate.index for candidate in proposed if candidate.form != "heading"}
    return frozenset(c.index for c in proposed if c.rest or _has_body(stream, c, c.index + 1 in lines))


def _has_body(stream: Sequence[Piece], candidate: Candidate, followed: bool) -> bool:
    after = stream[candidate.index + 1] if candidate.index + 1 < len(stream) else None
    if after is None or after.chunk is None or after.role == "end" or after.chunk.type == "rule":
        return False
    if after.role == "heading":
        return after.chunk.level > candidate.level
    next_item = after.starts and after.list is not None and after.list is stream[candidate.index].list
    return not next_item and not (followed and candidate.form != "heading")
