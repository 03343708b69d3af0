"""words.toml -> lookups: what a label means, what asks, which word is which difficulty."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache, lru_cache
from pathlib import Path

try:
    import tomllib
except ModuleNotFoundError:  # Python 3.10
    import tomli as tomllib  # type: ignore[no-redef]

from ...model import DIFFICULTIES

# What a label may begin. If two languages use a word differently, the first here applies.
LABELS = ("question", "answer", "follow-up", "level", "source", "hint")
MARKS = ("?", "？", "؟", "⁇")
_QUOTES = "\"'“”‘’«»「」`*_"
_AROUND = " .…!:-–—()[]<>{}*_`"
# A placeholder is not much longer than its first words.
_LONG, _MORE = 60, 12
_QUALIFIED = 4
_COLUMNS = {"question": "fronts", "answer": "backs", "language": "languages"}
_FEW = 7
_WORD = re.compile(r"[^\W_]+(?:['’\-][^\W_]+)*")


@cache
def _languages() -> Mapping[str, Mapping[str, list[str]]]:
    found: Mapping[str, Mapping[str, list[str]]] = tomllib.loads(
        Path(__file__).with_name("words.toml").read_text(encoding="utf-8")
    )
    return found


@cache
def _table() -> Mapping[str, tuple[str, ...]]:
    """All words by key, from every language."""
    table: dict[str, list[str]] = {}
    for language in _languages().values():
        for key, words in language.items():
            table.setdefault(key, []).extend(word.casefold() for word in words)
    return {key: tuple(words) for key, words in table.items()}


@cache
def _labels() -> Mapping[str, str]:
    return {word: kind for kind in reversed(LABELS) for word in _table()[kind]}


@cache
def _set(key: str) -> frozenset[str]:
    return frozenset(_table()[key])


@cache
def _longest(key: str) -> int:
    """How many words the longest entry has."""
    return max(word.count(" ") + 1 for word in _table()[key])


def label(word: str) -> str:
    """What a label begins: one of LABELS, or "" if the word is not a label."""
    return _labels().get(" ".join(word.split()).casefold(), "")


def qualified_label(word: str) -> str:
    """What a label begins, by its first or last word: "Interview answer", "Resposta esperada"."""
    parts = word.split()
    if not 1 < len(parts) <= _QUALIFIED:
        return ""
    kinds = [label(part) for part in (parts[0], parts[-1]) if len(part) > 1]
    return next((kind for kind in ("answer", "question") if kind in kinds), "")


def qualified_heading(text: str) -> str:
    """What a heading begins whose other words only qualify a label: "Model answer", "Answer guide", "Second hint"."""
    parts = text.split()
    if not 1 < len(parts) <= _QUALIFIED:
        return ""
    kinds = [label(part) if len(part) > 1 else "" for part in parts]
    for named in ("answer", "hint"):
        rest = [part for part, kind in zip(parts, kinds, strict=True) if kind != named]
        if len(rest) == len(parts) - 1 and all(map(_qualifies, rest)):
            return named
    return ""


def _qualifies(word: str) -> bool:
    return word.casefold() in _set("qualifier") or (difficulty(word.split("-")[0]) != "")


@cache
def _difficulties() -> Mapping[str, str]:
    return {word: level for level in reversed(DIFFICULTIES) for word in _table()[level]}


def difficulty(word: str) -> str:
    """The difficulty that a word names, or ""."""
    return _difficulties().get(" ".join(word.split()).casefold(), "")


@cache
def of_one_piece(key: str) -> tuple[str, ...]:
    """The words of two or more characters of languages without spaces between words."""
    return tuple(word for word in _table()[key] if len(word) > 1 and word[0] > "⺀")


def is_key(heading: str) -> bool:
    """Whether a heading stands above the answers to several questions: "Answers", "Answer key"."""
    return " ".join(_WORD.findall(heading.casefold())) in _set("keys")


def column(name: str) -> str:
    """What a column of a table holds that has this name: "question", "answer", "language" or ""."""
    folded = name.casefold()
    return next((kind for kind in ("question", "answer", "language") if folded in _set(_COLUMNS[kind])), "")


def entry(key: str) -> str:
    """What an entry of a file's metadata gives: "subdomain", "roles" or ""."""
    return next((what for what in ("subdomain", "roles") if key in _set(f"{what}-keys")), "")


def role(name: str) -> str:
    """The name of a role without what all of them are: "Backend" of "Backend Engineer"."""
    kept = [word for word in name.split() if word.casefold() not in _set("professions")]
    return " ".join(kept) or name


def is_counter(word: str) -> bool:
    """Whether a word before a number only counts: "Exercise 3"."""
    return word.casefold() in _set("counter")


def is_doubtful(word: str) -> bool:
    """Whether an answer label has other meanings too, such as the response of a server."""
    return word.casefold() in _set("doubtful") or word.casefold() in _set("explains")


@lru_cache(maxsize=512)  # most files use one or two such labels
def explains(text: str) -> bool:
    """Whether the labels of an answer in a short text are all those of an explanation: "Show the explanation"."""
    padded = f" {' '.join(_WORD.findall(text.casefold()))} "
    found = {word for word in _table()["answer"] if len(word) > 1 and (f" {word} " in padded or _is_in(word, padded))}
    return found != set() and found <= _set("explains")


def _is_in(word: str, text: str) -> bool:
    """Whether a word of a language without spaces stands in a text."""
    return word[0] > "⺀" and word in text


@cache
def letters() -> tuple[tuple[str, str], ...]:
    """Pairs of letters for question and answer in one language; a single one means nothing."""
    return tuple((pair.split()[0], pair.split()[1]) for pair in _table()["letters"])


def is_filler(word: str) -> bool:
    """Whether a word may appear in a heading that names a difficulty."""
    return word in _set("about")


def asks_about_it(text: str) -> bool:
    """Whether a short question names nothing that it asks about: "What is it for?", "Why does this exist?"."""
    words = _WORD.findall(text.casefold())
    return len(words) <= _FEW and any(word in _set("it") for word in words) and all(map(_is_small, words))


def says_what_it_does(text: str) -> bool:
    """Whether a question only adds what "it" does, and so needs a topic: "What does it stop?"."""
    *words, told = _WORD.findall(text.casefold()) or [""]
    if not (1 < len(words) < _FEW and words[-1] in _set("it")) or points(text) or _is_small(told):
        return False
    # "es" is a pronoun in one language, and a verb in the next.
    return any(words[0] in asks and words[-1] in it and known.issuperset(words) for asks, it, known in _pronouns())


@cache
def _pronouns() -> tuple[tuple[frozenset[str], frozenset[str], frozenset[str]], ...]:
    """Of each language the words that ask, those for "it", and all of them with the small ones."""
    found = []
    for words in _languages().values():
        asks, it, small = (frozenset(words.get(key, ())) for key in ("asks", "it", "small"))
        found.append((asks, it, asks | it | small))
    return tuple(found)


def _is_small(word: str) -> bool:
    return word in _set("it") or word in _set("asks") or word in _set("small")


def points_elsewhere(text: str) -> bool:
    """Whether the words before a link only say that the answer is there: "See", "The full answer is here:"."""
    words = _WORD.findall(text.casefold())
    named = [word for word in words if word in _set("place") or label(word) == "answer"]
    return _begins(text, "pointer") or (named != [] and all(word in named or _is_small(word) for word in words))


def is_placeholder(text: str) -> bool:
    """Whether a text is a placeholder for an answer."""
    folded = text.casefold().strip(_AROUND) if len(text) < _LONG else ""
    if folded in _set("unfinished"):
        return not text.rstrip("*_` ").endswith(".") or text.rstrip("*_` ").endswith("..")
    return any(folded.startswith(word) for word in _table()["placeholder"] if 0 < len(folded) <= len(word) + _MORE)


def is_question(text: str) -> bool:
    """Whether a text without number and label asks something."""
    if _ends_with_mark(text) or _within().search(text):
        return True
    return _begins(text, "asks") and not is_task(text)


def asks_surely(text: str) -> bool:
    """Whether a text has a question mark, or a word that asks in a language where many write none."""
    return any(mark in text for mark in MARKS) or (text[:1] > "⺀" and is_question(text))


def points(text: str) -> bool:
    """Whether a question refers to something shown below it."""
    return _pointing().search(text.casefold()) is not None


def shows(text: str) -> bool:
    """Whether a question asks about the code below it, and not for code: "What does this print?"."""
    folded = text.casefold()
    named = any(word in _set("shown") for word in _WORD.findall(folded))
    return points(text) and (named or any(word in folded for word in of_one_piece("shown")))


@cache
def _pointing() -> re.Pattern[str]:
    return re.compile("|".join(map(re.escape, _table()["pointing"])))


@cache
def _within() -> re.Pattern[str]:
    return re.compile("|".join(map(re.escape, _table()["within"])))


def is_task(text: str) -> bool:
    """Whether a text sets a task or names a step."""
    return _begins(text, "tasks")


def is_marked(text: str) -> bool:
    """Whether a text ends with a question mark."""
    return _ends_with_mark(text)


def _ends_with_mark(text: str) -> bool:
    return text.rstrip(" \t.)）]!" + _QUOTES).endswith(MARKS)


def _begins(text: str, key: str) -> bool:
    folded = text.casefold().lstrip(" ¿¡" + _QUOTES)
    found = _WORD.findall(folded[:80])[: _longest(key)]
    known = _set(key)
    if any(" ".join(found[:count]) in known for count in range(1, len(found) + 1)):
        return bool(found)
    # Chinese and similar scripts put no space after the word.
    return bool(folded) and folded[0] > "⺀" and folded.startswith(_table()[key])


def is_aside(text: str) -> bool:
    """Whether a heading belongs to the page and asks nothing, such as a table of contents or a licence."""
    folded = " ".join(text.casefold().split()).strip(" :.!?？#")
    return folded in _set("aside") or _asides().search(folded) is not None


@cache
def _asides() -> re.Pattern[str]:
    """Those of several words, which count anywhere in a heading."""
    return re.compile(
        rf"(?<!\S)(?:{'|'.join(re.escape(word) for word in _table()['aside'] if ' ' in word and word.isascii())})(?!\S)"
    )


def speaks_of_questions(text: str) -> bool:
    """Whether a title or name announces questions."""
    words = " ".join(_WORD.findall(text.casefold().replace("_", " ").replace("-", " ")))
    padded = f" {words} "
    return (
        any((word in words if word[0] > "⺀" else f" {word} " in padded) for word in _table()["subject"])
        or "q&a" in text.casefold()
    )
