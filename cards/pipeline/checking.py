"""Concept files -> every diagnostic: the faults that a build would find, and the broken rules."""

from __future__ import annotations

import html
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from functools import partial

from .. import checks
from ..checks import guide, twins
from ..figures import exercises, stats
from ..model import DIFFICULTIES, Card, Diagnostic
from ..rendering import render
from ..rendering.media import Library
from ..settings import Settings
from ..sources import discover
from ..sources.parse import parse
from . import reading
from .reading import Map, files, guarded, in_order, soft


@dataclass(frozen=True, slots=True)
class Checked:
    """The diagnostics of `check`, the number of cards, and the number of questions without an answer."""

    cards: int
    diagnostics: tuple[Diagnostic, ...]
    unanswered: int


@dataclass(frozen=True, slots=True)
class Judged:
    """What the checks of the whole track need from one concept file, and the faults in the file itself.

    `shown` is that of `Made`.
    """

    name: str
    cards: tuple[Card, ...]
    words: int
    page: guide.Page | None
    asked: tuple[twins.Asked, ...]
    faults: tuple[Diagnostic, ...]
    unanswered: int
    retired: tuple[Card, ...] = ()
    shown: tuple[str, ...] | None = ()


def check(settings: Settings, names: Iterable[str], day: date, each: Map[Judged] = map) -> Checked:
    """Every diagnostic of the track, sorted by place: the faults that a build would find, and the broken rules.

    `day` is the day on which dated claims are checked. `each` maps the check over the files, in any order and perhaps
    in other processes.
    """
    judged = list(each(partial(judge, settings, day), names))
    found = [card for file in judged for card in file.cards]
    pages = [file.page for file in judged if file.page]
    faults = [fault for file in judged for fault in file.faults]
    present = discover.names(settings.root)
    unread = [discover.read(settings.root, name, settings.shown) for name in present if name.endswith("/")]
    faults += [fault for fault in unread if isinstance(fault, Diagnostic)]
    others = present - {file.name for file in judged} if settings.declared else set()
    for name in sorted(name for name in others if name.lower().endswith(discover.SUFFIXES)):
        source = discover.read(settings.root, name, settings.shown)
        if isinstance(source, Diagnostic):
            faults.append(source)
        else:
            page = guarded(settings, name, lambda source=source: guide.page(parse(source).document))  # type: ignore[misc]
            if isinstance(page, Diagnostic):
                faults.append(page)
            else:
                pages.append(page)
    practice, broken = exercises.read(settings.root, settings.shown)
    figures = stats.statistics(found, {file.name: file.words for file in judged}, practice, settings.subdomains)
    faults += [
        *broken,
        *exercises.check(practice, settings.subdomains, {card.id for card in found}),
        *checks.duplicate_ids([*found, *(card for file in judged for card in file.retired)]),
        *twins.twins([card for file in judged for card in file.asked], settings.limits.twin_percent),
        *stats.off_hours(figures, settings.limits.hours_percent, settings.shown),
    ]
    if settings.declared:  # other people's notes are not a guide
        faults += [
            *guide.dead_links(pages, present),
            *guide.unused_media(pages, present, settings.shown),
            *guide.readme(pages, settings.subdomains, {file.name: len(file.cards) for file in judged}),
        ]
    unanswered = sum(file.unanswered for file in judged)
    return Checked(len(found), in_order(checks.tuned(faults, settings.rules)), unanswered)


def judge(settings: Settings, day: date, name: str) -> Judged:
    """A concept file before the rules. Of a card with a fault only the fault is said."""
    judged = guarded(settings, name, lambda: _judged(settings, day, name))
    if isinstance(judged, Diagnostic):
        return Judged(name, (), 0, None, (), reading.unread(settings, name, judged).faults, 0, (), None)
    return judged


def _judged(settings: Settings, day: date, name: str) -> Judged:
    library = Library(settings.root, settings.tag)
    levels = {s.folder: (*s.difficulties, *s.also) for s in settings.subdomains}
    (file,) = files(settings, [name])
    faults = list(file.faults)
    asked: list[twins.Asked] = []
    cards: list[Card] = []
    for found in file.cards:
        # Colours cost half of the time and cannot fail.
        note, lost = render.render(found.block, found.card, library, settings.source_url, settings.report_url, _plain)
        faults += (*found.faults, *soft(lost, found.block.is_found))
        if note.cards or not found.block.is_found:
            cards.append(found.card)
        if found.faults or found.block.is_found:  # the rules are those of our own cards
            continue
        card = checks.written(found.block, found.card, levels.get(found.card.subdomain, DIFFICULTIES), day)
        faults += checks.judge(card, settings.limits)
        if twins.CODE not in checks.allowed(card)[0]:
            asked.append(twins.asked(card))
    page = guide.page(file.parsed.document) if file.parsed else None
    unanswered = len(file.parsed.unanswered) if file.parsed else 0
    retired = tuple(found.card for found in file.retired)
    return Judged(name, tuple(cards), file.words, page, tuple(asked), tuple(faults), unanswered, retired, library.files)


def _plain(code: str, language: str) -> str:
    return html.escape(code, quote=False)
