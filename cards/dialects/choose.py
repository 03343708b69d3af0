"""The stream and what the dialects propose -> cards, the questions without an answer, and why each was taken or not.

Sure candidates are taken; the others stand or fall with the evidence of their group. One walk over the stream then gives
each question all that stands under it, to the next question or the end of its section.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace

from .. import markdown
from ..model import Block, Chunk, Document, Span
from . import answer, bold, cloze, details, heading, label, labels, levels, question, words
from .block import block
from .candidate import Candidate
from .evidence import Evidence, Page, Under, weigh
from .levels import Level
from .pieces import Piece, pieces

_USUAL = 3
_LOCAL_LINK = re.compile(r"\]\(#([^)\s]*)\)")
_TITLE = re.compile(r"\A(?:---|\+\+\+)\n(?:.*\n)*?title[ \t]*[:=][ \t]*(.+)")
NAMES = ("heading", "answer-label", "answer-heading", "details", "bold", "label", "choice", "callout")


@dataclass(frozen=True, slots=True)
class Reason:
    """Why a line was taken for a question, or was not."""

    span: Span
    dialect: str
    taken: bool
    why: str


@dataclass(slots=True)
class Found:
    """What a document holds."""

    blocks: list[Block] = field(default_factory=list)
    unanswered: list[Span] = field(default_factory=list)
    reasons: list[Reason] = field(default_factory=list)


@dataclass(slots=True)
class _Open:
    """A question whose answer is being read."""

    candidate: Candidate
    body: list[Piece] = field(default_factory=list)
    folds: int = 0
    done: bool = False
    folded: bool = False
    level: Level | None = None

    @property
    def is_inside(self) -> bool:
        """Whether a fold is open: that of the question itself, or one in its answer."""
        own = self.candidate.form in ("details", "callout") and not self.folded
        return own or self.folds > 0


def choose(document: Document, chosen: Sequence[str], level: Level | None) -> Found:
    """Read the questions of a document; where dialects are `chosen`, theirs are taken without evidence."""
    stream = pieces(document)
    proposed = [
        *heading.candidates(stream), *bold.candidates(document, stream), *label.candidates(stream),
        *details.candidates(stream),
    ]  # fmt: skip
    proposed.sort(key=lambda candidate: candidate.index)
    marked = _marked(stream, proposed)
    found = Found()
    if not proposed:
        return found
    evidence = _evidence(document, stream, proposed, marked)
    # Who marks the questions in his lists by a label means no other item of a list.
    labelled = sum(c.form == "label" and bool(marked[c.index]) for c in proposed) >= _USUAL
    answered = _answered(proposed, marked)
    taken = {
        c.index: c for c in proposed if _is_taken(c, marked[c.index], evidence, chosen, labelled, c.group in answered)
    }
    for candidate in proposed:
        why = "its answer is marked" if marked[candidate.index] else ""
        why = why or ("it is marked as one" if candidate.sure else str(evidence[candidate.group]))
        span = Span(document.source.path, candidate.line, candidate.chunk.column)
        found.reasons.append(Reason(span, candidate.form, candidate.index in taken, why))
    _Walk(document, stream, taken, marked, evidence, answered, found, level).run()
    return found


def _answered(proposed: Sequence[Candidate], marked: Mapping[int, str]) -> frozenset[tuple[object, ...]]:
    """The groups of which most have an answer that is marked."""
    counts: dict[tuple[object, ...], list[bool]] = {}
    for candidate in proposed:
        counts.setdefault(candidate.group, []).append(bool(marked[candidate.index]))
    return frozenset(group for group, found in counts.items() if sum(found) > len(found) / 2 and sum(found) > 1)


def _marked(stream: Sequence[Piece], proposed: Sequence[Candidate]) -> Mapping[int, str]:
    """For each candidate, by index, how its answer is marked before anything else begins, or ""."""
    found = dict.fromkeys((candidate.index for candidate in proposed), "")
    waiting: Candidate | None = None
    last: Candidate | None = None
    starts = {candidate.index: candidate for candidate in proposed}
    for index, piece in enumerate(stream):
        candidate = starts.get(index)
        if candidate and not (waiting and candidate.form == "bold" and not candidate.asked.asks):
            waiting, last = candidate, None
            continue
        if waiting is None:
            # Answers one after another are the answers to something that stands elsewhere.
            if last and _mark(piece) == "answer-heading":
                found[last.index] = ""
            continue
        mark = _mark(piece)
        if mark == "answer-heading" and waiting.form != "heading":
            mark = ""
        if mark in ("answer-label", "details") and _is_doubtful(piece, waiting):
            mark = ""
        if mark:
            found[waiting.index] = mark
            last, waiting = waiting, None
        elif piece.role == "heading" and not labels.heading(piece.chunk.text if piece.chunk else ""):
            waiting = None
    return found


def _is_doubtful(piece: Piece, candidate: Candidate) -> bool:
    """Whether a label that means other things too stands under a line that asks nothing."""
    asked = candidate.asked
    if asked.asks or asked.numbered or words.is_task(asked.text):
        return False
    if piece.label:
        return len(piece.label.word) == 1 or words.is_doubtful(piece.label.word)
    return piece.role == "fold" and labels.is_offer(piece.text)


def _mark(piece: Piece) -> str:
    if piece.role == "label" and piece.label and piece.label.kind == "answer":
        return "answer-label"
    if piece.role == "heading" and piece.chunk and labels.heading(piece.chunk.text) == "answer":
        return "answer-heading"
    if piece.role == "fold" and labels.is_reveal(piece.text):
        return "details"
    if piece.role == "block" and piece.chunk and piece.chunk.type == "list" and _is_ticked(piece.chunk):
        return "choice"
    if piece.role == "block" and piece.chunk and piece.chunk.type == "quote":
        label = labels.read(piece.chunk.text.lstrip("> ").split("\n", 1)[0])
        return "answer-label" if label and label.kind == "answer" else ""
    return ""


def _is_ticked(chunk: Chunk) -> bool:
    return any(token.meta.get("checked") for token in chunk.tokens if token.type == "list_item_open")


def _evidence(
    document: Document, stream: Sequence[Piece], proposed: Sequence[Candidate], marked: Mapping[int, str]
) -> Mapping[tuple[object, ...], Evidence]:
    groups: dict[tuple[object, ...], list[Candidate]] = {}
    for candidate in proposed:
        groups.setdefault(candidate.group, []).append(candidate)
    title = next((p.chunk.text for p in stream if p.role == "heading" and p.chunk and p.chunk.level == 1), "")
    title = f"{title} {found[1] if (found := _TITLE.search(document.source.text)) else ''}"
    links = set(_LOCAL_LINK.findall(document.source.text)) - {""}
    leveled = len({level.difficulty for level in _plain_levels(stream)}) > 1
    headings = sum(piece.role == "heading" for piece in stream)
    folded = _folded(stream, proposed)
    starts = {candidate.index for candidate in proposed if candidate.form != "heading"}
    back = sum(piece.chunk is not None and answer.leads_back(piece.chunk) for piece in stream)
    return {
        group: weigh(
            [candidate.asked for candidate in members],
            [
                Under(_has_body(stream, candidate, starts), _is_divided(stream, candidate), candidate.index in folded)
                for candidate in members
            ],
            Page(
                title,
                document.source.name,
                sum(member.chunk.anchor in links for member in members),
                leveled,
                back=back,
                titled=members[0].level == 1 and not any(marked.values()),
                alone=headings == 1 and members[0].form == "heading",
                bold=group[0] == "bold" and group[1] != "item",
                items=group[:2] == ("bold", "item"),
            ),
        )
        for group, members in groups.items()
    }


def _folded(stream: Sequence[Piece], proposed: Sequence[Candidate]) -> frozenset[int]:
    """The candidates that are, or stand in, something that folds."""
    depth, found = 0, set()
    starts = {candidate.index for candidate in proposed}
    for index, piece in enumerate(stream):
        depth += (piece.role == "fold") - (piece.role == "end")
        if index in starts and depth > 0:
            found.add(index)
    return frozenset(found)


def _is_divided(stream: Sequence[Piece], candidate: Candidate) -> bool:
    """Whether the next heading under a candidate is a deeper one, other than that of an answer or its sources."""
    if candidate.form != "heading":
        return False
    for piece in stream[candidate.index + 1 :]:
        if piece.role == "heading" and piece.chunk:
            return piece.chunk.level > candidate.level and not labels.heading(piece.chunk.text)
    return False


def _has_body(stream: Sequence[Piece], candidate: Candidate, starts: Collection[int]) -> bool:
    """Whether something stands under a candidate before the next line that could ask; those `starts` are no headings."""
    if candidate.rest:
        return True
    if candidate.form != "heading" and candidate.index + 1 in starts:
        return False
    after = stream[candidate.index + 1] if candidate.index + 1 < len(stream) else None
    if after is None or after.chunk is None or after.role == "end":
        return False
    if after.role == "heading":
        return after.chunk.level > candidate.level
    return not (after.starts and after.list is not None and after.list is stream[candidate.index].list) and (
        after.chunk.type != "rule"
    )


def _is_taken(
    candidate: Candidate,
    mark: str,
    evidence: Mapping[tuple[object, ...], Evidence],
    chosen: Sequence[str],
    labelled: bool,
    answered: bool,
) -> bool:
    if chosen:
        return candidate.form in chosen or mark in chosen
    if candidate.needs_mark:
        return bool(mark) or candidate.sure
    if labelled and candidate.form == "bold" and candidate.group[1]:
        return False
    return answered or bool(mark) or candidate.sure or evidence[candidate.group].is_enough


class _Walk:
    """One pass over the stream."""

    def __init__(
        self,
        document: Document,
        stream: Sequence[Piece],
        taken: Mapping[int, Candidate],
        marked: Mapping[int, str],
        evidence: Mapping[tuple[object, ...], Evidence],
        answered: frozenset[tuple[object, ...]],
        found: Found,
        level: Level | None,
    ) -> None:
        self.document, self.stream, self.taken, self.marked = document, stream, taken, marked
        self.evidence, self.answered, self.found = evidence, answered, found
        self.open: _Open | None = None
        self.sections: list[tuple[int, Level | None]] = []
        self.page_level = level
        # The lists that are read item by item: those in which something asks.
        self.opened = {id(stream[index].list) for index in taken if stream[index].list is not None}
        self.opened |= {
            id(piece.list)
            for before, piece in zip((None, *stream), stream, strict=False)
            if piece.list and _mark(piece) == "answer-label" and (not before or before.list is not piece.list)
        }
        self.last_list: Chunk | None = None
        self.results: list[tuple[Block, bool]] = []

    def run(self) -> None:
        section_levels = _section_levels(self.stream, self.taken)
        for index, piece in enumerate(self.stream):
            candidate = self.taken.get(index)
            if self.open and self.open.folded:
                self.open.folded = False
                if _mark(piece) not in ("details", "answer-label"):
                    self._finish()
            if candidate and self._begins(candidate):
                self._finish()
                if candidate.form == "heading":
                    self._section(candidate.level, None)
                self.open = _Open(candidate, level=candidate.asked.level or self._level())
                if candidate.rest:
                    self._add(Piece("block", candidate.rest.line, candidate.rest))
            elif piece.role == "heading" and piece.chunk:
                self._heading(piece, piece.chunk, section_levels.get(index))
            elif piece.list is not None and id(piece.list) not in self.opened:
                self._whole_list(piece)
            elif piece.role == "end":
                self._end()
            elif piece.role == "fold":
                if self.open:
                    self.open.folds += 1
                self._add(piece)
            else:
                self._plain(piece)
        self._finish()
        self.found.blocks += [self._with_level(found, fixed) for found, fixed in self.results]

    def _with_level(self, found: Block, fixed: bool) -> Block:
        level = self.page_level or (None if fixed else levels.of_path(self.document.source.name))
        if fixed or level is None:
            return found
        again = block(self.document, "", found.span.line, found.span.column, (), (), level=level)
        return replace(found, attributes={**found.attributes, **again.attributes, "kind": found.attributes["kind"]})

    def _begins(self, candidate: Candidate) -> bool:
        """Whether a candidate that was taken begins a card here, or belongs to the answer in which it stands."""
        current = self.open
        if current is None:
            return True
        if (current.folds and candidate.form == "heading") or (current.done and candidate.form != "heading"):
            return False
        if candidate.form == "heading" and candidate.level <= current.candidate.level:
            return True
        if current.candidate.form != "heading" or self.marked[candidate.index] or candidate.sure:
            if candidate.form == "bold" and current.candidate.form in ("details", "callout") and current.folds >= 0:
                return bool(self.marked[candidate.index])
            return True
        if not any(piece.chunk for piece in current.body) and current.candidate.level > 1:
            return True
        if candidate.form != "heading" and current.candidate.asked.asks:
            return False
        own, other = self.evidence[candidate.group], self.evidence[current.candidate.group]
        return own.score > other.score and not (self.marked[current.candidate.index] or current.candidate.sure)

    def _heading(self, piece: Piece, chunk: Chunk, level: Level | None) -> None:
        kind = labels.heading(chunk.text)
        current = self.open
        under = current is not None and (kind == "answer" or chunk.level >= current.candidate.level)
        if current and (current.is_inside or (kind and kind != "question" and under)):
            current.done = current.done or kind == "follow-up"
            self._add(piece)
        elif current and current.candidate.form == "heading" and chunk.level > current.candidate.level:
            self._add(piece)
        else:
            self._finish()
            self._section(chunk.level, level)

    def _section(self, depth: int, level: Level | None) -> None:
        while self.sections and self.sections[-1][0] >= depth:
            self.sections.pop()
        self.sections.append((depth, level))

    def _level(self) -> Level | None:
        return next((level for _, level in reversed(self.sections) if level), None)

    def _whole_list(self, piece: Piece) -> None:
        """A list in which nothing asks, once, as it was."""
        if piece.list is not self.last_list and piece.list is not None:
            self.last_list = piece.list
            if self.open:
                self._add(Piece("block", piece.list.line, piece.list))
            else:
                self._outside(Piece("block", piece.list.line, piece.list))

    def _end(self) -> None:
        current = self.open
        if current is None:
            return
        if current.folds:
            current.folds -= 1
        elif current.candidate.form in ("details", "callout"):
            if any(piece.chunk for piece in current.body):
                self._finish()
            else:  # the answer may fold on its own, right below
                current.folded = True

    def _plain(self, piece: Piece) -> None:
        current = self.open
        if current is None:
            self._outside(piece)
            return
        if piece.label and piece.label.kind == "follow-up":
            current.done = True
        if piece.starts and current.candidate.form == "label" and piece.chunk and _is_title(piece.chunk):
            self._finish()
            return
        if piece.chunk and _ends(piece.chunk, current.candidate.form):
            self._finish()
            return
        self._add(piece)

    def _outside(self, piece: Piece) -> None:
        """What stands under no question may say how difficult the whole file is."""
        if piece.label and piece.label.kind == "level" and piece.chunk:
            self.page_level = self.page_level or levels.of_value(piece.chunk.text.split("\n")[0])
        elif piece.chunk and piece.chunk.type == "list":
            for line in markdown.first_lines(piece.chunk):
                found = labels.read(line)
                if found and found.kind == "level":
                    self.page_level = self.page_level or levels.of_value(line[found.length :])
        elif piece.chunk and piece.chunk.type == "comment":
            self.page_level = self.page_level or answer.comment_level(piece.chunk.text)

    def _add(self, piece: Piece) -> None:
        if self.open:
            self.open.body.append(piece)

    def _finish(self) -> None:
        current, self.open = self.open, None
        if current is None:
            return
        candidate = current.candidate
        asked, body = candidate.asked, current.body
        chunk = candidate.chunk
        if asked.is_blank or (candidate.form == "label" and self.stream[candidate.index].chunk is None):
            first = next((p for p in body if p.chunk and p.chunk.type == "paragraph" and p.role == "block"), None)
            if first is None or first.chunk is None:
                return
            body = [piece for piece in body if piece is not first]
            asked, chunk = question.read(first.chunk.text), first.chunk
        read = answer.read(self.document, body)
        line = candidate.line if chunk is candidate.chunk else chunk.line
        span = Span(self.document.source.path, line, candidate.chunk.column)
        # Where its fellows have answers that are marked, one without has none yet.
        if read.is_empty or (candidate.group in self.answered and not read.mark and not candidate.sure):
            if asked.asks or candidate.group in self.answered:
                self.found.unanswered.append(span)
            return
        level = levels.among(asked.level or read.level or current.level, self.document.source.text)
        shown = block(
            self.document, read.mark if read.mark and read.mark != "heading" else candidate.form,
            line, candidate.chunk.column,
            (markdown.paragraph(self.document, asked.text, chunk),), read.part("answer"),
            front=read.part("front"), more=read.part("more"), source=read.part("source"),
            level=level, anchor=candidate.chunk.anchor,
        )  # fmt: skip
        self.results.append((shown, level is not None))


def _is_title(chunk: Chunk) -> bool:
    """Whether a paragraph is a bold line and no more."""
    return re.fullmatch(r"(\*\*|__)[^*_]+\1", chunk.text) is not None


def _ends(chunk: Chunk, form: str) -> bool:
    """Whether a block ends the answer that stands before it: a card of another kind, or a rule after labels."""
    return (chunk.type == "rule" and form in ("label", "bold")) or (
        chunk.type == "paragraph" and cloze.is_line(chunk.text)
    )


def _section_levels(stream: Sequence[Piece], taken: Mapping[int, Candidate]) -> Mapping[int, Level]:
    """The levels that headings say, by their index: those that say nothing else, or that have fellows of other levels."""
    plain: dict[int, Level] = {}
    leading: dict[int, dict[int, Level]] = {}
    for index, piece in enumerate(stream):
        if piece.role != "heading" or piece.chunk is None or index in taken:
            continue
        text = question.read(piece.chunk.text)
        if level := text.level or levels.of_words(text.text):
            plain[index] = level
            leading.setdefault(piece.chunk.level, {})[index] = level
        elif level := _leading(text.text):
            leading.setdefault(piece.chunk.level, {})[index] = level
    for found in leading.values():
        if len({level.difficulty for level in found.values()}) > 1:
            plain.update(found)
    return plain


def _plain_levels(stream: Sequence[Piece]) -> list[Level]:
    """The levels of the headings that say nothing else."""
    found = (levels.of_words(piece.chunk.text) for piece in stream if piece.role == "heading" and piece.chunk)
    return [level for level in found if level]


def _leading(text: str) -> Level | None:
    """The level with which a heading of a few words begins or ends: "Basic List Questions"."""
    parts = text.replace(":", " ").replace("-", " ").split()
    if not 1 < len(parts) <= 6:
        return None
    for word in (parts[0], parts[-1]):
        if difficulty := words.difficulty(word.strip("()[]")):
            return Level(difficulty, word)
    return None
