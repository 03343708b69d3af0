"""Cards, words and exercises -> the statistics of the track: counts, and the hours they take to learn.

The hours cover reading, learning for the first time, and practice, without later reviews. Reading is 120 words a
minute, half the speed of plain prose, because of the code. A card takes its first reading and four repetitions in two
weeks, at the eight seconds of M. Nielsen, "Augmenting Long-term Memory" (2018), scaled by kind.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from ..model import DIFFICULTIES, KINDS, TIERS, Card, Diagnostic, Span
from ..settings import Subdomain
from .exercises import Exercise

WORDS_A_MINUTE = 120
SECONDS: Mapping[str, int] = {"qa": 90, "cloze": 60, "output": 100, "bug": 120, "design": 300}


@dataclass(frozen=True, slots=True)
class Figures:
    """The statistics of a subdomain: minutes by activity, and the `hours` planned in deck.yaml, if any."""

    folder: str
    title: str
    notes: int
    difficulties: Mapping[str, int]
    kinds: Mapping[str, int]
    reading: float
    learning: float
    exercises: int
    practice: float
    hours: float | None
    complete: bool

    @property
    def total(self) -> float:
        """Hours."""
        return (self.reading + self.learning + self.practice) / 60

    @property
    def off(self) -> float | None:
        """The difference between total and plan, in percent; None without a plan."""
        return None if self.hours is None else (self.total / self.hours - 1) * 100


@dataclass(frozen=True, slots=True)
class Statistics:
    """The statistics of each subdomain, in study order, and of the track."""

    subdomains: tuple[Figures, ...] = ()
    roles: Mapping[str, int] = field(default_factory=dict)
    tiers: Mapping[str, int] = field(default_factory=dict)

    @property
    def track(self) -> Figures:
        """The sum of the subdomains."""
        rows = self.subdomains
        planned = [row.hours for row in rows if row.hours is not None]
        return Figures(
            "", "all",
            sum(row.notes for row in rows),
            {level: sum(row.difficulties[level] for row in rows) for level in DIFFICULTIES},
            {kind: sum(row.kinds[kind] for row in rows) for kind in KINDS},
            sum(row.reading for row in rows),
            sum(row.learning for row in rows),
            sum(row.exercises for row in rows),
            sum(row.practice for row in rows),
            sum(planned) if planned else None,
            bool(rows) and all(row.complete for row in rows),
        )  # fmt: skip


def statistics(
    cards: Sequence[Card], words: Mapping[str, int], exercises: Sequence[Exercise], subdomains: Sequence[Subdomain]
) -> Statistics:
    """The statistics of a track; `words` counts the guide text of each concept file, by its name in the track."""
    known = {subdomain.folder: subdomain for subdomain in subdomains}
    titles = {folder: subdomain.title for folder, subdomain in known.items()}
    for card in cards:
        titles.setdefault(card.subdomain, card.subdomain_title)
    rows = []
    for folder, title in titles.items():
        own = [card for card in cards if card.subdomain == folder]
        plan = known.get(folder)
        done = [exercise for exercise in exercises if exercise.subdomain == folder]
        read = sum(count for name, count in words.items() if name.rpartition("/")[0].split("/")[0] == folder)
        rows.append(
            Figures(
                folder,
                title or "(none)",
                len(own),
                _counts([card.difficulty for card in own], DIFFICULTIES),
                _counts([card.kind for card in own], KINDS),
                read / WORDS_A_MINUTE,
                sum(SECONDS.get(card.kind, SECONDS["qa"]) for card in own) / 60,
                len(done),
                sum(exercise.minutes for exercise in done),
                plan.hours if plan else None,
                plan.complete if plan else False,
            )
        )
    roles = Counter(role for card in cards for role in card.roles)
    return Statistics(tuple(rows), dict(sorted(roles.items())), _counts([card.tier for card in cards], TIERS))


def _counts(values: Sequence[str], names: Sequence[str]) -> dict[str, int]:
    found = Counter(values)
    return {name: found[name] for name in names}


def off_hours(figures: Statistics, percent: int, shown: str) -> Iterator[Diagnostic]:
    """The complete subdomains whose hours differ from the plan by more than `percent`."""
    for row in figures.subdomains:
        if row.complete and row.hours is not None and row.off is not None and abs(row.off) > percent:
            path = f"{shown}/deck.yaml" if shown not in ("", ".") else "deck.yaml"
            yield Diagnostic(
                Span(path, 1), "C606",
                f"`{row.folder}` takes {row.total:.1f} h, {row.off:+.0f} % from the {row.hours:g} h in deck.yaml",
                "add or remove cards, text or exercises, or change the plan", "warning",
            )  # fmt: skip
