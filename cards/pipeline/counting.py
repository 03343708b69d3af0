"""Concept files -> the statistics of the track."""

from __future__ import annotations

from collections.abc import Iterable

from ..figures import exercises, stats
from ..figures.stats import Statistics
from ..model import Card, Diagnostic
from ..settings import Settings
from .reading import files, in_order


def statistics(settings: Settings, names: Iterable[str]) -> tuple[Statistics, tuple[Diagnostic, ...]]:
    """The statistics of the track, and the faults in its files."""
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
    return figures, in_order([*faults, *broken])
