"""A learner's closed collection -> a copy of it to work on, which replaces it when all is done.

Anki's own lock is not enough: it is gone after any backup, of the desktop too, and two that write one collection
destroy it. What tells that it is open is the journal beside it. And a copy that is put in place at the end leaves,
whenever the work is interrupted, the old collection or the new one.
"""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path

from anki.collection import Collection
from anki.errors import AnkiException

from .errors import ConfigError

BACKUPS = "backups"
_PREFIX = ".build-decks-"


@contextmanager
def looked_at(path: Path) -> Iterator[Collection]:
    """A copy of the closed collection at `path`, to look at. Raises ConfigError."""
    refuse_if_open(path)
    with tempfile.TemporaryDirectory() as folder, _open(shutil.copy(path, folder)) as collection:
        yield collection


@contextmanager
def changed(path: Path) -> Iterator[tuple[Collection, Path]]:
    """A copy of the closed collection at `path` with its backup; without an exception it then takes its place.

    The caller has locked the folder, so copies in it were left by a push that was killed. Raises ConfigError.
    """
    refuse_if_open(path)
    for left in path.parent.glob(f"{_PREFIX}*"):
        shutil.rmtree(left)
    before = path.stat()
    backups = path.parent / BACKUPS
    backups.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=_PREFIX, dir=path.parent) as folder:
        copy = Path(shutil.copy2(path, folder))
        with _open(copy) as collection:
            backup = _back_up(collection, backups)
        # The backup took the lock away, so the collection is opened again.
        with _open(copy) as collection:
            yield collection, backup
        refuse_if_open(path)
        if (path.stat().st_mtime_ns, path.stat().st_size) != (before.st_mtime_ns, before.st_size):
            raise ConfigError(f"{path} was changed in the meantime, so it was left as it is: push again")
        _take_media(copy, path)
        with copy.open("rb") as file:
            os.fsync(file.fileno())
        copy.replace(path)


def refuse_if_open(path: Path) -> None:
    """Raise ConfigError if the collection at `path` is open, was left open, or is none.

    Anki makes the journal when it opens a collection, and removes it when it closes it.
    """
    if not path.is_file():
        raise ConfigError(f"there is no collection {path}")
    if not path.stat().st_size:
        raise ConfigError(f"{path} is empty: it is no collection")
    journal = path.with_name(f"{path.name}-wal")
    if journal.exists():
        raise ConfigError(
            f"{path} is open in Anki: {journal.name} is beside it. Close Anki; "
            "if it is closed, it was killed: open and close it once"
        )


@contextmanager
def _open(path: Path | str) -> Iterator[Collection]:
    try:
        collection = Collection(str(path))
    except AnkiException as error:
        raise ConfigError(f"{path} cannot be opened: {error}") from error
    try:
        yield collection
    finally:
        collection.close()


def _back_up(collection: Collection, folder: Path) -> Path:
    """A backup in Anki's folder of backups. Anki names it after the second, and would replace another one of it."""
    with tempfile.TemporaryDirectory(dir=folder) as own:
        collection.create_backup(backup_folder=own, force=True, wait_for_completion=True)
        (made,) = Path(own).iterdir()
        names = (f"{made.stem}{f'-{number}' if number else ''}{made.suffix}" for number in count())
        target = next(path for name in names if not (path := folder / name).exists())
        return made.rename(target)


def _take_media(copy: Path, path: Path) -> None:
    """Move the media that came to the copy into the folder of the collection."""
    target = path.with_suffix(".media")
    target.mkdir(exist_ok=True)
    for medium in copy.with_suffix(".media").iterdir():
        if not (target / medium.name).exists():
            shutil.move(medium, target / medium.name)
