"""What cannot be read never counts as gone: a folder is an error at its place, and the ledger keeps its cards."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from tracks import Track, card

LONG = "b" * 250
AS_ROOT = hasattr(os, "geteuid") and os.geteuid() == 0


def bury(folder: Path, depth: int = 17) -> None:
    """Make folders in folders until their path is longer than the system takes: nobody, root neither, can list them."""
    descriptor = os.open(folder, os.O_RDONLY)
    for _ in range(depth):
        os.mkdir(LONG, dir_fd=descriptor)
        below = os.open(LONG, os.O_RDONLY, dir_fd=descriptor)
        os.close(descriptor)
        descriptor = below
    os.close(descriptor)


@contextmanager
def closed(folder: Path) -> Iterator[None]:
    folder.chmod(0)
    try:
        yield
    finally:
        folder.chmod(0o755)


@pytest.mark.parametrize("declared", [True, False], ids=["a track", "notes"])
def test_a_folder_that_cannot_be_listed_is_an_error_of_the_build(track: Track, declared: bool) -> None:
    track.write("basics/a.md", card("a"))
    if not declared:
        (track.root / "deck.yaml").unlink()
    track.build()
    ledger = track.ledger
    bury(track.root / "basics")
    for command in ("build", "check", "list", "stats"):
        result = track.run(command)
        assert result.code == (1 if declared else 2)  # below a folder without deck.yaml tracks are looked for
        assert (f"{LONG}/:1:1: error C001 this folder cannot be read" if declared else f"{LONG}'") in result.err
        assert "retired" not in result.err
    assert track.ledger == ledger


def test_a_folder_that_is_excluded_need_not_be_listed(track: Track) -> None:
    track.write("basics/a.md", card("a"))
    track.write("deck.yaml", 'title: Track\ntag: track\nexclude: ["drafts/*"]\n')
    (track.root / "drafts").mkdir()
    bury(track.root / "drafts")
    track.build()


def test_tracks_below_a_folder_that_cannot_be_listed_are_not_passed_over(tmp_path: Path) -> None:
    above = Track(tmp_path)
    above.write("one/deck.yaml", "title: One\n")
    above.write("one/a/a.md", card("a"))
    (tmp_path / "two").mkdir()
    bury(tmp_path / "two")
    result = above.run("build")
    assert result.code == 2
    assert "File name too long" in result.err


@pytest.mark.skipif(AS_ROOT, reason="root reads every folder")
def test_a_folder_without_rights_is_an_error_of_the_build(track: Track) -> None:
    track.write("basics/a.md", card("a"))
    track.write("more/b.md", card("b"))
    track.build()
    with closed(track.root / "more"):
        result = track.run("build")
        assert result.code == 1
        assert "more/:1:1: error C001" in result.err


def test_notes_in_a_file_that_cannot_be_read_are_not_retired(tmp_path: Path) -> None:
    track = Track(tmp_path)
    for name in ("one", "two"):
        track.write(f"{name}.md", f"**Q: What is {name}?**\n\nA: It is {name}.\n")
    track.build()
    ledger = track.ledger
    whole = (tmp_path / "two.md").read_bytes()
    track.write("two.md", whole + b"\xe9")
    result = track.build()
    assert "two.md:4:1: warning C001" in result.err
    assert "1 note, 1 card" in result.err
    assert "retired" not in result.err
    assert track.ledger == ledger
    track.write("two.md", whole)
    track.build()
    assert track.ledger == ledger


def test_a_copy_of_a_file_that_cannot_be_read_takes_none_of_its_cards(tmp_path: Path) -> None:
    track = Track(tmp_path)
    text = "**Q: What is it?**\n\nA: It is that.\n"
    track.write("one.md", text)
    track.build()
    (guid,) = [row["guid"] for row in track.cards()]
    track.write("one.md", text.encode() + b"\xe9")
    track.write("two.md", text)
    track.build()
    track.write("one.md", text)
    track.build()
    assert {row["path"]: row["guid"] for row in track.cards()}["one.md"] == guid
