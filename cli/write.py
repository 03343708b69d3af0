"""Bytes -> files: all of a build's, or none. Written beside, then put in place; same bytes are left alone."""

from __future__ import annotations

import contextlib
import errno
import filecmp
import hashlib
import os
import signal
import tempfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO

from .errors import ConfigError

_TEMPORARY = ".build-decks-"


@dataclass(frozen=True, slots=True)
class Staged:
    """A file that waits to be put in its place; `fresh` is None where the place holds its bytes already."""

    target: Path
    size: int
    sha256: str
    fresh: Path | None


@dataclass(slots=True)
class Stage:
    """Where a build's files wait. `beside` puts each next to its target, else in a temporary folder."""

    beside: bool
    staged: list[Staged] = field(default_factory=list)
    _folder: str = ""

    def add(self, target: Path, write: Callable[[BinaryIO], None]) -> Staged:
        """Write a file's bytes to wait; `OSError` is left to the caller's `stage`."""
        folder = target.parent if self.beside else Path(self._folder)
        if any(found.target == target for found in self.staged):
            raise ConfigError(f"{target} would be written twice: give one of the tracks another `tag`")
        if target.is_dir():
            raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR), str(target))
        if self.beside:
            folder.mkdir(parents=True, exist_ok=True)
        waiting = folder / f"{_TEMPORARY}{os.getpid()}-{len(self.staged)}"
        with waiting.open("x+b") as stream:
            self.staged.append(Staged(target, 0, "", waiting))
            write(stream)
            stream.flush()
            if self.beside:
                os.fsync(stream.fileno())
            size = stream.tell()
            stream.seek(0)
            digest = hashlib.sha256()
            while block := stream.read(1 << 20):
                digest.update(block)
        same = target.is_file() and filecmp.cmp(waiting, target, shallow=False)
        if same:
            waiting.unlink()
        self.staged[-1] = Staged(target, size, digest.hexdigest(), None if same else waiting)
        return self.staged[-1]

    def commit(self) -> None:
        """Put every waiting file in its place.

        The renames take microseconds, but a kill between two of them would leave old files beside new ones.
        So where there is fork(2) a child in a session of its own does them: what ends the build, or its whole
        process group, does not end the child.
        """
        moves = [(staged.fresh, staged.target) for staged in self.staged if staged.fresh]
        if not moves:
            return
        if not hasattr(os, "fork"):
            _replace(moves)
            return
        # An interrupt waits too: its handling deletes what is not in place yet.
        before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
        try:
            child = os.fork()
            if child == 0:
                status = 1
                try:
                    os.setsid()
                    _replace(moves)
                    status = 0
                finally:
                    os._exit(status)
            if os.waitpid(child, 0)[1] != 0:
                raise OSError("the finished files could not be put in their places")
        finally:
            signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _replace(moves: list[tuple[Path, Path]]) -> None:
    for fresh, target in moves:
        os.replace(fresh, target)


@contextlib.contextmanager
def stage(beside: bool) -> Iterator[Stage]:
    """A stage whose leftovers are gone at the end, whatever happens. Raises ConfigError on OSError."""
    with contextlib.ExitStack() as stack:
        folder = "" if beside else stack.enter_context(tempfile.TemporaryDirectory(prefix="build-decks-"))
        waiting = Stage(beside, _folder=folder)
        try:
            yield waiting
        except OSError as error:
            raise ConfigError(f"nothing was written: {error}") from error
        finally:
            for staged in waiting.staged:
                if staged.fresh:
                    staged.fresh.unlink(missing_ok=True)


@contextlib.contextmanager
def lock(folder: Path) -> Iterator[None]:
    """Hold a track while its ledger is read and written: a second build of it waits for the first.

    The lock is on the folder itself, so no lock file can be left behind. The child of a commit inherits it.
    """
    try:
        import fcntl
    except ImportError:  # Windows has no flock(2); there two builds at once are not kept apart
        yield
        return
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)


def text(content: str) -> Callable[[BinaryIO], None]:
    """What `Stage.add` takes, for a file of text."""

    def write(stream: BinaryIO) -> None:
        stream.write(content.encode())

    return write


def sweep(folders: Sequence[Path]) -> None:
    """Delete what builds that were killed left waiting. This build must have staged nothing yet."""
    for path in (path for folder in folders if folder.is_dir() for path in folder.glob(f"{_TEMPORARY}*")):
        process = path.name.removeprefix(_TEMPORARY).split("-")[0]
        if process.isascii() and process.isdigit() and not _alive(int(process)):
            path.unlink(missing_ok=True)


def _alive(process: int) -> bool:
    if not hasattr(os, "fork"):  # on Windows os.kill ends what it asks
        return True
    if process == os.getpid():  # in a container every build may have the same number
        return False
    try:
        os.kill(process, 0)
    except (ProcessLookupError, OverflowError):
        return False
    except PermissionError:
        pass
    return True
