"""The contents of a track's deck.yaml, checked and frozen. `cli.config` reads it; `pipeline` passes on parts."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Literal

from .model import DIFFICULTIES, Severity

Tuning = Severity | Literal["off"]


@dataclass(frozen=True, slots=True)
class Subdomain:
    """A folder of concept files. `files` come first, in that order.

    `difficulties` is the range that the guide promises; `also` are levels outside it that a few cards may have. If it
    is `complete`, it is checked against its `hours`.
    """

    folder: str
    title: str
    difficulties: tuple[str, ...] = DIFFICULTIES
    hours: float | None = None
    files: tuple[str, ...] = ()
    also: tuple[str, ...] = ()
    complete: bool = False


@dataclass(frozen=True, slots=True)
class Limits:
    """The limits above which `check` warns; deck.yaml names them with hyphens."""

    question_words: int = 25
    qa_words: int = 45
    cloze_words: int = 40
    output_words: int = 30
    bug_words: int = 45
    design_words: int = 160
    list_items: int = 3
    design_items: int = 5
    deletions: int = 3
    deletion_words: int = 5
    reverse_words: int = 12
    code_lines: int = 15
    bug_lines: int = 20
    code_columns: int = 60
    output_lines: int = 3
    leak_words: int = 4
    twin_percent: int = 80
    hours_percent: int = 10

    def words(self, kind: str) -> int:
        """How many graded words a card of this kind may have."""
        limit: int = getattr(self, f"{kind}_words", self.qa_words)
        return limit


@dataclass(frozen=True, slots=True)
class Settings:
    """One track.

    `shown` is its folder as diagnostics show it. `decks` are the names of decks by folder, the top deck's under "".
    `closed` means that no other subdomains exist. `roles` and `source_hosts` allow any if they are None. `lock` is the
    path, relative to the track, of the file that pins the packages of the cards' code. `dialects` names the ones to
    read, or all if it is empty; `tags` are those of every card. A folder that is not `declared` has no deck.yaml.
    """

    root: Path
    shown: str
    title: str
    tag: str
    decks: Mapping[str, str] = field(default_factory=dict)
    subdomains: tuple[Subdomain, ...] = ()
    closed: bool = False
    source_url: str = ""
    report_url: str = ""
    licence: str = ""
    roles: tuple[str, ...] | None = None
    difficulty: str = ""
    source_hosts: tuple[str, ...] | None = None
    include: tuple[str, ...] = ("*",)
    exclude: tuple[str, ...] = ()
    lock: str = ""
    rules: Mapping[str, Tuning] = field(default_factory=dict)
    limits: Limits = Limits()
    dialects: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    declared: bool = False


@cache
def kebab(text: str) -> str:
    """Letters, marks and digits of any script in lower case, with single hyphens between the words."""
    text = unicodedata.normalize("NFC", text).lower()
    words = "".join(c if unicodedata.category(c)[0] in "LMN" else " " for c in text).split()
    return "-".join(words)


@cache
def title_of(name: str) -> str:
    """The name of a folder or file as words: `api-design` becomes `Api Design`."""
    name = "".join(character if character.isprintable() else " " for character in name)
    words = re.sub(r"[-_\s]+", " ", unicodedata.normalize("NFC", name)).strip().split(" ")
    return " ".join(word[:1].upper() + word[1:] for word in words)
