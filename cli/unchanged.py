"""A build that would find nothing to do is answered from what the last one said, before anything else is imported.

A build that wrote nothing leaves a stamp: what it said, and the state of everything it could have read and of its
decks. While the state is the same, so is the answer. Finding that out needs a look at each file, and no reading.
"""

from __future__ import annotations

import contextlib
import json
import os
import re
import sys
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import astuple, dataclass
from pathlib import Path

from . import cache

# What the answer of a build depends on besides files, and what keeps one from being repeated.
_VARIABLES = ("SOURCE_DATE_EPOCH", "NO_COLOR", "CI")
_NEVER = ("--no-cache", "--help", "-h", "--version")
_CONFIG = "deck.yaml"
# Hidden folders with many files, none of which belongs to a track.
_LEFT_OUT = frozenset({".git", ".venv"})
_COLOUR = re.compile(r"\x1b\[[\d;]*m")


# The path of a file, and its signature or None.
Row = tuple[str, cache.Signature | None]


@dataclass(frozen=True, slots=True)
class State:
    """The files of some tracks, by their `roots`, those `around` them and single ones: one hash of their signatures.

    Another track could appear around them. `read` are the files whose bytes are in the hash too, because their
    signatures alone were not certain.
    """

    moment: int
    roots: tuple[str, ...]
    around: tuple[str, ...]
    files: tuple[str, ...]
    read: tuple[str, ...]
    digest: str


def answer(args: Sequence[str]) -> bool:
    """Whether the call was answered, as the same one was before."""
    if _is_excluded(args):
        return False
    at = cache.moment()
    try:
        stamp = json.loads(_place(args).read_bytes())
        old = State(*stamp["state"])
        if (
            stamp["version"] != cache.version()
            or _digest(_rows(old.roots, old.around, old.files), old.read) != old.digest
        ):
            return False
        lines = [(bool(error), str(text)) for error, text in stamp["lines"]]
        if old.read:
            _leave(args, _state(old.roots, old.around, old.files, at), lines)
    except (OSError, ValueError, TypeError, LookupError):
        return False
    for error, text in lines:
        stream = sys.stderr if error else sys.stdout
        stream.buffer.write(text.encode(stream.encoding or "utf-8", "backslashreplace"))
        stream.flush()
    return True


def look(args: Sequence[str], paths: Sequence[Path], roots: Sequence[Path]) -> State | None:
    """The state of all that a call reads that builds these paths, in the tracks with these roots.

    None if the call cannot be answered again, or the state cannot be known.
    """
    if _is_excluded(args):
        return None
    places = [path.resolve() for path in paths or [Path()]]
    around = sorted({str(place) for place in places if place.is_dir() and place not in roots})
    files = sorted({str(folder / _CONFIG) for place in places for folder in place.parents})
    try:
        return _state(sorted(map(str, roots)), around, files, cache.moment())
    except OSError:
        return None


def remember(args: Sequence[str], before: State, decks: Sequence[Path], lines: Sequence[tuple[bool, str]]) -> None:
    """Leave a stamp for a call that found nothing to do: the state `before` it, its `decks`, and what it said."""
    with contextlib.suppress(OSError):
        changed = [max(cache.signature(deck.stat())[1:3]) for deck in decks]
        if max(changed) < before.moment and _state(before.roots, before.around, before.files, before.moment) == before:
            files = [*before.files, *(str(deck.absolute()) for deck in decks)]
            shown = [(error, _coloured(error, text)) for error, text in lines]
            _leave(args, _state(before.roots, before.around, files, before.moment), shown)


def _leave(args: Sequence[str], state: State, lines: Sequence[tuple[bool, str]]) -> None:
    stamp = {"version": cache.version(), "state": astuple(state), "lines": lines}
    _place(args).write_text(json.dumps(stamp), encoding="utf-8")


def _place(args: Sequence[str]) -> Path:
    folder = cache.folder() / "unchanged"
    folder.mkdir(exist_ok=True)
    said = [os.environ.get(name) for name in _VARIABLES]
    terminals = [stream is not None and stream.isatty() for stream in (sys.stdout, sys.stderr)]
    # An argument may be a link, which can lead elsewhere the next time.
    real = [os.path.realpath(arg) for arg in args]
    return folder / cache.named(repr((os.getcwd(), list(args), real, said, terminals)))


def _is_excluded(args: Sequence[str]) -> bool:
    # The log of a job of GitHub's is read by its runner, so there nothing is repeated unseen.
    return bool(os.environ.get("GITHUB_ACTIONS")) or any(arg in _NEVER for arg in args)


def _coloured(error: bool, text: str) -> str:
    plain = not error or not sys.stderr or not sys.stderr.isatty() or os.environ.get("NO_COLOR")
    return _COLOUR.sub("", text) if plain else text


def _state(roots: Sequence[str], around: Sequence[str], files: Sequence[str], at: int) -> State:
    rows = list(_rows(roots, around, files))
    read = tuple(path for path, found in rows if found and not cache.is_certain(found, at))
    return State(at, tuple(roots), tuple(around), tuple(files), read, _digest(rows, read))


def _digest(rows: Iterable[Row], read: Iterable[str]) -> str:
    return cache.named("\n".join(sorted([*(f"{path} {found}" for path, found in rows), *map(cache.content, read)])))


def _rows(roots: Iterable[str], around: Iterable[str], files: Iterable[str]) -> Iterator[Row]:
    """The row of each file in the folders, and of the single files; a card may show a picture in a hidden folder."""
    for path in files:
        yield path, cache.signature(os.stat(path)) if os.path.lexists(path) else None
    waiting = [*((root, True) for root in roots), *((folder, False) for folder in around)]
    while waiting:
        folder, hidden = waiting.pop()
        with os.scandir(folder) as found:
            for entry in found:
                if entry.name in _LEFT_OUT or (entry.name.startswith(".") and not hidden):
                    continue
                if entry.is_dir(follow_symlinks=False):
                    waiting.append((entry.path, hidden))
                    continue
                yield entry.path, cache.signature(entry.stat(follow_symlinks=False))
                if entry.is_symlink():
                    with contextlib.suppress(OSError):
                        yield f"{entry.path}/", cache.signature(entry.stat())
