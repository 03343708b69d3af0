"""Discover, parse, tag, check, render, date, package: the whole way from a folder to its decks.

The first half works on one file at a time and keeps only the notes. The second half sees the whole track and
runs only if no fault stands, so that nothing half-built is ever made.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from . import check, discover, ledger, package, render, tag
from .ledger import Changes, Ledger
from .media import Library
from .model import Artefact, Block, Card, Diagnostic, Note
from .notetypes import NOTE_TYPES
from .parse import parse
from .settings import Settings, kebab


@dataclass(frozen=True, slots=True)
class Build:
    """What a build makes, or the diagnostics that keep it from making anything."""

    notes: tuple[Note, ...] = ()
    ledger: Ledger = field(default_factory=Ledger)
    changes: Changes = field(default_factory=Changes)
    note_type_times: Mapping[int, int] = field(default_factory=dict)
    diagnostics: tuple[Diagnostic, ...] = ()


def concept_files(settings: Settings) -> tuple[str, ...]:
    """The names of the track's concept files in study order."""
    order = [(subdomain.folder, subdomain.files) for subdomain in settings.subdomains]
    return discover.concept_files(settings.root, order, settings.include, settings.exclude)


@dataclass(frozen=True, slots=True)
class Found:
    """A card as written, who it is, and the faults of both."""

    block: Block
    card: Card
    faults: tuple[Diagnostic, ...]


def cards(settings: Settings, names: Iterable[str]) -> Iterator[Found | Diagnostic]:
    """The cards of the named files, and the faults of the files themselves."""
    labels = tag.Labels(
        settings.tag, settings.title, settings.subdomains, settings.closed, settings.roles, settings.difficulty
    )
    for source in discover.read(settings.root, names, settings.shown):
        if isinstance(source, Diagnostic):
            yield source
            continue
        for block in parse(source):
            if isinstance(block, Diagnostic):
                yield block
                continue
            card, faults = tag.tag(block, source, labels)
            broken = [fault for rule in check.CHECKS for fault in rule(block, settings.source_hosts)]
            yield Found(block, card, (*block.faults, *faults, *broken))


def read(settings: Settings, names: Iterable[str]) -> tuple[tuple[Note, ...], tuple[Diagnostic, ...]]:
    """The notes of the named files in order, and every diagnostic of files and track, sorted by place."""
    library = Library(settings.root, settings.tag)
    notes: list[Note] = []
    faults: list[Diagnostic] = []
    for found in cards(settings, names):
        if isinstance(found, Diagnostic):
            faults.append(found)
            continue
        note, lost = render.render(found.block, found.card, library, settings.source_url)
        notes.append(note)
        faults += (*found.faults, *lost)
    faults += check.duplicate_ids([note.card for note in notes])
    return tuple(notes), tuple(sorted(set(faults)))


def build(settings: Settings, names: Iterable[str], known: Ledger, now: Callable[[], int]) -> Build:
    """Read the named files and date their notes by the ledger; `now` gives Unix time where it is needed."""
    notes, faults = read(settings, names)
    faults += tuple(ledger.reused(notes, known))
    if any(fault.severity == "error" for fault in faults):
        return Build(diagnostics=faults)
    dated, times, new, changes = ledger.date(notes, NOTE_TYPES, known, now)
    return Build(dated, new, changes, times, faults)


def artefacts(settings: Settings, build: Build, role: str = "", difficulty: str = "") -> tuple[Artefact, ...]:
    """The packages of a build; `role` and `difficulty` choose notes, and are part of the packages' names."""
    chosen: Sequence[Note] = [
        note
        for note in build.notes
        if (not role or role in note.card.roles) and (not difficulty or difficulty == note.card.difficulty)
    ]
    # Neither a tag nor kebab case has a dot: no part has the name of a subdomain's deck.
    name = ".".join(part for part in (settings.tag, kebab(role), difficulty) if part)
    return package.artefacts(chosen, build.note_type_times, name, settings.title, settings.subdomains)
