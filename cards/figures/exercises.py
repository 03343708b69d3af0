"""exercise.toml -> Exercise: the hands-on exercises of a track."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence, Set
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ..model import DIFFICULTIES, Diagnostic, Span
from ..settings import Subdomain
from ..sources import discover

try:
    import tomllib
except ModuleNotFoundError:  # before Python 3.11
    import tomli as tomllib  # type: ignore[no-redef]

FOLDER, FILE = "_practice", "exercise.toml"
_PLACE = re.compile(r"at line (\d+), column (\d+)")


@dataclass(frozen=True, slots=True)
class Exercise:
    """An exercise of a subdomain: the `minutes` it takes, and the ids of the `cards` it practises."""

    span: Span
    slug: str
    subdomain: str
    difficulty: str
    minutes: int
    roles: tuple[str, ...]
    cards: tuple[str, ...]


def read(root: Path, shown: str) -> tuple[tuple[Exercise, ...], tuple[Diagnostic, ...]]:
    """The exercises below the track's `_practice`, by path, and what is wrong with their files. Raises OSError."""
    exercises: list[Exercise] = []
    faults: list[Diagnostic] = []
    for path in _files(root):
        source = discover.read(root, path.relative_to(root).as_posix(), shown)
        if isinstance(source, Diagnostic):
            faults.append(source)
            continue
        found = _exercise(source.text, source.path)
        if isinstance(found, Exercise):
            exercises.append(found)
        else:
            faults.append(found)
    return tuple(exercises), tuple(faults)


def _files(root: Path) -> Iterator[Path]:
    """The files of exercises, in order. Raises OSError."""
    for subdomain in _listed(root / FOLDER):
        for exercise in _listed(subdomain) if subdomain.is_dir() else ():
            if exercise.is_dir() and discover.is_there(exercise / FILE):
                yield exercise / FILE


def _listed(folder: Path) -> list[Path]:
    return sorted(folder.iterdir()) if discover.is_there(folder) else []


def _exercise(text: str, path: str) -> Exercise | Diagnostic:
    try:
        values = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        place = _PLACE.search(str(error))
        span = Span(path, int(place[1]), int(place[2])) if place else Span(path, 1)
        return Diagnostic(span, "C605", f"this is not valid TOML: {error}", "write key = value lines")
    wanted = {
        "slug": _is_text, "subdomain": _is_text, "difficulty": lambda value: value in DIFFICULTIES,
        "minutes": lambda value: type(value) is int and 0 < value < 10_000, "roles": _are_texts, "cards": _are_texts,
    }  # fmt: skip
    for key, fits in wanted.items():
        if not fits(values.get(key)):
            hint = "slug, subdomain and difficulty are text, minutes a whole number, roles and cards lists of text"
            return Diagnostic(_line(text, path, key), "C605", f"this exercise has no valid `{key}`", hint)
    return Exercise(
        Span(path, 1), values["slug"], values["subdomain"], values["difficulty"], values["minutes"],
        tuple(values["roles"]), tuple(values["cards"]),
    )  # fmt: skip


def _is_text(value: Any) -> bool:
    return isinstance(value, str) and bool(value)


def _are_texts(value: Any) -> bool:
    return isinstance(value, list) and all(map(_is_text, value))


def _line(text: str, path: str, key: str) -> Span:
    for number, line in enumerate(text.split("\n"), 1):
        if line.lstrip().startswith(key):
            return Span(path, number)
    return Span(path, 1)


def check(exercises: Sequence[Exercise], subdomains: Sequence[Subdomain], ids: Set[str]) -> Iterator[Diagnostic]:
    """Exercises whose subdomain is not in deck.yaml, or that name cards which do not exist."""
    folders = [subdomain.folder for subdomain in subdomains]
    for exercise in exercises:
        if folders and exercise.subdomain not in folders:
            yield Diagnostic(
                exercise.span, "C605", f"`{exercise.subdomain}` is not a subdomain in deck.yaml",
                f"the subdomains are {', '.join(folders)}",
            )  # fmt: skip
        for card in exercise.cards:
            if card not in ids:
                yield Diagnostic(
                    exercise.span, "C605", f"this exercise names the card `{card}`, which does not exist",
                    "name the id of a card of this track",
                )  # fmt: skip
