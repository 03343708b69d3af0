"""What the dialects propose -> the questions that are taken: sure ones, and those whose evidence is enough."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from ...model import Block, Document, Span
from ..words.levels import Level
from . import bold, details, heading, label
from .candidate import Candidate, Group
from .evidence import Evidence, weigh
from .facts import facts
from .marks import Marks, marks
from .pieces import pieces
from .walk import Walk

NAMES = ("heading", "answer-label", "answer-heading", "details", "bold", "label", "choice", "callout")
"""The dialects that share the stream: those of questions, and those of how an answer is marked."""

# Who labels so many questions in his lists means no other item of a list.
_USUAL = 3


@dataclass(frozen=True, slots=True)
class Reason:
    """Why a line was taken for a question, or was not."""

    span: Span
    dialect: str
    taken: bool
    why: str


@dataclass(frozen=True, slots=True)
class Found:
    """What a document holds: its cards, the places of questions without an answer, and why lines were taken or not.

    `level` is the difficulty that the document says of itself.
    """

    blocks: tuple[Block, ...] = ()
    unanswered: tuple[Span, ...] = ()
    reasons: tuple[Reason, ...] = ()
    level: Level | None = None


def choose(document: Document, chosen: Sequence[str]) -> Found:
    """The questions of a document; where dialects are `chosen`, theirs are taken without evidence."""
    stream = pieces(document)
    proposed = sorted(
        (
            *heading.candidates(stream), *bold.candidates(stream),
            *label.candidates(stream), *details.candidates(stream),
        ),
        key=lambda candidate: candidate.index,
    )  # fmt: skip
    marked = marks(stream, proposed)
    evidence = {group: weigh(known) for group, known in facts(document, stream, proposed, marked).items()}
    labelled = sum(c.form == label.NAME and bool(marked[c]) for c in proposed) >= _USUAL
    taken = {c.index: c for c in proposed if _is_taken(c, marked, evidence, chosen, labelled)}
    walk = Walk(document, stream, taken, marked, evidence)
    walk.run()
    reasons = _reasons(document, proposed, taken, marked, evidence, chosen)
    return Found(tuple(walk.blocks), tuple(walk.unanswered), tuple(reasons), walk.page_level)


def _is_taken(
    candidate: Candidate, marked: Marks, evidence: Mapping[Group, Evidence], chosen: Sequence[str], labelled: bool
) -> bool:
    mark = marked[candidate]
    if chosen:
        named = candidate.form in chosen and (candidate.level != 1 or candidate.asked.asks)
        return mark in chosen or (named and not candidate.needs_mark) or (candidate.form in chosen and bool(mark))
    if labelled and candidate.form == bold.NAME and candidate.group.place:
        return False
    fellows = candidate.group in marked.groups
    if candidate.needs_mark:
        return bool(mark) or candidate.sure or fellows
    return bool(mark) or candidate.sure or fellows or evidence[candidate.group].is_enough


def _reasons(
    document: Document,
    proposed: Sequence[Candidate],
    taken: Mapping[int, Candidate],
    marked: Marks,
    evidence: Mapping[Group, Evidence],
    chosen: Sequence[str],
) -> Iterator[Reason]:
    whys = {group: str(found) for group, found in evidence.items()}
    for candidate in proposed:
        if candidate.needs_mark and candidate.form == bold.NAME and candidate.index not in taken:
            continue  # an item like any other
        span = Span(document.source.path, candidate.line, candidate.chunk.column)
        why = whys.get(candidate.group, "nothing speaks for it")
        if chosen:
            why = "its dialect was named" if candidate.index in taken else "its dialect was not named"
        elif marked[candidate]:
            why = f"its answer is marked ({marked[candidate]})"
        elif candidate.sure:
            why = "it is marked as a question"
        elif candidate.needs_mark:
            why = "its answer is not marked"
        yield Reason(span, candidate.form, candidate.index in taken, why)
