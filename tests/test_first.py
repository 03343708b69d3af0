"""The first build of a track, and one whose ledger is lost."""

from __future__ import annotations

import pytest
from tracks import Track, card


def test_after_the_first_build_it_says_what_to_commit(track: Track) -> None:
    track.write("basics/a.md", card("a"))
    assert "Commit _anki: its ledger lets later edits reach learners." in track.build().err
    assert "Commit" not in track.build().err
    track.write("basics/a.md", card("a", answer="Another."))
    assert "Commit" not in track.build().err


@pytest.mark.parametrize("args", [(), ("--difficulty", "beginner")], ids=["all", "some"])
def test_a_lost_ledger_beside_decks_is_said(track: Track, args: tuple[str, ...]) -> None:
    track.write("basics/a.md", card("a"))
    track.build(*args)
    (track.root / "_anki" / "ledger.txt").unlink()
    result = track.run("build", "--check", "--quiet", *args)
    assert result.code == 1
    assert "_anki/ledger.txt:1:1: error C403 there is no ledger beside decks_out/track" in result.err
    assert "help: restore it from version control" in result.err
    result = track.build("--quiet", *args)
    assert "_anki/ledger.txt:1:1: warning C403" in result.err
    assert "C403" not in track.build(*args).err


def test_the_decks_of_another_track_are_no_sign(track: Track) -> None:
    track.write("basics/a.md", card("a"))
    for name in ("track-two.apkg", "other.apkg"):
        track.write(f"decks_out/{name}", "x")
    assert "C403" not in track.build().err


@pytest.mark.parametrize(("value", "said"), [("true", True), ("1", True), ("", False), ("false", False)])
def test_a_missing_ledger_in_ci_is_said(track: Track, value: str, said: bool) -> None:
    track.write("basics/a.md", card("a"))
    result = track.run("build", "--check", env={"CI": value})
    assert ("error C403 there is no ledger in CI" in result.err) == said
    assert result.code == 1
    assert ("warning C403" in track.build(env={"CI": value}).err) == said
    assert "C403" not in track.build(env={"CI": value}).err
