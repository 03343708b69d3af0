"""What stands under a question -> what more is asked, the answer, and what is not graded.

An answer that is marked begins at its mark: a label, a heading "Answer", a fold that offers it, a box that is ticked.
What stands before it belongs to the question. Without a mark all of it is the answer.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Literal

from ... import markdown
from ...model import Chunk, Document
from ..words import labels, levels, vocabulary
from ..words.levels import Level
from .pieces import Piece

Part = Literal["front", "answer", "more", "source"]

_BACK = re.compile(
    r"(?:<[^<>]+>|\s|\*\*|__)*\[(?:[^\[\]]|\[[^\[\]]*\])*\]\(#[^)]*\)(?:<[^<>]+>|\s|\*\*|__)*"
)  # fmt: skip
_BACK_HTML = re.compile(
    r"<(?:div|p|a|b|sup|h\d)\b[^<>]*>(?:\s*<[^<>]+>)*[^<>]{0,40}(?:</?[^<>]+>\s*)+", re.IGNORECASE
)  # fmt: skip
_BREAKS = re.compile(r"(?<!\s)(?:\s*<br\s*/?>)+\s*\Z", re.IGNORECASE)
_HREF_HERE = re.compile(r"href\s*=\s*[\"']?#", re.IGNORECASE)
_COMMENT_LEVEL = re.compile(r"<!--\s*([\w -]+?)\s*[:=]\s*\(?\s*(.+?)\s*\)?\s*-->", re.DOTALL)
_COMMENT = re.compile(r"<!--\s*(.*?)\s*(?:-->|\Z)", re.DOTALL)
_METADATA = re.compile(r"[^\w]*[\w -]{1,24}(?:\*\*|__)?[ ]?[:：]")
_BLANK = re.compile(r"[\W_]*|\[[^\]\n]*\]|<[^>\n]*>")
_SPACE = " \t\n\u200b\\"
# The one scale in use that counts from 0 says so by its name.
_ZERO_BASED = "expertise"
_LEAST_BOXES = 2


@dataclass(slots=True)
class Answer:
    """The parts of a card under its question.

    `mark` is the dialect's name for how the answer is marked, or ""; `draft` says that a template's place for one is
    still there.
    """

    mark: str = ""
    level: Level | None = None
    draft: bool = False
    parts: dict[Part, list[Chunk]] = field(
        default_factory=lambda: {"front": [], "answer": [], "more": [], "source": []}
    )  # fmt: skip

    def part(self, name: Part) -> tuple[Chunk, ...]:
        """The blocks of a part."""
        return tuple(self.parts[name])

    @property
    def is_empty(self) -> bool:
        """Whether nothing answers."""
        return self.draft or not any(map(_says_something, self.parts["answer"]))


def read(document: Document, body: Sequence[Piece]) -> Answer:
    """Sort the pieces under a question."""
    reader = _Reader(document, _boxes(body))
    for piece in body:
        reader.take(piece)
    found = reader.found
    if not found.mark:
        found.parts["answer"], found.parts["front"] = found.parts["front"], []
    for name, chunks in found.parts.items():
        found.parts[name] = _trimmed(chunks)
    return found


class _Reader:
    """Sorts pieces; what comes before a mark goes to the front until it is known that none comes."""

    def __init__(self, document: Document, boxes: int) -> None:
        self.document = document
        self.found = Answer()
        self.part: Part = "front"
        # How many lists with boxes are still to come, and whether the box of the last one is ticked.
        self.boxes = boxes
        self.scattered = boxes > 1
        self.ticked = False

    def take(self, piece: Piece) -> None:
        chunk = piece.chunk
        if piece.role == "heading" and chunk:
            self._heading(chunk)
        elif piece.role == "label":
            self._label(piece)
        elif piece.role == "fold" and chunk:
            if labels.is_reveal(piece.text):
                self._open("details")
            elif piece.text:
                self._add(markdown.paragraph(f"**{piece.text.strip('*')}**", chunk, piece.line))
        elif chunk:
            self._block(chunk)

    def _add(self, chunk: Chunk | None) -> None:
        if chunk is not None:
            self.found.parts[self.part].append(chunk)

    def _open(self, mark: str) -> None:
        """The answer begins here, unless it has begun."""
        if self.found.mark:
            return
        if self.part != "front":  # what was taken for less than the question is part of it
            self.found.parts["front"] += self.found.parts[self.part]
            self.found.parts[self.part] = []
        self.part, self.found.mark = "answer", mark

    def _heading(self, chunk: Chunk) -> None:
        kind, label = labels.heading(chunk.text), labels.read(chunk.text)
        if label and label.kind == "answer" and not label.alone:
            self._open("answer-heading")
            self._add(markdown.paragraph(chunk.text[label.length :].strip("* "), chunk))
        elif kind == "answer":
            self._open("answer-heading")
        elif kind == "source":
            self.part = "source"
        else:
            if kind == "follow-up":
                self.part = "more"
            elif self.part != "front":
                self.part = "answer" if self.found.mark else "front"
            self._add(replace(chunk, text=f"{'#' * chunk.level} {chunk.text}"))

    def _label(self, piece: Piece) -> None:
        label, chunk = piece.label, piece.chunk
        kind = label.kind if label else ""
        if kind == "answer" and not self.found.parts["answer"]:
            self._open("answer-label")
            self._add(chunk)
        elif kind == "level" and chunk and (level := levels.of_value(chunk.text.split("\n")[0])):
            self.found.level = self.found.level or level
        else:
            if kind == "follow-up":
                self.part = "more"
            self._add(_as_written(self.document, piece))

    def _block(self, chunk: Chunk) -> None:
        if chunk.type == "comment":
            self._comment(chunk.text)
        elif chunk.type == "list":
            self._list(chunk)
        elif chunk.type == "fence" and self._is_between(chunk):
            self._option(chunk)
        elif chunk.type == "quote" and self.part == "front" and (opened := self._quoted(chunk)):
            for piece in opened:
                self.take(piece)
        else:
            self._add(chunk)

    def _comment(self, text: str) -> None:
        self.found.level = self.found.level or comment_level(text)
        inner = _COMMENT.match(text)
        if inner and not self.found.parts["answer"] and vocabulary.is_placeholder(inner[1]):
            self.found.draft = True

    def _list(self, chunk: Chunk) -> None:
        if self.boxes and markdown.is_boxed(chunk):
            self._boxed(chunk)
        elif self.part == "front" and (level := _metadata(chunk)):
            self.found.level = self.found.level or level
        else:
            self._add(chunk)

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

    def _is_between(self, chunk: Chunk) -> bool:
        """Whether options are being read whose boxes stand alone, so that the code under each is part of it."""
        if not self.scattered or self.found.mark not in ("", "choice"):
            return False
        options = self.found.parts["front"]
        near = bool(options) and options[-1].end_line < chunk.line <= options[-1].end_line + 2
        return near and any(map(markdown.is_boxed, options))

    def _option(self, chunk: Chunk) -> None:
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
        _, rest = markdown.cut(first, [(0, label.length)])
        opening = Piece("label", first.line, rest, label=label)
        return [opening, *(Piece("block", child.line, child) for child in children[1:])]


def _as_written(document: Document, piece: Piece) -> Chunk | None:
    """A labelled line that is part of the answer, its label in bold."""
    if not piece.label:
        return piece.chunk
    shown = f"**{piece.label.word}:** {piece.chunk.text if piece.chunk else ''}".rstrip()
    return markdown.paragraph(shown, piece.chunk or document.chunks[0], piece.line)


def _boxes(pieces: Iterable[Piece]) -> int:
    """How many lists of the options of one question there are: none where fewer than two boxes, or no tick, stand."""
    lists = [p.chunk for p in pieces if p.chunk and p.chunk.type == "list" and markdown.is_boxed(p.chunk)]
    boxes = [ticked for chunk in lists for ticked in markdown.boxes(chunk)]
    return len(lists) if len(boxes) >= _LEAST_BOXES and any(boxes) else 0


def comment_level(text: str) -> Level | None:
    """The level that a comment gives: `<!-- difficulty: hard -->`."""
    named = _COMMENT_LEVEL.match(text)
    if not named or not levels.is_key(named[1]):
        return None
    return levels.of_value(named[2], named[1].casefold() == _ZERO_BASED)


def item_levels(chunk: Chunk) -> Iterator[Level]:
    """The levels that items of a list of metadata give: `- **Difficulty:** easy`."""
    for line in markdown.first_lines(chunk):
        label = labels.read(line)
        if label and label.kind == "level" and (level := levels.of_value(line[label.length :])):
            yield level


def _metadata(chunk: Chunk) -> Level | None:
    """The level that a list gives of which every item is a label and its value."""
    if not all(map(_METADATA.match, markdown.first_lines(chunk))):
        return None
    return next(item_levels(chunk), None)


def leads_back(chunk: Chunk) -> bool:
    """Whether a paragraph is a link to the top of its page and no more."""
    return chunk.type == "paragraph" and "](#" in chunk.text and _BACK.fullmatch(chunk.text) is not None


def _trimmed(chunks: Sequence[Chunk]) -> list[Chunk]:
    """Blocks without rules, empty HTML and links to the top at either end."""
    kept = list(chunks)
    while kept and _is_idle(kept[-1]):
        kept.pop()
    if kept and kept[-1].type in ("paragraph", "list") and (breaks := _BREAKS.search(kept[-1].text)):
        kept[-1] = markdown.ended(kept[-1], breaks[0])
    while kept and _is_idle(kept[0]):
        del kept[0]
    return kept


def _is_idle(chunk: Chunk) -> bool:
    if chunk.type == "rule" or leads_back(chunk):
        return True
    if chunk.type == "paragraph":
        return not _is_pictured(chunk) and not markdown.without_tags(chunk.text).replace("&nbsp;", "").strip(_SPACE)
    if chunk.type == "html":
        text = chunk.text.strip()
        back = _BACK_HTML.fullmatch(text) is not None and _HREF_HERE.search(text) is not None
        return back or not (_is_pictured(chunk) or markdown.without_tags(text).strip())
    return False


def _is_pictured(chunk: Chunk) -> bool:
    return "![" in chunk.text or "<img" in chunk.text


def _says_something(chunk: Chunk) -> bool:
    """Whether a block could answer: no heading alone, no placeholder, no options of which none is ticked."""
    if chunk.type in ("rule", "comment", "heading"):
        return False
    if chunk.type == "paragraph" and not _is_pictured(chunk):
        text = chunk.text.strip()
        if "`" in text or "$" in text:  # `$?` is an answer, and has no letter
            return True
        return _BLANK.fullmatch(text) is None and not vocabulary.is_placeholder(text) and not leads_back(chunk)
    return not (chunk.type == "list" and markdown.is_boxed(chunk))
