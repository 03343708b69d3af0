"""What stands under a question -> what more is asked, the answer, and what is not graded.

An answer that is marked begins at its mark: a label, a heading "Answer", a fold that offers it, a box that is ticked. What
stands before it belongs to the question. Without a mark all of it is the answer.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field

from .. import markdown
from ..model import Chunk, Document
from . import labels, levels, words
from .levels import Level
from .pieces import Piece

_BACK = re.compile(r"(?:<[^<>]+>|\s|\*\*|__)*\[[^\]]*\]\(#[^)]*\)(?:<[^<>]+>|\s|\*\*|__)*")
_BACK_HTML = re.compile(r"<(?:div|p|a|b|sup|h\d)\b[^<>]*>(?:\s*<[^<>]+>)*[^<>]{0,40}(?:</?[^<>]+>\s*)+", re.IGNORECASE)
_HREF_HERE = re.compile(r"href\s*=\s*[\"']?#", re.IGNORECASE)
_COMMENT_LEVEL = re.compile(r"<!--\s*([\w -]+?)\s*[:=]\s*\(?\s*(.+?)\s*\)?\s*-->", re.DOTALL)
_COMMENT = re.compile(r"<!--\s*(.*?)\s*(?:-->|\Z)", re.DOTALL)
# The one scale in use that counts from 0 says so by its name.
_ZERO_BASED = "expertise"
_LEAST_BOXES = 2


@dataclass(slots=True)
class Answer:
    """The parts of a card under its question; `mark` is the dialect's name for how the answer was marked, or ""."""

    mark: str = ""
    level: Level | None = None
    draft: bool = False
    parts: dict[str, list[Chunk]] = field(default_factory=lambda: {"front": [], "answer": [], "more": [], "source": []})

    def part(self, name: str) -> tuple[Chunk, ...]:
        return tuple(self.parts[name])

    @property
    def is_empty(self) -> bool:
        """Whether nothing answers, or only a template's place for an answer."""
        return self.draft or not any(_says_something(chunk) for chunk in self.parts["answer"])


def read(document: Document, body: Iterable[Piece]) -> Answer:
    """Sort the pieces under a question."""
    found = Answer()
    pieces = list(body)
    reader = _Reader(document, found, _boxes(pieces))
    for piece in pieces:
        reader.take(piece)
    if not found.mark:
        found.parts["answer"], found.parts["front"] = found.parts["front"], []
    for name, chunks in found.parts.items():
        found.parts[name] = _trimmed(chunks)
    return found


class _Reader:
    def __init__(self, document: Document, found: Answer, boxes: int) -> None:
        self.document = document
        self.found = found
        self.part = "front"
        # How many lists with boxes are still to come, and whether the box of the last one is ticked.
        self.boxes = boxes
        self.scattered = boxes > 1
        self.ticked = False

    def add(self, chunk: Chunk | None) -> None:
        if chunk is not None:
            self.found.parts[self.part].append(chunk)

    def open(self, mark: str) -> None:
        """The answer begins here, unless it has begun."""
        if self.part == "front" or not self.found.mark:
            if self.part != "front":  # what was taken for less than the question is part of it
                self.found.parts["front"] += self.found.parts[self.part]
                self.found.parts[self.part] = []
            self.part = "answer"
            self.found.mark = mark

    def take(self, piece: Piece) -> None:
        chunk = piece.chunk
        if piece.role == "heading" and chunk:
            self._heading(chunk)
        elif piece.role == "label" and piece.label:
            self._label(piece)
        elif piece.role == "fold" and chunk:
            if labels.is_reveal(piece.text):
                self.open("details")
            elif piece.text:
                self.add(markdown.paragraph(self.document, f"**{piece.text.strip('*')}**", chunk, piece.line))
        elif chunk:
            self._block(chunk)

    def _heading(self, chunk: Chunk) -> None:
        kind = labels.heading(chunk.text)
        label = labels.read(chunk.text)
        if label and label.kind == "answer" and not label.alone:
            self.open("answer-heading")
            rest = chunk.text[label.length :].strip("* ")
            self.add(markdown.paragraph(self.document, rest, chunk))
        elif kind == "answer":
            self.open("answer-heading")
        elif kind == "follow-up":
            self.part = "more"
            self.add(chunk)
        elif kind == "source" and self.part != "front":
            self.part = "source"
        elif kind == "source" and not self.found.mark and self.found.parts["front"]:
            self.found.parts["answer"], self.found.parts["front"] = self.found.parts["front"], []
            self.found.mark = "heading"
            self.part = "source"
        else:
            self.part = "answer" if self.part in ("more", "source") else self.part
            self.add(chunk)

    def _label(self, piece: Piece) -> None:
        assert piece.label  # noqa: S101 - `take` asks
        kind, chunk = piece.label.kind, piece.chunk
        if kind == "answer":
            if self.found.mark and self.part == "answer" and self.found.parts["answer"]:
                self.add(_as_written(self.document, piece))
            else:
                self.open("answer-label")
                self.add(chunk)
        elif kind == "follow-up":
            self.part = "more"
            self.add(_as_written(self.document, piece))
        elif kind == "level" and chunk and (level := levels.of_value(chunk.text.split("\n")[0])):
            self.found.level = self.found.level or level
        else:
            self.add(_as_written(self.document, piece))

    def _block(self, chunk: Chunk) -> None:
        if chunk.type == "comment":
            self._comment(chunk.text)
        elif chunk.type == "list":
            self._list(chunk)
        elif self.found.mark in ("", "choice") and chunk.type == "fence" and self._is_between(chunk):
            self._shown_option(chunk)
        elif chunk.type == "quote" and self.part == "front" and (opened := self._quoted(chunk)):
            for piece in opened:
                self.take(piece)
        else:
            self.add(chunk)

    def _is_between(self, chunk: Chunk) -> bool:
        """Whether options whose boxes stand alone are being read, so that what follows each is part of it."""
        options = self.found.parts["front"]
        return (
            self.scattered
            and any(_is_boxed(option) for option in options)
            and options[-1].end_line < chunk.line <= options[-1].end_line + 2
        )

    def _comment(self, text: str) -> None:
        self.found.level = self.found.level or comment_level(text)
        inner = _COMMENT.match(text)
        if inner and not self.found.parts["answer"] and words.is_placeholder(inner[1]):
            self.found.draft = True

    def _list(self, chunk: Chunk) -> None:
        if self.boxes and _is_boxed(chunk):
            self._boxed(chunk)
        elif (level := _metadata(chunk)) and self.part == "front":
            self.found.level = self.found.level or level
        else:
            self.add(chunk)

    def _boxed(self, chunk: Chunk) -> None:
        """Options are asked without their ticks, and the ticked ones answer."""
        ticked = [item for item in markdown.items(self.document, chunk) if item.ticked]
        self.found.parts["front"].append(markdown.unticked(chunk))
        for item in ticked:
            self.found.parts["answer"] += item.chunks
        self.ticked = bool(ticked)
        self.boxes -= 1
        if not self.boxes:
            self.part, self.found.mark = "answer", "choice"

    def _shown_option(self, chunk: Chunk) -> None:
        """Code or a picture between the options belongs to the one before it."""
        self.found.parts["front"].append(chunk)
        if self.ticked:
            self.found.parts["answer"].append(chunk)

    def _quoted(self, chunk: Chunk) -> list[Piece]:
        """The pieces of a quote that holds the answer under its label."""
        children = markdown.inside(self.document, chunk)
        first = children[0] if children and children[0].type == "paragraph" else None
        label = labels.read(first.text.split("\n")[0]) if first else None
        if not first or not label or label.kind != "answer":
            return []
        _, rest = markdown.cut(self.document, first, [(0, label.length)])
        opening = Piece("label", first.line, rest, label=label)
        return [opening, *(Piece("block", child.line, child) for child in children[1:])]


def _boxes(pieces: Iterable[Piece]) -> int:
    """How many lists of the options of one question there are: none where fewer than two boxes, or no tick, stand."""
    lists = [piece.chunk for piece in pieces if piece.chunk and piece.chunk.type == "list" and _is_boxed(piece.chunk)]
    boxes = [token.meta["checked"] for chunk in lists for token in chunk.tokens if "checked" in token.meta]
    return len(lists) if len(boxes) >= _LEAST_BOXES and any(boxes) else 0


def _is_boxed(chunk: Chunk) -> bool:
    return any("checked" in token.meta for token in chunk.tokens)


def comment_level(text: str) -> Level | None:
    """The level that a comment gives: `<!-- difficulty: hard -->`."""
    named = _COMMENT_LEVEL.match(text)
    if not named or words.label(named[1]) != "level":
        return None
    return levels.of_value(named[2], named[1].casefold() == _ZERO_BASED)


def _as_written(document: Document, piece: Piece) -> Chunk | None:
    """A labelled line that is part of the answer, its label in bold."""
    if not piece.label:
        return piece.chunk
    shown = f"**{piece.label.word}:**"
    if piece.chunk is None:
        anchor = next(iter(document.chunks))
        return markdown.paragraph(document, shown, anchor, piece.line)
    return markdown.paragraph(document, f"{shown} {piece.chunk.text}", piece.chunk, piece.line)


def _metadata(chunk: Chunk) -> Level | None:
    """The level that a list of metadata gives, every item of which is a label and its value."""
    level = None
    for line in markdown.first_lines(chunk):
        label = labels.read(line)
        if label and label.kind == "level":
            level = levels.of_value(line[label.length :])
        elif not re.match(r"[^\w]*[\w -]{1,24}(?:\*\*|__)?[ ]?[:：]", line):
            return None
    return level


def _trimmed(chunks: list[Chunk]) -> list[Chunk]:
    """Blocks without what only separates or leads back: rules, empty HTML, links to the top."""
    kept = list(chunks)
    while kept and _is_idle(kept[-1]):
        kept.pop()
    while kept and _is_idle(kept[0]):
        del kept[0]
    return kept


def leads_back(chunk: Chunk) -> bool:
    """Whether a paragraph is a link to the top of its page and no more."""
    return chunk.type == "paragraph" and "](#" in chunk.text and _BACK.fullmatch(chunk.text) is not None


def _is_idle(chunk: Chunk) -> bool:
    if chunk.type == "rule":
        return True
    if chunk.type == "paragraph":
        return (
            _BACK.fullmatch(chunk.text) is not None
            or not markdown.plain(chunk.tokens).strip(" ​\\")
            and "![" not in chunk.text
            and "<img" not in chunk.text
        )
    if chunk.type == "html":
        empty = not markdown.without_tags(chunk.text).strip() and "<img" not in chunk.text
        return empty or (_BACK_HTML.fullmatch(chunk.text.strip()) is not None and bool(_HREF_HERE.search(chunk.text)))
    return False


def _says_something(chunk: Chunk) -> bool:
    if chunk.type in ("rule", "comment") or (chunk.type == "list" and _is_boxed(chunk)):
        return False
    if chunk.type in ("paragraph", "heading"):
        text = chunk.text.strip()
        return (
            chunk.type == "paragraph"
            and not words.is_placeholder(text)
            and not re.fullmatch(r"[\W_]*|\[[^\]\n]*\]|<[^>\n]*>", text.replace("![", "image["))
            or "![" in text
        )
    return True
