"""Rules R12 and R13 for claims: what will change has a date, and a CPython detail is labelled as one."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date, timedelta

from ..settings import Limits
from .rule import PARTS, Finding, Written

GRACE = timedelta(days=90)


def _words(*words: str) -> re.Pattern[str]:
    return re.compile(rf"\b(?:{'|'.join(words)})\b", re.IGNORECASE)


_VAGUE_WORDS = ("currently", "latest", "new", "newest", "recently")
_STATUS_WORDS = (
    "as of", "experimental", "draft", "not yet", "nowadays", "planned", "provisional", "so far", "upcoming",
)  # fmt: skip
_STATUS = _words(*_STATUS_WORDS)
# What code builds is new for a moment only: "returns a new list".
_VAGUE = re.compile(
    r"\b(?:build|built|return|creat|mak|made|giv|get|start|open|produc|yield|need|into)\w*\s+"
    rf"(?:(?:an?|one|each|its|another)\s+(?:\w+\s+)?)?new\b|\b({'|'.join(_VAGUE_WORDS)})\b",
    re.IGNORECASE,
)
# How each of the details below begins: a quick test that skips most cards.
_DETAIL_WORDS = ("gil", "global interpreter", "ref", "intern", "small", "dis", "threshold")
_DETAIL = re.compile(
    r"\bGIL\b|\bglobal interpreter lock\b|\bref(?:erence )?[ -]?count|\bintern(?:s|ed|ing)\b|\bsmall[ -]int"
    r"|`dis\b|\bimport dis\b|\b(?:GC|garbage collect\w+) threshold|\bgc\.(?:get|set)_threshold",
    re.IGNORECASE,
)


def vague(written: Written, limits: Limits) -> Iterator[Finding]:
    """A word such as "latest" stops being true one day, and no tool notices."""
    for span, word in written.find(_VAGUE, *PARTS) if written.names(_VAGUE_WORDS) else ():
        yield Finding(span, f"`{word}` gives no date", "name the version or the year, or remove the word")


def undated(written: Written, limits: Limits) -> Iterator[Finding]:
    """A claim about the current state names the versions it holds for, or when to review it."""
    if any(written.value(key) for key in ("py", "pkg", "review-by")):
        return
    for span, word in written.find(_STATUS, *PARTS) if written.names(_STATUS_WORDS) else ():
        yield Finding(span, f"`{word}` describes a state that will change", "add py=, pkg= or review-by= to the card")


def passed(written: Written, limits: Limits) -> Iterator[Finding]:
    """The month for reviewing a claim is over."""
    end = _end(written.value("review-by"))
    if end and end <= written.day < end + GRACE:
        yield _review(written, "is over")


def overdue(written: Written, limits: Limits) -> Iterator[Finding]:
    """The month for reviewing a claim has been over for 90 days."""
    end = _end(written.value("review-by"))
    if end and end + GRACE <= written.day:
        yield _review(written, f"has been over for more than {GRACE.days} days")


def _review(written: Written, how: str) -> Finding:
    month = written.block.attributes["review-by"]
    return Finding(
        month.span, f"the review month {month.value} {how}", "check the card against its sources; set the next month"
    )


def _end(month: str) -> date | None:
    """The day after a month such as 2027-10."""
    match = re.fullmatch(r"(20\d\d)-(0[1-9]|1[0-2])", month)
    if not match:
        return None
    year, number = int(match[1]), int(match[2])
    return date(year + number // 12, number % 12 + 1, 1)


def cpython(written: Written, limits: Limits) -> Iterator[Finding]:
    """A detail of CPython is labelled as one: another implementation, or the next version, may differ."""
    if written.value("impl") == "cpython" or not written.names(_DETAIL_WORDS) or written.names(("cpython",)):
        return
    for prose in (prose for part in PARTS for prose in written.prose[part]):
        match = _DETAIL.search(prose.token.content)
        if match:
            yield Finding(
                written.place(prose, match.start()), f"`{match[0].strip('`')}` is a detail of CPython",
                "say CPython in the card, or add impl=cpython to its comment",
            )  # fmt: skip
            return
