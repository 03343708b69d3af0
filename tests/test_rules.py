"""Rules for cards: each is named by its code at its place where it is broken, and silent where it is kept."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from build_decks.cards import checks, pipeline
from build_decks.cards.model import Diagnostic
from build_decks.cards.settings import Limits, Settings, Subdomain
from tracks import Track, card

DATA = Path(__file__).parent / "data" / "rules"
WRONG, RIGHT = DATA / "wrong", DATA / "right"
NAMES = sorted(path.stem for path in WRONG.glob("*.md"))
DAY = date(2026, 11, 25)


def judge(folder: Path, name: str, limits: Limits | None = None) -> list[Diagnostic]:
    """What `check` says of one file, in a track of beginners and intermediates."""
    root = Subdomain("", "", "Track", difficulties=("beginner",), also=("intermediate",))
    settings = Settings(folder, "", "Track", "track", subdomains=(root,), limits=limits or Limits())
    judged = pipeline.judge(settings, DAY, f"{name}.md")
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
