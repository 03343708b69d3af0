"""Somebody's notes as decks in the real Anki engine: they import whole, and an edit costs a learner nothing."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest
from tracks import Result, Track

pytest.importorskip("anki", reason="Anki publishes no engine for this Python")

from anki.collection import Collection
from learner import Import, all_notes, empty_cards, learner, schedule, study, take

CASES = Path(__file__).parent / "data" / "dialects"
FAMILIES = sorted(path.name for path in CASES.iterdir() if path.is_dir() and path.name != "negative")
LATER = {"SOURCE_DATE_EPOCH": "2208988800"}
LATER_STILL = {"SOURCE_DATE_EPOCH": "2240611200"}

NUMBERS = {
    "What is a prime number?": "One that only 1 and itself divide, such as 7.",
    "Why is zero an even number?": "Because two times a whole number gives it.",
    "When are two numbers coprime?": "When no number above 1 divides both of them.",
    "How is the greatest common divisor found?": "By Euclid's algorithm: divide, keep the rest, repeat.",
    "What is an irrational number?": "One that is no fraction of whole numbers, such as the root of 2.",
}
WORDS = {
    "What is a verb?": "A word for what somebody does, or for what happens.",
    "What is a noun?": "A word for a person, a thing or a place.",
    "Why do languages change?": "Because each generation learns them anew from what it hears.",
}


@pytest.fixture
def notes(tmp_path: Path) -> Track:
    """A folder of notes without any configuration."""
    root = tmp_path / "notes"
    root.mkdir()
    return Track(root)


@pytest.fixture
def collection(tmp_path: Path) -> Iterator[Collection]:
    with learner(tmp_path / "learner") as opened:
        yield opened


def page(cards: Mapping[str, str], title: str = "Interview questions") -> str:
    return f"# {title}\n\n" + "".join(f"### {asked}\n\n{told}\n\n" for asked, told in cards.items())


@pytest.mark.parametrize("family", FAMILIES)
def test_a_repository_of_a_family_imports_whole_and_again_with_nothing_new(
    family: str, notes: Track, collection: Collection
) -> None:
    shutil.copytree(CASES / family, notes.root, dirs_exist_ok=True)
    count = sum(len(json.loads(path.read_text(encoding="utf-8"))) for path in (CASES / family).glob("*.json"))
    notes.build()
    assert take(collection, notes.deck("notes")) == Import(new=count, updated=0, duplicate=0, conflicting=0)
    assert len(all_notes(collection)) == count
    assert not empty_cards(collection)
    first = notes.deck("notes").read_bytes()
    notes.build(env=LATER)
    assert notes.deck("notes").read_bytes() == first
    assert take(collection, notes.deck("notes")).new == 0


def edited(notes: Track, collection: Collection, env: Mapping[str, str] = LATER) -> tuple[Import, Result]:
    """Build what was edited and import it: progress must be as it was, and nothing is new."""
    before = schedule(collection, list(collection.find_cards("")))
    result = notes.build(env=env)
    log = take(collection, notes.deck("notes"))
    assert schedule(collection, list(before)) == before
    return log, result


@pytest.fixture
def learned(notes: Track, collection: Collection) -> Track:
    """Notes of which a learner has studied every card."""
    notes.write("numbers.md", page(NUMBERS))
    notes.write("words.md", page(WORDS))
    notes.build()
    assert take(collection, notes.deck("notes")).new == len(NUMBERS) + len(WORDS)
    study(collection, len(NUMBERS) + len(WORDS))
    return notes


def test_a_reworded_question_keeps_its_progress(learned: Track, collection: Collection) -> None:
    old, new = "Why is zero an even number?", "Why do we call zero even?"
    learned.write("numbers.md", page({new if asked == old else asked: told for asked, told in NUMBERS.items()}))
    log, result = edited(learned, collection)
    assert (log.new, log.updated) == (0, 1)
    assert f"reworded 1:\n  {old} → {new}\n" in result.err
    assert any(new in note.fields[0] for note in all_notes(collection))


def test_a_moved_file_keeps_its_progress(learned: Track, collection: Collection) -> None:
    (learned.root / "numbers.md").unlink()
    learned.write("mathematics/integers.md", page(NUMBERS))
    log, result = edited(learned, collection)
    assert (log.new, log.updated) == (0, len(NUMBERS))  # their topic and deck are others now
    assert "retired" not in result.err
    assert "reworded" not in result.err


def test_reordered_cards_keep_their_progress(learned: Track, collection: Collection) -> None:
    first = learned.deck("notes").read_bytes()
    learned.write("numbers.md", page(dict(reversed(NUMBERS.items()))))
    log, result = edited(learned, collection)
    assert (log.new, log.updated) == (0, 0)
    assert "reworded" not in result.err
    assert learned.deck("notes").read_bytes() != first  # the order of study is another


def test_an_edited_answer_arrives_and_keeps_its_progress(learned: Track, collection: Collection) -> None:
    learned.write("numbers.md", page(NUMBERS | {"What is a prime number?": "A number with exactly two divisors."}))
    log, _ = edited(learned, collection)
    assert (log.new, log.updated) == (0, 1)
    assert any("exactly two divisors" in field for note in all_notes(collection) for field in note.fields)


def test_all_of_it_at_once_keeps_its_progress(learned: Track, collection: Collection) -> None:
    (learned.root / "words.md").unlink()
    reworded = {asked.replace("verb?", "verb, in short?"): told for asked, told in WORDS.items()}
    learned.write("language/parts.md", page(dict(reversed(reworded.items()))))
    learned.write("numbers.md", "**Q:** " + "\n\n**Q:** ".join(f"{a}\n**A:** {b}" for a, b in NUMBERS.items()))
    log, result = edited(learned, collection)
    assert log.new == 0
    assert "retired" not in result.err


STEM = "### {0}. What does it print?\n\n```python\nprint({0})\n```\n\n**Answer:** {0}\n\n"
TWICE = "**Q:** Why?\n**A:** So.\n\n" * 2


def test_two_equal_questions_in_a_file_stay_apart(notes: Track, collection: Collection) -> None:
    notes.write("quiz.md", "".join(map(STEM.format, (1, 2, 3, 4))) + TWICE)
    notes.build()
    assert take(collection, notes.deck("notes")).new == 6
    study(collection, 6)
    notes.write("quiz.md", "".join(map(STEM.format, (4, 2, 3, 1))) + TWICE)
    log, _ = edited(notes, collection)
    assert (log.new, log.updated) == (0, 0)


def test_a_question_that_goes_and_comes_back_is_the_same(learned: Track, collection: Collection) -> None:
    learned.write("numbers.md", page(dict(list(NUMBERS.items())[1:])))
    _, result = edited(learned, collection)
    assert 'retired 1: "What is a prime number?"' in result.err
    learned.write("numbers.md", page(NUMBERS))
    log, result = edited(learned, collection, LATER_STILL)
    assert (log.new, "restored 1" in result.err) == (0, True)


def test_what_could_be_either_of_two_is_new_and_said(notes: Track, collection: Collection) -> None:
    same = "It depends on what the people who use it expect from it."
    rule = {"What is a rule?": "A habit that is written down."}
    notes.write("a.md", page({"Who decides?": same, "When is it late?": same} | rule))
    notes.build()
    take(collection, notes.deck("notes"))
    study(collection, 3)
    notes.write("a.md", page({"How long may it take at most?": same} | rule))
    log, result = edited(notes, collection)
    assert log.new == 1
    assert "treated as new, because they could be one of several old cards" in result.err


def test_list_gives_the_guid_that_the_deck_has(learned: Track, collection: Collection) -> None:
    reworded = {asked.replace("zero", "the number zero"): told for asked, told in NUMBERS.items()}
    learned.write("numbers.md", page(reworded))
    edited(learned, collection)
    assert {row["guid"] for row in learned.cards()} == {note.guid for note in all_notes(collection)}
    assert {row["guid"] for row in learned.cards("words.md")} < {note.guid for note in all_notes(collection)}
