"""Document -> a flat stream of pieces: blocks, labelled lines, and what folds (details, callouts), in reading order.

Lists whose items could ask are opened, and each piece says from which: where none of them does ask, the stream's
reader takes the list as it was.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import Literal

from ... import markdown
from ...model import Chunk, Document
from ..words import labels, vocabulary
from ..words.labels import Label

Role = Literal["block", "heading", "label", "fold", "end"]

_TAGS = re.compile(r"<(/?)(details|summary)\b[^<>]*>", re.IGNORECASE)
_CALLOUT = re.compile(r"\[!(\w+)\][-+]?[ \t]*(.*)")
_ASKING = frozenset({"question", "faq", "help", "quiz", "q"})
_TELLING = frozenset({"answer", "solution", "success"})
_NOTHING = re.compile(r"(?:</?(?:br|p|b|i|em|strong|div|center|span|ul|li|h\d|hr)\b[^<>]*>|&nbsp;|\s)*", re.IGNORECASE)
# A line that closes tags without a blank line before it belongs to the paragraph.
_CLOSED = re.compile(r"(?:</?(?:b|i|p|br|strong|em|div|blockquote)>\s*)*</details>\s*(?:</?\w+>\s*)*\Z", re.IGNORECASE)
# What is put before and behind an answer in HTML, to set it apart from its summary.
_AROUND = re.compile(r"\A(?:\s*<(?:br\s*/?|p)>)+|(?:\s*<(?:br\s*/?|/p)>)+\s*\Z", re.IGNORECASE)
_ALL_BOLD = re.compile(r"\A\s*<(b|strong)>((?:(?!</?\1>).)*)(?:</\1>)?\s*\Z", re.IGNORECASE | re.DOTALL)
_CLOSING = re.compile(r"(?:\*\*|__|\*|_|</b>|</strong>|</em>|</i>)(?=\s*(?:\Z|\n))")
_TAIL = 80
_SAME_LINE = re.compile(r"(?<![ \t])[ \t]+(?:[—–-]+[ \t]*)?(?=(\*\*|__)(?:A|Answer)[:：]?\1)")
# A bold line, or a bold run that asks or is but a label: `**Term**: text` is none of these.
_BOLD = re.compile(
    r"(?:\*\*|__|<b>|<strong>)(?:`[^`]*`|`(?![^`]*`)|(?!\*\*|__)[^`])*?"
    r"(?:[?？؟][\s\"'”»)]*(?:\*\*|__|</)|(?:\*\*|__|</b>|</strong>)(?:[^\w]|<[^<>]*>|[\[(]\w+[\])])*$)",
    re.IGNORECASE,
)
_MAYBE = re.compile(r"[?？؟:：]|\*\*|__|<(?:details|summary|b|strong)\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Piece:
    """One piece of the stream.

    Of a label, `chunk` is what follows it in its paragraph, or None; of a fold, `text` is its summary or title, and
    `inner` the blocks that follow that in the summary. `list` is the list that the piece was taken from; `starts` says
    that it begins an item, whose `number` may be given.
    """

    role: Role
    line: int
    chunk: Chunk | None = None
    text: str = ""
    label: Label | None = None
    list: Chunk | None = None
    starts: bool = False
    number: str = ""
    inner: tuple[Chunk, ...] = ()


def pieces(document: Document) -> tuple[Piece, ...]:
    """The stream of a document."""
    reader = _Reader(document)
    for chunk in document.chunks:
        reader.take(chunk)
    return tuple(reader.found)


class _Reader:
    """Collects pieces; it remembers the open summary, how deep the list is and how the labels are written."""

    def __init__(self, document: Document) -> None:
        self.document = document
        self.found: list[Piece] = []
        self.summary: list[str] | None = None
        self.inner: list[Chunk] = []
        self.summary_line = 0
        self.depth = 0
        self.letters = labels.letters(document.source.text)
        self.dotted = False

    def take(self, chunk: Chunk, owner: Chunk | None = None) -> None:
        if self.summary is not None and chunk.type not in ("html", "heading"):
            self._in_summary(chunk, owner)
        elif chunk.type == "heading":
            self.summary, self.inner = None, []  # one that is still open was never closed
            self.found.append(Piece("heading", chunk.line, chunk, list=owner))
        elif chunk.type == "paragraph":
            self._paragraph(chunk, owner)
        elif chunk.type == "html" and _TAGS.search(chunk.text):
            self._folds(chunk, owner)
        elif chunk.type == "quote":
            self._quote(chunk, owner)
        elif chunk.type == "list" and _may_ask(chunk):
            self._list(chunk, owner or chunk)
        elif chunk.type == "list" and "details>" in chunk.text[-_TAIL:] and (closing := _CLOSED.search(chunk.text)):
            self.found.append(Piece("block", chunk.line, markdown.ended(chunk, closing[0]), list=owner))
            self.found.append(Piece("end", chunk.end_line, list=owner))
        else:
            self.found.append(Piece("block", chunk.line, chunk, list=owner))

    def _in_summary(self, chunk: Chunk, owner: Chunk | None) -> None:
        """A Markdown block in a summary: its first text, or what is shown under that."""
        before, closing, after = chunk.text.partition("</summary>")
        if any(map(str.strip, self.summary or ())) and chunk.type != "paragraph":
            self.inner.append(markdown.ended(chunk, f"{closing}{after}") if closing else chunk)
        elif self.summary is not None:
            self.summary.append(before)
        if closing:
            self._folds(markdown.html(f"{closing}{after}", chunk, chunk.end_line), owner)

    def _paragraph(self, chunk: Chunk, owner: Chunk | None) -> None:
        closing = _CLOSED.search(chunk.text) if "details>" in chunk.text else None
        if closing:
            before = chunk.text[: closing.start()].rstrip()
            if before:
                self._paragraph(markdown.paragraph(before, chunk), owner)
            self.found.append(Piece("end", chunk.end_line, list=owner))
            return
        if ("**A" in chunk.text or "__A" in chunk.text) and _SAME_LINE.search(chunk.text):
            chunk = markdown.paragraph(_SAME_LINE.sub("\n", chunk.text), chunk)
        found = (
            list(labels.lines(chunk.text, self.letters, self.dotted))
            if _MAYBE.search(chunk.text) or chunk.text[1:2] in ".)"
            else []
        )
        if not found:
            self.found.append(Piece("block", chunk.line, chunk, list=owner))
            return
        last = found[-1][1]
        self.dotted = last.kind == "question" and last.dotted
        first, *rest = markdown.cut(chunk, [(line, label.length) for line, label in found])
        if first:
            self.found.append(Piece("block", first.line, first, list=owner))
        for (line, label), said in zip(found, rest, strict=True):
            shown, below = _unwrapped(said) if said and label.wraps else (said, None)
            self.found.append(Piece("label", chunk.line + line, shown, label=label, list=owner))
            if below:
                self.found.append(Piece("block", below.line, below, list=owner))

    def _quote(self, chunk: Chunk, owner: Chunk | None) -> None:
        children = markdown.inside(self.document, chunk) if "[!" in chunk.text[:40] else ()
        head = children[0] if children and children[0].type == "paragraph" else None
        callout = _CALLOUT.match(head.text.split("\n")[0]) if head else None
        if not head or not callout or not _is_card(callout):
            self.found.append(Piece("block", chunk.line, chunk, list=owner))
            return
        title, rest = callout[2].strip(), "\n".join(head.text.split("\n")[1:]).strip()
        if not title and callout[1].lower() in _ASKING:
            title, rest = rest, ""
        self.found.append(Piece("fold", chunk.line, chunk, text=title or "Answer", list=owner))
        if rest:
            self.take(markdown.paragraph(rest, head, head.line + 1), owner)
        for child in children[1:]:
            self.take(child, owner)
        self.found.append(Piece("end", chunk.end_line, list=owner))

    def _folds(self, chunk: Chunk, owner: Chunk | None) -> None:
        """Raw HTML in which something folds, cut at the tags."""
        at = 0
        text = chunk.text
        for tag in _TAGS.finditer(text):
            self._raw(text[at : tag.start()], chunk, text.count("\n", 0, at), owner)
            at = tag.end()
            line = chunk.line + text.count("\n", 0, tag.start())
            if tag[2].lower() == "summary" and not tag[1]:
                self.summary, self.summary_line = [], line
            elif tag[2].lower() == "summary":
                if self.summary is not None:
                    shown = " ".join(" ".join(self.summary).split())
                    inner = tuple(self.inner)
                    self.found.append(Piece("fold", self.summary_line, chunk, text=shown, list=owner, inner=inner))
                self.summary, self.inner = None, []
            elif tag[1]:
                self.found.append(Piece("end", line, list=owner))
        self._raw(text[at:], chunk, text.count("\n", 0, at), owner)

    def _raw(self, text: str, chunk: Chunk, lines: int, owner: Chunk | None) -> None:
        if self.summary is not None:
            self.summary.append(markdown.without_tags(text))
        elif not _NOTHING.fullmatch(text) and not text.strip().startswith("<!--"):
            inner = _AROUND.sub("", text)
            if bold := _ALL_BOLD.match(inner):
                inner = _AROUND.sub("", bold[2])
            skipped = text[: max(text.find(inner.strip()), 0)].count("\n")
            shown = markdown.html(inner.strip(), chunk, chunk.line + lines + skipped)
            self.found.append(Piece("block", shown.line, shown, list=owner))

    def _list(self, chunk: Chunk, owner: Chunk) -> None:
        self.depth += 1
        for item in markdown.items(self.document, chunk):
            start = len(self.found)
            for child in item.chunks:
                if child.type == "list" and not (self.depth < 3 and _answers(child)):
                    self.found.append(Piece("block", child.line, child, list=owner))
                else:
                    self.take(child, owner)
            if len(self.found) > start:
                self.found[start] = replace(self.found[start], starts=True, number=item.number)
        self.depth -= 1


def _unwrapped(said: Chunk) -> tuple[Chunk | None, Chunk | None]:
    """What follows a label inside its bold run, and what follows the run."""
    closing = _CLOSING.search(said.text)
    if not closing:
        return said, None
    inside, after = said.text[: closing.start()], said.text[closing.end() :].strip()
    below = said.line + said.text.count("\n", 0, said.text.find(after, closing.end())) if after else 0
    return (
        markdown.paragraph(inside, said) if inside.strip() else None,
        markdown.paragraph(after, said, below) if after else None,
    )


def _is_card(callout: re.Match[str]) -> bool:
    kind = callout[1].lower()
    return (
        kind in _ASKING
        or (kind in _TELLING and not callout[2].strip())
        or (bool(callout[2].strip()) and labels.is_reveal(callout[2]))
    )


def _may_ask(chunk: Chunk) -> bool:
    """Whether an item of a list could be a question: by its first line alone, so that prose stays cheap."""
    if not _MAYBE.search(chunk.text):
        return False
    if "<details" in chunk.text:
        return True
    lines = list(markdown.first_lines(chunk))
    if any(labels.is_option(lines[at][:1], lines[at + 1 : at + 2]) for at in range(len(lines) - 1)):
        return False
    return any(_line_may_ask(line) for line in lines)


def _line_may_ask(line: str) -> bool:
    if line.startswith("<"):
        return _TAGS.match(line) is not None
    if line.startswith(("**", "__", "<b>", "<strong>")) and _BOLD.match(line):
        return True
    return vocabulary.is_marked(line) or _is_labelled(line)


def _answers(chunk: Chunk) -> bool:
    """Whether a list in an item holds the labels of a card."""
    return _is_labelled(next(iter(markdown.first_lines(chunk)), ""))


def _is_labelled(line: str) -> bool:
    """Whether a line opens with the label of a question or of an answer."""
    found = labels.read(line)
    return found is not None and found.kind in ("question", "answer")
