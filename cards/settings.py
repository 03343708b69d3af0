"""What a track's deck.yaml says, checked and frozen. `cli.config` reads it, `pipeline` hands out pieces."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from .model import DIFFICULTIES


@dataclass(frozen=True, slots=True)
class Subdomain:
    """A folder of concept files and the deck it becomes. `files` come first, in that order."""

    folder: str
    title: str
    deck: str
    difficulties: tuple[str, ...] = DIFFICULTIES
    hours: float | None = None
    files: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Settings:
    """One track. `shown` is its folder as diagnostics show it; `closed` means that only the subdomains
    named here exist, `roles` and `source_hosts` that are None allow any."""

    root: Path
    shown: str
    title: str
    tag: str
    subdomains: tuple[Subdomain, ...] = ()
    closed: bool = False
    source_url: str = ""
    roles: tuple[str, ...] | None = None
    difficulty: str = ""
    source_hosts: tuple[str, ...] | None = None
    include: tuple[str, ...] = ("*",)
    exclude: tuple[str, ...] = ()


@cache
def kebab(text: str) -> str:
    """Letters, marks and digits of any script in lower case, with single hyphens between the words."""
    text = unicodedata.normalize("NFC", text).lower()
    words = "".join(c if unicodedata.category(c)[0] in "LMN" else " " for c in text).split()
    return "-".join(words)


@cache
def title_of(name: str) -> str:
    """A folder's or file's name as words: `api-design` is `Api Design`."""
    name = "".join(character if character.isprintable() else " " for character in name)
    words = re.sub(r"[-_\s]+", " ", unicodedata.normalize("NFC", name)).strip().split(" ")
    return " ".join(word[:1].upper() + word[1:] for word in words)
