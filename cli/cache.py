"""The user's cache folder, where nothing is believed for longer than the files it was made from stay as they are."""

from __future__ import annotations

import errno
import hashlib
import os
import shutil
import stat
import sys
import time
from functools import cache
from pathlib import Path

import platformdirs

_VARIABLE = "BUILD_DECKS_CACHE"
"""The environment variable that names another folder."""

# File systems keep times to within two seconds (FAT) or better.
_PRECISION = 2_000_000_000
_DAY = 24 * 3600 * 1_000_000_000
_MOST_DAYS = 30
_OWN = Path(__file__).parent.parent

# The size, the times of the last change of content and of status in nanoseconds, and the inode of a file.
Signature = tuple[int, int, int, int]


def moment() -> int:
    """Nanoseconds since 1970 by the clock, in which file systems date changes."""
    return time.time_ns()


def signature(status: os.stat_result) -> Signature:
    """What a change of a file changes."""
    return status.st_size, status.st_mtime_ns, status.st_ctime_ns, status.st_ino


def content(path: str) -> str:
    """The hash of a file's bytes. Raises OSError for what is no file: reading a pipe would wait for its writer."""
    if not stat.S_ISREG(os.stat(path).st_mode):
        raise OSError(errno.EINVAL, os.strerror(errno.EINVAL), path)
    return digest(Path(path).read_bytes())


def is_certain(found: Signature, at: int) -> bool:
    """Whether no change after the moment `at` can leave the signature as it was then.

    It could within the precision of the times: https://git-scm.com/docs/racy-git.
    """
    return max(found[1:3]) + _PRECISION < at


def digest(data: bytes) -> str:
    return hashlib.blake2b(data, digest_size=16).hexdigest()


def named(text: str) -> str:
    """A name for a file, from a text of any length and with any characters."""
    return digest(text.encode("utf-8", "surrogatepass"))


@cache
def version() -> str:
    """What the code of this build-decks, its packages and this Python are known by."""
    own = sorted(path for room in ("cards", "cli") for path in (_OWN / room).rglob("*.*"))
    places = (Path(place) for place in sys.path if place.endswith(("site-packages", "dist-packages")))
    packages = [place for place in places if place.is_dir()]
    return named(repr((sys.version, [(str(path), signature(path.stat())) for path in (*own, *packages)])))


def folder() -> Path:
    """The folder, made and swept. Raises OSError if there is none that only this user can write to."""
    chosen = os.environ.get(_VARIABLE)
    found = Path(chosen) if chosen else platformdirs.user_cache_path("build-decks")
    found.mkdir(mode=0o700, parents=True, exist_ok=True)
    status = found.stat()
    if hasattr(os, "getuid") and (status.st_uid != os.getuid() or status.st_mode & 0o022):
        raise PermissionError(f"{found} is open to others")
    _sweep(found)
    return found


def _sweep(found: Path) -> None:
    """Forget, once a day, what no command has used for a month."""
    swept, now = found / "swept", moment()
    if swept.exists() and swept.stat().st_mtime_ns + _DAY > now:
        return
    swept.touch()
    for place in found.iterdir():
        if place.is_dir() and place.stat().st_mtime_ns + _MOST_DAYS * _DAY < now:
            shutil.rmtree(place, ignore_errors=True)
