"""Bytes -> files: all those of a build, or none. They are written next to their targets, then renamed."""

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
    """A file that waits to be renamed to its target; `fresh` is None if the target already has these bytes."""

    target: Path
    size: int
    sha256: str
    fresh: Path | None


@dataclass(slots=True)
class Stage:
    """The waiting files of a build: next to their targets if `beside`, else in a temporary folder."""

    beside: bool
    staged: list[Staged] = field(default_factory=list)
    _folder: Path = Path()
    _locks: contextlib.ExitStack = field(default_factory=contextlib.ExitStack)

    def add(self, target: Path, write: Callable[[BinaryIO], None]) -> Staged:
        """Write a file's bytes to the stage; the caller's `stage` handles `OSError`."""
        folder = target.parent if self.beside else self._folder
        if any(found.target == target for found in self.staged):
            raise ConfigError(f"{target} would be written twice: give one of the tracks a different `tag`")
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
        """Rename every waiting file to its target. Raises ConfigError, which says which files were written.

        The renames take microseconds, but a kill between two of them would leave old files next to new ones. So where
        fork(2) exists, a child in a separate session does them: a signal that ends the build, or its whole process
        group, does not end the child.
        """
        moves = [(staged.fresh, staged.target) for staged in self.staged if staged.fresh]
        if not moves:
            return
        done, reason = _in_child(moves) if hasattr(os, "fork") else _replace(moves)
        if reason:
            raise ConfigError(_partly(moves, done, reason))


def _partly(moves: Sequence[tuple[Path, Path]], done: int, reason: str) -> str:
    """The message if the first `done` files were written and the next could not be."""
    names = [shown(target) for _, target in moves]
    if not done:
        return f"nothing was written: {names[0]}: {reason}"
    return (
        f"{names[done]}: {reason}; written: {', '.join(names[:done])}; not written: {', '.join(names[done:])}; "
        "the next build completes them"
    )


def _in_child(moves: list[tuple[Path, Path]]) -> tuple[int, str]:
    """Let a child do the renames. Interrupts are blocked, because their handler deletes waiting files."""
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
        done, reason = json.loads(said) if said else (0, "the process that renames the files ended early")
        return done, reason
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _replace(moves: Sequence[tuple[Path, Path]]) -> tuple[int, str]:
    """Rename the files and sync their folders; the number that were renamed, and why the next was not."""
    done = 0
    try:
        for done, (fresh, target) in enumerate(moves):  # noqa: B007 - how far it came
            os.replace(fresh, target)
    except OSError as error:
        return done, os.strerror(error.errno) if error.errno else str(error)
    for folder in {target.parent for _, target in moves}:
        with contextlib.suppress(OSError):  # Windows and some file systems cannot sync a folder
            descriptor = os.open(folder, os.O_RDONLY)
            try:
                os.fsync(descriptor)
            finally:
                os.close(descriptor)
    return len(moves), ""


@contextlib.contextmanager
def stage(beside: bool) -> Iterator[Stage]:
    """A stage whose leftovers are always deleted at the end. Raises ConfigError on OSError."""
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
    """Lock a track while its ledger is read and written, so that a second build waits for the first; or lock a file.

    The lock is on the folder itself, so it leaves no lock file. The child of a commit inherits it.
    """
    try:
        import fcntl
    except ImportError:  # Windows has no flock(2), so two builds may run at once there
        yield
        return
    descriptor = os.open(path, os.O_RDONLY)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)


def text(content: str) -> Callable[[BinaryIO], None]:
    """The `write` argument of `Stage.add` for a text file."""

    def write(stream: BinaryIO) -> None:
        stream.write(content.encode())

    return write


def sweep(folders: Sequence[Path]) -> None:
    """Delete the waiting files of killed builds. This build must not have staged anything yet."""
    for path in (path for folder in folders if folder.is_dir() for path in folder.glob(f"{_TEMPORARY}*")):
        if path.is_file() and not path.is_symlink() and _is_left(path, _TEMPORARY):
            path.unlink(missing_ok=True)


def _is_left(path: Path, prefix: str) -> bool:
    """Whether what has a process id behind the prefix of its name was left by a process that is gone."""
    process = path.name.removeprefix(prefix).split("-")[0]
    known = process.isascii() and process.isdigit()
    return known and not _held(path) and not _is_about_to_lock(path, int(process))


def _is_about_to_lock(path: Path, process: int) -> bool:
    """Whether a file may be so new that its process has not locked it yet."""
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
    """A temporary folder, deleted at the end; it also deletes those of killed commands."""
    for path in Path(tempfile.gettempdir()).glob(f"{_FOLDER}*"):
        with contextlib.suppress(OSError):  # it may be gone by now
            if path.is_dir() and not path.is_symlink() and path.stat().st_uid == _user() and _is_left(path, _FOLDER):
                shutil.rmtree(path, ignore_errors=True)
    with tempfile.TemporaryDirectory(prefix=f"{_FOLDER}{os.getpid()}-") as name, lock(Path(name)):
        yield Path(name)


def _user() -> int:
    return os.getuid() if hasattr(os, "getuid") else 0


def _held(path: Path) -> bool:
    """Whether a living process holds the lock on a file it made: process ids are reused, locks are not."""
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
