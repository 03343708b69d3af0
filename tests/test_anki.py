"""A learner imports a deck into the real Anki engine, studies, and imports the next edition."""

from __future__ import annotations

import html
import re
import shutil
import sys
import time
from pathlib import Path

import pytest
from tracks import Result, Track, card, cloze, rows

pytest.importorskip("anki", reason="Anki publishes no engine for this Python")

import build_decks.cards
import build_decks.cli
from anki.collection import Collection
from learner import (
    Import,
    add_tag,
    cards_of,
    deck_of,
    decks,
    empty_cards,
    ids_in_order,
    learner,
    media,
    note_of,
    note_types,
    notes_of,
    schedule,
    study,
    take,
)

# A moment after every tag that the learner sets while a test runs.
LATER = {"SOURCE_DATE_EPOCH": "2208988800"}
LATER_STILL = {"SOURCE_DATE_EPOCH": "2240611200"}

PNG = b"\x89PNG\r\n\x1a\n one"
YAML = """\
title: Track
tag: track
subdomains:
  - {folder: basics, title: The Basics}
  - {folder: advanced, title: Going On}
"""


def search_in(result: Result) -> str:
    """The search that a build prints for the notes that it retired."""
    lines = result.err.splitlines()
    (at,) = [number for number, line in enumerate(lines) if "search its browser" in line]
    return lines[at + 1].strip()


def found_by(collection: Collection, search: str) -> list[str]:
    return sorted(collection.get_note(note_id).guid for note_id in collection.find_notes(search))


# What arrives


def test_every_card_arrives_in_its_deck_in_study_order(track: Track, tmp_path: Path) -> None:
    track.write("deck.yaml", YAML)
    track.write("basics/b-file.md", card("b.two") + card("b.one"))
    track.write("basics/a-file.md", card("a.one"))
    track.write("advanced/first.md", card("c.one") + cloze("c.two", "It **runs** code **fast**."))
    (track.root / "advanced" / "empty").mkdir()
    track.build()
    with learner(tmp_path / "anki") as collection:
        assert take(collection, track.deck()) == Import(new=5, updated=0, duplicate=0, conflicting=0)
        assert collection.note_count() == 5
        assert collection.card_count() == 6
        assert decks(collection) == ["Track", "Track::01 The Basics", "Track::02 Going On"]
        assert deck_of(collection, "a.one") == "Track::01 The Basics"
        assert deck_of(collection, "c.two") == "Track::02 Going On"
        assert ids_in_order(collection) == ["a.one", "b.two", "b.one", "c.one", "c.two"]
        assert note_types(collection) == ["Concept", "Concept Cloze"]
        assert empty_cards(collection) == 0


def test_tags_and_fields_arrive_as_written(track: Track, tmp_path: Path) -> None:
    track.write("deck.yaml", YAML + "source-url: https://example.org/guide/\n")
    track.write("advanced/a.md", card("a"))
    track.write(
        "basics/the-gil.md",
        "### Why is `a < b` & **so**?\n\n<!-- card: id=gil.why difficulty=Advanced roles=web,data tier=core -->\n\n"
        "Shown *first*.\n\n**A:** Because “ü” and 🐍.\n\n**More:** Much.\n\n**Source:** [one](https://example.org/x)\n",
    )
    track.build()
    with learner(tmp_path / "anki") as collection:
        take(collection, track.deck())
        note = note_of(collection, "gil.why")
        assert sorted(note.tags) == [
            "track::difficulty::advanced",
            "track::kind::qa",
            "track::role::data",
            "track::role::web",
            "track::subdomain::basics",
            "track::tier::core",
            "track::topic::the-gil",
        ]
        assert note["Question"] == 'Why is <code dir="ltr">a &lt; b</code> &amp; <strong>so</strong>?'
        assert note["Front"] == "<p>Shown <em>first</em>.</p>"
        assert note["Answer"] == "<p>Because “ü” and 🐍.</p>"
        assert note["More"] == "<p>Much.</p>"
        assert 'href="https://example.org/x"' in note["Source"]
        assert note["Guide"].startswith("https://example.org/guide/basics/the-gil.md#")
        assert (note["Subdomain"], note["Topic"], note["Difficulty"]) == ("The Basics", "The Gil", "advanced")
        assert [note[name] for name in ("Reverse", "Report", "Yours", "Spare 4")] == [""] * 4
        assert collection.db.scalar("select sfld from notes where id = ?", note.id) == "Why is a < b & so?"


def test_anki_shows_question_then_answer(track: Track, tmp_path: Path) -> None:
    track.write("basics/gil.md", card("gil.why", "Why is there a GIL?", "One **cheap** lock.\n\n**More:** History."))
    track.build()
    with learner(tmp_path / "anki") as collection:
        take(collection, track.deck())
        (only,) = cards_of(collection, "gil.why")
        question, answer = only.question(), only.answer()
        assert "<h1>Why is there a GIL?</h1>" in question
        assert "cheap" not in question
        assert "History" not in question
        assert answer.index("Why is there a GIL?") < answer.index("<strong>cheap</strong>") < answer.index("History")
        assert '<summary accesskey="m">More</summary>' in answer
        assert '<span class="difficulty beginner">beginner</span>' in question
        assert "{{" not in question + answer


def test_anki_hides_one_deletion_on_each_card_of_a_cloze_note(track: Track, tmp_path: Path) -> None:
    track.write("basics/gil.md", cloze("gil.switch", "CPython waits **5 ms** in `{{c1::code}}` for a **switch**."))
    track.build()
    with learner(tmp_path / "anki") as collection:
        take(collection, track.deck())
        first, second = cards_of(collection, "gil.switch")
        plain = [
            html.unescape(re.sub(r"<[^>]+>", "", side))
            for side in (first.question(), first.answer(), second.question())
        ]
        assert "waits [...] in" in plain[0]
        assert "a switch." in plain[0]
        assert "waits 5 ms in" in plain[1]
        assert "waits 5 ms in" in plain[2]
        assert "a [...]." in plain[2]
        assert all("in {{c1::code}} for" in text for text in plain)


def test_pictures_and_sounds_arrive_and_none_is_missing_or_unused(track: Track, tmp_path: Path) -> None:
    track.write("basics/img/one.png", PNG)
    track.write("basics/tone.mp3", b"tone")
    track.write("basics/unused.png", b"unused")
    track.write("basics/a.md", card("a", answer="![A graph](img/one.png)\n\n![Tone](tone.mp3)"))
    track.write("basics/b.md", card("b", answer="![The same](img/one.png)"))
    track.build()
    with learner(tmp_path / "anki") as collection:
        take(collection, track.deck())
        names = media(collection)
        assert len(names) == 2
        assert {Path(collection.media.dir(), name).read_bytes() for name in names} == {PNG, b"tone"}
        assert not list(collection.media.check().unused)
        assert any(name in note_of(collection, "a")["Answer"] for name in names if name.endswith("png"))
        assert f"[sound:{next(name for name in names if name.endswith('mp3'))}]" in note_of(collection, "a")["Answer"]


def test_the_reverse_template_makes_no_card_while_its_field_is_empty(track: Track, tmp_path: Path) -> None:
    track.write("basics/a.md", card("a"))
    track.build()
    with learner(tmp_path / "anki") as collection:
        take(collection, track.deck())
        note = note_of(collection, "a")
        assert len(note.cards()) == 1
        note["Reverse"] = "A statement"
        collection.update_note(note)
        assert [c.ord for c in note.cards()] == [0, 1]
        assert "A statement" in note.cards()[1].question()


def test_a_card_in_both_directions_is_one_note_with_two_cards(track: Track, tmp_path: Path) -> None:
    track.write("basics/a.md", card("a", "What is a stub?", "A cut-down part.", "reverse=yes") + card("b"))
    track.build()
    with learner(tmp_path / "home") as collection:
        take(collection, track.deck())
        there, back = cards_of(collection, "a")
        assert "What is a stub?" in there.question()
        assert "A cut-down part." in there.answer()
        assert "A cut-down part." in back.question()
        assert "What is a stub?" not in back.question()
        assert "What is a stub?" in back.answer()
        assert len(cards_of(collection, "b")) == 1
        assert empty_cards(collection) == 0


def test_cards_studied_today_are_not_taken_for_added_today(track: Track, tmp_path: Path) -> None:
    track.write("basics/a.md", card("a"))
    track.build()
    with learner(tmp_path / "anki") as collection:
        take(collection, track.deck())
        assert collection.find_notes("added:365") == []


# The next edition


def test_the_same_edition_again_changes_nothing(track: Track, tmp_path: Path) -> None:
    track.write("basics/a.md", card("a") + cloze("b", "It **runs**."))
    track.build()
    with learner(tmp_path / "anki") as collection:
        take(collection, track.deck())
        add_tag(collection, "a", "mine")
        before = schedule(collection, list(study(collection, 2)))
        track.build(env=LATER)
        assert take(collection, track.deck()) == Import(new=0, updated=0, duplicate=2, conflicting=0)
        assert schedule(collection, list(before)) == before
        assert "mine" in note_of(collection, "a").tags


@pytest.mark.parametrize(
    ("old", "new", "field", "expected"),
    [
        (card("a", "Old?"), card("a", "New?"), "Question", "New?"),
        (card("a", answer="Old."), card("a", answer="New."), "Answer", "<p>New.</p>"),
        (card("a", answer="Old.\n\n**More:** Old."), card("a", answer="Old."), "More", ""),
        (cloze("a", "It **was** so."), cloze("a", "It **is** so."), "Front", "<p>It {{c1::is}} so.</p>"),
        (card("a"), card("a").replace("beginner", "advanced"), "Difficulty", "advanced"),
    ],
    ids=["question", "answer", "more dropped", "cloze", "difficulty"],
)
def test_an_edit_arrives_and_the_schedule_stays(
    track: Track, tmp_path: Path, old: str, new: str, field: str, expected: str
) -> None:
    track.write("basics/a.md", old + card("other"))
    track.build()
    with learner(tmp_path / "anki") as collection:
        take(collection, track.deck())
        before = study(collection, 2)
        track.write("basics/a.md", new + card("other"))
        track.build(env=LATER)
        assert take(collection, track.deck()) == Import(new=0, updated=1, duplicate=1, conflicting=0)
        assert note_of(collection, "a")[field] == expected
        assert schedule(collection, list(before)) == before


def test_an_edit_made_by_the_clock_arrives_after_the_learner_tagged_the_note(track: Track, tmp_path: Path) -> None:
    track.write("basics/a.md", card("a", answer="Old."))
    track.build()
    with learner(tmp_path / "anki") as collection:
        take(collection, track.deck())
        add_tag(collection, "a", "mine")
        tagged = note_of(collection, "a").mod
        while time.time() < tagged + 1:
            time.sleep(0.05)
        track.write("basics/a.md", card("a", answer="New."))
        track.build()
        assert take(collection, track.deck()).updated == 1
        assert note_of(collection, "a")["Answer"] == "<p>New.</p>"


def test_two_edits_one_after_the_other_both_arrive(track: Track, tmp_path: Path) -> None:
    track.write("basics/a.md", card("a", answer="One."))
    track.build()
    with learner(tmp_path / "anki") as collection:
        take(collection, track.deck())
        for answer in ("Two.", "Three."):
            track.write("basics/a.md", card("a", answer=answer))
            track.build(env=LATER)
            assert take(collection, track.deck()).updated == 1
        assert note_of(collection, "a")["Answer"] == "<p>Three.</p>"


def test_an_edit_that_is_taken_back_arrives_too(track: Track, tmp_path: Path) -> None:
    track.write("basics/a.md", card("a", answer="One."))
    track.build()
    with learner(tmp_path / "anki") as collection:
        take(collection, track.deck())
        for answer, when in (("Two.", LATER), ("One.", LATER_STILL)):
            track.write("basics/a.md", card("a", answer=answer))
            track.build(env=when)
            take(collection, track.deck())
        assert note_of(collection, "a")["Answer"] == "<p>One.</p>"


def test_a_learner_who_skipped_an_edition_gets_both_of_its_edits(track: Track, tmp_path: Path) -> None:
    track.write("basics/a.md", card("a") + card("b"))
    track.build()
    with learner(tmp_path / "anki") as collection:
        take(collection, track.deck())
        track.write("basics/a.md", card("a", answer="New a.") + card("b"))
        track.build(env=LATER)
        track.write("basics/a.md", card("a", answer="New a.") + card("b", answer="New b."))
        track.build(env=LATER_STILL)
        assert take(collection, track.deck()).updated == 2
        assert note_of(collection, "a")["Answer"] == "<p>New a.</p>"


def test_a_change_of_tags_alone_arrives(track: Track, tmp_path: Path) -> None:
    track.write("basics/a.md", card("a", more="roles=web"))
    track.build()
    with learner(tmp_path / "anki") as collection:
        take(collection, track.deck())
        track.write("basics/a.md", card("a", more="roles=data"))
        track.build(env=LATER)
        assert take(collection, track.deck()).updated == 1
        tags = note_of(collection, "a").tags
        assert "track::role::data" in tags
        assert "track::role::web" not in tags


def test_notes_that_did_not_change_keep_the_learners_tags_while_others_change(track: Track, tmp_path: Path) -> None:
    track.write("basics/a.md", card("a") + card("b"))
    track.build()
    with learner(tmp_path / "anki") as collection:
        take(collection, track.deck())
        add_tag(collection, "a", "mine")
        track.write("basics/a.md", card("new") + card("a") + card("b", answer="New."))
        track.build(env=LATER)
        assert take(collection, track.deck()) == Import(new=1, updated=1, duplicate=1, conflicting=0)
        assert "mine" in note_of(collection, "a").tags


def edition(folder: Path, name: str, old: str, new: str) -> dict[str, str]:
    """The surroundings in which the command is a later edition of itself: one of its files says `new` for `old`."""
    package = folder / "build_decks"
    for module in (build_decks.cards, build_decks.cli):
        source = Path(str(module.__file__)).parent
        shutil.copytree(source, package / source.name, ignore=shutil.ignore_patterns("__pycache__"))
    (package / "__init__.py").touch()
    file = package / name
    text = file.read_text(encoding="utf-8")
    assert old in text
    file.write_text(text.replace(old, new, 1), encoding="utf-8")
    return {"PYTHONPATH": str(folder)}


def build_with(track: Track, env: dict[str, str]) -> Result:
    run = "from build_decks.cli.main import main; main()"
    result = track.run("-c", run, "build", env={**LATER, **env}, python=Path(sys.executable))
    assert result.code == 0, result.err
    return result


@pytest.mark.parametrize(
    ("file", "old", "new"),
    [
        ("cards/notetypes/style.css", ".card {", "/* changed */ .card {"),
        ("cards/notetypes/concept-front.html", "<h1>{{Question}}</h1>", '<h1 class="changed">{{Question}}</h1>'),
    ],
    ids=["style", "template"],
)
def test_a_new_layout_arrives_and_touches_no_note(track: Track, tmp_path: Path, file: str, old: str, new: str) -> None:
    track.write("basics/a.md", card("a"))
    track.build()
    with learner(tmp_path / "anki") as collection:
        take(collection, track.deck())
        add_tag(collection, "a", "mine")
        before = study(collection, 1)
        result = build_with(track, edition(tmp_path / "next", file, old, new))
        assert "card layout changed: Concept" in result.err
        assert take(collection, track.deck()) == Import(new=0, updated=0, duplicate=1, conflicting=0)
        kind = collection.models.by_name("Concept")
        assert kind is not None
        assert "changed" in kind["css"] + kind["tmpls"][0]["qfmt"]
        assert note_types(collection) == ["Concept"]
        assert "mine" in note_of(collection, "a").tags
        assert schedule(collection, list(before)) == before


def test_a_layout_of_today_does_not_replace_the_learners_own(track: Track, tmp_path: Path) -> None:
    track.write("basics/a.md", card("a"))
    track.build()
    with learner(tmp_path / "anki") as collection:
        take(collection, track.deck())
        kind = collection.models.by_name("Concept")
        assert kind is not None
        kind["css"] += ".mine {}"
        collection.models.update_dict(kind)
        track.write("basics/a.md", card("a", answer="New."))
        track.build(env=LATER)
        assert take(collection, track.deck()).updated == 1
        kept = collection.models.by_name("Concept")
        assert kept is not None
        assert ".mine" in kept["css"]


def test_an_added_card_is_new_and_comes_after_those_the_learner_has(track: Track, tmp_path: Path) -> None:
    track.write("basics/m.md", card("m"))
    track.build()
    with learner(tmp_path / "anki") as collection:
        take(collection, track.deck())
        track.write("basics/a.md", card("a"))
        result = track.build(env=LATER)
        assert "new 1: a" in result.err
        assert take(collection, track.deck()) == Import(new=1, updated=0, duplicate=1, conflicting=0)
        assert sorted(ids_in_order(collection)) == ["a", "m"]


@pytest.mark.parametrize("gone", ["gil.why", "gil", "ünder.größe", "ПРИВЕТ".lower(), "1", "or"])
def test_a_removed_card_stays_and_the_printed_search_finds_it_alone(track: Track, tmp_path: Path, gone: str) -> None:
    near = ["gil-why", "gil.why.not", "gilxwhy", "the.gil", "under.grosse", "11", "and"]
    stay = "".join(card(name) for name in near if name != gone)
    track.write("basics/a.md", stay + card(gone))
    track.build()
    with learner(tmp_path / "anki") as collection:
        take(collection, track.deck())
        track.write("basics/a.md", stay)
        result = track.build(env=LATER)
        assert f"retired 1: {gone}" in result.err
        assert take(collection, track.deck()) == Import(new=0, updated=0, duplicate=len(near), conflicting=0)
        assert found_by(collection, search_in(result)) == [note_of(collection, gone).guid]


def test_the_search_for_several_removed_cards_finds_them_all(track: Track, tmp_path: Path) -> None:
    track.write("basics/a.md", "".join(card(f"gone-{n}") for n in range(12)) + card("stays"))
    track.build()
    with learner(tmp_path / "anki") as collection:
        take(collection, track.deck())
        track.write("basics/a.md", card("stays"))
        result = track.build(env=LATER)
        found = found_by(collection, search_in(result))
        assert found == sorted(note_of(collection, f"gone-{n}").guid for n in range(12))


def test_the_search_for_a_removed_card_leaves_another_tracks_card_of_that_id_alone(
    track: Track, tmp_path: Path
) -> None:
    other = Track(tmp_path / "other")
    other.write("deck.yaml", "title: Other\ntag: other\n")
    for one in (track, other):
        one.write("basics/a.md", card("same") + card("stays"))
        one.build()
    with learner(tmp_path / "anki") as collection:
        take(collection, track.deck())
        take(collection, other.deck("other"))
        mine = next(note for note in notes_of(collection, "same") if any(t.startswith("track::") for t in note.tags))
        track.write("basics/a.md", card("stays"))
        result = track.build(env=LATER)
        assert found_by(collection, search_in(result)) == [mine.guid]


def test_a_card_that_comes_back_is_the_one_that_went(track: Track, tmp_path: Path) -> None:
    track.write("basics/a.md", card("a") + card("b"))
    track.build()
    with learner(tmp_path / "anki") as collection:
        take(collection, track.deck())
        before = study(collection, 2)
        for text in (card("a"), card("a") + card("b")):
            track.write("basics/a.md", text)
            track.build(env=LATER)
            assert take(collection, track.deck()).new == 0
        assert collection.note_count() == 2
        assert schedule(collection, list(before)) == before


def test_a_renamed_file_updates_its_notes_in_place(track: Track, tmp_path: Path) -> None:
    file = track.write("basics/gil.md", card("a"))
    track.build()
    with learner(tmp_path / "anki") as collection:
        take(collection, track.deck())
        before = study(collection, 1)
        file.rename(file.with_name("locks.md"))
        track.build(env=LATER)
        assert take(collection, track.deck()) == Import(new=0, updated=1, duplicate=0, conflicting=0)
        assert "track::topic::locks" in note_of(collection, "a").tags
        assert note_of(collection, "a")["Topic"] == "Locks"
        assert schedule(collection, list(before)) == before


def test_a_card_that_moves_to_another_subdomain_is_updated_and_stays_in_its_deck(track: Track, tmp_path: Path) -> None:
    track.write("deck.yaml", YAML)
    track.write("basics/a.md", card("a") + card("b"))
    track.write("advanced/c.md", card("c"))
    track.build()
    with learner(tmp_path / "anki") as collection:
        take(collection, track.deck())
        before = study(collection, 3)
        track.write("basics/a.md", card("b"))
        track.write("advanced/c.md", card("c") + card("a"))
        track.build(env=LATER)
        assert take(collection, track.deck()) == Import(new=0, updated=1, duplicate=2, conflicting=0)
        assert note_of(collection, "a")["Subdomain"] == "Going On"
        assert deck_of(collection, "a") == "Track::01 The Basics"
        assert schedule(collection, list(before)) == before


def test_a_file_in_another_order_updates_nothing(track: Track, tmp_path: Path) -> None:
    track.write("basics/a.md", card("a") + card("b") + card("c"))
    track.build()
    ledger = track.ledger
    with learner(tmp_path / "anki") as collection:
        take(collection, track.deck())
        track.write("basics/a.md", "# Guide\n\nSome prose.\n\n" + card("c") + card("a") + card("b"))
        track.build(env=LATER)
        assert track.ledger == ledger
        assert take(collection, track.deck()) == Import(new=0, updated=0, duplicate=3, conflicting=0)
    with learner(tmp_path / "another") as collection:
        take(collection, track.deck())
        assert ids_in_order(collection) == ["c", "a", "b"]


def test_a_card_that_becomes_a_cloze_is_a_new_note_and_the_old_one_is_found(track: Track, tmp_path: Path) -> None:
    track.write("basics/a.md", card("a"))
    track.build()
    with learner(tmp_path / "anki") as collection:
        take(collection, track.deck())
        old = note_of(collection, "a").guid
        before = study(collection, 1)
        track.write("basics/a.md", cloze("a", "It **runs**."))
        result = track.build(env=LATER)
        assert "retired 1: a" in result.err
        assert take(collection, track.deck()) == Import(new=1, updated=0, duplicate=0, conflicting=0)
        assert len({note.guid for note in notes_of(collection, "a")}) == 2
        assert schedule(collection, list(before)) == before
        assert found_by(collection, search_in(result)) == [old]


def test_a_deletion_more_is_a_new_card_and_a_deletion_less_an_empty_one(track: Track, tmp_path: Path) -> None:
    track.write("basics/a.md", cloze("a", "It **runs** code."))
    track.build()
    with learner(tmp_path / "anki") as collection:
        take(collection, track.deck())
        before = study(collection, 1)
        track.write("basics/a.md", cloze("a", "It **runs** your **code**."))
        more = track.build(env=LATER)
        assert "Empty Cards" not in more.err
        assert take(collection, track.deck()).updated == 1
        assert len(cards_of(collection, "a")) == 2
        assert empty_cards(collection) == 0
        track.write("basics/a.md", cloze("a", "It **runs** your code."))
        less = track.build(env=LATER_STILL)
        assert "fewer cloze deletions in a:" in less.err
        assert "Empty Cards" in less.err
        assert take(collection, track.deck()).updated == 1
        assert empty_cards(collection) == 1
        assert schedule(collection, list(before)) == before


def test_a_replaced_picture_arrives_under_a_new_name(track: Track, tmp_path: Path) -> None:
    track.write("basics/one.png", PNG)
    track.write("basics/a.md", card("a", answer="![A graph](one.png)"))
    track.build()
    with learner(tmp_path / "anki") as collection:
        take(collection, track.deck())
        (old,) = media(collection)
        track.write("basics/one.png", PNG + b" changed")
        track.build(env=LATER)
        assert take(collection, track.deck()).updated == 1
        (new,) = set(media(collection)) - {old}
        assert new in note_of(collection, "a")["Answer"]
        assert Path(collection.media.dir(), new).read_bytes() == PNG + b" changed"


def test_a_moved_picture_changes_nothing(track: Track, tmp_path: Path) -> None:
    track.write("basics/one.png", PNG)
    track.write("basics/a.md", card("a", answer="![A graph](one.png)"))
    track.build()
    ledger = track.ledger
    (track.root / "basics" / "one.png").rename(track.root / "two.png")
    track.write("basics/a.md", card("a", answer="![A graph](../two.png)"))
    track.build(env=LATER)
    assert track.ledger == ledger


# More than one package


@pytest.mark.parametrize("first_whole", [True, False], ids=["track first", "subdomain first"])
def test_track_and_subdomain_share_their_notes(track: Track, tmp_path: Path, first_whole: bool) -> None:
    track.write("deck.yaml", YAML)
    track.write("basics/a.md", card("a") + cloze("b", "It **runs**."))
    track.write("advanced/c.md", card("c"))
    track.build()
    order = [track.deck(), track.deck("track-basics")] if first_whole else [track.deck("track-basics"), track.deck()]
    with learner(tmp_path / "anki") as collection:
        first, second = [take(collection, package) for package in order]
        assert (first.new, first.duplicate) == ((3, 0) if first_whole else (2, 0))
        assert (second.new, second.duplicate) == ((0, 2) if first_whole else (1, 2))
        assert (second.updated, second.conflicting) == (0, 0)
        assert collection.card_count() == 3
        assert decks(collection) == ["Track", "Track::01 The Basics", "Track::02 Going On"]
        assert note_types(collection) == ["Concept", "Concept Cloze"]


def test_an_update_may_come_by_the_subdomains_deck(track: Track, tmp_path: Path) -> None:
    track.write("basics/a.md", card("a"))
    track.write("other/b.md", card("b"))
    track.build()
    with learner(tmp_path / "anki") as collection:
        take(collection, track.deck())
        track.write("basics/a.md", card("a", answer="New."))
        track.build(env=LATER)
        assert take(collection, track.deck("track-basics")) == Import(new=0, updated=1, duplicate=0, conflicting=0)
        assert take(collection, track.deck()) == Import(new=0, updated=0, duplicate=2, conflicting=0)


def test_two_tracks_share_the_note_types_and_nothing_else(track: Track, tmp_path: Path) -> None:
    other = Track(tmp_path / "other")
    other.write("deck.yaml", "title: Other\ntag: other\n")
    for one in (track, other):
        one.write("basics/one.png", PNG)
        one.write("basics/a.md", card("a", answer="![A](one.png)") + cloze("b", "It **runs**."))
        one.build()
    with learner(tmp_path / "anki") as collection:
        assert take(collection, track.deck()).new == 2
        assert take(collection, other.deck("other")) == Import(new=2, updated=0, duplicate=0, conflicting=0)
        assert note_types(collection) == ["Concept", "Concept Cloze"]
        assert decks(collection) == ["Other", "Other::Basics", "Track", "Track::Basics"]
        assert len(media(collection)) == 2


def test_a_learner_keeps_24_studied_cards_through_an_edition_that_changes_everything(
    track: Track, tmp_path: Path
) -> None:
    track.write("basics/a.md", "".join(card(f"a-{n}") for n in range(20)))
    track.write("basics/b.md", "".join(cloze(f"b-{n}", "It **runs** the **code**.") for n in range(10)))
    track.build()
    with learner(tmp_path / "anki") as collection:
        take(collection, track.deck())
        before = study(collection, 24)
        add_tag(collection, "a-1", "mine")
        track.write("basics/a.md", "".join(card(f"a-{n}") for n in reversed(range(1, 19))) + card("a-19", answer="N."))
        track.write("basics/b.md", card("b-new") + cloze("b-0", "It **runs** all the **code** twice."))
        track.write("basics/c.md", "".join(cloze(f"b-{n}", "It **runs** the **code**.") for n in range(1, 10)))
        track.build(env=LATER)
        assert take(collection, track.deck()) == Import(new=1, updated=11, duplicate=18, conflicting=0)
        assert schedule(collection, list(before)) == before
        assert "mine" in note_of(collection, "a-1").tags


def test_note_and_card_ids_in_the_collection_are_those_of_the_package(track: Track, tmp_path: Path) -> None:
    track.write("basics/a.md", card("a") + cloze("b", "It **runs** the **code**."))
    track.build()
    query = "select c.id, c.nid from cards c order by c.id"
    with learner(tmp_path / "anki") as collection:
        take(collection, track.deck())
        assert [tuple(row) for row in collection.db.all(query)] == rows(track.deck(), query, tmp_path)


def test_twelve_subdomains_are_studied_in_order(track: Track, tmp_path: Path) -> None:
    folders = [f"part-{n}" for n in range(1, 13)]
    track.write("deck.yaml", "title: Track\ntag: track\nsubdomains:\n" + "".join(f"  - folder: {f}\n" for f in folders))
    for folder in folders:
        track.write(f"{folder}/a.md", card(f"{folder}.a"))
    track.build()
    with learner(tmp_path / "anki") as collection:
        take(collection, track.deck())
        below = [name for name in decks(collection) if "::" in name]
        assert [deck_of(collection, f"{folder}.a") for folder in folders] == below


def test_a_subdomain_that_is_inserted_leaves_the_learners_decks_as_they_are(track: Track, tmp_path: Path) -> None:
    folders = [f"part-{n}" for n in range(1, 13)]

    def edition() -> None:
        listed = "".join(f"  - folder: {folder}\n" for folder in folders)
        track.write("deck.yaml", f"title: Track\ntag: track\nsubdomains:\n{listed}")
        for folder in folders:
            track.write(f"{folder}/a.md", card(f"{folder}.a"))
        track.build()

    edition()
    with learner(tmp_path / "anki") as collection:
        take(collection, track.deck())
        before = {folder: deck_of(collection, f"{folder}.a") for folder in folders}
        folders.insert(4, "part-4-and-a-half")
        edition()
        assert take(collection, track.deck()).new == 1
        assert {folder: deck_of(collection, f"{folder}.a") for folder in before} == before
        below = [name for name in decks(collection) if "::" in name]
        assert [deck_of(collection, f"{folder}.a") for folder in folders] == below


def test_the_whole_deck_after_that_of_a_role_keeps_the_order_of_the_track(track: Track, tmp_path: Path) -> None:
    cards = [card(f"a.{n}", more="roles=web" if n % 3 == 0 else "roles=ops") for n in range(9)]
    track.write("basics/a.md", "".join(cards))
    track.build("--role", "web")
    track.build()
    with learner(tmp_path / "anki") as collection:
        assert take(collection, track.deck("track.web")).new == 3
        assert take(collection, track.deck()).new == 6
        assert ids_in_order(collection) == [f"a.{n}" for n in range(9)]
