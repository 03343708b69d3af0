"""Candidates and their Marks -> a Choice: the questions that are taken, and the reasons for all.

`page` says how the file stands, `facts` what is known of each group of candidates that look alike, `evidence` adds up
points, `choice` decides. A section of a page that is taken for a card, or a question that is not taken, is fixed here:
a point in `evidence`, perhaps with a new fact, and never a rule for one repository.
"""

from __future__ import annotations

from collections.abc import Sequence

from ....model import Document
from ..candidates import Candidate
from ..marks import Marks
from ..stream import Stream
from . import page
from .choice import Choice, Reason, Taken, choose
from .evidence import weigh
from .facts import facts

__all__ = ["Choice", "Reason", "Taken", "decide"]


def decide(
    document: Document, stream: Stream, proposed: Sequence[Candidate], marks: Marks, chosen: Sequence[str]
) -> Choice:
    """Choose among the candidates; where dialects are `chosen`, theirs are taken without evidence."""
    known = facts(page.read(document, stream, proposed), proposed, marks)
    evidence = {group: weigh(found) for group, found in known.items()}
    return choose(document, proposed, marks, evidence, chosen)
