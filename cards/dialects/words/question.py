"""The line that asks -> the question, without number, label, level and surrounding marks."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from . import vocabulary
from .levels import Level, take

_LEAD = re.compile(
    r"(?:<a\b[^<>]*>(?:\s*</a>)?|</a>|<br\s*/?>|<!--.*?-->|\[[^\]\w]*\]\([^()]*\)|[ \t])+", re.IGNORECASE
)
_SYMBOLS = re.compile(r"(?:[\u2190-\u2bff\U0001f000-\U0001faff\ufe0f\u200d]|:[a-z_]+:)+[ \t]*")
_NUMBER = re.compile(
    r"(?:\\?#?\d{1,3}(?:[.-]\d{1,3})*(?:\\?[.):、．。\]](?!\d)|[：）]|[ \t]*[-–—][ \t])"
    r"|\d{1,3}(?:\.\d{1,3}){1,3}(?=[ \t]+(?P<next>\S))"
    r"|\(\d{1,4}\)|（\d{1,4}）|\[\d{1,4}\]|\[[A-Z]{1,8}[- ]?\d{1,5}\]"
    r"|第\s*[\d一二三四五六七八九十百]+\s*[题題问問])[ \t]*[:：、]?[ \t]*"
)
_LABEL = re.compile(
    r"(?P<word>[^\W\d_]+(?:[ \t][^\W\d_]+)?)(?:[ \t]{0,3}[-.#№]?[ \t]{0,3}(?P<number>\d{1,4}(?:\.\d{1,3})?))?[ \t]{0,3}"
    r"(?P<end>[:：.)\]）、]|[-–—](?=[ \t])|(?=[ \t*_]|$))(?P<space>[ \t]{0,3})"
)
_WRAPS = (
    ("**", "**"),
    ("__", "__"),
    ("*", "*"),
    ("_", "_"),
    ('"', '"'),
    ("“", "”"),
    ("«", "»"),
    ("<b>", "</b>"),
    ("<strong>", "</strong>"),
    ("「", "」"),
)
_OPENINGS = frozenset(opening[0] for opening, _ in _WRAPS)
_LINK = re.compile(r"\[(?P<text>(?:[^\[\]]|\[[^\[\]]*\])+)\]\((?:#[^()]*(?:\([^()]*\)[^()]*)*)?\)")
_COUNTER = re.compile(r"([^\W\d_]+)[ \t]*#?\d{1,4}[ \t]*[:：.)–—-]+[ \t]*(?=\S)")
_DIGITS = re.compile(r"\d+(?:[.-]\d+)*")
_ONLY_NUMBER = re.compile(r"[#№]?[ \t]*\d{1,4}[.)]?")
_SPACE = " \t\n\u200b\u200c\u200d\ufe0f"
_BOLD_MARK = re.compile(r"(\*\*|__)([^*_]{1,24}?)\1(?P<end>[ \t]*[:：]?)[ \t]*(?=[^ \t])")
_ANCHOR = re.compile(r"(?<![ \t])[ \t]*(?:\{#[^}]*\}|<a\b[^<>]*>(?:[^<]*</a>)?|<br\s*/?>|\\)[ \t]*$", re.IGNORECASE)
# Links of a word or two after the question mark: `[[src](…)]`, `[1](…)`.
_MARK = r"\[\w{1,12}(?:[ \t]\w{1,12})?\]\(https?://[^()\s]+\)"
_SOURCE = re.compile(rf"(?<=[?？؟])(?:[ \t]*[\[(]?{_MARK}[\])]?){{1,8}}$")
_MARKS = re.compile(_MARK)
_TAGS = re.compile(r"(?:(?:^|[ \t]+)#[^\W\d_][\w/-]*)+[ \t]*$")
_LONGEST_TAGS = 200
_CARDS = frozenset({"card", "cards", "flashcard", "flashcards", "card-reverse", "cards-reverse", "flashcard-reverse"})
_CARD = re.compile(r"[ \t]#(?:flash)?card", re.IGNORECASE)
_PLACEHOLDER = re.compile(r"[\[<{].*[\]>}]|\.{3,}|…|_{3,}|x{3,}", re.IGNORECASE | re.DOTALL)
_QUARTER = re.compile(
    r"[^\w\n]{0,6}(?:Q[1-4][ \t]*[/(,-]?[ \t]*(?:(?:FY|['’])[ \t]*\d\d|(?:19|20)\d\d\b)|(?:19|20)\d\d\W{1,3}Q[1-4]\b)"
)
_LIKE_QUARTER = re.compile(r"[^\w\n]{0,6}Q[1-4]\b")
# A single letter is a label only if it is one in every language.
_LETTERS = frozenset("qQ问問سQ")


@dataclass(frozen=True, slots=True)
class Asked:
    """The question in a line, as Markdown, and what else the line says: links behind it may be its `source`.

    `tags` are the hashtags behind it; one such as `#card`, which says that it is a card, is `marked`.
    """

    text: str
    number: str = ""
    labelled: bool = False
    level: Level | None = None
    source: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    marked: str = ""

    @property
    def numbered(self) -> bool:
        """Whether a number stands before it."""
        return self.number != ""

    @property
    def asks(self) -> bool:
        """Whether it has the form of a question."""
        return self.labelled or vocabulary.is_question(self.text)

    @property
    def is_blank(self) -> bool:
        """Whether it is empty, or a placeholder of a template."""
        if "`" in self.text:
            return self.text.strip("` ") == ""
        return not re.search(r"\w", self.text) or _PLACEHOLDER.fullmatch(self.text) is not None


@lru_cache(maxsize=4096)  # a heading is read twice, as a question and as a section title
def read(text: str) -> Asked:
    """The question in a heading, a bold run, a summary or the beginning of an item."""
    number, labelled = "", False
    level: Level | None = None
    text = text.strip()
    text, tags, marked = _tagged(text)
    labelled = labelled or marked != ""
    source = _SOURCE.search(text) if text.endswith((")", "]")) else None
    if source:
        text = text[: source.start()].rstrip()
    if _ONLY_NUMBER.fullmatch(text):
        return Asked("", number=_digits(text), labelled=True)
    for _ in range(12):  # each round removes one mark; no line has more
        before = text
        text = _LEAD.sub("", text, count=1) if _LEAD.match(text) else text
        text = _ANCHOR.sub("", text)
        text, found = take(text)
        level = level or found
        text = _unwrapped(text)
        if (bold := _BOLD_MARK.match(text)) and is_mark(bold[2]):
            text = f"{bold[2]}{bold['end']} {text[bold.end() :]}"
        if symbols := _SYMBOLS.match(text):
            text = text[symbols.end() :]
        if count := _NUMBER.match(text):
            rest = text[count.end() :]
            # In "3.14 is which constant?" the number is asked about.
            if (count["next"] or "").islower():
                pass
            elif rest.strip(" *_") or count[0].startswith("第"):
                text, number = rest, number or _digits(count[0])
                labelled = labelled or count[0].startswith("第")
        elif (counter := _COUNTER.match(text)) and vocabulary.is_counter(counter[1]):
            text, number = text[counter.end() :], number or _digits(counter[0])
        elif (label := _LABEL.match(text)) and _is_label(label):
            text, labelled = text[label.end() :], True
            number = number or label["number"] or ""
        text = text.strip(_SPACE).rstrip("#").strip(_SPACE)
        if text == before:
            break
    return Asked(
        _balanced(text), number, labelled, level, tuple(_MARKS.findall(source[0])) if source else (), tags, marked
    )


def _digits(count: str) -> str:
    """The number that a count shows, with its parts: `3.1`."""
    found = _DIGITS.search(count)
    return found[0] if found else count.strip()


def _tagged(text: str) -> tuple[str, tuple[str, ...], str]:
    """A text without the hashtags at its end: these, and the one that says that it is a card."""
    tail = text[-_LONGEST_TAGS:]
    found = _TAGS.search(tail) if "#" in tail else None
    if not found:
        return text, (), ""
    tags = [tag.lstrip("#") for tag in found[0].split()]
    marked = next((tag for tag in tags if tag.casefold() in _CARDS), "")
    before = text[: len(text) - len(tail) + found.start()].rstrip()
    if not (marked or before.endswith(("?", "？", "؟"))):
        return text, (), ""
    return before, tuple(tag for tag in tags if tag.casefold() not in _CARDS), marked


def holds_card(text: str) -> bool:
    """Whether a line of a text says that it is a card, at any depth of a list."""
    return "#" in text and any(read(line).marked for line in text.split("\n") if _CARD.search(line))


def is_mark(text: str) -> bool:
    """Whether a bold run is only a number, a count or a label."""
    number, label = _NUMBER.match(f"{text} "), _LABEL.match(f"{text} ")
    counter = _COUNTER.match(f"{text}: x")
    if counter and vocabulary.is_counter(counter[1]):
        return True
    whole = next((match.end() >= len(text) for match in (number, label) if match), False)
    return whole and bool(number or (label and _is_label(label)))


def _is_label(label: re.Match[str]) -> bool:
    word = label["word"]
    if vocabulary.label(word) != "question" or (len(word) == 1 and word not in _LETTERS and not label["number"]):
        return False
    if label["number"] and is_quarter(label.string):
        return False
    if not label["end"]:
        return bool(label["number"]) or not label.string[label.end() :].strip(" *_")
    # "Q.E.D." and "Question-driven design" are not labels.
    return label["end"] in ":：、" or bool(label["space"]) or bool(label["number"]) or len(word) == 1


def is_quarter(text: str) -> bool:
    """Whether a heading begins with the quarter of a year: "Q1 2026"."""
    return "Q" in text and _QUARTER.match(text) is not None


def may_be_quarter(text: str) -> bool:
    """Whether a heading begins like one: "Q1: the big move"."""
    return _LIKE_QUARTER.match(text) is not None


def _unwrapped(text: str) -> str:
    if text[:1] == "[" and (link := _LINK.fullmatch(text)) is not None:
        return link["text"]
    for opening, closing in _WRAPS if text[:1] in _OPENINGS else ():
        inner = text[len(opening) : -len(closing)]
        if (
            text.startswith(opening)
            and text.endswith(closing)
            and inner
            and opening not in inner
            and closing not in inner
        ):
            return inner
    return text


def _balanced(text: str) -> str:
    """The text without an emphasis mark whose partner was removed with a label."""
    for mark in ("**", "__"):
        if text.count(mark) == 1:
            text = text.replace(mark, "").strip()
    return text
