"""What is printed in a job of GitHub Actions is no workflow command, whatever the content; ours are."""

from __future__ import annotations

import json
import re
from pathlib import Path

import build_decks.cli
import pytest
from build_decks.cli import terminal
from tracks import Result, Track, card, cloze

ACTIONS = {"GITHUB_ACTIONS": "true"}
# The canary of each: what the runner would show as a notice.
V1, V2 = "##[notice]canary", "::notice::canary"
SOURCE = Path(str(build_decks.cli.__file__)).parent


def commands(result: Result) -> list[str]:
    """The lines that the runner would obey: it passes over white space before ::, and finds ##[ anywhere."""
    lines = re.split(r"[\r\n]", f"{result.out}\n{result.err}")
    return [line for line in lines if line.lstrip().startswith("::") or "##[" in line]


@pytest.fixture
def hostile(track: Track) -> Track:
    track.write("basics/a.md", f"# {V2}\n\n{card('a', question=V2)}\n{V2}\n")
    track.write(f"{V1}/{V2.replace(':', '')}.md", card("b", question=V1, answer=f"<x-{V1} y=z>"))
    track.write("basics/c.md", cloze("c", f"No word {V1}."))
    track.write("basics/d.md", f"{V2}\n\n<!-- card: {V2}=1 {V1} -->\n\n**A:** {V1}\n")
    track.write("basics/e.md", f"### Why?\n\n<!-- card: id=e difficulty={V1} -->\n\n**A:** {V2} <b onclick=x>y</b>\n")
    return track


@pytest.mark.parametrize("form", ["text", "json", "sarif"])
def test_no_fault_is_a_command(hostile: Track, form: str) -> None:
    result = hostile.run("check", "--format", form, env=ACTIONS)
    assert "canary" in result.out + result.err
    assert commands(result) == []
    if form != "text":
        assert json.loads(result.out) == json.loads(hostile.run("check", "--format", form).out)


def test_annotations_are_the_only_commands(hostile: Track) -> None:
    result = hostile.run("check", "--format", "github", env=ACTIONS)
    assert "canary" in result.out
    for line in commands(result):
        assert re.match(r"::(error|warning) file=[^,]*,line=\d+,col=\d+,title=C\d{3}::", line)
        assert "##[" not in line
    assert len(commands(result)) == len(result.out.splitlines())


@pytest.mark.parametrize(
    "args", [("build",), ("list",), ("list", "--json"), ("stats",), ("stats", "--json"), ("verify",), ("build", V2)]
)
def test_no_result_is_a_command(hostile: Track, args: tuple[str, ...]) -> None:
    for name in ("basics/d.md", "basics/e.md"):
        if args[0] in ("build", "stats"):
            (hostile.root / name).unlink()
    assert commands(hostile.run(*args, env=ACTIONS)) == []


@pytest.mark.parametrize("vector", [V1, V2])
def test_no_fault_of_deck_yaml_is_a_command(track: Track, vector: str) -> None:
    track.write("deck.yaml", f"title: Track\ntag: '{vector}'\n'{vector}': 1\nlock: '{vector}'\n")
    result = track.run("build", env=ACTIONS)
    assert "canary" in result.err
    assert commands(result) == []


def test_what_code_prints_is_no_command(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setenv("GITHUB_ACTIONS", "true")
    for text in (V1, V2, f"  {V2}", f"\t{V2}", f"a\n{V2}", f"a\r{V2}", f"\u00a0{V2}", f"\x1b[2m{V2}\x1b[0m", "#" + V1):
        terminal.say(text)
        terminal.put(text)
        said = capsys.readouterr()
        assert commands(Result(0, said.out, said.err)) == []
        assert "canary" in said.out


def test_elsewhere_a_text_stays_as_it_is(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.delenv("GITHUB_ACTIONS", raising=False)
    terminal.put(V1)
    terminal.say(V2)
    assert capsys.readouterr() == (f"{V1}\n", f"{V2}\n")


def test_all_output_goes_through_one_place() -> None:
    for path in SOURCE.rglob("*.py"):
        if path.name not in ("terminal.py", "probe.py") and "cage" not in path.parts:
            assert not re.search(
                r"click\.(secho|echo)\(|\bprint\(|std(out|err)\.(buffer|write)", path.read_text("utf-8")
            )
