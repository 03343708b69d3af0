"""deck.yaml -> Settings. What is wrong here is the operator's: it names the key and the known ones."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from ..cards import mapping
from ..cards.checks import CODES
from ..cards.dialects import NAMES as DIALECTS
from ..cards.mapping import Entry
from ..cards.model import DIFFICULTIES, is_text
from ..cards.settings import Limits, Settings, Subdomain, Tuning, kebab, title_of
from .errors import ConfigError

FILE = "deck.yaml"
OWN = "_anki"
KEYS = (
    "title", "tag", "source-url", "subdomains", "roles", "difficulty", "source-hosts", "include", "exclude", "lock",
    "rules", "limits", "dialects",
)  # fmt: skip
SUBDOMAIN_KEYS = ("folder", "title", "difficulty", "also", "hours", "files", "complete")
SEVERITIES: tuple[Tuning, ...] = ("error", "warning", "off")


def settings(root: Path) -> Settings:
    """The settings of the track at `root`. Raises ConfigError."""
    shown = Path(os.path.relpath(root)).as_posix()
    name = root.resolve().name
    if (root / OWN).is_symlink():
        raise ConfigError(f"{shown}/{OWN} is a link: build-decks writes there, so it must be a folder of the track")
    file = root / FILE
    if not file.is_file():
        return Settings(root, shown, title_of(name) or "Deck", kebab(name) or "deck")
    where = f"{shown}/{FILE}" if shown != "." else FILE
    try:
        if file.stat().st_size > mapping.MAX_LENGTH:
            raise ConfigError(f"{where}: longer than {mapping.MAX_LENGTH:,} bytes")
        entries = mapping.read(file.read_text(encoding="utf-8-sig"))
    except mapping.MappingError as error:
        raise ConfigError(f"{where}:{error.line}:{error.column}: {error}") from error
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(f"{where}: cannot be read: {error}") from error
    reader = _Reader(where, entries)
    reader.only(KEYS)
    title = reader.text("title") or title_of(name) or "Deck"
    return Settings(
        root=root,
        shown=shown,
        title=title,
        tag=reader.tag(kebab(name) or "deck"),
        subdomains=tuple(_subdomains(reader, root, title)),
        closed="subdomains" in entries,
        source_url=reader.url(),
        roles=reader.names("roles"),
        difficulty=reader.one_of("difficulty", DIFFICULTIES),
        source_hosts=reader.names("source-hosts"),
        include=reader.names("include") or ("*",),
        exclude=reader.names("exclude") or (),
        lock=reader.file("lock", root),
        rules=reader.rules(),
        limits=reader.limits(),
        dialects=reader.dialects(),
        declared=True,
    )


@dataclass(frozen=True, slots=True)
class _Reader:
    """Reads values of deck.yaml, naming the place of each that is wrong."""

    where: str
    entries: Mapping[str, Entry]

    def fail(self, key: str, message: str) -> ConfigError:
        line = self.entries[key].line if key in self.entries else 1
        return ConfigError(f"{self.where}:{line}: {message}")

    def only(self, known: Sequence[str]) -> None:
        for key in self.entries:
            if key not in known:
                raise self.fail(key, f"unknown key `{key}`; the keys are {', '.join(known)}")

    def value(self, key: str) -> Any:
        return self.entries[key].value if key in self.entries else None

    def text(self, key: str) -> str:
        value = self.value(key)
        if value is None and key not in self.entries:
            return ""
        if not isinstance(value, str) or not value.strip() or "::" in value or "\n" in value or not is_text(value):
            raise self.fail(key, f"`{key}` must be one line of text without `::`")
        return value.strip()

    def one_of(self, key: str, known: Sequence[str]) -> str:
        value = self.text(key)
        if value and value not in known:
            raise self.fail(key, f"`{key}` is `{value}`; it may be {', '.join(known)}")
        return value

    def names(self, key: str) -> tuple[str, ...] | None:
        value = self.value(key)
        if key not in self.entries:
            return None
        if not isinstance(value, list) or not all(isinstance(v, str) and v.strip() for v in value):
            raise self.fail(key, f"`{key}` must be a list of names")
        return tuple(v.strip() for v in value)

    def dialects(self) -> tuple[str, ...]:
        value = self.names("dialects") or ()
        for name in value:
            if name not in DIALECTS:
                raise self.fail("dialects", f"`dialects` names `{name}`, which is none; they are {', '.join(DIALECTS)}")
        return value

    def file(self, key: str, root: Path) -> str:
        value = self.text(key)
        if value and not (root / value).is_file():
            raise self.fail(key, f"`{key}` names `{value}`, which is no file; it is read from the track's folder")
        return value

    def pairs(self, key: str) -> Mapping[str, Any]:
        """A mapping whose keys are text; nothing where the key is missing."""
        value = self.value(key)
        if key not in self.entries:
            return {}
        if not isinstance(value, dict):
            raise self.fail(key, f"`{key}` must be a mapping")
        return {str(name): inner for name, inner in value.items()}

    def rules(self) -> Mapping[str, Tuning]:
        # YAML 1.1 reads a bare `off` as false.
        pairs: dict[str, Any] = {
            code: "off" if value is False else value for code, value in self.pairs("rules").items()
        }
        for code, severity in pairs.items():
            if code not in CODES:
                raise self.fail(
                    "rules", f"`rules` names `{code}`, which cannot be tuned; what can is {', '.join(CODES)}"
                )
            if severity not in SEVERITIES:
                raise self.fail("rules", f"`rules`: `{code}` is `{severity}`; it may be {', '.join(SEVERITIES)}")
        return pairs

    def limits(self) -> Limits:
        known = {field.name.replace("_", "-"): field.name for field in fields(Limits)}
        pairs = self.pairs("limits")
        for name, value in pairs.items():
            if name not in known:
                raise self.fail("limits", f"`limits` has no key `{name}`; the keys are {', '.join(known)}")
            top = 100 if name.endswith("percent") else 1_000_000
            if isinstance(value, bool) or not isinstance(value, int) or not 0 < value <= top:
                raise self.fail("limits", f"`limits`: `{name}` must be a whole number from 1 to {top:,}")
        return Limits(**{known[name]: value for name, value in pairs.items()})

    def levels(self, key: str) -> tuple[str, ...]:
        value = self.names(key) or ()
        if key in self.entries and (not value or any(level not in DIFFICULTIES for level in value)):
            raise self.fail(key, f"`{key}` must be a list of {', '.join(DIFFICULTIES)}")
        return value

    def flag(self, key: str) -> bool:
        value = self.value(key)
        if key in self.entries and not isinstance(value, bool):
            raise self.fail(key, f"`{key}` must be true or false")
        return bool(value)

    def tag(self, default: str) -> str:
        value = self.text("tag") or default
        if value != kebab(value) or not value:
            raise self.fail("tag", f"`tag` is `{value}`; write lower-case words with hyphens, such as {kebab(value)}")
        return value

    def url(self) -> str:
        value = self.text("source-url")
        try:
            address = urlsplit(value)
        except ValueError:  # half a bracket
            address = urlsplit("")
        if value and (address.scheme not in ("http", "https") or not address.netloc or not value.endswith("/")):
            raise self.fail("source-url", "`source-url` must be an http or https address that ends in /")
        return value


def _subdomains(reader: _Reader, root: Path, title: str) -> Iterator[Subdomain]:
    value = reader.value("subdomains")
    if "subdomains" not in reader.entries:
        return
    if not isinstance(value, list) or not value:
        raise reader.fail("subdomains", "`subdomains` must be a list of folders in study order")
    seen: set[str] = set()
    for number, item in enumerate(value, 1):
        place = f"subdomain {number}"
        if not isinstance(item, dict):
            raise reader.fail("subdomains", f"{place} must be a mapping with {', '.join(SUBDOMAIN_KEYS)}")
        line = reader.entries["subdomains"].line
        inner = _Reader(reader.where, {str(key): Entry(val, line, 1) for key, val in item.items()})
        for key in inner.entries:
            if key not in SUBDOMAIN_KEYS:
                known = ", ".join(SUBDOMAIN_KEYS)
                raise reader.fail("subdomains", f"{place}: unknown key `{key}`; the keys are {known}")
        folder = inner.text("folder")
        if not folder or "/" in folder or folder.startswith((".", "_")) or not (root / folder).is_dir():
            raise reader.fail("subdomains", f"{place}: `folder` is `{folder}`, which is no folder of the track")
        if folder in seen:
            raise reader.fail("subdomains", f"{place}: the folder `{folder}` stands twice")
        seen.add(folder)
        files = inner.names("files") or ()
        for file in files:
            if "/" in file or not (root / folder / file).is_file():
                raise reader.fail("subdomains", f"{place}: `files` names `{file}`, which is not in `{folder}`")
        name = inner.text("title") or title_of(folder)
        yield Subdomain(
            folder=folder,
            title=name,
            deck=f"{title}::{number} {name}",
            difficulties=_difficulties(inner, place),
            hours=_hours(inner, place),
            files=files,
            also=inner.levels("also"),
            complete=inner.flag("complete"),
        )


def _difficulties(reader: _Reader, place: str) -> tuple[str, ...]:
    """A range as a list: [intermediate] alone, or [beginner, advanced] for all from the first to the last."""
    value = reader.names("difficulty") if "difficulty" in reader.entries else DIFFICULTIES
    if not value or len(value) > 3 or any(level not in DIFFICULTIES for level in value):
        raise reader.fail("difficulty", f"{place}: `difficulty` is a list of one or two of {', '.join(DIFFICULTIES)}")
    ranks = sorted(DIFFICULTIES.index(level) for level in value)
    return DIFFICULTIES[ranks[0] : ranks[-1] + 1]


def _hours(reader: _Reader, place: str) -> float | None:
    value = reader.value("hours")
    if "hours" not in reader.entries:
        return None
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not 0 < value < 10_000:
        raise reader.fail("hours", f"{place}: `hours` must be a number above 0")
    return float(value)
