"""Candidates, their Marks and Evidence -> the questions that are Taken, and the Reasons why the others are not."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from ....model import Document, Span
from ...words import vocabulary
from ..candidates import Candidate, Group
from ..marks import Mark, Marks
from .evidence import Evidence

# In a file with so many labelled questions whose answers are marked, no other item of a list is a question.
_USUAL = 3


@dataclass(frozen=True, slots=True)
class Reason:
    """Why a line was taken for a question, or was not."""

    span: Span
    dialect: str
    taken: bool
    why: str


@dataclass(frozen=True, slots=True)
class Taken:
    """A candidate that is a question, and all that was found out about it.

    How its answer is marked; whether it must be, since those of most that look alike are, or they are `plain` text; its
    score, None where it was not weighed.
    """

    candidate: Candidate
    mark: Mark
    expects_mark: bool
    plain: bool
    score: int | None

    @property
    def is_sure(self) -> bool:
        """Whether it is a question by itself, and not by what it has in common with others."""
        return bool(self.mark) or self.candidate.sure


@dataclass(frozen=True, slots=True)
class Choice:
    """The questions, by their index in the stream, and why each candidate was taken or was not."""

    taken: Mapping[int, Taken]
    reasons: tuple[Reason, ...]


def choose(
    document: Document,
    proposed: Sequence[Candidate],
    marks: Marks,
    evidence: Mapping[Group, Evidence],
    chosen: Sequence[str],
) -> Choice:
    """Take the sure candidates and those with enough evidence; of `chosen` dialects all, without evidence."""
    labelled = sum(c.form == "label" and bool(marks[c]) for c in proposed) >= _USUAL
    taken = {
        c.index: _taken(c, marks, evidence)
        for c in proposed
        if (_is_named(c, marks[c], chosen) if chosen else _is_question(c, marks, evidence, labelled))
    }
    return Choice(taken, tuple(_reasons(document, proposed, taken, marks, evidence, chosen)))


def _taken(candidate: Candidate, marks: Marks, evidence: Mapping[Group, Evidence]) -> Taken:
    found = evidence.get(candidate.group)
    expects_mark = candidate.group in marks.groups and not candidate.sure
    plain = candidate.group in marks.plain
    return Taken(candidate, marks[candidate], expects_mark, plain, found.score if found else None)


def _is_named(candidate: Candidate, mark: Mark, chosen: Sequence[str]) -> bool:
    """Whether a candidate is written in one of the dialects that are `chosen`."""
    if mark in chosen:
        return True
    if candidate.form not in chosen:
        return False
    return bool(mark) or (not candidate.needs_mark and (candidate.level != 1 or candidate.asked.asks))


def _is_question(candidate: Candidate, marks: Marks, evidence: Mapping[Group, Evidence], labelled: bool) -> bool:
    if labelled and candidate.form == "bold" and candidate.group.place:
        return False
    if marks[candidate] or candidate.sure or candidate.group in marks.groups:
        return True
    if candidate.needs_mark:
        return False
    # One that asks among others with a number, or without one, is as sure as they are.
    fellows = replace(candidate.group, numbered=not candidate.group.numbered)
    alike = evidence.get(fellows) if vocabulary.is_marked(candidate.asked.text) else None
    return evidence[candidate.group].is_enough or (alike is not None and alike.is_enough)


def _reasons(
    document: Document,
    proposed: Sequence[Candidate],
    taken: Mapping[int, Taken],
    marks: Marks,
    evidence: Mapping[Group, Evidence],
    chosen: Sequence[str],
) -> Iterator[Reason]:
    whys = {group: str(found) for group, found in evidence.items()}
    for candidate in proposed:
        if candidate.is_any_item and candidate.index not in taken:
            continue
        span = Span(document.source.path, candidate.line, candidate.chunk.column)
        why = whys.get(candidate.group, "nothing speaks for it")
        if chosen:
            why = "its dialect was named" if candidate.index in taken else "its dialect was not named"
        elif marks[candidate]:
            why = f"its answer is marked ({marks[candidate]})"
        elif candidate.sure:
            why = "it is marked as a question"
        elif candidate.needs_mark:
            why = "its answer is not marked"
        yield Reason(span, candidate.form, candidate.index in taken, why)
