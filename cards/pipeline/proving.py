"""Concept files -> the programs whose run proves their cards."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from .. import checks
from ..model import Diagnostic
from ..proof import verify
from ..proof.verify import Trial
from ..settings import Settings
from .reading import files, in_order


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
    return Trials(tuple(found), tuple(without), in_order(faults))
