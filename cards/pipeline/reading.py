"""Concept files -> their cards, each with its block and its faults, one file at a time: every use begins here."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from .. import checks, markdown
from ..identity import recognise, tag
from ..identity.ledger import Ledger
from ..identity.recognise import Recognised
from ..model import Block, Card, Diagnostic
from ..settings import Settings
from ..sources import discover
from ..sources.parse import Parsed, parse


@dataclass(frozen=True, slots=True)
class Found:
    """A card as written, its identity, and the faults of both."""

    block: Block
    card: Card
    faults: tuple[Diagnostic, ...]


@dataclass(frozen=True, slots=True)
class ConceptFile:
    """A concept file with its cards; `parsed` is None if it cannot be read, and `faults` say why."""

    name: str
    parsed: Parsed | None
    cards: tuple[Found, ...]
    faults: tuple[Diagnostic, ...]

    @property
    def words(self) -> int:
        """The number of words in its guide text, outside its cards."""
        return sum(markdown.count_words(chunk.tokens) for chunk in self.parsed.guide) if self.parsed else 0


def concept_files(settings: Settings) -> tuple[str, ...]:
    """The names of the track's concept files in study order."""
    order = [(subdomain.folder, subdomain.files) for subdomain in settings.subdomains]
    return discover.concept_files(settings.root, order, settings.include, settings.exclude, settings.declared)


def files(settings: Settings, names: Iterable[str]) -> Iterator[ConceptFile]:
    """The named files, read one at a time."""
    labels = tag.Labels(
        settings.tag, settings.title, settings.subdomains, settings.closed, settings.roles, settings.difficulty
    )
    for name in names:
        source = discover.read(settings.root, name, settings.shown)
        if isinstance(source, Diagnostic):
            yield ConceptFile(name, None, (), soft([source], not settings.declared))
            continue
        parsed = parse(source, settings.dialects)
        cards = []
        for block in parsed.blocks:
            card, faults = tag.tag(block, source, labels)
            # House cards must cite their sources; found notes need not.
            cited = () if block.is_found else checks.sources(block, settings.source_hosts)
            cards.append(Found(block, card, (*block.faults, *faults, *cited)))
        faults = (*soft(source.faults, not settings.declared), *parsed.faults)
        yield ConceptFile(name, parsed, tuple(cards), faults)


def identify(settings: Settings, cards: Sequence[Card], known: Ledger) -> tuple[tuple[Card, ...], Recognised]:
    """The cards of a track, each with its guid; a card without an id has it from the ledger, or a new one."""
    found = recognise.recognise(settings.tag, cards, known)
    named = (replace(card, guid=guid) if card.trace else card for card, guid in zip(cards, found.guids, strict=True))
    return tuple(named), found


def soft(faults: Iterable[Diagnostic], soft: bool) -> tuple[Diagnostic, ...]:
    """The faults, as warnings if they are in other people's notes, whose authors never promised cards."""
    return tuple(fault.as_warning() if soft else fault for fault in faults)


def in_order(faults: Iterable[Diagnostic]) -> tuple[Diagnostic, ...]:
    return tuple(sorted(set(faults)))
