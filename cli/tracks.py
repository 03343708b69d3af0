"""Paths on the command line -> the tracks that contain them, and the ledger of each."""

from __future__ import annotations

import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import IO, Any

import click

from ..cards.dialects import NAMES as DIALECTS
from ..cards.identity import ledger
from ..cards.identity.decks import Names
from ..cards.identity.ledger import Ledger
from ..cards.model import Diagnostic, Source
from ..cards.settings import Settings
from ..cards.sources import discover
from . import diagnostics
from .config import FILE, OWN, settings
from .errors import ConfigError
from .terminal import say

LEDGER, INDEX, CHANGES = "ledger.txt", "README.md", "CHANGES.md"


class ConfigFaults(click.ClickException):
    """Faults in deck.yaml: each as a diagnostic on standard error, exit code 2."""

    exit_code = 2

    def __init__(self, found: Sequence[Diagnostic]) -> None:
        super().__init__(f"{FILE} has faults")
        self.found = found

    def show(self, file: IO[Any] | None = None) -> None:
        for line in diagnostics.text(self.found):
            say(line)


@dataclass(frozen=True, slots=True)
class Selection:
    """A track, and the selected part of it: a name inside it, or "" for everything."""

    settings: Settings
    part: str

    def of(self, names: Sequence[str]) -> tuple[str, ...]:
        """The concept files among `names` that are in the part."""
        return tuple(n for n in names if not self.part or n == self.part or n.startswith(f"{self.part}/"))


def select(
    paths: Sequence[Path], dialects: Sequence[str] = (), rename: bool = False, tags: Sequence[str] = ()
) -> list[Selection]:
    """The tracks that contain `paths`, or that are below them; `dialects` takes precedence over deck.yaml.

    Every card has the `tags`, and those of deck.yaml.

    With `rename`, decks are called as deck.yaml says, not as learners have them.

    A track is a folder with deck.yaml. A folder without one, neither in it nor above or below it, is a track by itself,
    with the names of its folders. Without a path, the current folder is used. Raises ConfigError, and ConfigFaults with
    the faults of every deck.yaml.
    """
    for name in dialects:
        if name not in DIALECTS:
            raise ConfigError(f"unknown dialect `{name}`; the dialects are {', '.join(DIALECTS)}")
    found: dict[tuple[Path, str], Selection] = {}
    faults: set[Diagnostic] = set()
    for path in paths or [Path()]:
        for root, part in _roots(path):
            known = _names(root)
            track, broken = settings(root, replace(known, decks={}) if rename else known)
            faults.update(broken)
            chosen = replace(track, dialects=tuple(dialects) or track.dialects, tags=(*track.tags, *tags))
            found.setdefault((root, part), Selection(chosen, part))
    if faults:
        raise ConfigFaults(sorted(faults))
    roots: dict[str, Path] = {}
    for selection in found.values():
        root = selection.settings.root
        if roots.setdefault(selection.settings.tag, root) != root:
            raise ConfigError(
                f"{roots[selection.settings.tag]} and {root} have the same tag `{selection.settings.tag}`: "
                f"give one of them a different `tag` in {FILE}, because the tag names the decks"
            )
    return list(found.values())


def _roots(path: Path) -> Iterator[tuple[Path, str]]:
    full = path.resolve()
    folder = full if full.is_dir() else full.parent
    for candidate in (folder, *folder.parents):
        if discover.is_there(candidate / FILE):
            part = full.relative_to(candidate).as_posix()
            yield candidate, "" if part == "." else part
            return
    below = sorted(_below(folder))
    if below and full.is_dir():
        yield from ((root, "") for root in below)
    else:
        yield folder, "" if full.is_dir() else full.name


def _below(folder: Path) -> Iterator[Path]:
    for name, folders, files in os.walk(folder, onerror=discover.refuse):
        if FILE in files:
            folders.clear()
            yield Path(name)
        folders[:] = sorted(name for name in folders if not name.startswith((".", "_")))


def tracks(
    paths: Sequence[Path], dialects: Sequence[str] = (), rename: bool = False, tags: Sequence[str] = ()
) -> list[Settings]:
    """The tracks that contain the paths, each once, in an order in which two builds cannot block each other."""
    found = {selection.settings.root: selection.settings for selection in select(paths, dialects, rename, tags)}
    return [found[root] for root in sorted(found)]


def ledger_path(settings: Settings) -> Path:
    """Where the ledger of a track stands."""
    return settings.root / OWN / LEDGER


def _names(root: Path) -> Names:
    """What the ledger calls a track, as far as it can be read: its faults are told by who reads all of it."""
    source = discover.read_own(root, f"{OWN}/{LEDGER}", "")
    return ledger.names(source.text) if isinstance(source, Source) else Names()


def read_ledger(settings: Settings) -> tuple[Ledger, tuple[Diagnostic, ...]]:
    """The ledger of a track and its faults; an empty one where there is none."""
    source = discover.read_own(settings.root, f"{OWN}/{LEDGER}", settings.shown)
    if source is None:
        return Ledger(), ()
    if isinstance(source, Diagnostic):
        return Ledger(), (source,)
    return ledger.parse(source.text, source.path)
