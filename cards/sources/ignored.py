"""The .gitignore files of a track -> which of its files Git leaves out. Nothing outside the track is read."""

from __future__ import annotations

import re
from pathlib import Path

from pathspec import GitIgnoreSpec

# A longer file is none that a person wrote, nor is a pattern with more stars, which could match names for minutes.
_LONGEST = 100_000
_MOST_STARS = 3
_STARS = re.compile(r"\*+")


class Ignored:
    """What the .gitignore files say that were read so far; the nearest one that names a path decides."""

    def __init__(self, root: Path) -> None:
        self._root = root
        self._specs: list[tuple[str, GitIgnoreSpec]] = []

    def read(self, folder: Path) -> None:
        """Read the .gitignore of a folder, a path inside the track. One that cannot be read says nothing."""
        path = self._root / folder / ".gitignore"
        try:
            if path.is_symlink() or not path.is_file() or path.stat().st_size > _LONGEST:
                return
            lines = path.read_text(encoding="utf-8").splitlines()
            spec = GitIgnoreSpec.from_lines(line for line in lines if len(_STARS.findall(line)) <= _MOST_STARS)
        except (OSError, ValueError):
            return
        prefix = "" if folder == Path() else f"{folder.as_posix()}/"
        self._specs.append((prefix, spec))

    def holds(self, name: str) -> bool:
        """Whether a file, or a folder with a slash at its end, is left out."""
        for prefix, spec in reversed(self._specs):
            if name.startswith(prefix):
                found = spec.check_file(name[len(prefix) :]).include
                if found is not None:
                    return found
        return False
