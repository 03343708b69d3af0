"""Concept files -> their cards, each with its block and its faults, one file at a time: every use begins here."""

from __future__ import annotations

import traceback
from collections.abc import Callable, Iterable, Iterator, Sequence, Set
from dataclasses import dataclass, replace
from typing import TypeVar

from .. import checks, markdown
from ..identity import recognise, tag
from ..identity.decks import TOP
from ..identity.ledger import Ledger
from ..identity.recognise import Recognised
from ..model import UNEXPECTED, Block, Card, Diagnostic, Span
from ..settings import Settings, title_of
from ..sources import discover
from ..sources.parse import Parsed, parse

T = TypeVar("T")
Map = Callable[[Callable[[str], T], Iterable[str]], Iterable[T]]
"""Maps what is done with one file over the names of files, in their order and perhaps in other processes."""


@dataclass(frozen=True, slots=True)
class Found:
    """A card as written, its identity, and the faults of both."""

    block: Block
    card: Card
    faults: tuple[Diagnostic, ...]


@dataclass(frozen=True, slots=True)
class ConceptFile:
    """A concept file with its cards; `parsed` is None if it cannot be read, and `faults` say why.

    The `retired` cards are in no deck, but their ids stay taken; their faults are among those of the file.
    """

    name: str
    parsed: Parsed | None
    cards: tuple[Found, ...]
    faults: tuple[Diagnostic, ...]
    retired: tuple[Found, ...] = ()

    @property
    def words(self) -> int:
        """The number of words in its guide text, outside its cards."""
        return sum(markdown.count_words(chunk.tokens) for chunk in self.parsed.guide) if self.parsed else 0


def concept_files(settings: Settings) -> tuple[str, ...]:
    """The names of the track's concept files in study order."""
    order = [(subdomain.folder, subdomain.files) for subdomain in settings.subdomains]
    return discover.concept_files(settings.root, order, settings.include, settings.exclude, settings.declared)


def basis(settings: Settings) -> str:
    """All of the settings on which the cards of a file depend, as text."""
    top = settings.decks.get(TOP, settings.title)
    # A first build adds to the ledger the names that such decks had anyway.
    decks = {folder: deck for folder, deck in settings.decks.items() if deck != f"{top}::{title_of(folder)}"}
    return repr(replace(settings, decks=decks))


def files(settings: Settings, names: Iterable[str]) -> Iterator[ConceptFile]:
    """The named files, read one at a time."""
    labels = tag.Labels(
        settings.tag,
        settings.title,
        settings.decks,
        settings.subdomains,
        settings.closed,
        settings.roles,
        settings.difficulty,
        settings.tags,
    )
    for name in names:
        file = guarded(settings, name, lambda name=name: _file(settings, name, labels))  # type: ignore[misc]
        if isinstance(file, Diagnostic):
            yield unread(settings, name, file)
        else:
            yield file


def unread(settings: Settings, name: str, why: Diagnostic) -> ConceptFile:
    """A file that could not be read, or a folder: then nobody knows what is lost, so that is an error anywhere."""
    return ConceptFile(name, None, (), soft([why], not settings.declared and not name.endswith("/")))


def _file(settings: Settings, name: str, labels: tag.Labels) -> ConceptFile | Diagnostic:
    source = discover.read(settings.root, name, settings.shown)
    if isinstance(source, Diagnostic):
        return source
    parsed = parse(source, settings.dialects)
    cards: list[Found] = []
    retired: list[Found] = []
    for block in parsed.blocks:
        card, faults = tag.tag(block, source, labels)
        # House cards must cite their sources; found notes may.
        cited = () if block.is_found else checks.sources(block, settings.source_hosts)
        found = Found(block, card, (*block.faults, *faults, *cited))
        (retired if "retired" in block.attributes else cards).append(found)
    faults = (*soft(source.faults, not settings.declared), *parsed.faults)
    faults += tuple(fault for found in retired for fault in found.faults)
    return ConceptFile(name, parsed, tuple(cards), faults, tuple(retired))


def guarded(settings: Settings, name: str, work: Callable[[], T]) -> T | Diagnostic:
    """What `work` gives; where it fails, which is no fault of the file's author, the diagnostic of that file."""
    try:
        return work()
    except Exception as error:
        message = f"build-decks itself failed here: {type(error).__name__}: {error}".replace("\n", " ")
        hint = "this is a bug: please report it with this file; --traceback shows where it is"
        place = Span(f"{settings.shown}/{name}" if settings.shown not in ("", ".") else name, 1)
        return Diagnostic(place, UNEXPECTED, message, hint, detail=traceback.format_exc().rstrip())


def identify(
    settings: Settings, cards: Sequence[Card], known: Ledger, unread: Set[str] = frozenset()
) -> tuple[tuple[Card, ...], Recognised]:
    """The cards of a track, each with its guid: those without an id have theirs from the ledger, or a first one.

    What the ledger knows of the `unread` files is theirs still.
    """
    found = recognise.recognise(settings.tag, cards, known, unread)
    named = (replace(card, guid=guid) if card.trace else card for card, guid in zip(cards, found.guids, strict=True))
    return tuple(named), found


def soft(faults: Iterable[Diagnostic], soft: bool) -> tuple[Diagnostic, ...]:
    """The faults, as warnings if they are in other people's notes, whose authors never promised cards."""
    return tuple(fault.as_warning() if soft else fault for fault in faults)


def in_order(faults: Iterable[Diagnostic]) -> tuple[Diagnostic, ...]:
    return tuple(sorted(dict.fromkeys(faults)))  # which come almost in order
