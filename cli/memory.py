"""What a command made of each concept file, remembered in the user's cache folder: an unchanged file is not read again.

What a file gives is a function of its bytes, of the media it shows, of the settings and of this version of build-decks.
An entry names all of these and counts only while they are the same, so that a build from memory and a cold one make the
same bytes. A file is taken for unchanged by its signature alone, unless that is not certain: then its bytes are
compared, as Git does for its index. Entries are JSON outside the track, so that no repository can bring its own, and
one that is torn is as good as none.
"""

from __future__ import annotations

import contextlib
import json
import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Generic, Protocol, TypeVar

from ..cards.pipeline import reading
from ..cards.settings import Settings
from . import cache, plain
from .cache import Signature


class Result(Protocol):
    """What a command makes of a file; `shown` as in `Made`."""

    @property
    def shown(self) -> tuple[str, ...] | None: ...


T = TypeVar("T", bound=Result)


@dataclass(frozen=True, slots=True)
class Seen:
    """A file before it was read: when, where it really is, its signature, and the hash of its bytes."""

    moment: int
    place: str
    signature: Signature
    digest: str


@dataclass(frozen=True, slots=True)
class Memory(Generic[T]):
    """What one use of a track made of its files: values of the type `kind`, in files of a `folder`.

    `key` is the hash of all that they depend on besides the files.
    """

    folder: Path
    root: Path
    key: str
    kind: type[T]

    def holds(self, name: str) -> bool:
        """Whether what is remembered of a file is still true."""
        with contextlib.suppress(OSError, ValueError, TypeError, LookupError):
            with self._entry(name).open("rb") as entry:
                head = json.loads(entry.readline())
            files = [(path, plain.rebuilt(Seen, seen)) for path, seen in head["files"]]
            return bool(head["key"] == self.key) and all(_is_unchanged(path, seen) for path, seen in files)
        return False

    def recall(self, name: str) -> T | None:
        """What is remembered of a file, true or not; None if it is nothing, or torn."""
        with contextlib.suppress(OSError, ValueError, TypeError, LookupError):
            head, _, body = self._entry(name).read_bytes().partition(b"\n")
            if json.loads(head)["body"] == cache.digest(body):
                value: T = plain.rebuilt(self.kind, json.loads(body))
                return value
        return None

    def see(self, name: str) -> Seen | None:
        """The file as it is before it is read, for `keep`; None if it cannot be read."""
        return _see(str(self.root / name))

    def keep(self, name: str, before: Seen | None, value: T) -> None:
        """Remember what was made of a file, if nothing that it depends on has changed since `before`."""
        path = str(self.root / name)
        if before is None or value.shown is None or not _is_unchanged(path, before):
            return
        files = [(path, before)]
        for medium in value.shown:
            seen = _see(medium)
            if seen is None or not cache.is_certain(seen.signature, before.moment):
                return
            files.append((medium, seen))
        body = json.dumps(plain.plain(value), separators=(",", ":")).encode()
        head = {"key": self.key, "files": plain.plain(files), "body": cache.digest(body)}
        with contextlib.suppress(OSError):
            self._entry(name).write_bytes(json.dumps(head).encode() + b"\n" + body)

    def forget_all_but(self, names: Sequence[str]) -> None:
        """Forget files that are gone."""
        wanted = {self._entry(name).name for name in names}
        with contextlib.suppress(OSError):
            for entry in self.folder.iterdir():
                if entry.name not in wanted:
                    entry.unlink(missing_ok=True)

    def _entry(self, name: str) -> Path:
        return self.folder / cache.named(name)


def memory(settings: Settings, use: str, kind: type[T], *also: str) -> Memory[T] | None:
    """The memory of one use of a track, which depends on `also` too; None where there is no safe place for it."""
    key = cache.named(repr((cache.version(), reading.basis(settings), *also)))
    try:
        folder = cache.folder() / f"{cache.named(str(settings.root))}-{use}"
        folder.mkdir(exist_ok=True)
        os.utime(folder)
    except OSError:
        return None
    return Memory(folder, settings.root, key, kind)


def _see(path: str) -> Seen | None:
    moment = cache.moment()
    try:
        signature = cache.signature(os.stat(path))
        return Seen(moment, os.path.realpath(path), signature, cache.content(path))
    except OSError:
        return None


def _is_unchanged(path: str, seen: Seen) -> bool:
    """Whether a file is as it was seen. One that is gone is not, nor is one that cannot be read."""
    try:
        if os.path.realpath(path) != seen.place:
            return False
        if cache.signature(os.stat(path)) == seen.signature and cache.is_certain(seen.signature, seen.moment):
            return True
        return cache.content(path) == seen.digest
    except OSError:
        return False
