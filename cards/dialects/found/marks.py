"""Pieces and Candidates -> Marks: how the answer of each is marked, by a label, a heading, a fold or a tick.

What begins an answer is known here and nowhere else: a mark that is not recognised, or that means something else where
it stands, is fixed here.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Container, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

from ... import markdown
from ..words import labels, vocabulary
from ..words.labels import Label
from .candidates import Candidate, Group
from .stream import Piece, Stream

_SEVERAL = 3
Mark = Literal["", "answer-label", "answer-heading", "details", "choice"]


@dataclass(frozen=True, slots=True)
class Marks:
    """How the answers of candidates are marked, by their index; the groups of which most are, and of which few are."""

    of: Mapping[int, Mark]
    groups: frozenset[Group] = field(default=frozenset())
    plain: frozenset[Group] = field(default=frozenset())

    def __getitem__(self, candidate: Candidate) -> Mark:
        return self.of[candidate.index]

    def __bool__(self) -> bool:
        return any(self.of.values())


def find(stream: Stream, proposed: Sequence[Candidate], keyed: Container[int]) -> Marks:
    """How each answer is marked before another question begins; those that are `keyed` stand in a key with labels."""
    fellows = Counter(candidate.group for candidate in proposed)
    asking = Counter(candidate.group for candidate in proposed if _asks_surely(candidate))
    quizzes = {group for group, count in asking.items() if 2 * count > fellows[group]}
    found = _marked(stream, proposed, fellows, quizzes)
    for candidate in proposed:
        if candidate.index in keyed and (candidate.asked.asks or candidate.group in quizzes):
            found[candidate.index] = found[candidate.index] or "answer-label"
    marked = Counter(candidate.group for candidate in proposed if found[candidate.index])
    most = {group for group, count in marked.items() if count > 1 and 2 * count > fellows[group]}
    plain = {group for group, count in fellows.items() if count > 1 and 2 * marked[group] < count}
    return Marks(found, frozenset(most), frozenset(plain))


def mark(piece: Piece) -> Mark:
    """How a piece marks that an answer begins, or ""."""
    chunk = piece.chunk
    if piece.role == "label" and piece.label and piece.label.kind == "answer":
        return "answer-label"
    if piece.role == "heading" and chunk and labels.heading(chunk.text) == "answer":
        return "answer-heading"
    if piece.role == "fold" and labels.is_reveal(piece.text):
        return "details"
    if piece.role == "block" and chunk and chunk.type == "list" and markdown.is_ticked(chunk):
        return "choice"
    label = _quoted_label(piece)
    return "answer-label" if label and label.kind == "answer" else ""


def told_in(heading: str) -> str | None:
    """What a heading tells behind the label of an answer, "" where nothing is; None where it has no such label."""
    label = labels.read(heading)
    if label and label.kind == "answer" and not label.alone:
        return heading[label.length :].strip("* ")
    return "" if labels.heading(heading) == "answer" else None


def _quoted_label(piece: Piece) -> Label | None:
    """The label with which a quote begins."""
    if piece.role != "block" or piece.chunk is None or piece.chunk.type != "quote":
        return None
    return labels.read(piece.chunk.text.lstrip("> ").split("\n", 1)[0])


def _marked(
    stream: Stream, proposed: Sequence[Candidate], fellows: Mapping[Group, int], quizzes: Collection[Group]
) -> dict[int, Mark]:
    found: dict[int, Mark] = {candidate.index: "" for candidate in proposed}
    doubtful: dict[Group, dict[int, Mark]] = {}
    starts = {candidate.index: candidate for candidate in proposed}
    waiting: Candidate | None = None
    last: Candidate | None = None
    for index, piece in enumerate(stream):
        candidate = starts.get(index)
        if candidate and not (waiting and candidate.form == "bold" and not candidate.asked.asks):
            waiting, last = candidate, None
        elif waiting is None:
            # Answers one after another are the answers to something that stands elsewhere.
            if last and mark(piece) == "answer-heading":
                found[last.index] = ""
        elif (kind := mark(piece)) and not _is_doubtful(kind, piece, waiting, quizzes):
            found[waiting.index] = kind
            last, waiting = waiting, None
        elif kind in ("details", "answer-heading"):
            doubtful.setdefault(waiting.group, {}).setdefault(waiting.index, kind)
        elif piece.role == "heading" and piece.chunk and not labels.heading(piece.chunk.text):
            waiting = None
    for group, marked in doubtful.items():
        # What most of several lines have that look alike is no coincidence; "Problem" upon "Problem" is one.
        lines = {starts[index].asked.text for index in marked}
        if len(lines) >= _SEVERAL and 2 * len(marked) > fellows[group]:
            found.update({index: kind for index, kind in marked.items() if not found[index]})
    return found


def _asks_surely(candidate: Candidate) -> bool:
    """Whether a line asks by a label or a question mark: "What was done" is the title of a checklist."""
    return candidate.asked.labelled or vocabulary.asks_surely(candidate.asked.text)


def _is_doubtful(kind: Mark, piece: Piece, candidate: Candidate, quizzes: Collection[Group]) -> bool:
    """Whether what looks like a mark means something else under this line; most lines of `quizzes` ask."""
    if kind == "answer-heading" and candidate.form != "heading":
        return True
    asked = candidate.asked
    if kind == "choice":
        return not (_asks_surely(candidate) or candidate.group in quizzes)  # the boxes say what is done
    if asked.asks or asked.numbered or vocabulary.is_task(asked.text):
        return False
    # Under a line that asks nothing a label may be the response of a server, a fold a picture, a heading a section.
    if piece.role == "heading" and piece.chunk:
        return vocabulary.is_doubtful(piece.chunk.text.strip(" :：*_"))
    if label := piece.label or _quoted_label(piece):
        return len(label.word) == 1 or vocabulary.is_doubtful(label.word)
    return piece.role == "fold" and labels.is_offer(piece.text)
