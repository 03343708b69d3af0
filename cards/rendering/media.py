"""A picture or sound on a card -> its bytes, under a name from their hash.

If the bytes of a medium change under the same name, Anki renames it, and never restores the old name. So the name is
derived from the bytes.
"""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from urllib.parse import unquote

from ..model import Medium
from ..sources.discover import names

IMAGES = (".avif", ".gif", ".jpeg", ".jpg", ".png", ".svg", ".webp")
SOUNDS = (".flac", ".m4a", ".mp3", ".ogg", ".opus", ".wav")
MAX_BYTES = 20_000_000
_BEGINS = {"png": b"\x89PNG", "jpeg": b"\xff\xd8\xff", "gif": b"GIF8", "webp": b"RIFF", "avif": b"\0\0\0"}
_INLINE = re.compile(r"data:image/(?P<type>png|jpeg|gif|webp|avif);base64,(?P<data>[A-Za-z0-9+/=%\s]{1,400000})")


class MediumError(ValueError):
    """A medium that cannot be packaged: a stable code, what is wrong and how to fix it."""

    def __init__(self, code: str, message: str, hint: str) -> None:
        super().__init__(message)
        self.code = code
        self.hint = hint


@dataclass(frozen=True, slots=True)
class Library:
    """The media of one track. The name of each begins with `prefix`, because all tracks share Anki's media folder."""

    root: Path
    prefix: str
    _known: dict[Path, Medium] = field(default_factory=dict)
    _paths: set[Path] = field(default_factory=set)
    _media: list[PurePosixPath] = field(default_factory=list)
    _named: dict[tuple[PurePosixPath, str], Medium | MediumError] = field(default_factory=dict)

    def get(self, target: str, source_name: str) -> Medium:
        """The medium that `target` names in the file `source_name`. Raises MediumError."""
        named = PurePosixPath(source_name).parent, target
        if named not in self._named:
            try:
                self._named[named] = self._find(*named)
            except MediumError as error:
                self._named[named] = error
        found = self._named[named]
        if isinstance(found, MediumError):
            raise MediumError(found.code, str(found), found.hint)
        return found

    @property
    def files(self) -> tuple[str, ...] | None:
        """The files that were given; None if what was given depends on which other files there are."""
        searched = any(target.startswith("[[") for _, target in self._named)
        if searched or any(isinstance(found, MediumError) for found in self._named.values()):
            return None
        return tuple(sorted(map(str, self._paths)))

    def _find(self, folder: PurePosixPath, target: str) -> Medium:
        if inline := _INLINE.fullmatch(target):
            return self._decoded(inline)
        if "://" in target or target.startswith(("//", "data:")):
            raise MediumError(
                "C204", "remote media are not fetched: a deck must work without a network",
                "save the file in the track and use its relative path",
            )  # fmt: skip
        embedded = target[2:-2] if target.startswith("[[") and target.endswith("]]") else ""
        relative = self._embedded(folder, embedded) if embedded else folder / unquote(re.split("[#?]", target)[0])
        suffix = relative.suffix.lower()
        if suffix not in IMAGES + SOUNDS:
            known = ", ".join(name[1:] for name in IMAGES + SOUNDS)
            raise MediumError("C205", f"Anki does not show `{suffix or target}` files on every device", f"use {known}")
        try:
            return self._load(self.root / relative, target, suffix)
        except (OSError, RuntimeError, ValueError) as error:
            if isinstance(error, MediumError):
                raise
            raise MediumError("C202", f"`{target}` cannot be read: {error}", "fix the file") from error

    def _decoded(self, inline: re.Match[str]) -> Medium:
        """The picture in a `data:` address."""
        try:
            data = base64.b64decode(re.sub(r"\s|%0A", "", inline["data"]), validate=True)
        except ValueError:
            data = b""
        if not data.startswith(_BEGINS[inline["type"]]):
            raise MediumError("C202", "this inline picture cannot be read", "save it as a file of the track")
        suffix = ".jpg" if inline["type"] == "jpeg" else f".{inline['type']}"
        return Medium(f"{self.prefix}-{hashlib.sha256(data).hexdigest()[:16]}{suffix}", data)

    def _embedded(self, folder: PurePosixPath, name: str) -> PurePosixPath:
        """Where Obsidian finds an embedded file: beside the note, at this path, or anywhere under this name."""
        for path in (folder / name, PurePosixPath(name)):
            if (self.root / path).is_file():
                return path
        wanted = PurePosixPath(name).name.casefold()
        places = [path for path in self._vault() if path.name.casefold() == wanted]
        return min(places, key=lambda path: (len(path.parts), path), default=folder / name)

    def _vault(self) -> Sequence[PurePosixPath]:
        """The media of the track by path, looked up once."""
        if not self._media:
            found = sorted(name for name in names(self.root) if name.lower().endswith(IMAGES + SOUNDS))
            self._media.extend(map(PurePosixPath, found))
        return self._media

    def _load(self, path: Path, target: str, suffix: str) -> Medium:
        resolved = path.resolve()
        if not resolved.is_relative_to(self.root.resolve()):
            raise MediumError("C203", f"`{target}` is outside the track", "copy the file into the track")
        if resolved not in self._known:
            if not resolved.is_file():
                raise MediumError(
                    "C202", f"there is no file `{target}`",
                    "fix the path, which is relative to this Markdown file",
                )  # fmt: skip
            if resolved.stat().st_size > MAX_BYTES:
                limit = f"{MAX_BYTES // 1_000_000} MB"
                raise MediumError("C205", f"`{target}` is larger than {limit}", f"shrink it to {limit}")
            data = resolved.read_bytes()
            digest = hashlib.sha256(data).hexdigest()[:16]
            self._known[resolved] = Medium(f"{self.prefix}-{digest}{suffix}", data)
        self._paths.add(path)
        return self._known[resolved]
