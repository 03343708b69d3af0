"""The data types that stages pass on, all frozen: from a place in a file to a finished note."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, BinaryIO, Literal

HOUSE = "house"
"""The name of our own dialect. Its cards have ids, and any fault in one stops a build."""

UNEXPECTED = "C008"
"""The code of a fault that is ours, not an author's: its `detail` is a traceback."""

DIFFICULTIES = ("beginner", "intermediate", "advanced")
KINDS = ("qa", "cloze", "output", "bug", "design")
TIERS = ("core", "extra")

# Tab, line feed and form feed are white space. No other control character belongs in a text, and Anki separates the
# fields of a note with one of them (U+001F).
CONTROL = re.compile(r"[\x00-\x08\x0b\x0e-\x1f\x7f]")


# The length to which a question is cut: in a trace, and in a list of questions.
MAX_QUESTION, SHOWN = 200, 60


def is_text(text: str) -> bool:
    """Whether a field of a note can hold it: no control characters, and nothing that UTF-8 cannot encode."""
    return not CONTROL.search(text) and not any("\ud800" <= character <= "\udfff" for character in text)


Severity = Literal["error", "warning"]
ChunkType = Literal["heading", "paragraph", "fence", "comment", "list", "rule", "quote", "table", "html", "other"]


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """A place in a file. Lines and columns count from 1; columns are characters."""

    path: str
    line: int
    column: int = 1


@dataclass(frozen=True, slots=True, order=True)
class Diagnostic:
    """The report of an author's fault: where it is, a stable code, what is wrong and how to fix it.

    `detail` may hold lines that show it, such as a diff.
    """

    span: Span
    code: str
    message: str
    hint: str
    severity: Severity = "error"
    detail: str = ""

    def as_warning(self) -> Diagnostic:
        """The same fault as a warning, which stops nothing, as in other people's notes."""
        return replace(self, severity="warning")


@dataclass(frozen=True, slots=True)
class Source:
    """A concept file: `name` is its path inside the track, `path` the one that diagnostics show.

    `faults` say what was lost between the file and its text.
    """

    path: str
    name: str
    text: str
    faults: tuple[Diagnostic, ...] = ()


@dataclass(frozen=True, slots=True)
class Container:
    """A list item or quote that holds blocks: its index among the document's tokens, and its first line."""

    index: int
    type: Literal["item", "quote"]
    line: int


@dataclass(frozen=True, slots=True)
class Chunk:
    """One Markdown block. Dialects read `type`, `text` and `within`; `tokens` are for the renderer.

    `text` is the Markdown as written; a heading's is without its marks, and `level` is its level. `within` lists the
    containers that hold the block, outermost first.
    """

    type: ChunkType
    text: str
    line: int
    column: int
    end_line: int
    tokens: tuple[Any, ...]
    within: tuple[Container, ...] = ()
    language: str = ""
    anchor: str = ""
    level: int = 0


@dataclass(frozen=True, slots=True)
class Document:
    """A concept file as Markdown blocks; `footnotes` maps a label to its tokens, `references` are for the parser."""

    source: Source
    lines: tuple[str, ...]
    chunks: tuple[Chunk, ...]
    footnotes: Mapping[str, tuple[Any, ...]] = field(default_factory=dict)
    references: Mapping[str, Any] = field(default_factory=dict)

    def span(self, chunk: Chunk) -> Span:
        """Where a block begins, after the marks of the lists and quotes around it."""
        return Span(self.source.path, chunk.line, chunk.column)


@dataclass(frozen=True, slots=True)
class Fragment:
    """A part of a card: consecutive blocks of one document, so that its faults have places."""

    document: Document
    chunks: tuple[Chunk, ...] = ()

    @property
    def text(self) -> str:
        """The Markdown as written, without the label that opened the part."""
        lines: list[str] = []
        previous = self.chunks[0].line if self.chunks else 0
        for chunk in self.chunks:
            lines.extend([""] * (chunk.line - previous - 1))
            lines.append(chunk.text)
            previous = chunk.end_line
        return "\n".join(lines).strip("\n")

    @property
    def tokens(self) -> tuple[Any, ...]:
        return tuple(token for chunk in self.chunks for token in chunk.tokens)

    @property
    def span(self) -> Span:
        return self.document.span(self.chunks[0])

    def __bool__(self) -> bool:
        return bool(self.chunks)


@dataclass(frozen=True, slots=True)
class Attribute:
    """One `key=value` of a card's metadata, with its place."""

    value: str
    span: Span


@dataclass(frozen=True, slots=True)
class Code:
    """Code as written, and the line of the file on which it begins."""

    text: str
    line: int


@dataclass(frozen=True, slots=True)
class Example:
    """A program in the guide text, with its hidden checks; `expected` is its output, or None.

    `span` is the place of the program, and `output` that of its output, or again of the program. `idle` says why it
    cannot run, or is "".
    """

    program: Code
    checks: tuple[Code, ...]
    expected: str | None
    attributes: Mapping[str, Attribute]
    span: Span
    output: Span
    idle: str = ""


@dataclass(frozen=True, slots=True)
class Block:
    """A card as written, with the faults of its form: what a dialect found, before its metadata is judged.

    `hidden` are the deletions that a cloze card in found notes promises, however they are written: the number of each,
    0 for the next one, and its hint.
    """

    dialect: str
    question: Fragment
    front: Fragment
    answer: Fragment
    more: Fragment
    source: Fragment
    attributes: Mapping[str, Attribute]
    checks: tuple[Code, ...]
    anchor: str
    span: Span
    faults: tuple[Diagnostic, ...] = ()
    hidden: tuple[tuple[int, str], ...] = ()

    @property
    def is_found(self) -> bool:
        """Whether it was found in other people's notes, without an id."""
        return self.dialect != HOUSE

    @property
    def asked(self) -> str:
        """The question, as written: the heading in house syntax, else everything before the answer."""
        if not self.is_found:
            return self.question.text
        front = re.sub(r"\*\*(.+?)\*\*", r"\1", self.front.text, flags=re.DOTALL) if self.hides else self.front.text
        return "\n\n".join(text for text in (self.question.text, front) if text)

    @property
    def answered(self) -> str:
        """The answer, as written: the answer in house syntax, else everything under the question."""
        if self.hides:
            return self.front.text
        parts = (self.answer, self.more, self.source) if self.is_found else (self.answer,)
        return "\n\n".join(part.text for part in parts if part)

    @property
    def hides(self) -> bool:
        """Whether it is a cloze card."""
        return "kind" in self.attributes and self.attributes["kind"].value == "cloze"

    @property
    def lines(self) -> range:
        """The lines of the card, from its question to the end of its last part or hidden check."""
        parts = (self.question, self.front, self.answer, self.more, self.source)
        ends = [chunk.end_line for part in parts for chunk in part.chunks]
        return range(self.span.line, max(ends + [check.line + check.text.count("\n") for check in self.checks]) + 1)


@dataclass(frozen=True, slots=True)
class Trace:
    """How a card without an id is recognised: where it stood, its question and its answer.

    `name` is its file's path inside the track. `question` is for display, cut and on one line. `asked` and `answer` are
    hashes, `answer` "" if there is none. Two `sketch`es show how similar two answers are. See `traces.py`.
    """

    name: str
    question: str
    asked: str
    answer: str
    sketch: str
    cloze: bool = False

    @property
    def shown(self) -> str:
        """The question as shown in a list."""
        return f'"{self.question if len(self.question) <= SHOWN else self.question[: SHOWN - 1].rstrip() + "…"}"'


@dataclass(frozen=True, slots=True)
class Card:
    """The identity and labels of a card, without its text. One without an id has a trace, which finds its guid."""

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
    trace: Trace | None = None

    @property
    def name(self) -> str:
        """Its name for display: its id, else its question."""
        return self.trace.shown if self.trace else self.id


@dataclass(frozen=True, slots=True)
class Medium:
    """A picture or sound: `name` is its name in the package, derived from its content."""

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
    """A rendered card: HTML by field. `cards` is how many cards Anki makes of it; `changed` is Unix time.

    `place` is its position in the study order of the whole track, from 1, whichever package it is in.
    """

    card: Card
    note_type: NoteType
    fields: tuple[str, ...]
    sort_text: str
    cards: int = 1
    media: tuple[Medium, ...] = ()
    changed: int = 0
    place: int = 0


@dataclass(frozen=True, slots=True)
class Artefact:
    """A file to write: `write` puts its bytes on a stream, the same bytes every time."""

    name: str
    notes: int
    cards: int
    write: Callable[[BinaryIO], None]
