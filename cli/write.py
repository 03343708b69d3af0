"""Bytes -> files: all of a build's, or none. Written beside, then put in place; same bytes are left alone."""

from __future__ import annotations

import contextlib
import errno
import filecmp
import hashlib
import json
import os
import shutil
import signal
import tempfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO

from .errors import ConfigError
from .terminal import shown

_TEMPORARY, _FOLDER = ".build-decks-", "build-decks."


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
    _folder: Path = Path()
    _locks: contextlib.ExitStack = field(default_factory=contextlib.ExitStack)

    def add(self, target: Path, write: Callable[[BinaryIO], None]) -> Staged:
        """Write a file's bytes to wait; `OSError` is left to the caller's `stage`."""
        folder = target.parent if self.beside else self._folder
        if any(found.target == target for found in self.staged):
            raise ConfigError(f"{target} would be written twice: give one of the tracks another `tag`")
        if target.is_dir():
            raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR), str(target))
        if self.beside:
            folder.mkdir(parents=True, exist_ok=True)
        waiting = folder / f"{_TEMPORARY}{os.getpid()}-{len(self.staged)}"
        with waiting.open("x+b") as stream:
            self._locks.enter_context(lock(waiting))
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
        """Put every waiting file in its place. Raises ConfigError, which says which files are there.

        The renames take microseconds, but a kill between two of them would leave old files beside new ones.
        So where there is fork(2) a child in a session of its own does them: what ends the build, or its whole
        process group, does not end the child.
        """
        moves = [(staged.fresh, staged.target) for staged in self.staged if staged.fresh]
        if not moves:
            return
        done, reason = _in_child(moves) if hasattr(os, "fork") else _replace(moves)
        if reason:
            raise ConfigError(_partly(moves, done, reason))


def _partly(moves: Sequence[tuple[Path, Path]], done: int, reason: str) -> str:
    """What the operator is told where the first `done` files are in their places and the next could not be."""
    names = [shown(target) for _, target in moves]
    if not done:
        return f"nothing was written: {names[0]}: {reason}"
    return (
        f"{names[done]}: {reason}; in place are {', '.join(names[:done])}; not in place are {', '.join(names[done:])}: "
        "the next build completes it"
    )


def _in_child(moves: list[tuple[Path, Path]]) -> tuple[int, str]:
    """Let a child do the renames; an interrupt waits too, since its handling deletes what is not in place yet."""
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        ours, theirs = os.pipe()
        child = os.fork()
        if child == 0:
            try:
                os.setsid()
                os.write(theirs, json.dumps(_replace(moves)).encode())
            finally:
                os._exit(0)
        os.close(theirs)
        with os.fdopen(ours, "rb") as report:
            said = report.read()
        os.waitpid(child, 0)
        done, reason = json.loads(said) if said else (0, "the process that puts files in their places ended early")
        return done, reason
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _replace(moves: Sequence[tuple[Path, Path]]) -> tuple[int, str]:
    """How many files are in their places, and why the next is not; the folders are on the disk too."""
    done = 0
    try:
        for done, (fresh, target) in enumerate(moves):  # noqa: B007 - how far it came
            os.replace(fresh, target)
    except OSError as error:
        return done, os.strerror(error.errno) if error.errno else str(error)
    for folder in {target.parent for _, target in moves}:
        with contextlib.suppress(OSError):  # not every file system, and no Windows, syncs a folder
            descriptor = os.open(folder, os.O_RDONLY)
            try:
                os.fsync(descriptor)
            finally:
                os.close(descriptor)
    return len(moves), ""


@contextlib.contextmanager
def stage(beside: bool) -> Iterator[Stage]:
    """A stage whose leftovers are gone at the end, whatever happens. Raises ConfigError on OSError."""
    with contextlib.ExitStack() as stack:
        folder = Path() if beside else stack.enter_context(temporary())
        waiting = Stage(beside, _folder=folder)
        stack.enter_context(waiting._locks)
        try:
            yield waiting
        except OSError as error:
            raise ConfigError(f"nothing was written: {error}") from error
        finally:
            for staged in waiting.staged:
                if staged.fresh:
                    staged.fresh.unlink(missing_ok=True)


@contextlib.contextmanager
def lock(path: Path) -> Iterator[None]:
    """Hold a track while its ledger is read and written, so that a second build of it waits for the first; or a file.

    The lock is on the folder itself, so no lock file can be left behind. The child of a commit inherits it.
    """
    try:
        import fcntl
    except ImportError:  # Windows has no flock(2); there two builds at once are not kept apart
        yield
        return
    descriptor = os.open(path, os.O_RDONLY)
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
        ours = process.isascii() and process.isdigit() and path.is_file() and not path.is_symlink()
        if ours and not _held(path) and not _is_about_to_lock(path, int(process)):
            path.unlink(missing_ok=True)


def _is_about_to_lock(path: Path, process: int) -> bool:
    """Whether a file may be so fresh that the process that made it has not come to lock it."""
    if process == os.getpid():
        return False
    try:
        fields = Path(f"/proc/{process}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()
        boot = Path("/proc/stat").read_text(encoding="utf-8").partition("\nbtime ")[2].split()[0]
        started = int(boot) + int(fields[19]) / os.sysconf("SC_CLK_TCK")  # proc_pid_stat(5)
        return path.stat().st_mtime >= started - 1
    except OSError:  # the process, or the file, is gone
        return False


@contextlib.contextmanager
def temporary() -> Iterator[Path]:
    """A folder that is gone at the end; what commands that were killed left of theirs goes with it."""
    for path in Path(tempfile.gettempdir()).glob(f"{_FOLDER}*"):
        if path.is_dir() and not path.is_symlink() and path.stat().st_uid == _user() and not _held(path):
            shutil.rmtree(path, ignore_errors=True)
    with tempfile.TemporaryDirectory(prefix=_FOLDER) as name, lock(Path(name)):
        yield Path(name)


def _user() -> int:
    return os.getuid() if hasattr(os, "getuid") else 0


def _held(path: Path) -> bool:
    """Whether a living process holds the lock on what it made: numbers of processes come again, locks do not."""
    try:
        import fcntl
    except ImportError:
        return True
    try:
        descriptor = os.open(path, os.O_RDONLY)
    except OSError:
        return True
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    finally:
        os.close(descriptor)
    return False
