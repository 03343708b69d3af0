"""Discover, parse, tag, check, render, date, package: the whole way from a folder to its decks.

The first half works on one file at a time and keeps only the notes. The second half sees the whole track and
runs only if no fault stands, so that nothing half-built is ever made.
"""

from __future__ import annotations

import html
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from functools import partial

from . import checks, discover, exercises, ledger, markdown, package, recognise, render, stats, tag, verify
from .checks import guide, twins
from .ledger import Changes, Ledger
from .media import Library
from .model import DIFFICULTIES, Artefact, Block, Card, Diagnostic, Note
from .notetypes import NOTE_TYPES
from .parse import Parsed, parse
from .recognise import Recognised
from .settings import Settings, kebab
from .stats import Statistics
from .verify import Trial


@dataclass(frozen=True, slots=True)
class Build:
    """What a build makes, or the diagnostics that keep it from making anything."""

    notes: tuple[Note, ...] = ()
    ledger: Ledger = field(default_factory=Ledger)
    changes: Changes = field(default_factory=Changes)
    note_type_times: Mapping[int, int] = field(default_factory=dict)
    statistics: Statistics = field(default_factory=Statistics)
    diagnostics: tuple[Diagnostic, ...] = ()


@dataclass(frozen=True, slots=True)
class Checked:
    """What `check` found, in how many cards, and how many questions are none for want of an answer."""

    cards: int
    diagnostics: tuple[Diagnostic, ...]
    unanswered: int


@dataclass(frozen=True, slots=True)
class Found:
    """A card as written, who it is, and the faults of both."""

    block: Block
    card: Card
    faults: tuple[Diagnostic, ...]


@dataclass(frozen=True, slots=True)
class ConceptFile:
    """A concept file with its cards; `parsed` is None where it cannot be read, and `faults` say why."""

    name: str
    parsed: Parsed | None
    cards: tuple[Found, ...]
    faults: tuple[Diagnostic, ...]

    @property
    def words(self) -> int:
        """The words of its guide text: all that is outside its cards."""
        return sum(markdown.count_words(chunk.tokens) for chunk in self.parsed.guide) if self.parsed else 0


def concept_files(settings: Settings) -> tuple[str, ...]:
    """The names of the track's concept files in study order."""
    order = [(subdomain.folder, subdomain.files) for subdomain in settings.subdomains]
    return discover.concept_files(settings.root, order, settings.include, settings.exclude, settings.declared)


def files(settings: Settings, names: Iterable[str]) -> Iterator[ConceptFile]:
    """The named files as they are read, one at a time."""
    labels = tag.Labels(
        settings.tag, settings.title, settings.subdomains, settings.closed, settings.roles, settings.difficulty
    )
    for name in names:
        source = discover.read(settings.root, name, settings.shown)
        if isinstance(source, Diagnostic):
            yield ConceptFile(name, None, (), _soft([source], not settings.declared))
            continue
        parsed = parse(source, settings.dialects)
        cards = []
        for block in parsed.blocks:
            card, faults = tag.tag(block, source, labels)
            # Our own cards cite their sources; somebody's notes may.
            cited = () if block.is_found else checks.sources(block, settings.source_hosts)
            cards.append(Found(block, card, (*block.faults, *faults, *cited)))
        faults = (*_soft(source.faults, not settings.declared), *parsed.faults)
        yield ConceptFile(name, parsed, tuple(cards), faults)


def _soft(faults: Iterable[Diagnostic], soft: bool) -> tuple[Diagnostic, ...]:
    """Faults as warnings where they are somebody's who never promised cards: they are said, and nothing stops."""
    return tuple(fault.as_warning() if soft else fault for fault in faults)


@dataclass(frozen=True, slots=True)
class Read:
    """The notes of files in order, every diagnostic sorted by place, and the words of guide text by file."""

    notes: tuple[Note, ...]
    faults: tuple[Diagnostic, ...]
    words: Mapping[str, int]


def read(settings: Settings, names: Iterable[str]) -> Read:
    """The first half of a build."""
    library = Library(settings.root, settings.tag)
    notes: list[Note] = []
    faults: list[Diagnostic] = []
    words: dict[str, int] = {}
    for file in files(settings, names):
        faults += file.faults
        words[file.name] = file.words
        for found in file.cards:
            note, lost = render.render(found.block, found.card, library, settings.source_url)
            notes.append(note)
            faults += (*found.faults, *_soft(lost, found.block.is_found))
    faults += checks.duplicate_ids([note.card for note in notes])
    return Read(tuple(notes), _sorted(faults), words)


def identify(settings: Settings, cards: Sequence[Card], known: Ledger) -> tuple[tuple[Card, ...], Recognised]:
    """The cards of a track, each with its guid: those without an id have theirs from the ledger, or a first one."""
    found = recognise.recognise(settings.tag, cards, known)
    named = (replace(card, guid=guid) if card.trace else card for card, guid in zip(cards, found.guids, strict=True))
    return tuple(named), found


def build(settings: Settings, names: Iterable[str], known: Ledger, now: Callable[[], int]) -> Build:
    """Read the named files and date their notes by the ledger; `now` gives Unix time where it is needed."""
    found = read(settings, names)
    practice, broken = exercises.read(settings.root, settings.shown)
    faults = (*found.faults, *ledger.reused(found.notes, known), *broken)
    if any(fault.severity == "error" for fault in faults):
        return Build(diagnostics=faults)
    named, again = identify(settings, [note.card for note in found.notes], known)
    notes = [replace(note, card=card) for note, card in zip(found.notes, named, strict=True)]
    dated, times, new, changes = ledger.date(notes, NOTE_TYPES, known, now)
    changes = replace(changes, reworded=again.reworded, ambiguous=again.ambiguous, crowded=again.crowded)
    figures = stats.statistics([note.card for note in found.notes], found.words, practice, settings.subdomains)
    return Build(dated, new, changes, times, figures, faults)


@dataclass(frozen=True, slots=True)
class Judged:
    """What one concept file gives to the checks of its track, and what is wrong with it alone."""

    name: str
    cards: tuple[Card, ...]
    words: int
    page: guide.Page | None
    asked: tuple[twins.Asked, ...]
    faults: tuple[Diagnostic, ...]
    unanswered: int


Map = Callable[[Callable[[str], Judged], Iterable[str]], Iterable[Judged]]


def check(settings: Settings, names: Iterable[str], day: date, each: Map = map) -> Checked:
    """Every diagnostic of the track, sorted by place: what a build would find, and what the rules object to.

    `day` is the one on which claims with a date are judged. `each` is asked to judge the files, and may do so in
    any order and in other processes.
    """
    judged = list(each(partial(judge, settings, day), names))
    found = [card for file in judged for card in file.cards]
    pages = [file.page for file in judged if file.page]
    faults = [fault for file in judged for fault in file.faults]
    present = discover.names(settings.root)
    others = present - {file.name for file in judged} if settings.declared else set()
    for name in sorted(name for name in others if name.lower().endswith(discover.SUFFIXES)):
        source = discover.read(settings.root, name, settings.shown)
        if isinstance(source, Diagnostic):
            faults.append(source)
        else:
            pages.append(guide.page(parse(source).document))
    practice, broken = exercises.read(settings.root, settings.shown)
    figures = stats.statistics(found, {file.name: file.words for file in judged}, practice, settings.subdomains)
    faults += [
        *broken,
        *exercises.check(practice, settings.subdomains, {card.id for card in found}),
        *checks.duplicate_ids(found),
        *twins.twins([card for file in judged for card in file.asked], settings.limits.twin_percent),
        *stats.off_hours(figures, settings.limits.hours_percent, settings.shown),
    ]
    if settings.declared:  # somebody's notes are no guide of ours
        faults += [
            *guide.dead_links(pages, present),
            *guide.unused_media(pages, present, settings.shown),
            *guide.readme(pages, settings.subdomains, {file.name: len(file.cards) for file in judged}),
        ]
    unanswered = sum(file.unanswered for file in judged)
    return Checked(len(found), _sorted(checks.tuned(faults, settings.rules)), unanswered)


def judge(settings: Settings, day: date, name: str) -> Judged:
    """A concept file before the rules. Of a card with a fault only the fault is said."""
    library = Library(settings.root, settings.tag)
    levels = {s.folder: (*s.difficulties, *s.also) for s in settings.subdomains}
    (file,) = files(settings, [name])
    faults = list(file.faults)
    asked = []
    for found in file.cards:
        # Colours cost half of the time and cannot fail.
        _, lost = render.render(found.block, found.card, library, settings.source_url, _plain)
        faults += (*found.faults, *_soft(lost, found.block.is_found))
        if found.faults or found.block.is_found:  # the rules are those of our own cards
            continue
        card = checks.written(found.block, found.card, levels.get(found.card.subdomain, DIFFICULTIES), day)
        faults += checks.judge(card, settings.limits)
        if twins.CODE not in checks.allowed(card)[0]:
            asked.append(twins.asked(card))
    page = guide.page(file.parsed.document) if file.parsed else None
    cards = tuple(found.card for found in file.cards)
    unanswered = len(file.parsed.unanswered) if file.parsed else 0
    return Judged(name, cards, file.words, page, tuple(asked), tuple(faults), unanswered)


def _plain(code: str, language: str) -> str:
    return html.escape(code, quote=False)


def _sorted(faults: Iterable[Diagnostic]) -> tuple[Diagnostic, ...]:
    return tuple(sorted(set(faults)))


def statistics(settings: Settings, names: Iterable[str]) -> tuple[Statistics, tuple[Diagnostic, ...]]:
    """The track in figures, and the faults that stand in its files."""
    found_cards: list[Card] = []
    faults: list[Diagnostic] = []
    words: dict[str, int] = {}
    for file in files(settings, names):
        faults += file.faults
        words[file.name] = file.words
        for found in file.cards:
            faults += found.faults
            found_cards.append(found.card)
    practice, broken = exercises.read(settings.root, settings.shown)
    figures = stats.statistics(found_cards, words, practice, settings.subdomains)
    return figures, _sorted([*faults, *broken])


@dataclass(frozen=True, slots=True)
class Trials:
    """The code of a track's cards, in study order, a file's name for each card without, and the faults of the files."""

    trials: tuple[Trial, ...]
    without: tuple[str, ...]
    faults: tuple[Diagnostic, ...]


def trials(settings: Settings, names: Iterable[str]) -> Trials:
    """What has to run so that the cards of the named files can be trusted."""
    found: list[Trial] = []
    faults: list[Diagnostic] = []
    without: list[str] = []
    for file in files(settings, names):
        faults += file.faults
        for row in file.cards:
            # Whoever wrote what was found never meant it to be run.
            trial = None if row.faults or row.block.is_found else verify.trial(row.block, row.card)
            faults += row.faults
            if trial:
                found.append(trial)
            elif not row.faults:
                without.append(file.name)
    faults += checks.duplicate_ids([trial.card for trial in found])
    return Trials(tuple(found), tuple(without), _sorted(faults))


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
