"""A bug of build-decks in one file: a diagnostic that asks for a report; other files go on, and no card is lost."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from build_decks.cards.pipeline import reading
from build_decks.cards.rendering import render
from build_decks.cli.main import main
from click.testing import CliRunner, Result
from tracks import Track, card

NOTES = "# Notes\n\n**Q: What is {0}?**\n\nA: It is {0}, of course.\n\n**Q: Why {0}?**\n\nA: Because of {0}.\n"


@pytest.fixture
def broken(monkeypatch: pytest.MonkeyPatch) -> None:
    """The parser fails on every file that is called bad.md."""
    parse = reading.parse

    def fail(source: Any, *rest: Any) -> Any:
        if source.name.endswith("bad.md"):
            raise KeyError("canary")
        return parse(source, *rest)

    monkeypatch.setattr(reading, "parse", fail)


def run(track: Track, monkeypatch: pytest.MonkeyPatch, *args: str) -> Result:
    monkeypatch.chdir(track.root)
    return CliRunner().invoke(main, args)


@pytest.mark.parametrize("command", ["build", "check", "list", "stats", "verify"])
@pytest.mark.usefixtures("broken")
def test_a_failure_in_one_file_is_said_of_that_file(
    track: Track, command: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    track.write("basics/bad.md", card("a"))
    track.write("basics/good.md", card("b", answer="**Q**\n\n**A:** once more"))
    result = run(track, monkeypatch, command)
    assert result.exit_code == 1
    assert isinstance(result.exception, SystemExit)
    assert "basics/bad.md:1:1: error C008 build-decks itself failed here: KeyError: 'canary'" in result.stderr
    assert "report" in result.stderr
    assert "C107" in result.stderr or command == "list"  # the other file is judged too
    assert "Traceback" not in result.stderr
    assert "in fail\n" in run(track, monkeypatch, command, "--traceback").stderr


@pytest.mark.usefixtures("broken")
def test_the_traceback_is_in_no_format_unless_it_is_asked_for(track: Track, monkeypatch: pytest.MonkeyPatch) -> None:
    track.write("basics/bad.md", card("a"))
    (fault,) = json.loads(run(track, monkeypatch, "check", "--format", "json").stdout)
    assert (fault["code"], fault["detail"]) == ("C008", "")
    (fault,) = json.loads(run(track, monkeypatch, "check", "--format", "json", "--traceback").stdout)
    assert "in fail\n" in fault["detail"]


def test_a_failure_in_rendering_is_said_too(track: Track, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: Any, **__: Any) -> Any:
        raise IndexError("canary")

    track.write("basics/bad.md", card("a"))
    monkeypatch.setattr(render, "render", fail)
    for command in ("build", "check"):
        result = run(track, monkeypatch, command)
        assert "basics/bad.md:1:1: error C008" in result.stderr
        assert result.exit_code == 1


def test_notes_go_on_and_what_was_not_read_is_not_gone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    track = Track(tmp_path)
    track.write("basics/bad.md", NOTES.format("Redis"))
    track.write("basics/good.md", NOTES.format("Kafka"))
    assert run(track, monkeypatch).exit_code == 0
    known = track.ledger
    parse = reading.parse
    with monkeypatch.context() as patch:
        patch.setattr(reading, "parse", lambda source, *rest: 1 // ("good" in source.name) and parse(source, *rest))
        result = run(track, monkeypatch, "--no-cache")
        assert result.exit_code == 0
        assert "basics/bad.md:1:1: warning C008" in result.stderr
        assert "2 notes, 2 cards" in result.stderr
        assert "retired" not in result.stderr
        assert track.ledger == known
    assert "4 notes, 4 cards" in run(track, monkeypatch).stderr
    assert track.ledger == known
