"""Source -> Parsed: the front matter is split off, and the dialects find the cards in the rest."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from .. import mapping, markdown
from ..dialects import Level, Reason, examples, guess, house
from ..dialects.words import about, levels
from ..model import Attribute, Block, Chunk, Diagnostic, Document, Example, Source, Span
from .repair import repair

KEYS = ("title", "roles", "difficulty", "verified", "reviewed")

_FRONT_MATTER = re.compile(r"---[ \t]*\n(.*?)^(?:---|\.\.\.)[ \t]*(?:\n|\Z)", re.DOTALL | re.MULTILINE)
_TOML_MATTER = re.compile(r"\+\+\+[ \t]*\n(.*?)^\+\+\+[ \t]*(?:\n|\Z)", re.DOTALL | re.MULTILINE)
# What only house syntax has, or a misspelling of it.
_HOUSE = re.compile(
    r"<!--\s*(?:card\s*(?::|-->|[^<>]*=)|\w+\s*:?\s*(?:id|difficulty|kind)=|check[ \t]*\n)", re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class Parsed:
    """A concept file: its Markdown, its cards, and every fault found while reading them.

    In found notes, `unanswered` are the places of questions without an answer, and `reasons` explain why lines were
    taken for questions or not. `examples` are the programs in the guide text of a house file.
    """

    document: Document
    blocks: tuple[Block, ...]
    faults: tuple[Diagnostic, ...]
    unanswered: tuple[Span, ...] = ()
    reasons: tuple[Reason, ...] = ()
    examples: tuple[Example, ...] = ()

    @property
    def guide(self) -> tuple[Chunk, ...]:
        """The Markdown blocks that belong to no card."""
        taken = {line for block in self.blocks for line in block.lines}
        return tuple(chunk for chunk in self.document.chunks if chunk.line not in taken)


def parse(source: Source, chosen: Sequence[str] = ()) -> Parsed:
    """Read a file: its house cards if it has any, else the cards that other dialects find.

    `chosen` names the only dialects to read. The front matter of a house file gives `roles` and `difficulty` to each
    card without its own, and `title` as the attribute `title`. In other files, it gives a difficulty, tags and a deck.
    """
    guessed = not chosen or any(name != house.NAME for name in chosen)
    if house.NAME in chosen or not guessed or _HOUSE.search(source.text):
        parsed = _house(source)
        if parsed.blocks or not guessed or _is_house(parsed):
            return parsed
    return _guess(source, chosen)


def _is_house(parsed: Parsed) -> bool:
    """Whether a file without a house card was meant to have some: it has their comments, and not only in code."""
    if all(fault.code == "C122" for fault in parsed.faults):
        return False
    tokens = [token for chunk in parsed.document.chunks for token in chunk.tokens]
    return any(
        token.type in ("html_block", "html_inline") and _HOUSE.search(token.content)
        for top in tokens
        for token in (top, *(top.children or ()))
    )


def _house(source: Source) -> Parsed:
    matter = _FRONT_MATTER.match(source.text)
    defaults: dict[str, Attribute] = {}
    faults = list(_front_matter(source, matter[1], defaults)) if matter else []
    document, lost = markdown.parse(source, matter[0].count("\n") if matter else 0)
    faults += lost
    blocks = []
    for found in house.read(document):
        if isinstance(found, Diagnostic):
            faults.append(found)
        else:
            blocks.append(replace(found, attributes={**defaults, **found.attributes}) if defaults else found)
    parsed = Parsed(document, tuple(blocks), ())
    shown = list(examples.read(document, parsed.guide))
    faults += [found for found in shown if isinstance(found, Diagnostic)]
    return replace(parsed, faults=tuple(faults), examples=tuple(found for found in shown if isinstance(found, Example)))


def _guess(source: Source, chosen: Sequence[str]) -> Parsed:
    """Read other people's notes: their faults are reported as warnings and do not stop a build."""
    matter = _FRONT_MATTER.match(source.text) or _TOML_MATTER.match(source.text)
    repaired = replace(source, text=repair(source.text))
    document, lost = markdown.parse(repaired, matter[0].count("\n") if matter else 0, notes=True)
    level, title = (_level(matter[1]), _title(matter[1])) if matter else (None, "")
    found = guess(document, chosen, title, level)
    faults = tuple(fault.as_warning() for fault in lost)
    page = about.read(document, matter[1] if matter else "")
    blocks = tuple(_said(block, page) for block in found.blocks)
    return Parsed(document, blocks, faults, found.unanswered, found.reasons)


def _said(block: Block, page: about.About) -> Block:
    """The card with what its file says of all; tags add to its own."""
    if not page.attributes:
        return block
    given = {key: Attribute(value, block.span) for key, value in page.attributes.items()}
    if "tags" in given and "tags" in block.attributes:
        given["tags"] = Attribute(f"{block.attributes['tags'].value},{given['tags'].value}", block.span)
    return replace(block, attributes={**block.attributes, **given})


def _title(matter: str) -> str:
    """The question in the front matter of found notes, or its title if it also gives a difficulty."""
    for key in ("question", "title") if _level(matter) else ("question",):
        found = re.search(rf"(?m)^{key}[ \t]*[:=][ \t]*[\"']?(.+?)[\"']?[ \t]*$", matter)
        if found:
            return found[1]
    return ""


def _level(matter: str) -> Level | None:
    """The difficulty in the front matter of found notes, under any known name and in any known form."""
    for line in matter.split("\n"):
        key, mark, value = line.partition("=" if "=" in line.split(":")[0] else ":")
        if mark and levels.is_key(key.strip()) and (level := levels.of_value(value.strip(" \"'"))):
            return level
    return None


def _front_matter(source: Source, text: str, into: dict[str, Attribute]) -> Iterator[Diagnostic]:
    entries, faults = mapping.read(text)
    for fault in faults:
        span = Span(source.path, fault.line + 1, fault.column)
        hint = f"{fault.hint}; for a horizontal rule, write ***"
        yield Diagnostic(span, "C005", f"front matter: {fault.message}", hint)
    for key, entry in () if faults else entries.items():
        span = Span(source.path, entry.key.line + 1, entry.key.column)
        value = _text(key, entry.value.value)
        if key not in KEYS:
            yield Diagnostic(span, "C006", f"front matter: unknown key `{key}`", f"the keys are {', '.join(KEYS)}")
        elif value is None:
            wanted = "a list of names" if key == "roles" else "one line of text"
            yield Diagnostic(span, "C007", f"front matter: `{key}` is not {wanted}", f"write {wanted}")
        else:
            into[key] = Attribute(value, span)


def _text(key: str, value: Any) -> str | None:
    """A front-matter value as text, as in a card's comment, or None if it has the wrong type."""
    if key == "roles" and isinstance(value, tuple) and value and all(isinstance(role.value, str) for role in value):
        return ",".join(role.value for role in value)
    if key in ("verified", "reviewed") and isinstance(value, (date, float)):
        return str(value)
    if isinstance(value, str) and value.strip() and value.strip().isprintable():
        return value.strip()
    return None
