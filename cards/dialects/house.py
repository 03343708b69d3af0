"""The house syntax: a heading, a card comment, then **A:**, **More:** and **Source:**.

### Why does CPython have a GIL?

<!-- card: id=gil.why difficulty=beginner -->

**A:** One lock makes shared interpreter state safe without many fine-grained ones.

**Source:** [Glossary](https://docs.python.org/3/glossary.html#term-GIL)
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from difflib import SequenceMatcher

from .. import markdown
from ..model import HOUSE, KINDS, Attribute, Block, Chunk, Code, Diagnostic, Document, Fragment, Span

NAME = HOUSE
KEYS = (
    "id", "difficulty", "kind", "roles", "tier", "py", "pkg", "review-by", "impl", "warns", "verify", "allow",
    "retired", "reverse",
)  # fmt: skip
MAX_COMMENT = 4_000
LABELS: Mapping[str, str] = {"A:": "answer", "More:": "more", "Source:": "source"}

_CARD = re.compile(r"<!--\s*card\b", re.IGNORECASE)
_CHECK = re.compile(r"<!--[ \t]*check[ \t]*(?:\n|(?=-->))", re.IGNORECASE)
_LIKE_CHECK = re.compile(r"<!--\s*check\b", re.IGNORECASE)
_ATTRIBUTES = re.compile(r"<!--\s*card\s*:\s*")
_ATTRIBUTE = re.compile(r"([A-Za-z][A-Za-z-]*)=(?:\"([^\"\n]*)\"|([^\s\"]*))(?=\s|$)")
_OPENING_WORD = re.compile(r"<!--\s*(\w+)[ \t]*(:)?")
_METADATA = re.compile(r"<!--\s*\w+\s*:?\s*(?:id|difficulty|kind)=")
_ANSWER = re.compile(r"(?:^|\n)\s*(?:\*\*A:\*\*|__A:__)(?=\s|$)")
_NEAR_LABEL = re.compile(r"\s*(\*\*|__)\s*(A|Answer)\s*(:\s*\1|\1\s*:)", re.IGNORECASE)


def read(document: Document) -> Iterator[Block | Diagnostic]:
    """Every card of the document, in order, and a diagnostic for anything that only looks like one."""
    chunks = document.chunks
    index, said = 0, False
    while index < len(chunks):
        chunk, before = chunks[index], chunks[index - 1] if index else None
        index += 1
        if _opens_card(chunk, before):
            assert before is not None  # noqa: S101 - the heading above the card comment
            body = _body(chunks, index, before)
            yield _card(document, before, chunk, body)
            index += len(body)
            continue
        faults = list(_likenesses(document, chunk, before))
        yield from faults
        said = (said and chunk.type != "heading") or bool(faults)
        if not said and chunk.type == "paragraph" and (answer := _ANSWER.search(chunk.text)):
            yield _answer_of_no_card(_inside(document, chunk, answer.end() - len(answer[0].strip())))
    for span in markdown.footnote_comments(document, _CARD):
        yield _stray(span)


def _opens_card(chunk: Chunk, before: Chunk | None) -> bool:
    """Whether a block is the card comment of the heading before it."""
    is_comment = chunk.type == "comment" and _CARD.match(chunk.text) is not None and "-->" in chunk.text
    return is_comment and before is not None and before.type == "heading" and before.within == chunk.within


def _likenesses(document: Document, chunk: Chunk, before: Chunk | None) -> Iterator[Diagnostic]:
    """Comments outside cards that look like card comments. The document has reported any without an end."""
    if chunk.type == "comment" and _CARD.match(chunk.text):
        if "-->" in chunk.text:
            yield _stray(document.span(chunk))
        return
    if chunk.type == "comment" and _meant_for_card(chunk.text, before):
        yield _misspelt(document.span(chunk), chunk.text)
    for span in markdown.stray_comments(document, chunk, _CARD):
        yield _stray(span)


def _stray(span: Span) -> Diagnostic:
    return Diagnostic(
        span, "C101", "this card comment does not directly follow a heading",
        "put it on its own line, under the heading that is the card's question",
    )  # fmt: skip


def _meant_for_card(comment: str, before: Chunk | None) -> bool:
    """Whether a comment is a card comment except for its first word, by its metadata or its place and spelling."""
    opening = _OPENING_WORD.match(comment)
    if not opening:
        return False
    if _METADATA.match(comment):
        return True
    after_heading = before is not None and before.type == "heading"
    return after_heading and opening[2] is not None and _alike(opening[1], "card")


def _alike(word: str, meant: str) -> bool:
    """Whether a word is probably a misspelling of another."""
    return SequenceMatcher(None, word.lower(), meant).ratio() >= 0.75


def _misspelt(span: Span, comment: str) -> Diagnostic:
    word = comment.removeprefix("<!--").split()[0].rstrip(":")
    return Diagnostic(
        span, "C123", f"this comment looks like a card comment, but begins with `{word}`",
        "write <!-- card: id=… difficulty=… -->",
    )  # fmt: skip


def _answer_of_no_card(span: Span) -> Diagnostic:
    return Diagnostic(
        span, "C122", "this **A:** belongs to no card",
        "put <!-- card: id=… difficulty=… --> under the heading that is its question",
    )  # fmt: skip


def _body(chunks: Sequence[Chunk], start: int, heading: Chunk) -> tuple[Chunk, ...]:
    """The blocks after the comment that belong to the heading: up to the next one, or the end of its container."""
    end = start
    while end < len(chunks) and chunks[end].type != "heading":
        if chunks[end].within[: len(heading.within)] != heading.within:
            break
        end += 1
    return tuple(chunks[start:end])


def _card(document: Document, heading: Chunk, comment: Chunk, body: Sequence[Chunk]) -> Block:
    found: dict[str, Attribute] = {}
    parts: dict[str, list[Chunk]] = {}
    labels: dict[str, Span] = {}
    faults = [
        *_attributes(document, comment, found),
        *_comments(document, (comment, *body)),
        *_parts(document, heading, body, parts, labels),
    ]
    front, answer, more, source = (
        Fragment(document, _without_rules(parts.get(name, ()))) for name in ("front", *LABELS.values())
    )
    block = Block(
        dialect=NAME,
        question=Fragment(document, (heading,)),
        front=front,
        answer=answer,
        more=more,
        source=source,
        attributes=found,
        checks=tuple(code(chunk) for chunk in body if is_check(chunk)),
        anchor=heading.anchor,
        span=document.span(heading),
    )
    return replace(block, faults=(*faults, *_shape(document, block, labels)))


def _comments(document: Document, chunks: Sequence[Chunk]) -> Iterator[Diagnostic]:
    """The faults of the comments of a card; the first chunk is the card comment itself."""
    for number, chunk in enumerate(chunks):
        yield from (_stray(span) for span in markdown.stray_comments(document, chunk, _CARD))
        if chunk.type != "comment":
            continue
        if number and _CARD.match(chunk.text):
            yield _stray(document.span(chunk))
        elif _trailing(chunk.text):
            yield _text_after_comment(document, chunk)
        elif _like_check(chunk.text) and not is_check(chunk):
            yield _no_check(document, chunk)


def _like_check(comment: str) -> bool:
    """Whether a comment begins like a hidden check, or with that word misspelt on its own line."""
    opening = _OPENING_WORD.match(comment)
    alone = opening is not None and comment[opening.end() :].lstrip(" \t").startswith("\n")
    return bool(_LIKE_CHECK.match(comment) or (opening and alone and _alike(opening[1], "check")))


def is_check(chunk: Chunk) -> bool:
    """Whether a block is a hidden check."""
    return chunk.type == "comment" and _CHECK.match(chunk.text) is not None


def _parts(
    document: Document,
    heading: Chunk,
    body: Sequence[Chunk],
    parts: dict[str, list[Chunk]],
    labels: dict[str, Span],
) -> Iterator[Diagnostic]:
    """Sort the blocks into `parts`, and note in `labels` where each part begins."""
    part = "front"
    for chunk in body:
        if chunk.type == "comment":
            continue
        pieces = [("", chunk)]
        if chunk.type == "paragraph" and chunk.within == heading.within:
            pieces = list(markdown.split_labels(document, chunk, tuple(LABELS)))
        for label, piece in pieces:
            if label:
                part = LABELS[label]
                if part in labels:
                    yield _twice(label, document.span(piece), labels[part])
                labels.setdefault(part, document.span(piece))
            if piece.tokens:
                parts.setdefault(part, []).append(piece)


def _attributes(document: Document, comment: Chunk, into: dict[str, Attribute]) -> Iterator[Diagnostic]:
    """Read the metadata of a card's comment."""
    text = comment.text.split("-->", 1)[0]
    if len(text) > MAX_COMMENT:
        yield Diagnostic(
            document.span(comment), "C102", f"this card comment has more than {MAX_COMMENT:,} characters",
            "put text under the comment, not into it",
        )  # fmt: skip
        return
    if not _ATTRIBUTES.match(text):
        yield Diagnostic(
            document.span(comment), "C102", "this card comment does not begin with `card:`",
            "write <!-- card: id=… difficulty=… -->, in lower case and with the colon",
        )  # fmt: skip
        return
    yield from attributes(document, comment, _ATTRIBUTES, KEYS, into)


def attributes(
    document: Document,
    comment: Chunk,
    opening: re.Pattern[str],
    known: Sequence[str],
    into: dict[str, Attribute],
) -> Iterator[Diagnostic]:
    """Read the key=value pairs after the `opening` of a comment, each with its place."""
    text = comment.text.split("-->", 1)[0]
    opened = opening.match(text)
    at = opened.end() if opened else len(text)
    while at < len(text.rstrip()):
        span = _inside(document, comment, at)
        match = _ATTRIBUTE.match(text, at)
        if not match:
            word = text[at:].split()[0]
            yield Diagnostic(
                span, "C102", f"`{word}` is not a key=value pair",
                "write key=value without spaces around the equals sign; quote a value that has spaces",
            )  # fmt: skip
            at += len(word)
        else:
            key, value = match[1], match[2] if match[2] is not None else match[3]
            if key not in known:
                yield Diagnostic(span, "C103", f"unknown key `{key}`", f"the keys are {', '.join(known)}")
            elif key in into:
                yield Diagnostic(span, "C104", f"the key `{key}` appears twice", "keep one of them")
            elif not value:
                yield Diagnostic(span, "C105", f"the key `{key}` has no value", f"write {key}=… or remove the key")
            else:
                into[key] = Attribute(value, span)
            at = match.end()
        while at < len(text) and text[at].isspace():
            at += 1


def _inside(document: Document, chunk: Chunk, offset: int) -> Span:
    """The place of a character of a block's text; containers may indent the lines of the file."""
    before = chunk.text[:offset].split("\n")
    line = chunk.line + len(before) - 1
    raw, own = document.lines[line - 1], chunk.text.split("\n")[len(before) - 1]
    return Span(document.source.path, line, max(raw.find(own), 0) + len(before[-1]) + 1)


def _trailing(comment: str) -> str:
    return comment.split("-->", 1)[-1].strip() if "-->" in comment else ""


def _text_after_comment(document: Document, chunk: Chunk) -> Diagnostic:
    text = chunk.text
    return Diagnostic(
        _inside(document, chunk, text.index(_trailing(text), text.index("-->") + 3)), "C106",
        "text on the line where a comment ends counts as HTML, so it would be lost",
        "start it on the next line",
    )  # fmt: skip


def _no_check(document: Document, chunk: Chunk) -> Diagnostic:
    return Diagnostic(
        document.span(chunk), "C121", "this looks like a hidden check, but it would never run",
        "put the code on the lines after `<!-- check`; begin any other comment with a different word",
    )  # fmt: skip


def _twice(label: str, span: Span, first: Span) -> Diagnostic:
    return Diagnostic(
        span, "C107", f"**{label}** appears twice in this card, first on line {first.line}",
        "keep one; the next card begins with a heading and a card comment",
    )  # fmt: skip


def _without_rules(chunks: Sequence[Chunk]) -> tuple[Chunk, ...]:
    """A part without the thematic breaks that only separate it from the next."""
    kept = list(chunks)
    while kept and kept[-1].type == "rule":
        kept.pop()
    while kept and kept[0].type == "rule":
        del kept[0]
    return tuple(kept)


def code(check: Chunk) -> Code:
    """The code of a hidden check."""
    opening = _CHECK.match(check.text)
    start = opening.end() if opening else 0
    return Code(check.text[start:].split("-->", 1)[0], check.line + check.text.count("\n", 0, start))


def _shape(document: Document, block: Block, labels: Mapping[str, Span]) -> Iterator[Diagnostic]:
    """Check that the card has the parts that its kind needs."""
    kind = block.attributes["kind"].value if "kind" in block.attributes else "qa"
    if kind not in KINDS:
        span = block.attributes["kind"].span
        yield Diagnostic(span, "C105", f"unknown kind `{kind}`", f"the kinds are {', '.join(KINDS)}")
        return
    if not markdown.plain(block.question.tokens):
        yield Diagnostic(block.span, "C108", "the heading of this card is empty", "write the question there")
    for chunk in block.source.chunks[1:]:
        if chunk.type != "list":
            yield Diagnostic(
                document.span(chunk), "C109", "this text belongs to no part of the card",
                "**Source:** holds only links: move the text up, or under a separate heading",
            )  # fmt: skip
            break
    if kind == "cloze":
        yield from _cloze_shape(document, block, labels)
        return
    if "answer" not in labels:
        yield Diagnostic(
            _near_label(document, block.front) or block.span, "C110", "this card has no answer",
            "begin a line with **A:**, with the colon inside the bold and a space after it",
        )  # fmt: skip
    elif not block.answer:
        yield Diagnostic(labels["answer"], "C111", "the answer is empty", "write it after **A:**")
    elif kind == "output":
        yield from _output_shape(document, block)
    elif kind == "bug":
        yield from _bug_shape(document, block)


def _near_label(document: Document, front: Fragment) -> Span | None:
    """The place of a label that was probably meant to be **A:**."""
    for chunk in front.chunks:
        for number, line in enumerate(chunk.text.split("\n")):
            if _NEAR_LABEL.match(line):
                column = document.lines[chunk.line + number - 1].find(line.strip()) + 1
                return Span(document.source.path, chunk.line + number, column)
    return None


def _cloze_shape(document: Document, block: Block, labels: Mapping[str, Span]) -> Iterator[Diagnostic]:
    if "answer" in labels:
        yield Diagnostic(
            labels["answer"], "C112", "a cloze card cannot have **A:**",
            "put the sentence under the card comment; its **bold** words are hidden",
        )  # fmt: skip
    elif not markdown.count_bold(block.front.tokens):
        yield Diagnostic(block.span, "C113", "this cloze card hides nothing", "make the words to recall **bold**")


def _fences(fragment: Fragment, language: str) -> list[Chunk]:
    return [chunk for chunk in fragment.chunks if chunk.type == "fence" and chunk.language == language]


def _output_shape(document: Document, block: Block) -> Iterator[Diagnostic]:
    if not _fences(block.front, "python"):
        yield Diagnostic(
            block.span, "C114", "this output card shows no program",
            "put a ```python fence between the card comment and **A:**",
        )  # fmt: skip
    if len(_fences(block.answer, "text")) != 1:
        yield Diagnostic(
            block.answer.span, "C114", "an output card needs one ```text fence after **A:**",
            "put the exact standard output there",
        )  # fmt: skip


def _bug_shape(document: Document, block: Block) -> Iterator[Diagnostic]:
    if not _fences(block.front, "python"):
        yield Diagnostic(
            block.span, "C115", "this bug card shows no fault",
            "put a ```python fence between the card comment and **A:**",
        )  # fmt: skip
    if not _fences(block.answer, "python"):
        yield Diagnostic(
            block.answer.span, "C115", "this bug card shows no fix",
            "put a ```python fence after **A:**",
        )  # fmt: skip
    if not block.checks and block.attributes.get("verify", Attribute("", block.span)).value != "doc":
        yield Diagnostic(
            block.span, "C115", "this bug card has no hidden check",
            "add <!-- check … --> with code that fails on the fault and passes on the fix",
        )  # fmt: skip
