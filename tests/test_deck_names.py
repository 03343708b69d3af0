"""Decks keep the names that learners know, whatever becomes of folders and of deck.yaml."""

from __future__ import annotations

from pathlib import Path

import pytest
from build_decks.cards.identity import decks
from hypothesis import given
from hypothesis import strategies as st
from tracks import Track, card, rows


def write(track: Track, *subdomains: str, tag: str = "tag: track\n") -> None:
    """A deck.yaml with these subdomains, each `folder` or `folder=title`, and a card in each."""
    listed = [entry.partition("=") for entry in subdomains]
    lines = [f"  - {{folder: {folder}, title: {title or folder.title()}}}\n" for folder, _, title in listed]
    track.write("deck.yaml", f"title: Track\n{tag}subdomains:\n{''.join(lines)}")
    for folder, _, _ in listed:
        track.write(f"{folder}/a.md", card(f"{folder}.a"))


def names(track: Track) -> dict[str, str]:
    return {found["id"]: found["deck"] for found in track.cards()}


def test_a_track_without_deck_yaml_keeps_its_names_under_another_folder(tmp_path: Path) -> None:
    first = Track(tmp_path)
    first.write("notes/basics/a.md", card("a"))
    first.build("notes")
    before = rows(first.deck("notes"), "select guid, tags from notes", tmp_path)
    (tmp_path / "notes").rename(tmp_path / "a-clone")
    assert "up to date: 5 of 5 files" in first.build("a-clone").err
    assert rows(first.deck("notes"), "select guid, tags from notes", tmp_path) == before
    assert first.cards("a-clone")[0]["deck"] == "Notes::Basics"


def test_what_deck_yaml_does_not_name_keeps_its_name_too(tmp_path: Path) -> None:
    track = Track(tmp_path / "one")
    track.write("deck.yaml", "difficulty: beginner\n")
    track.write("basics/a.md", card("a"))
    track.build()
    moved = Track(track.root.rename(tmp_path / "two"))
    assert moved.cards()[0]["deck"] == "One::Basics"
    assert "up to date" in moved.build().err


def test_a_subdomain_that_is_inserted_renames_no_deck(track: Track) -> None:
    write(track, "one", "two", "three")
    track.build()
    write(track, "zero", "one", "new", "newer", "two", "three", "four")
    assert names(track) == {
        "zero.a": "Track::00 Zero", "one.a": "Track::01 One", "new.a": "Track::01b New", "newer.a": "Track::01c Newer",
        "two.a": "Track::02 Two", "three.a": "Track::03 Three", "four.a": "Track::04 Four",
    }  # fmt: skip
    before = names(track)
    track.build()
    assert names(track) == before


def test_another_order_renames_no_deck(track: Track) -> None:
    write(track, "one", "two", "three")
    track.build()
    before = names(track)
    write(track, "three", "one", "two")
    track.build()
    assert names(track) == before


def test_a_title_that_changes_renames_a_deck_only_if_told_to(track: Track) -> None:
    write(track, "one", "two=Old")
    track.build()
    write(track, "one", "two=Better")
    result = track.build()
    assert "decks that keep the names learners know, though deck.yaml has others: Track::02 Old" in result.err
    assert names(track)["two.a"] == "Track::02 Old"
    assert "keep the names" not in track.build("--rename-decks").err
    assert names(track)["two.a"] == "Track::02 Better"
    assert "up to date" in track.build().err


def test_a_folder_that_is_renamed_takes_its_deck_along(track: Track) -> None:
    write(track, "one", "two=Same")
    track.build()
    (track.root / "two").rename(track.root / "second")
    write(track, "one", "second=Same")
    track.build()
    assert names(track)["second.a"] == "Track::02 Same"


def test_a_number_that_a_deck_had_is_not_given_to_another(track: Track) -> None:
    write(track, "one", "two", "three")
    track.build()
    (track.root / "three" / "a.md").unlink()
    write(track, "one", "two")
    track.build()
    write(track, "one", "two", "four")
    track.build()
    write(track, "one", "two", "four", "three")
    assert (names(track)["four.a"], names(track)["three.a"]) == ("Track::02b Four", "Track::03 Three")


def test_another_tag_is_refused_where_it_stands(track: Track) -> None:
    write(track, "one")
    track.build()
    write(track, "one", tag="tag: other\n")
    result = track.run("build")
    assert result.code == 2
    assert "deck.yaml:2:6: error C404 this track was built with the tag `track`" in result.err
    (track.root / "_anki" / "ledger.txt").unlink()
    assert track.run("build").code == 0


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("deck\tone\tTrack::07 Other", "another name is on line 3"),
        ("track\ttrack\tOther", "another name is on line 2"),
        ("deck\tone", "this is not a line of a ledger"),
    ],
)
def test_a_ledger_that_calls_something_by_two_names_is_damaged(track: Track, line: str, message: str) -> None:
    write(track, "one")
    track.build()
    (track.root / "_anki" / "ledger.txt").write_text(track.ledger.replace("# end", f"{line}\n# end"))
    result = track.run("build")
    assert (result.code, result.err.count(f"error C401 {message}")) == (1, 1)


def test_a_line_that_a_merge_doubled_is_read_once(track: Track) -> None:
    write(track, "one")
    track.build()
    (track.root / "_anki" / "ledger.txt").write_text(
        track.ledger.replace("# end", "track\ttrack\tTrack\ndeck\tone\tTrack::01 One\n# end")
    )
    assert track.run("build").code == 0
    assert track.ledger.count("Track::01 One") == 1


FOLDERS = st.lists(st.integers(0, 9), max_size=12)


@given(st.integers(1, 12), FOLDERS)
def test_labels_follow_the_study_order_however_many_are_inserted(first: int, places: list[int]) -> None:
    """Each insertion goes anywhere behind the first subdomain; none is ever renamed."""
    order = [(f"f{number}", f"T{number}") for number in range(first)]
    known = decks.named("Track", order, {})
    for number, place in enumerate(places, first):
        order.insert(1 + place % len(order), (f"f{number}", f"T{number}"))
        now = decks.named("Track", order, known)
        assert {folder: now[folder] for folder in known} == known
        known = now
    in_order = [known[folder] for folder, _ in order]
    assert in_order == sorted(in_order)
    assert len(set(in_order)) == len(in_order)
