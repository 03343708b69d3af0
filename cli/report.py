"""What several commands report on standard error: faults, and the files that were written."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Sequence
from pathlib import Path

from ..cards.model import Diagnostic
from . import diagnostics
from .terminal import say, shown
from .write import Staged

# The number of warnings that a command shows by default.
SOME = 5


def faults(found: Sequence[Diagnostic], most: int | None = None) -> None:
    """Report faults as text, with their lines and fixes, and at `most` so many warnings."""
    warnings = [fault for fault in found if fault.severity == "warning"]
    kept = set(warnings if most is None else warnings[:most])
    for line in diagnostics.text([fault for fault in found if fault.severity == "error" or fault in kept]):
        say(line)
    if len(warnings) > len(kept):
        say(f"and {len(warnings) - len(kept)} more warnings: build-decks check shows all")


def written(staged: Sequence[Staged], fresh_ledgers: Iterable[Path] = ()) -> None:
    """Report which files were written, and what to do with them; `fresh_ledgers` are folders with a first ledger."""
    fresh = [found for found in staged if found.fresh]
    for found in fresh:
        say(f"wrote {shown(found.target)}")
    if len(fresh) < len(staged):
        say(f"up to date: {len(staged) - len(fresh)} of {len(staged)} files")
    deck = next((found for found in staged if found.target.suffix == ".apkg"), None)
    if deck:
        say(f"To import: in Anki, choose File > Import and {shown(deck.target)}; leave the options as they are.")
    for folder in fresh_ledgers:
        say(f"Commit {shown(folder)}: its ledger lets later edits reach learners.")


def stop_at_errors(found: Iterable[Diagnostic], most: int | None = None) -> None:
    """Report the faults, with at `most` so many warnings, and exit if one is an error."""
    said = sorted(found)
    faults(said, most)
    if any(fault.severity == "error" for fault in said):
        sys.exit(1)
