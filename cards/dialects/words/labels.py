"""The lines of a paragraph -> those that begin with a label: `Q:`, `**Answer:**`, `Difficulty: easy`."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from . import vocabulary

_OPEN = r"(?:\*\*|__|\*|_|<b>|<strong>|<em>|<i>)"
_CLOSE = r"(?:\*\*|__|\*|_|</b>|</strong>|</em>|</i>)"
_SYMBOLS = r"[^\w\s*_<:\[(`\\&$|\"'#>!-]*"
# Few spaces around the parts of a label: a longer run could take quadratic time.
_GAP = r"[ \t]{0,3}"
_LINE = re.compile(
    rf"{_SYMBOLS}{_GAP}(?P<open>{_OPEN})?{_SYMBOLS}{_GAP}(?P<word>[^\W\d_](?:[^\W\d_]|[ \t'’-](?=\w))*)"
    rf"(?:{_GAP}[-#.]?{_GAP}(?P<number>\d{{1,4}}))?{_GAP}(?:(?P<inner>[:：]){_GAP}(?P<close>{_CLOSE})?"
    rf"|(?P<early>{_CLOSE}){_GAP}(?P<outer>[:：.)]|[-–—](?=[ \t]))?|(?P<dot>[.)])(?P<dotted>{_CLOSE})?(?=[ \t]))"
    r"[ \t]*",
)
# Marks around a label.
_MARKS = 24
_NEAR = 16
_LETTER = re.compile(r"(?m)^[ \t]*(?:[-*+][ \t]+)?(?:\*\*|__)?([^\W\d_])(?:\*\*|__)?[ \t]*[:：]")
_OFFER = re.compile(r"(?:click|show|expand|reveal|toggle|see|view|open|unfold)(?:\W+\w+){0,3}\W*|", re.IGNORECASE)
_PAIRS = 2
_NO_LETTERS: Mapping[str, str] = {}
_LONGEST = 40
# A label is looked for in this much of a line, since the search takes quadratic time.
_HEAD = 120
# Every text with a label has one of these, except one that begins with `Q.`.
_SIGNS = re.compile(r"[?？؟:：]|\*\*|__|<(?:details|summary|b|strong)\b|#(?:flash)?card", re.IGNORECASE)
_SAME_LINE = re.compile(r"(?<![ \t])[ \t]+(?:[—–-]+[ \t]*)?(?=(\*\*|__)(?:A|Answer)[:：]?\1)")
_RUN_END = re.compile(r"(?:\*\*|__|\*|_|</b>|</strong>|</em>|</i>)(?=\s*(?:\Z|\n))")
# "Question (EN)", "Answer [de-AT]"
_TONGUE = re.compile(r"(?<![ \t])[ \t]*[(\[][A-Za-z]{2}(?:[-_][A-Za-z]{2})?[)\]]$")
_DOTTED_ANSWER = re.compile(r"[ \t]*(?:\*\*|__)?A[.)](?:\*\*|__)?[ \t]*")


@dataclass(frozen=True, slots=True)
class Label:
    """A label at the beginning of a line: what it begins, how it is written, and its other properties."""

    kind: str
    word: str
    number: str
    written: str
    alone: bool
    wraps: bool
    dotted: bool = False

    @property
    def length(self) -> int:
        """How many characters it takes."""
        return len(self.written)

    @property
    def is_set_off(self) -> bool:
        """Whether it is bold or italic."""
        return any(mark in self.written for mark in "*_<")


Letters = Mapping[str, str]


def letters(text: str) -> Letters:
    """The letters that a file uses as labels, with what each begins: both of a pair begin several of its lines."""
    counts = Counter(match[1].casefold() for match in _LETTER.finditer(text))
    return {
        letter: kind
        for pair in vocabulary.letters()
        if min(counts[letter] for letter in pair) >= _PAIRS
        for letter, kind in zip(pair, ("question", "answer"), strict=True)
    }


def read(line: str, letters: Letters = _NO_LETTERS) -> Label | None:
    """The label that begins a line, if there is one; `letters` are the labels of a single letter in its file.

    It `wraps` if its bold run continues over the following text (`**Q: What is X?**`), and is `alone` if nothing
    follows.
    """
    match = _LINE.match(line, 0, _HEAD) if _may_open(line[: _LONGEST + _MARKS]) else None
    if not match or len(match["word"]) > _LONGEST:
        return None
    word = match["word"]
    kind = letters.get(word.casefold(), "") or vocabulary.label(word)
    if not kind and match["open"]:
        kind = vocabulary.qualified_label(word)
    if not kind:
        return None
    alone = not line[match.end() :].strip()
    if match["dot"] and not (kind == "question" and (len(word) == 1 or match["number"])):
        return None
    if match["early"] and not match["outer"] and not (alone and match["open"] and len(word) > 1):
        return None
    wraps = bool(match["open"]) and not (match["close"] or match["early"] or match["dotted"])
    dotted = bool(match["dot"]) or match["outer"] in (".", ")")
    return Label(kind, word, match["number"] or "", match[0], alone, wraps, dotted)


def _may_open(head: str) -> bool:
    """Whether a line could begin with a label: looking for its marks first keeps prose cheap."""
    if ":" in head or "：" in head or "*" in head or "_" in head or "<" in head:
        return True
    return "." in head[:_NEAR] or ")" in head[:_NEAR]


def may_ask(text: str) -> bool:
    """Whether a text contains any sign of a question or a label."""
    return _SIGNS.search(text) is not None


def answers_apart(text: str) -> str:
    """A paragraph with a line break before each answer label on the line of its question: `Why? **A:** So.`"""
    return _SAME_LINE.sub("\n", text) if "**A" in text or "__A" in text else text


def lines(text: str, letters: Letters, dotted: bool) -> Iterator[tuple[int, Label]]:
    """The labels at the beginnings of the lines of a paragraph, each with its line, counted from 0.

    `dotted` means that the previous label was a question's with a dot, so `A.` is an answer's.
    """
    if not (may_ask(text) or text[1:2] in ".)"):
        return
    rows = text.split("\n")
    asked = False
    for number, line in enumerate(rows):
        found = read(line, letters)
        if found is None and dotted and (answer := _DOTTED_ANSWER.match(line)):
            found = Label("answer", "A", "", answer[0], not line[answer.end() :].strip(), False)
        following = rows[number + 1 : number + 3]
        if found and not (is_option(found.word, following[:1]) and (not asked or is_option("A", following[1:], "Cc"))):
            asked = found.kind == "question"
            dotted = found.kind == "question" and found.dotted
            yield number, found


def opens_card(line: str) -> bool:
    """Whether a line begins with the label of a question or of an answer."""
    found = read(line)
    return found is not None and found.kind in ("question", "answer")


def end_of_run(text: str) -> tuple[str, int] | None:
    """The text in the bold run that a label `wraps`, and where the text after the run begins, if the run ends."""
    closing = _RUN_END.search(text)
    if not closing:
        return None
    follows = text[closing.end() :]
    return text[: closing.start()], len(text) - len(follows.lstrip())


def is_option(word: str, following: Sequence[str], letter: str = "Bb") -> bool:
    """Whether an apparent answer label is the first of several options, because B follows A."""
    option = rf"[ \t]*(?:[-*+][ \t]+)?(?:\*\*|__)?[{letter}](?:\*\*|__)?[ \t]*[:：.)]"
    return word in ("A", "a") and any(re.match(option, line) for line in following)


@lru_cache(maxsize=4096)  # several modules ask for the same heading
def heading(text: str) -> str:
    """What a heading begins if it is only a label, or ""."""
    if len(text) > _HEAD:
        return ""
    plain = _TONGUE.sub("", text.strip(" :：*_"))
    plain = re.sub(r"[^\w'’& -]+", " ", re.sub(r"\d+[.)]?$|^\d+[.)]", "", plain.strip(" :：*_"))).strip()
    return vocabulary.label(plain) or vocabulary.qualified_heading(plain)


def is_offer(text: str) -> bool:
    """Whether a summary only says that there is more: "Click to expand", or nothing."""
    return _OFFER.fullmatch(text.strip(" :：.!*_`▶►👉🔽⬇️")) is not None


def is_hint(text: str) -> bool:
    """Whether a summary or a heading offers a hint: "Hint", "Hint 2"."""
    return heading(text) == "hint"


def is_reveal(text: str) -> bool:
    """Whether a summary only offers an answer: "Show answer", "Solution", "Click to see the answer"."""
    stripped = text.strip(" :：.!*_`▶►👉🔽⬇️💡✅")
    if vocabulary.label(stripped) == "answer" or is_offer(text):
        return True
    if any(mark in stripped for mark in vocabulary.of_one_piece("answer")) and not vocabulary.is_marked(stripped):
        return len(stripped) < _LONGEST
    tokens = re.findall(r"[^\W_]+", stripped.casefold())
    if not tokens or len(tokens) > 7 or vocabulary.is_marked(stripped):
        return False
    return any(vocabulary.label(token) == "answer" and len(token) > 1 for token in tokens) or any(
        vocabulary.label(" ".join(tokens[start:end])) == "answer"
        for start in range(len(tokens))
        for end in range(start + 2, min(start + 4, len(tokens)) + 1)
    )
