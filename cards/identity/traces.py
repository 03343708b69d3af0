"""A card's text -> its trace, by which it is recognised without an id; the similarity of two traces."""

from __future__ import annotations

import hashlib
import re
import unicodedata
import zlib
from functools import lru_cache
from operator import eq

from ..model import MAX_QUESTION, Trace

# A sketch covers so many characters. The hashes of short words are cached, because a text repeats them.
SKETCHED = 500
SHORT = 32
BINS = 16
_EMPTY = 1 << 32

# About 20 characters fill so many bins: two cards may share a shorter answer by chance.
TELLING = 12

_CONTROLS = re.compile(r"[\x00-\x1f\x7f]+")


def trace(name: str, question: str, front: str, answer: str, cloze: bool = False) -> Trace:
    """The trace of a card in the file `name`, from its parts as plain text or as written.

    Case and white space do not count. Punctuation does, because `x == y` is not `x != y`; a corrected comma makes a
    similar question, not the same.
    """
    asked, shown, answered = normal(question), normal(front), normal(answer)
    told = " ".join(part for part in (shown, answered) if part)
    line = next((line for text in (question, front, answer) if (line := _line(text))), "?")
    return Trace(
        name=_CONTROLS.sub(" ", name),  # the name of a file could break its row
        question=line,
        asked=_digest(f"{asked}\x1f{shown}"),
        answer=_digest(answered) if answered else "",
        sketch=_sketch(told or asked),
        cloze=cloze,
    )


def _line(text: str) -> str:
    """A text for people: on one line, and no longer than a row of the ledger should be."""
    return unicodedata.normalize("NFC", " ".join(_CONTROLS.sub(" ", text).split()))[:MAX_QUESTION].rstrip()


def normal(text: str) -> str:
    """The part of a text that counts."""
    return unicodedata.normalize("NFC", " ".join(unicodedata.normalize("NFC", text).casefold().split()))


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def _runs(word: str) -> tuple[str, ...]:
    """The runs of three characters in a word, which in Chinese is a sentence."""
    padded = f" {word} "
    return tuple(padded[at : at + 3] for at in range(len(word)))


@lru_cache(1 << 12)
def runs_of(question: str) -> frozenset[str]:
    """The runs in all words of a question."""
    return frozenset(run for word in normal(question).split() for run in _runs(word))


def _hashes(word: str) -> tuple[int, ...]:
    return tuple(zlib.crc32(run.encode()) for run in _runs(word))


_hashes_of_a_short_word = lru_cache(1 << 13)(_hashes)


def _sketch(text: str) -> str:
    """A sketch of a text: the share of equal bins in two sketches estimates the share of equal runs in two texts.

    One-permutation MinHash (Li, Owen and Zhang, NIPS 2012): the low bits of a hash choose a bin, and each bin keeps one
    byte of its least hash; 0 means that it is empty.
    """
    bins = [_EMPTY] * BINS
    for word in set(text[:SKETCHED].split()):
        for number in _hashes_of_a_short_word(word) if len(word) <= SHORT else _hashes(word):
            if number < bins[number % BINS]:
                bins[number % BINS] = number
    return bytes(0 if least == _EMPTY else least // BINS % 255 + 1 for least in bins).hex()


@lru_cache(1 << 12)
def _bins(sketch: str) -> tuple[bytes, int]:
    """The bins of a sketch, and a bit for each filled one."""
    bins = bytes.fromhex(sketch)
    return bins, sum(1 << place for place, byte in enumerate(bins) if byte)


def _filled(trace: Trace) -> int:
    return _bins(trace.sketch)[1].bit_count()


def likeness(one: Trace, other: Trace) -> float:
    """The share of filled bins that two sketches have in common."""
    (bins, places), (others, other_places) = _bins(one.sketch), _bins(other.sketch)
    filled = (places | other_places).bit_count()
    return (sum(map(eq, bins, others)) - (BINS - filled)) / filled if filled else 0.0


def tells(trace: Trace) -> bool:
    """Whether there is an answer, and it is long enough to recognise a card by."""
    return bool(trace.answer) and _filled(trace) >= TELLING


def trust(one: Trace, other: Trace) -> float:
    """The weight of the likeness of two sketches: 1 for a long text, a quarter for `Yes.`."""
    return min(_filled(one), _filled(other)) / BINS
