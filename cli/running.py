"""Trials -> their results: runs the code of cards on every named interpreter, and updates the record."""

from __future__ import annotations

import hashlib
import json
import os
import platform
import shutil
import subprocess
import sys
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from ..cards.model import Diagnostic
from ..cards.proof import record, verify
from ..cards.proof.record import Lock, Record
from ..cards.proof.verify import SEEDS, Interpreter, Run, Trial
from ..cards.settings import Settings
from ..cards.sources import discover
from . import cage, write
from .config import OWN
from .errors import ConfigError

FILE = "verified.txt"
OLDEST = (3, 10)
BOUNDS = cage.Bounds()
_PROBE = Path(__file__).with_name("probe.py")


@dataclass(frozen=True, slots=True)
class Verified:
    """The results of a track's trials: its new record, the failures, and what was skipped, with the reasons."""

    record: Record
    faults: tuple[Diagnostic, ...]
    cards: int
    examples: int
    skipped: Counter[str]


def interpreters(commands: Sequence[str]) -> tuple[Interpreter, ...]:
    """The interpreters that these commands start, by default the current one. Raises ConfigError."""
    found: list[Interpreter] = []
    for command in commands or [sys.executable]:
        interpreter = _probe(command)
        other = next((known for known in found if known.minor == interpreter.minor), None)
        if other:
            raise ConfigError(f"{other.command} and {command} are both Python {interpreter.minor}: choose one of them")
        found.append(interpreter)
    return tuple(sorted(found, key=lambda known: tuple(map(int, known.minor.split(".")))))


def _probe(command: str) -> Interpreter:
    try:
        done = subprocess.run(  # noqa: S603 - the operator chooses it
            [command, "-I", str(_PROBE)], capture_output=True, encoding="utf-8", timeout=60, check=True
        )
        name, version, minor, packages, folders, links = json.loads(done.stdout)
    except (OSError, subprocess.SubprocessError, ValueError) as error:
        raise ConfigError(f"--python {command} does not start a working Python: {error}") from error
    if tuple(minor) < OLDEST:
        raise ConfigError(f"--python {command}: Python {version} is older than {'.'.join(map(str, OLDEST))}")
    path = command if os.sep in command else shutil.which(command) or command
    return Interpreter(
        os.path.abspath(path),
        name,
        version,
        {verify.normal(key): val for key, val in packages.items()},
        tuple(folders),
        tuple((link, target) for link, target in links),
    )


def read(settings: Settings) -> tuple[Record, tuple[Diagnostic, ...]]:
    """The track's record and its faults; an empty one where there is none."""
    source = discover.read_own(settings.root, f"{OWN}/{FILE}", settings.shown)
    if source is None:
        return Record(), ()
    if isinstance(source, Diagnostic):
        return Record(), (source,)
    return record.parse(source.text, source.path)


def lock(settings: Settings) -> Lock:
    """The current file that pins the packages of the track's cards."""
    if not settings.lock:
        return Lock()
    data = (settings.root / settings.lock).read_bytes().replace(b"\r\n", b"\n")
    return Lock(settings.lock, hashlib.sha256(data).hexdigest()[:32])


def stale(trials: Iterable[Trial], known: Record, pinned: Lock) -> Iterator[Diagnostic]:
    """The cards whose current code is not in the record, without running anything."""
    return (verify.stale(trial) for trial in trials if not known.holds(trial, pinned))


Job = tuple[Trial, verify.Program, Interpreter, str]
Watch = Callable[[Iterable[Run], int], Iterator[Run]]


def run(
    trials: Sequence[Trial],
    chosen: Sequence[Trial],
    on: Sequence[Interpreter],
    known: Record,
    pinned: Lock,
    watch: Watch,
) -> Verified:
    """Run the `chosen` trials of a track on every interpreter that has what they need. Raises ConfigError.

    `watch` gets the runs as they end, in order, and their number; it yields the same runs.
    """
    jobs: list[Job] = []
    skipped: Counter[str] = Counter()
    ran: dict[str, list[Interpreter]] = {}
    reasons: dict[str, list[str]] = {}
    for trial in chosen:
        for interpreter in on:
            reason = verify.missing(trial, interpreter)
            if reason:
                skipped[f"on Python {interpreter.version}: {reason}"] += 1
                reasons.setdefault(trial.key, []).append(reason)
                continue
            ran.setdefault(trial.key, []).append(interpreter)
            jobs += [(trial, program, interpreter, seed) for program in trial.programs for seed in SEEDS]
    with write.temporary() as place, ThreadPoolExecutor(os.cpu_count()) as pool:
        try:
            runs = list(watch(pool.map(partial(_run, place), jobs), len(jobs)))
        except cage.CageError as error:
            pool.shutdown(cancel_futures=True)
            raise ConfigError(_no_cage(str(error))) from error
    faults = list(verify.failures(runs))
    faults += [
        verify.never_ran(trial, reasons[trial.key])
        for trial in chosen
        if trial.key not in ran and not known.holds(trial, pinned)
    ]
    failed = {run.trial.key for run in runs if any(True for _ in verify.failures([run]))}
    cards = len({trial.key for trial in chosen if trial.card} & ran.keys())
    return Verified(
        record.updated(known, trials, ran, failed, pinned), tuple(sorted(faults)), cards, len(ran) - cards, skipped
    )


def _run(place: Path, job: Job) -> Run:
    trial, program, interpreter, seed = job
    warnings = ["-W", "error", *(["-W", f"default::{trial.needs.warns}"] if trial.needs.warns else [])]
    env = {
        "PATH": "/usr/local/bin:/usr/bin:/bin", "LANG": "C.UTF-8", "TZ": "UTC", "PYTHONHASHSEED": seed,
        "PYTHONDONTWRITEBYTECODE": "1",
    }  # fmt: skip
    trees = cage.Trees(interpreter.folders, interpreter.links)
    outcome = cage.run([interpreter.command, *warnings], program.text, trial.span.path, env, trees, BOUNDS, place)
    return Run(trial, program, interpreter, seed, outcome)


def _no_cage(reason: str) -> str:
    return (
        f"no code was run, because this machine ({platform.system()}) cannot isolate it from the network and your "
        f"files: {reason}. This needs Linux 5.12 or newer with user namespaces. If AppArmor forbids them, run "
        "`sudo sysctl -w kernel.apparmor_restrict_unprivileged_userns=0`; in a container, allow unshare and mount"
    )


def path(settings: Settings) -> Path:
    """The path of a track's record."""
    return settings.root / OWN / FILE
