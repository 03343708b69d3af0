"""Words and signs of difficulty, as people write them -> beginner, intermediate, advanced."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import PurePosixPath

from ...model import DIFFICULTIES
from . import vocabulary


@dataclass(frozen=True, slots=True)
class Level:
    """A difficulty, and the word or sign that was written for it."""

    difficulty: str
    written: str


_SIGNS = {
    "🟢": 0, "🟩": 0, "👶": 0, "🌱": 0, "🐣": 0, "🟡": 1, "🟨": 1, "🟠": 1, "🔴": 2, "🟥": 2, "🚀": 2, "🔥": 2, "💀": 2,
}  # fmt: skip
_STARS = re.compile("(?:[⭐★🌟]\ufe0f?[ \t]*)+[☆]*")
_SIGN = re.compile(f"[{''.join(_SIGNS)}]\ufe0f?")
# "Knowledge base" is no level of difficulty.
_NO_LEVELS = frozenset({"base", "basis"})
_JOINERS = re.compile("[\u200d\u200c\ufe0f]")
_BRACKETED = re.compile(r"[\[(（【<{`*_]{1,3}([^\[\]()（）【】<>{}`*_\n]{1,24})[\])）】>}`*_]{1,3}")
_TAIL = re.compile(r"(?<![ \t])[ \t]+[-–—|:·][ \t]*([^\W\d_][\w -]{1,20})$")
_SCALE = re.compile(r"(\d{1,2})(?:[ \t]*(?:/|of|из|out of)[ \t]*(\d{1,2}))?")
_TOKEN = re.compile(r"[^\W\d_]+(?:-[^\W\d_]+)*")


def take(text: str) -> tuple[str, Level | None]:
    """A question without the level at its beginning or end, and the level."""
    signs = next((m for m in (*_SIGN.finditer(text), *_STARS.finditer(text)) if _at_edge(text, m)), None)
    if signs:
        rest = (text[: signs.start()] + text[signs.end() :]).strip(" \t\u200d\u200c\ufe0f")
        return rest, of_sign(signs[0])
    for match in _BRACKETED.finditer(text):
        if match.start() == 0 or match.end() == len(text):
            found = of_words(match[1])
            if found:
                return (text[: match.start()] + text[match.end() :]).strip(), found
    if (tail := _TAIL.search(text)) and (difficulty := vocabulary.difficulty(tail[1])):
        return text[: tail.start()].strip(), Level(difficulty, tail[1])
    return text, None


def _at_edge(text: str, match: re.Match[str]) -> bool:
    """Whether there are no words before a sign, or none after it."""
    return not re.search(r"\w", text[: match.start()]) or not re.search(r"\w", text[match.end() :])


def of_sign(sign: str) -> Level:
    """The level of a coloured sign, or of stars: one to three; more than three count as three."""
    clean = _JOINERS.sub("", sign).strip()
    if clean[:1] in _SIGNS:
        return Level(DIFFICULTIES[_SIGNS[clean[0]]], clean[0])
    count = sum(clean.count(star) for star in "⭐★🌟")
    return Level(DIFFICULTIES[min(count, 3) - 1], clean)


@lru_cache(maxsize=4096)
def of_words(text: str) -> Level | None:
    """The level that a short text names: a word, perhaps with filler words."""
    text = text.strip(" \t.:*_`()[]")
    if (whole := vocabulary.difficulty(text)) and text:
        return Level(whole, text)
    tokens = _TOKEN.findall(text.casefold())
    named = [(token, vocabulary.difficulty(token)) for token in tokens]
    levels = {level for _, level in named if level}
    if len(levels) == 1 and all(level or vocabulary.is_filler(token) for token, level in named):
        level = levels.pop()
        return Level(level, next(token for token, found in named if found))
    if signs := _SIGN.search(text) or _STARS.search(text):
        return of_sign(signs[0])
    return None


def of_value(text: str, zero_based: bool = False) -> Level | None:
    """The level that a label's value names: words, signs, or a number on a scale.

    A number alone is out of five, or out of three, counted from 0, if `zero_based`.
    """
    text = _JOINERS.sub("", text).strip(" \t.:*_`()[]")
    if signs := _STARS.search(text):
        return Level(
            _scaled(sum(signs[0].count(star) for star in "⭐★🌟"), 5 if signs[0].count("☆") else 3), signs[0].strip()
        )
    if found := of_words(text):
        return found
    first = re.split(r"[,/|–—·•]| - | to ", text)[0]
    if first != text and (found := of_words(first)):
        return found
    number = _SCALE.match(text)
    if not number:
        return None
    if zero_based and not number[2]:
        return Level(DIFFICULTIES[min(int(number[1]), 2)], number[0])
    return Level(_scaled(int(number[1]), int(number[2] or 5)), number[0])


def among(level: Level | None, text: str) -> Level | None:
    """The level in the scale of its file.

    One star is the middle of a scale from a child to a rocket. If no line has two stars, it only means "look here".
    """
    if level is None or _JOINERS.sub("", level.written) != "⭐":
        return level
    if "👶" in text or "🚀" in text:
        return Level(DIFFICULTIES[1], level.written)
    return level if "⭐⭐" in _JOINERS.sub("", text) else None


def is_key(word: str) -> bool:
    """Whether a key or label gives a difficulty."""
    return vocabulary.label(word) == "level"


def _scaled(value: int, top: int) -> str:
    return (
        DIFFICULTIES[min(2, max(0, (value * 3 - 1) // max(top, 1)))]
        if top > 3
        else DIFFICULTIES[min(max(value, 1), 3) - 1]
    )


@cache
def of_path(name: str) -> Level | None:
    """The level in the name of a file or its folders, nearest first."""
    path = PurePosixPath(name)
    for part in (path.stem, *(str(parent.name) for parent in path.parents)):
        tokens = _TOKEN.findall(part.casefold().replace("_", " ").replace("-", " "))
        named = [vocabulary.difficulty(token) for token in tokens]
        levels = {level for level in named if level}
        fits = all(level or vocabulary.is_filler(token) for level, token in zip(named, tokens, strict=True))
        if len(levels) == 1 and (fits or (named[-1] and tokens[-1] not in _NO_LEVELS)):
            level = levels.pop()
            return Level(level, next(token for token, found in zip(tokens, named, strict=True) if found))
    return None
