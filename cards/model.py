"""The nouns that every stage hands on, all frozen: from a place in a file to a finished note."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, BinaryIO, Literal

DIFFICULTIES = ("beginner", "intermediate", "advanced")
KINDS = ("qa", "cloze", "output", "bug", "design")
TIERS = ("core", "extra")

Severity = Literal["error", "warning"]
ChunkType = Literal["heading", "paragraph", "fence", "comment", "rule", "other"]


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """A place in a file, for a person: lines and columns count from 1, columns in characters."""

    path: str
    line: int
    column: int = 1


@dataclass(frozen=True, slots=True, order=True)
class Diagnostic:
    """A fault of an author: where it is, a stable code, what is wrong and how to mend it."""

    span: Span
    code: str
    message: str
    hint: str
    severity: Severity = "error"


@dataclass(frozen=True, slots=True)
class Source:
    """A concept file: `name` is its path inside the track, `path` the one that diagnostics show."""

    path: str
    name: str
    text: str


@dataclass(frozen=True, slots=True)
class Chunk:
    """One Markdown block. Dialects read `type`, `text` and `within`; `tokens` are the renderer's.

    `text` is the block's content (of a heading its text, of a fence its code) and otherwise the
    Markdown as written. `within` names the containers (list item, quote) that hold it,
    outermost first.
    """

    type: ChunkType
    text: str
    line: int
    end_line: int
    tokens: tuple[Any, ...]
    within: tuple[int, ...] = ()
    language: str = ""
    anchor: str = ""


@dataclass(frozen=True, slots=True)
class Document:
    """A concept file as Markdown blocks; `footnotes` maps a footnote's label to its tokens."""

    source: Source
    lines: tuple[str, ...]
    chunks: tuple[Chunk, ...]
    footnotes: Mapping[str, tuple[Any, ...]] = field(default_factory=dict)

    def span(self, line: int, needle: str = "", end_line: int = 0) -> Span:
        """The place of `needle` at or after `line` (to `end_line`), else the line's first word."""
        for number in range(line, max(line, end_line) + 1):
            column = self.lines[number - 1].find(needle) if needle else -1
            if column >= 0:
                return Span(self.source.path, number, column + 1)
        text = self.lines[line - 1] if line <= len(self.lines) else ""
        return Span(self.source.path, line, len(text) - len(text.lstrip()) + 1)


@dataclass(frozen=True, slots=True)
class Fragment:
    """A part of a card: consecutive blocks of one document, so that a fault in it has a place."""

    document: Document
    chunks: tuple[Chunk, ...] = ()

    @property
    def text(self) -> str:
        """The Markdown as written, without the label that opened the part."""
        lines: list[str] = []
        previous = self.chunks[0].line if self.chunks else 0
        for chunk in self.chunks:
            lines.extend([""] * (chunk.line - previous - 1))
            lines.append(source_text(self.document, chunk))
            previous = chunk.end_line
        return "\n".join(lines).strip("\n")

    @property
    def tokens(self) -> tuple[Any, ...]:
        return tuple(token for chunk in self.chunks for token in chunk.tokens)

    @property
    def line(self) -> int:
        return self.chunks[0].line

    @property
    def end_line(self) -> int:
        return self.chunks[-1].end_line

    def __bool__(self) -> bool:
        return bool(self.chunks)


def source_text(document: Document, chunk: Chunk) -> str:
    """A block as its author wrote it: a fence with its marks, other blocks as their text."""
    if chunk.type != "fence":
        return chunk.text
    lines = document.lines[chunk.line - 1 : chunk.end_line]
    indent = len(lines[0]) - len(lines[0].lstrip(" >"))
    return "\n".join(line[indent:] for line in lines)


@dataclass(frozen=True, slots=True)
class Attribute:
    """One `key=value` of a card's metadata, with its place."""

    value: str
    span: Span


@dataclass(frozen=True, slots=True)
class Block:
    """A card as written: what a dialect found, before its metadata is judged."""

    dialect: str
    question: Fragment
    front: Fragment
    answer: Fragment
    more: Fragment
    source: Fragment
    attributes: Mapping[str, Attribute]
    checks: tuple[str, ...]
    anchor: str
    span: Span


@dataclass(frozen=True, slots=True)
class Card:
    """Who a card is: identity and labels, without its text."""

    id: str
    guid: str
    kind: str
    deck: str
    subdomain: str
    subdomain_title: str
    topic: str
    topic_title: str
    difficulty: str
    difficulty_as_written: str
    tier: str
    roles: tuple[str, ...]
    tags: tuple[str, ...]
    span: Span


@dataclass(frozen=True, slots=True)
class Medium:
    """A picture or sound: `name` is what the package calls it, after its content."""

    name: str
    data: bytes


@dataclass(frozen=True, slots=True)
class Template:
    """One card of a note type: pinned id, name, and the HTML of both sides."""

    id: int
    name: str
    front: str
    back: str


@dataclass(frozen=True, slots=True)
class NoteType:
    """What a note looks like in Anki. The fields (name, id) are frozen from the first release."""

    id: int
    name: str
    cloze: bool
    fields: tuple[tuple[str, int], ...]
    templates: tuple[Template, ...]
    css: str


@dataclass(frozen=True, slots=True)
class Note:
    """A card rendered: HTML by field. `cards` counts what Anki makes of it; `changed` is Unix time."""

    card: Card
    note_type: NoteType
    fields: tuple[str, ...]
    sort_text: str
    cards: int = 1
    media: tuple[Medium, ...] = ()
    changed: int = 0


@dataclass(frozen=True, slots=True)
class Artefact:
    """A file to be: `write` puts its bytes on a stream, the same bytes each time."""

    name: str
    notes: int
    cards: int
    write: Callable[[BinaryIO], None]
