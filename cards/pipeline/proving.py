"""Concept files -> the programs that prove their cards."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from .. import checks
from ..model import Card, Diagnostic
from ..proof import verify
from ..proof.verify import Trial
from ..settings import Settings
from .reading import files, in_order


@dataclass(frozen=True, slots=True)
class Trials:
    """The code of a track's cards and guide, and the faults of the files.

    `without` has the file name of each card without code; `idle` has the file name of each example that does not run,
    and the reason.
    """

    trials: tuple[Trial, ...]
    without: tuple[str, ...]
    idle: tuple[tuple[str, str], ...]
    faults: tuple[Diagnostic, ...]


def trials(settings: Settings, names: Iterable[str]) -> Trials:
    """What must run to prove the cards and the guide of the named files."""
    found: list[Trial] = []
    faults: list[Diagnostic] = []
    without: list[str] = []
    idle: list[tuple[str, str]] = []
    cards: list[Card] = []
    for file in files(settings, names):
        faults += file.faults
        for row in file.cards:
            # The code in found notes was not written to run here.
            trial = None if row.faults or row.block.is_found else verify.trial(row.block, row.card)
            faults += row.faults
            cards.append(row.card)
            if trial:
                found.append(trial)
            elif not row.faults:
                without.append(file.name)
        for shown in file.parsed.examples if file.parsed else ():
            if shown.idle:
                idle.append((file.name, shown.idle))
            else:
                found.append(verify.example(shown, file.name))
    faults += checks.duplicate_ids(cards)
    return Trials(tuple(found), tuple(without), tuple(idle), in_order(faults))
