"""Rules for cards: each is named by its code at its place where it is broken, and silent where it is kept."""

from __future__ import annotations

import sys
from datetime import date
from pathlib import Path

import pytest
from build_decks.cards import checks, markdown
from build_decks.cards.checks.code import _standard
from build_decks.cards.checks.twins import Asked, twins
from build_decks.cards.model import Diagnostic, Source, Span
from build_decks.cards.pipeline import checking
from build_decks.cards.settings import Limits, Settings, Subdomain
from hypothesis import given
from hypothesis import strategies as st

DATA = Path(__file__).parent / "data" / "rules"
WRONG, RIGHT = DATA / "wrong", DATA / "right"
NAMES = sorted(path.stem for path in WRONG.glob("*.md"))
DAY = date(2026, 11, 25)


def judge(folder: Path, name: str, limits: Limits | None = None) -> list[Diagnostic]:
    """What `check` says of one file, in a track of beginners and intermediates."""
    root = Subdomain("", "Track", difficulties=("beginner",), also=("intermediate",))
    settings = Settings(folder, "", "Track", "track", subdomains=(root,), limits=limits or Limits())
    judged = checking.judge(settings, DAY, f"{name}.md")
    return sorted([*judged.faults, *checks.twins.twins(judged.asked, settings.limits.twin_percent)])


def places(found: list[Diagnostic]) -> list[str]:
    return [f"{fault.span.line}:{fault.span.column} {fault.code}" for fault in found]


def test_there_are_cases() -> None:
    assert NAMES
    assert sorted(path.stem for path in WRONG.glob("*.txt")) == NAMES
    assert sorted(path.stem for path in RIGHT.glob("*.md")) == NAMES


def test_every_rule_has_a_case() -> None:
    assert {name.split("-")[0] for name in NAMES} == {*checks.ALLOW, "C125", "C126"}


@pytest.mark.parametrize("name", NAMES)
def test_a_broken_rule_is_named_at_its_place(name: str) -> None:
    found = judge(WRONG, name)
    assert places(found) == (WRONG / f"{name}.txt").read_text(encoding="utf-8").splitlines()
    assert {fault.code for fault in found} == {name.split("-")[0]}
    for fault in found:
        assert fault.span.path == f"{name}.md"
        assert fault.message
        assert fault.hint


@pytest.mark.parametrize("name", NAMES)
def test_a_rule_that_is_kept_is_silent(name: str) -> None:
    judged = judge(RIGHT, name)
    assert not judged


def test_a_limit_is_the_track_s_to_set() -> None:
    assert not judge(WRONG, "C134-answer-that-is-long", Limits(qa_words=46))
    assert not judge(WRONG, "C142-code-that-is-wide", Limits(code_columns=75))


def test_the_standard_library_is_known_for_the_python_that_runs() -> None:
    assert {name for name in sys.stdlib_module_names if not name.startswith("_")} <= _standard()


WORDS = st.frozensets(st.sampled_from("abcdefghijkl"), max_size=8)


@given(st.lists(WORDS, max_size=12), st.integers(1, 100))
def test_twins_are_those_that_comparing_every_pair_finds(sets: list[frozenset[str]], percent: int) -> None:
    cards = [Asked(Span("a.md", number), str(number), words) for number, words in enumerate(sets, 1)]
    wanted = {}
    for late in cards:
        for early in cards[: late.span.line - 1]:
            both, either = len(late.words & early.words), len(late.words | early.words)
            if both and 100 * both >= percent * either:
                wanted.setdefault(late.span.line, early.id)
    found = {fault.span.line: fault.message for fault in twins(cards, percent)}
    assert set(found) == set(wanted)
    assert all(f"(`{other}`)" in found[line] for line, other in wanted.items())
    assert {fault.span.line for fault in twins(cards[::-1], percent)} == set(wanted)


@given(st.text("ab`[]()<>*_ \n:/h", max_size=40))
def test_prose_is_blanked_character_for_character(text: str) -> None:
    document, _ = markdown.parse(Source("a.md", "a.md", f"x{text}"))
    for chunk in document.chunks:
        for prose in markdown.prose(chunk.tokens):
            assert len(prose.text) == len(prose.token.content)
            changed = [(a, b) for a, b in zip(prose.text, prose.token.content, strict=True) if a != b]
            assert {a for a, _ in changed} <= {" "}


def test_a_thousand_twins_are_found_by_the_first_in_no_time() -> None:
    common = frozenset(f"word{number}" for number in range(20))
    cards = [Asked(Span("a.md", number), str(number), common | {f"only{number}"}) for number in range(1, 5001)]
    found = list(twins(cards, 80))
    assert len(found) == 4999
    assert all("(`1`)" in fault.message for fault in found)
