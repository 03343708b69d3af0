"""What ran -> the record, a committed text that says which code has run on which interpreter; and back.

It has one line for each card or program of the guide: its id, or its file and hash; the hash of its code; and each
interpreter that ran it, one per minor version, with the versions of the packages that it names. An entry stays until
the code changes, so that a second run, or one on another machine, does not change the record.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from packaging.requirements import Requirement

from ..model import Diagnostic, Span
from .verify import Interpreter, Trial, normal

HEADER = "# build-decks record 1: id, hash of the code, and what ran it. Commit it; do not edit it."
FOOTER = "# end"
_LOCK = re.compile(r"lock\t(?P<name>[^\x00-\x1f\x7f]+)\t(?P<hash>[0-9a-f]{32})", re.ASCII)
_RUN = r"\d+\.\d+\.\d+[0-9a-z+]*(?:/[a-z0-9-]+=[^\s,=/]+(?:,[a-z0-9-]+=[^\s,=/]+)*)?"
_LINE = re.compile(rf"card\t(?P<id>[^\x00-\x1f\x7f]+)\t(?P<hash>[0-9a-f]{{32}})\t(?P<runs>{_RUN}(?: {_RUN})*)")
_CONFLICT = ("<<<<<<<", "=======", ">>>>>>>", "|||||||")


@dataclass(frozen=True, slots=True)
class Entry:
    """Code that has run: its hash, and by minor version the interpreter, such as `3.14.10/fastapi=0.165.0`."""

    id: str
    hash: str
    runs: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Lock:
    """The file that pins the packages of cards: its path from the track, and its hash."""

    name: str = ""
    hash: str = ""


@dataclass(frozen=True, slots=True)
class Record:
    """Entries by the id of their card, and the lock file that was used for those with packages."""

    entries: Mapping[str, Entry] = field(default_factory=dict)
    lock: Lock = Lock()

    def holds(self, trial: Trial, lock: Lock) -> bool:
        """Whether the current code of a card has run, with the packages that the lock file pins."""
        entry = self.entries.get(trial.key)
        return entry is not None and entry.hash == trial.hash and (not trial.needs.packages or lock == self.lock)


def parse(text: str, path: str) -> tuple[Record, tuple[Diagnostic, ...]]:
    """Read a record; each line that `text_of` would not write is a fault."""
    entries: dict[str, Entry] = {}
    doubled: set[str] = set()
    lock = Lock()
    faults: list[Diagnostic] = []

    def fault(number: int, message: str, hint: str = "delete the file, then run build-decks verify") -> None:
        faults.append(Diagnostic(Span(path, number), "C402", message, hint))

    rows = text.split("\n")
    if rows[0] != HEADER:
        fault(1, "this record does not begin with the header of this version")
    if rows[-2:] != [FOOTER, ""]:
        fault(len(rows), "the end is missing")
    for number, row in enumerate(rows[1:-1], 2):
        match, locked = _LINE.fullmatch(row), _LOCK.fullmatch(row)
        if row == FOOTER and number == len(rows) - 1:
            continue
        if row.startswith(_CONFLICT):
            fault(number, "a merge conflict", "keep either side, and run build-decks verify")
        elif locked:
            lock = Lock(locked["name"], locked["hash"])
        elif not match:
            fault(number, "this is not a line of a record")
        else:
            runs = {".".join(run.split(".")[:2]): run for run in match["runs"].split(" ")}
            entry = Entry(match["id"], match["hash"], runs)
            # git's union merge may keep two lines for one card. Neither proves the merged code.
            if entries.setdefault(entry.id, entry) != entry:
                doubled.add(entry.id)
    return Record({name: entry for name, entry in entries.items() if name not in doubled}, lock), tuple(faults)


def text_of(record: Record) -> str:
    """The record as text, sorted by id, with the runs of each line sorted by version."""
    rows = [HEADER]
    if record.lock.name:
        rows.append(f"lock\t{record.lock.name}\t{record.lock.hash}")
    for entry in sorted(record.entries.values(), key=lambda entry: entry.id):
        runs = sorted(entry.runs.items(), key=lambda item: tuple(map(int, item[0].split("."))))
        rows.append(f"card\t{entry.id}\t{entry.hash}\t{' '.join(run for _, run in runs)}")
    return "\n".join([*rows, FOOTER]) + "\n"


def updated(
    record: Record, trials: Sequence[Trial], ran: Mapping[str, Sequence[Interpreter]], failed: set[str], lock: Lock
) -> Record:
    """The record after a run: `trials` are all those of the track, and `ran` has the interpreters of each that ran.

    Code that `failed` is removed, and so is code that is gone, or has changed and did not run.
    """
    entries = {}
    for trial in trials:
        name = trial.key
        kept = dict(record.entries[name].runs) if record.holds(trial, lock) else {}
        for interpreter in ran.get(name, ()):
            kept.setdefault(interpreter.minor, _run(trial, interpreter))
        if kept and name not in failed:
            entries[name] = Entry(name, trial.hash, kept)
    return Record(entries, lock)


def _run(trial: Trial, interpreter: Interpreter) -> str:
    names = sorted(normal(Requirement(text).name) for text in trial.needs.packages)
    used = ",".join(f"{name}={interpreter.packages[name]}" for name in names)
    return f"{interpreter.version}/{used}" if used else interpreter.version
