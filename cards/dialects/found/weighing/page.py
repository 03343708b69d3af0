"""Document, Pieces and Candidates -> a Page: what the file says of itself, and how each candidate stands in it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from .... import markdown
from ....model import Chunk, Document
from ...words import labels, levels, links, vocabulary
from ..candidates import Candidate
from ..stream import Piece, Stream, after

_TITLE = re.compile(r"\A(?:---|\+\+\+)\n(?:.*\n)*?title[ \t]*[:=][ \t]*(.+)")


@dataclass(frozen=True, slots=True)
class Page:
    """A file as a whole.

    Whether it `speaks` of questions; the anchors that its `links` lead to, and how many links lead `back`; whether its
    headings say `levels`, and how many `headings` it has. The indices of the candidates that are, or stand in, what
    folds (`folded`), that have anything under them (`bodied`), under which headings `divide` what they hold, and under
    which only questions stand (`echoed`), or a list of boxes (`boxed`).
    """

    name: str
    speaks: bool
    links: frozenset[str]
    back: int
    levels: bool
    headings: int
    folded: frozenset[int]
    bodied: frozenset[int]
    divided: frozenset[int]
    echoed: frozenset[int]
    boxed: frozenset[int]


def read(document: Document, stream: Stream, proposed: Sequence[Candidate]) -> Page:
    """The page that a document is."""
    text, name = document.source.text, document.source.name
    headings = [piece.chunk for piece in stream if piece.role == "heading" and piece.chunk]
    title = next((chunk.text for chunk in headings if chunk.level == 1), "")
    matter = _TITLE.search(text)
    return Page(
        name=name,
        speaks=any(map(vocabulary.speaks_of_questions, (title, matter[1] if matter else "", name))),
        links=links.anchors(text),
        back=sum(map(_leads_back, stream)),
        levels=_says_levels([chunk.text for chunk in headings]),
        headings=len(headings),
        folded=_folded(stream, proposed),
        bodied=_bodied(stream, proposed),
        divided=_divided(stream, proposed),
        echoed=_echoed(stream, proposed),
        boxed=frozenset(
            c.index for c in proposed if (p := after(stream, c.index)) and p.chunk and markdown.is_boxed(p.chunk)
        ),
    )


def _leads_back(piece: Piece) -> bool:
    return piece.chunk is not None and piece.chunk.type == "paragraph" and links.leads_back(piece.chunk.text)


def _says_levels(headings: Sequence[str]) -> bool:
    """Whether headings that say nothing else name more than one level."""
    return len({level.difficulty for level in map(levels.of_words, headings) if level}) > 1


def _folded(stream: Stream, proposed: Sequence[Candidate]) -> frozenset[int]:
    """The candidates that are, or stand in, something that folds."""
    starts = {candidate.index for candidate in proposed}
    depth, found = 0, set()
    for index, piece in enumerate(stream):
        depth += (piece.role == "fold") - (piece.role == "end")
        if index in starts and depth > 0:
            found.add(index)
    return frozenset(found)


def _divided(stream: Stream, proposed: Sequence[Candidate]) -> frozenset[int]:
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


def _echoed(stream: Stream, proposed: Sequence[Candidate]) -> frozenset[int]:
    """The headings without a question mark under which there are only questions."""
    found = set()
    for candidate in proposed:
        if candidate.form == "heading" and not vocabulary.is_marked(candidate.asked.text):
            end = candidate.index + 1
            while end < len(stream) and stream[end].role != "heading" and _only_asks(stream[end].chunk):
                end += 1
            if end > candidate.index + 1 and (end == len(stream) or stream[end].role == "heading"):
                found.add(candidate.index)
    return frozenset(found)


def _only_asks(chunk: Chunk | None) -> bool:
    """Whether a paragraph, or each item of a list, is a question."""
    if chunk is None:
        return False
    lines = markdown.first_lines(chunk) if chunk.type == "list" else (chunk.text,)
    return all(map(vocabulary.is_marked, lines))


def _bodied(stream: Stream, proposed: Sequence[Candidate]) -> frozenset[int]:
    """The candidates under which something stands before the next line that could ask."""
    lines = {candidate.index for candidate in proposed if candidate.form != "heading"}
    return frozenset(c.index for c in proposed if c.rest or _has_body(stream, c, c.index + 1 in lines))


def _has_body(stream: Stream, candidate: Candidate, followed: bool) -> bool:
    below = after(stream, candidate.index)
    if below is None or below.chunk is None or below.role == "end" or below.chunk.type == "rule":
        return False
    if below.role == "heading":
        return below.chunk.level > candidate.level
    next_item = below.starts and below.list is not None and below.list is stream[candidate.index].list
    return not next_item and not (followed and candidate.form != "heading")
