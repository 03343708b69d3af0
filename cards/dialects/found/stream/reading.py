"""Document -> its Pieces in reading order: blocks, labelled lines, and what folds (details, callouts).

Lists whose items could ask are opened, and each piece says from which list it is: where no item asks in the end, a
later step takes the list as it was written.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import pairwise

from .... import markdown
from ....model import Chunk, Container, Document
from ...words import callouts, emphasis, items, labels, question, vocabulary
from . import html
from .piece import Piece

_DEEPEST = 3
_OFTEN = 3


def read(document: Document) -> tuple[Piece, ...]:
    """The stream of a document."""
    reader = _Reader(document)
    for chunk in document.chunks:
        reader.take(chunk)
    return tuple(_revealing(list(_closed(reader.found))))


def _closed(found: Sequence[Piece]) -> Iterator[Piece]:
    """The pieces, with an end before the next heading for each fold that is never closed."""
    open_folds: list[int] = []
    for index, piece in enumerate(found):
        if piece.role == "fold":
            open_folds.append(index)
        elif piece.role == "end" and open_folds:
            open_folds.pop()
    waiting = 0
    unclosed = set(open_folds)
    for index, piece in enumerate(found):
        if piece.role == "heading":
            yield from (Piece("end", piece.line) for _ in range(waiting))
            waiting = 0
        waiting += index in unclosed
        yield piece


def _revealing(found: list[Piece]) -> Iterator[Piece]:
    """The pieces; a summary that is the same under several lines that could ask only offers what it folds away."""
    under = Counter(
        piece.text.casefold()
        for before, piece in pairwise(found)
        if piece.role == "fold" and piece.text and _could_ask(before)
    )
    every = Counter(piece.text.casefold() for piece in found if piece.role == "fold")
    for piece in found:
        text = piece.text.casefold()
        repeated = piece.role == "fold" and under[text] >= _OFTEN and 2 * under[text] > every[text]
        if repeated and not (vocabulary.is_marked(piece.text) or labels.is_hint(piece.text)):
            yield replace(piece, text="")
        else:
            yield piece


def _could_ask(piece: Piece) -> bool:
    if piece.role == "heading":
        return True
    text = piece.chunk.text if piece.chunk and piece.chunk.type == "paragraph" else ""
    return vocabulary.is_marked(text) or emphasis.is_bold(text)


class _Reader:
    """Collects pieces, and remembers the open summary, how deep the list is and how the labels are written."""

    def __init__(self, document: Document) -> None:
        self.document = document
        self.found: list[Piece] = []
        self.summary: list[str] | None = None
        self.inner: list[Chunk] = []
        self.summary_line = 0
        self.depth = 0
        self.letters = labels.letters(document.source.text)
        self.dotted = False
        self.folds: list[tuple[Container, ...]] = []
        self.left = 0

    def take(self, chunk: Chunk, owner: Chunk | None = None) -> None:
        self._leave(chunk, owner)
        if self.summary is not None and chunk.type not in ("html", "heading"):
            self._in_summary(chunk, owner)
        elif chunk.type == "heading":
            self.summary, self.inner = None, []  # one that is still open was never closed
            self.found.append(Piece("heading", chunk.line, chunk, list=owner))
        elif chunk.type == "paragraph":
            self._paragraph(chunk, owner)
        elif chunk.type == "html" and html.folds(chunk.text):
            self._html(chunk, owner)
        elif chunk.type == "quote":
            self._quote(chunk, owner)
        elif chunk.type == "list":
            self._list(chunk, owner)
        elif self.folds and (closing := html.closing_code(chunk)):
            if code := markdown.without_end(chunk, closing):
                self._block(code, owner)
            self._end(chunk.end_line, owner)
        else:
            self._block(chunk, owner)

    def _block(self, chunk: Chunk, owner: Chunk | None) -> None:
        self.found.append(Piece("block", chunk.line, chunk, list=owner))

    def _fold(self, piece: Piece, within: tuple[Container, ...]) -> None:
        """Something folds, in these containers."""
        self.found.append(piece)
        self.folds.append(within)

    def _end(self, line: int, owner: Chunk | None) -> None:
        if self.folds:
            self.folds.pop()
        elif self.left:
            self.left -= 1
            return
        self.found.append(Piece("end", line, list=owner))

    def _leave(self, chunk: Chunk, owner: Chunk | None) -> None:
        """A fold ends at the latest with the item in which it began, even if its tag is lost in code."""
        while self.folds and chunk.within[: len(self.folds[-1])] != self.folds[-1]:
            self._end(chunk.line, owner)
            self.left += 1

    def _paragraph(self, chunk: Chunk, owner: Chunk | None) -> None:
        if closing := html.closing(chunk):
            if before := chunk.text.removesuffix(closing).rstrip():
                self._paragraph(markdown.paragraph(before, chunk), owner)
            self._end(chunk.end_line, owner)
            return
        text = labels.answers_apart(chunk.text)
        if text != chunk.text:
            chunk = markdown.paragraph(text, chunk)
        found = list(labels.lines(text, self.letters, self.dotted))
        if not found:
            self._block(chunk, owner)
            return
        last = found[-1][1]
        self.dotted = last.kind == "question" and last.dotted
        first, *rest = markdown.cut(chunk, [(line, label.length) for line, label in found])
        if first:
            self._block(first, owner)
        for (line, label), said in zip(found, rest, strict=True):
            shown, below = _unwrapped(said) if said and label.wraps else (said, None)
            self.found.append(Piece("label", chunk.line + line, shown, label=label, list=owner))
            if below:
                self._block(below, owner)

    def _quote(self, chunk: Chunk, owner: Chunk | None) -> None:
        """A quote, or a callout: that folds, under its title."""
        children = markdown.inside(self.document, chunk) if "[!" in chunk.text[:40] else ()
        head = children[0] if children and children[0].type == "paragraph" else None
        callout = callouts.read(head.text) if head else None
        if not head or not callout:
            self._block(chunk, owner)
            return
        self._fold(Piece("fold", chunk.line, chunk, text=callout.title or "Answer", list=owner), chunk.within)
        if callout.rest:
            self.take(markdown.paragraph(callout.rest, head, head.line + 1), owner)
        for child in children[1:]:
            self.take(child, owner)
        self._end(chunk.end_line, owner)

    def _html(self, chunk: Chunk, owner: Chunk | None) -> None:
        """Raw HTML in which something folds."""
        for cut in html.cuts(chunk.text):
            if self.summary is not None:
                self.summary.append(markdown.without_tags(cut.text))
            elif shown := html.shown(cut.text, chunk, chunk.line + cut.line):
                self._block(shown, owner)
            line = chunk.line + cut.tag_line
            if cut.tag == "summary":
                self.summary, self.summary_line = [], line
            elif cut.tag == "/summary":
                self._end_summary(chunk, owner)
            elif cut.tag == "/details":
                self._end(line, owner)

    def _in_summary(self, chunk: Chunk, owner: Chunk | None) -> None:
        """A Markdown block in a summary: its first text, or what is shown under that."""
        before, closing, after = chunk.text.partition("</summary>")
        if any(map(str.strip, self.summary or ())) and chunk.type != "paragraph":
            self.inner.append(markdown.ended(chunk, f"{closing}{after}") if closing else chunk)
        elif self.summary is not None:
            self.summary.append(before)
        if closing:
            self._html(markdown.html(f"{closing}{after}", chunk, chunk.end_line), owner)

    def _end_summary(self, chunk: Chunk, owner: Chunk | None) -> None:
        if self.summary is not None:
            text = " ".join(" ".join(self.summary).split())
            inner = tuple(self.inner)
            self._fold(Piece("fold", self.summary_line, chunk, text=text, list=owner, inner=inner), chunk.within)
        self.summary, self.inner = None, []

    def _list(self, chunk: Chunk, owner: Chunk | None) -> None:
        if _is_opened(chunk):
            self._items(chunk, owner or chunk)
        elif closing := html.closing(chunk):
            self._block(markdown.ended(chunk, closing), owner)
            self._end(chunk.end_line, owner)
        else:
            self._block(chunk, owner)

    def _items(self, chunk: Chunk, owner: Chunk) -> None:
        self.depth += 1
        for item in markdown.items(self.document, chunk):
            start = len(self.found)
            for child in item.chunks:
                if child.type == "list" and not (self.depth < _DEEPEST and _holds_labels(child)):
                    self._block(child, owner)
                else:
                    self.take(child, owner)
            # An end here closes what began in the item before.
            first = next((at for at in range(start, len(self.found)) if self.found[at].role != "end"), None)
            if first is not None:
                self.found[first] = replace(self.found[first], starts=True, number=item.number)
        self.depth -= 1


def _is_opened(chunk: Chunk) -> bool:
    """Whether a list is read item by item."""
    if not labels.may_ask(chunk.text):
        return False
    if "<details" in chunk.text or question.holds_card(chunk.text):
        return True
    return items.may_ask(tuple(markdown.first_lines(chunk)))


def _holds_labels(chunk: Chunk) -> bool:
    """Whether a list in an item holds the labels of a card, or lines that say that they are cards."""
    return labels.opens_card(next(iter(markdown.first_lines(chunk)), "")) or question.holds_card(chunk.text)


def _unwrapped(said: Chunk) -> tuple[Chunk | None, Chunk | None]:
    """What follows a label inside its bold run, and what follows the run."""
    run = labels.end_of_run(said.text)
    if not run:
        return said, None
    inside, start = run
    after = said.text[start:].rstrip()
    below = said.line + said.text.count("\n", 0, start)
    return (
        markdown.paragraph(inside, said) if inside.strip() else None,
        markdown.paragraph(after, said, below) if after else None,
    )
