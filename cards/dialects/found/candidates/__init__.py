"""Pieces -> Candidates: every piece that may ask, in reading order; which of them do ask is decided later.

Each form in which people ask is a module with a `propose`, listed in FORMS. A question that is never even considered
is fixed in the module of its form; a new form is a new module and a line in FORMS.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from ..stream import Stream
from . import bold, details, heading, label
from .candidate import NO_HEADING, Candidate, Form, Group
from .counting import uncounted

__all__ = ["FORMS", "NO_HEADING", "Candidate", "Form", "Group", "propose"]

FORMS: tuple[Callable[[Stream], Iterator[Candidate]], ...] = (
    heading.propose,
    bold.propose,
    label.propose,
    details.propose,
)


def propose(stream: Stream) -> tuple[Candidate, ...]:
    """The candidates of every form."""
    proposed = sorted((found for form in FORMS for found in form(stream)), key=lambda candidate: candidate.index)
    return tuple(uncounted(proposed))
