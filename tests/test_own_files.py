"""Ledger and record are read as concept files are: what git or a stranger makes of them is read or refused at once."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest
from build_decks.cards.identity.ledger import LAST
from tracks import Track, card

LEDGER, RECORD = "_anki/ledger.txt", "_anki/verified.txt"
EMPTY = "# build-decks record 1: id, hash of the code, and what ran it. Commit it; do not edit it.\n# end\n"
COMMANDS = [(LEDGER, ("build",)), (LEDGER, ("list",)), (RECORD, ("verify", "--check"))]


@pytest.fixture
def built(track: Track) -> Track:
    track.write("basics/a.md", card("a"))
    track.build()
    track.write(RECORD, EMPTY)
    return track


@pytest.mark.parametrize(("name", "command"), COMMANDS)
@pytest.mark.parametrize("form", ["BOM", "CRLF", "BOM and CRLF"])
def test_what_git_makes_of_it_is_read(built: Track, name: str, command: tuple[str, ...], form: str) -> None:
    path = built.root / name
    data = path.read_bytes()
    data = data.replace(b"\n", b"\r\n") if "CRLF" in form else data
    path.write_bytes(b"\xef\xbb\xbf" + data if "BOM" in form else data)
    result = built.run(*command)
    assert (result.code, "C40" in result.err) == (0, False)


def fifo(path: Path, outside: Path) -> None:
    os.mkfifo(path)


def device(path: Path, outside: Path) -> None:
    path.symlink_to("/dev/zero")


def folder(path: Path, outside: Path) -> None:
    path.mkdir()


def link(path: Path, outside: Path) -> None:
    path.symlink_to(outside)


def loop(path: Path, outside: Path) -> None:
    path.symlink_to(path.name)


def huge(path: Path, outside: Path) -> None:
    with path.open("wb") as file:
        file.truncate(200_000_000)  # a hole: it takes no room


def not_text(path: Path, outside: Path) -> None:
    path.write_bytes(b"a\xe9")


@pytest.mark.parametrize(("name", "command"), COMMANDS)
@pytest.mark.parametrize("make", [fifo, device, folder, link, loop, huge, not_text], ids=lambda make: make.__name__)
def test_what_is_no_text_file_of_the_track_is_refused(
    built: Track, tmp_path: Path, name: str, command: tuple[str, ...], make: Callable[[Path, Path], None]
) -> None:
    path = built.root / name
    outside = tmp_path / "outside.txt"
    path.rename(outside)
    make(path, outside)
    result = built.run(*command)
    assert result.code == 1
    assert f"{name}:1:" in result.err
    assert ": error C001 " in result.err


def test_deck_yaml_that_is_a_fifo_is_refused_at_once(track: Track) -> None:
    (track.root / "deck.yaml").unlink()
    os.mkfifo(track.root / "deck.yaml")
    assert "deck.yaml:1:1: error C901 this is not a regular file" in track.run("build").err


def test_a_change_that_no_ledger_reaches_is_not_written(track: Track) -> None:
    last = {"SOURCE_DATE_EPOCH": str(LAST)}
    for answer in ("one", "two"):
        track.write("basics/a.md", card("a", answer=answer))
        track.build(env=last)
    ledger = track.ledger
    assert "9998-12-31" in ledger
    track.write("basics/a.md", card("a", answer="three"))
    result = track.run("build", env=last)
    assert result.code == 1
    assert "basics/a.md:1:1: error C401 the change of `a` is later than any ledger tells" in result.err
    assert track.ledger == ledger
    track.write("basics/a.md", card("a", answer="two"))
    track.build(env=last)
