"""Concept files and the ledger -> a build: notes with the time each last changed, and their packages.

The first half works on one file at a time and keeps only the notes. The second half sees the whole track and runs only
if there is no fault, so that nothing is ever half-built.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence, Set
from dataclasses import dataclass, field, replace
from functools import partial

from .. import checks
from ..figures import editions, exercises, stats
from ..figures.stats import Statistics
from ..identity import delivered, ledger
from ..identity.decks import TOP, Names
from ..identity.ledger import Changes, Ledger
from ..model import Artefact, Card, Diagnostic, Medium, Note
from ..notetypes import NOTE_TYPES
from ..outputs import package
from ..rendering import render
from ..rendering.media import Library
from ..settings import Settings, kebab
from . import reading
from .reading import Map, files, guarded, identify, in_order, soft


@dataclass(frozen=True, slots=True)
class Build:
    """The result of a build, or the diagnostics that stopped it.

    `reasons` tell by guid why cards were retired by hand.
    """

    notes: tuple[Note, ...] = ()
    ledger: Ledger = field(default_factory=Ledger)
    changes: Changes = field(default_factory=Changes)
    note_type_times: Mapping[int, int] = field(default_factory=dict)
    statistics: Statistics = field(default_factory=Statistics)
    reasons: Mapping[str, str] = field(default_factory=dict)
    diagnostics: tuple[Diagnostic, ...] = ()


@dataclass(frozen=True, slots=True)
class Read:
    """The notes of files in order, every diagnostic sorted by place, the words of guide text by file, the names of
    files that could not be read, and by guid why cards were retired."""

    notes: tuple[Note, ...]
    faults: tuple[Diagnostic, ...]
    words: Mapping[str, int]
    unread: Set[str] = frozenset()
    reasons: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Made:
    """What a build takes from one concept file: the notes of its cards, every fault, and the words of its guide text.

    The `retired` cards come with their reasons. `shown` are the media files on which the notes depend; it is None if
    they depend on which other files there are. A file that could not be read is not `known`.
    """

    name: str
    notes: tuple[Note, ...]
    faults: tuple[Diagnostic, ...]
    words: int
    retired: tuple[tuple[Card, str], ...] = ()
    shown: tuple[str, ...] | None = ()
    known: bool = True


def read(settings: Settings, names: Iterable[str], each: Map[Made] = map) -> Read:
    """The first half of a build, in which each file is read by itself."""
    notes: list[Note] = []
    faults: list[Diagnostic] = []
    words: dict[str, int] = {}
    unread: set[str] = set()
    retired: list[tuple[Card, str]] = []
    media: dict[str, Medium] = {}
    for made in each(partial(make, settings), names):
        notes += (_sharing(note, media) for note in made.notes)
        faults += made.faults
        words[made.name] = made.words
        retired += made.retired
        if not made.known:
            unread.add(made.name)
    faults += checks.duplicate_ids([*(note.card for note in notes), *(card for card, _ in retired)])
    return Read(tuple(notes), in_order(faults), words, unread, {card.guid: reason for card, reason in retired})


def _sharing(note: Note, media: dict[str, Medium]) -> Note:
    """The note with the media that earlier notes brought, so that each is in memory once."""
    if not note.media:
        return note
    return replace(note, media=tuple(media.setdefault(medium.name, medium) for medium in note.media))


def make(settings: Settings, name: str) -> Made:
    """The notes of one concept file."""
    made = guarded(settings, name, lambda: _made(settings, name))
    if isinstance(made, Diagnostic):
        return Made(name, (), reading.unread(settings, name, made).faults, 0, shown=None, known=False)
    return made


def _made(settings: Settings, name: str) -> Made:
    library = Library(settings.root, settings.tag)
    notes: list[Note] = []
    (file,) = files(settings, [name])
    faults = list(file.faults)
    for found in file.cards:
        note, lost = render.render(found.block, found.card, library, settings.source_url, settings.report_url)
        if note.cards or not found.block.is_found:
            notes.append(note)
        faults += (*found.faults, *soft(lost, found.block.is_found))
    retired = tuple((found.card, found.block.attributes["retired"].value) for found in file.retired)
    return Made(name, tuple(notes), tuple(faults), file.words, retired, library.files, file.parsed is not None)


def build(
    settings: Settings, names: Iterable[str], known: Ledger, now: Callable[[], int], each: Map[Made] = map
) -> Build:
    """Read the named files and date their notes by the ledger; `now` gives Unix time if it is needed."""
    found = read(settings, names, each)
    practice, broken = exercises.read(settings.root, settings.shown)
    faults = (*found.faults, *ledger.reused(found.notes, known), *broken)
    if any(fault.severity == "error" for fault in faults):
        return Build(diagnostics=faults)
    named, again = identify(settings, [note.card for note in found.notes], known, found.unread)
    notes = [replace(note, card=card) for note, card in zip(found.notes, named, strict=True)]
    dated, times, new, changes = ledger.date(notes, NOTE_TYPES, known, now, found.unread)
    late = tuple(ledger.too_late(dated, new))
    if late:
        return Build(diagnostics=late)
    dated = tuple(delivered.stamp(note, settings.tag) for note in dated)
    used = {note.card.subdomain: note.card.deck for note in dated}
    new = replace(new, names=Names(settings.tag, {**used, **settings.decks}))
    changes = replace(changes, reworded=again.reworded, ambiguous=again.ambiguous, crowded=again.crowded)
    figures = stats.statistics([note.card for note in found.notes], found.words, practice, settings.subdomains)
    return Build(dated, new, changes, times, figures, found.reasons, faults)


def artefacts(settings: Settings, build: Build, role: str = "", difficulty: str = "") -> tuple[Artefact, ...]:
    """The packages of a build; `role` and `difficulty` select notes, and are part of the packages' names."""
    chosen: Sequence[Note] = [
        note
        for note in build.notes
        if (not role or role in note.card.roles) and (not difficulty or difficulty == note.card.difficulty)
    ]
    # Tags and kebab case have no dots, so no name here can be that of a subdomain's deck.
    name = ".".join(part for part in (settings.tag, kebab(role), difficulty) if part)
    return package.artefacts(
        chosen, build.note_type_times, name, settings.decks[TOP], about(settings, build), settings.subdomains
    )


def about(settings: Settings, build: Build) -> package.About:
    """What a learner is told of the edition that a build is."""
    return package.About(
        settings.title, settings.tag, editions.edition(build.ledger), settings.licence, settings.source_url
    )
