"""An Opened question with its body -> the Block of its card, or the Span of a question without an answer.

A wrong front line, a card that is none for want of an answer, and how a card's dialect is called are fixed here.
"""

from __future__ import annotations

from collections.abc import Sequence

from .... import markdown
from ....model import Block, Chunk, Document, Span
from ...block import block
from ...words import levels, question, vocabulary
from ...words.question import Asked
from .. import keys
from ..candidates import Candidate
from ..marks import Mark
from ..stream import Piece
from . import answer
from .answer import Answer
from .borders import Opened


def card(
    document: Document, opened: Opened, keyed: Sequence[Chunk], *, repeated: bool, steps: bool
) -> Block | Span | None:
    """The card of a question, which `keyed` may answer; None where nothing is asked, or nothing that is missed.

    A question that is `repeated` in its file, or asks about "it" alone, is asked with the heading above it. Letters may
    count the `steps` of its answer, and not its options.
    """
    candidate = opened.candidate
    found = _asked(document, candidate, opened.body)
    if found is None:
        return None
    asked, chunk, body = found
    read = answer.read(document, asked, opened.taken, body, steps)
    line = candidate.line if chunk is candidate.chunk else chunk.line
    expected = opened.taken.expects_mark
    told: Sequence[Chunk] = read.answer
    front: Sequence[Chunk] = read.front
    if not _is_answered(asked, read, expected):
        if not keyed or read.draft:
            return Span(document.source.path, line, candidate.chunk.column) if asked.asks or expected else None
        front = (*front, *told)
        told = keys.shown(keyed, (chunk, *front))
    return block(
        document, _dialect(candidate, read.mark), line, candidate.chunk.column,
        _shown(asked, chunk, opened, repeated), told,
        front=front, more=read.more, source=(*read.source, *_source(asked, chunk)),
        level=levels.among(asked.level or read.level or opened.level, document.source.text),
        anchor=candidate.chunk.anchor, both=asked.marked.endswith("-reverse"), tags=asked.tags,
    )  # fmt: skip


def _shown(asked: Asked, chunk: Chunk, opened: Opened, repeated: bool) -> Sequence[Chunk]:
    """The paragraphs that ask."""
    if opened.title:
        # Its own line may be far above.
        return markdown.paragraph(opened.title, chunk, chunk.line - 2), markdown.paragraph(asked.text, chunk)
    section = opened.section
    if section and not (repeated or vocabulary.asks_about_it(asked.text)):
        section = opened.topic if vocabulary.says_what_it_does(asked.text) else ""
    if section and not opened.candidate.below:
        return (markdown.paragraph(f"{section}: {asked.text}", chunk),)
    return (markdown.paragraph(asked.text, chunk),)


def _source(asked: Asked, like: Chunk) -> Sequence[Chunk]:
    """The links behind a question that say where it is from."""
    # Two lines apart they are paragraphs.
    return tuple(markdown.paragraph(link, like, like.line + 2 * number) for number, link in enumerate(asked.source))


def whole(document: Document, title: str) -> list[Block]:
    """The card of a file whose title asks what the rest of it answers."""
    asked = question.read(title)
    chunks = tuple(chunk for chunk in document.chunks if chunk.type not in ("comment", "rule"))
    if asked.is_blank or not chunks:
        return []
    line = next((number for number, text in enumerate(document.lines, 1) if title in text), 1)
    shown = markdown.paragraph(asked.text, chunks[0], line)
    return [block(document, "heading", line, 1, (shown,), chunks, level=asked.level)]


def _asked(
    document: Document, candidate: Candidate, body: Sequence[Piece]
) -> tuple[Asked, Chunk, Sequence[Piece]] | None:
    """What is asked, the block that asks it, and what is left of the body, where the question is taken from it."""
    if not candidate.below:
        return candidate.asked, candidate.chunk, body
    for index, piece in enumerate(body):
        if piece.role != "block" or piece.chunk is None:
            continue
        text, shown = _opened(document, piece.chunk)
        if text:
            further = (Piece("block", chunk.line, chunk) for chunk in shown)
            return question.read(text), piece.chunk, (*body[:index], *further, *body[index + 1 :])
    return None


def _opened(document: Document, chunk: Chunk) -> tuple[str, Sequence[Chunk]]:
    """What a block asks under a heading such as "Question", and what it shows below.

    It is a paragraph, alone, in a quote or in HTML; "" where the block asks nothing.
    """
    inside = markdown.inside(document, chunk) if chunk.type == "quote" else (chunk,)
    if not inside or inside[0].type not in ("paragraph", "html"):
        return "", ()
    shown = markdown.without_tags(inside[0].text, kept="img") if inside[0].type == "html" else inside[0].text
    return " ".join(shown.split()) if inside[0].type == "html" else shown, inside[1:]


def _is_answered(asked: Asked, read: Answer, expects_mark: bool) -> bool:
    """Whether the body answers.

    Where the answers of its fellows are marked, what stands under a question without a mark is part of what it asks,
    unless the question asks by itself and the text explains.
    """
    if read.is_empty:
        return False
    return bool(read.mark) or not expects_mark or (asked.asks and read.explains)


def _dialect(candidate: Candidate, mark: Mark) -> str:
    """How a card is written: a heading or bold line is named after how its answer is marked, if it is."""
    return mark if mark and candidate.form in ("heading", "bold") else candidate.form
