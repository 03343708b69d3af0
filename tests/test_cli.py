"""The command as people, scripts and terminals meet it: options, exit codes, streams, what it prints."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest
from tracks import COMMAND, Track, card, cloze

OPTIONS = {
    "build": [
        "--out",
        "--check",
        "--role",
        "--difficulty",
        "--rename-decks",
        "--dialect",
        "--no-cache",
        "--tag",
        "--quiet",
        "--verbose",
        "--traceback",
    ],
    "check": ["--format", "--strict", "--explain", "--dialect", "--no-cache", "--traceback"],
    "push": ["--collection", "--anki", "--dry-run", "--delete-retired", "--json", "--traceback"],
    "list": ["--json", "--difficulty", "--subdomain", "--kind", "--dialect", "--tag", "--verbose", "--traceback"],
    "schema": [],
    "stats": ["--json", "--strict", "--traceback"],
    "verify": ["--python", "--check", "--quiet", "--traceback"],
}
KEYS = [
    "path", "line", "dialect", "kind", "id", "guid", "question", "answer", "subdomain", "difficulty",
    "difficulty_as_written", "tags", "deck",
]  # fmt: skip
COLOUR = re.compile(r"\x1b\[[0-9;]*m")
ESCAPE = "\x1b]0;title\x07"
FAULTY = "### Why?\n\n<!-- card: id=a.fault difficulty=beginner -->\n"


@pytest.fixture
def guide(track: Track) -> Track:
    """A track of two subdomains with three cards."""
    track.write("basics/gil.md", card("gil.why", "Why is *there* a `lock`?", "One **cheap** lock.\n\n- a\n- b"))
    track.write("basics/two.md", cloze("two.words", "It is **five** ms."))
    advanced = card("http.get", "Why `GET`?").replace("difficulty=beginner", 'difficulty="Advanced" roles=backend')
    track.write("web-api/http.md", f"# HTTP\n\nText.\n\n{advanced}")
    return track


def test_it_says_its_version(track: Track) -> None:
    result = track.run("--version")
    assert (result.code, result.err) == (0, "")
    assert re.fullmatch(r"build-decks, version \d+\.\d+\.\d+\n", result.out)


@pytest.mark.parametrize("flag", ["--help", "-h"])
def test_help_names_every_command(track: Track, flag: str) -> None:
    result = track.run(flag)
    assert (result.code, result.err) == (0, "")
    assert re.findall(r"^  (\w+)  ", result.out.split("Commands:")[1], re.MULTILINE) == sorted(OPTIONS)


@pytest.mark.parametrize("command", OPTIONS)
def test_help_of_a_command_names_every_option(track: Track, command: str) -> None:
    result = track.run(command, "--help")
    assert (result.code, result.err) == (0, "")
    assert re.findall(r"^  (?:-\w, )?(--[a-z-]+)", result.out, re.MULTILINE) == [*OPTIONS[command], "--help"]


def test_without_a_command_it_builds(guide: Track) -> None:
    result = guide.run()
    assert result.code == 0
    assert result.out.splitlines() == [f"decks_out/track{part}.apkg" for part in ("", "-basics", "-web-api")]
    assert guide.run("--check").code == 0
    assert guide.run(".", "--quiet").err == ""


@pytest.mark.parametrize(
    "arguments",
    [
        ["nowhere"], ["build", "nowhere"], ["list", "nowhere"], ["check", "nowhere"], ["--nonsense"],
        ["list", "--nonsense"], ["list", "--difficulty", "hard"], ["list", "--kind", "riddle"],
        ["build", "--difficulty", "Beginner"], ["build", "--out"], ["build", "--out", "deck.yaml"],
    ],
    ids=" ".join,
)  # fmt: skip
def test_wrong_usage_is_told_on_standard_error(track: Track, arguments: list[str]) -> None:
    track.write("basics/a.md", card("a.one"))
    result = track.run(*arguments)
    assert (result.code, result.out) == (2, "")
    assert "Error: " in result.err
    assert not track.deck().exists()


def test_list_prints_an_object_a_line_in_study_order(guide: Track) -> None:
    rows = guide.cards()
    assert [row["id"] for row in rows] == ["gil.why", "two.words", "http.get"]
    assert [list(row) for row in rows] == [KEYS] * 3
    assert rows[0] | {"guid": ""} == {
        "path": "basics/gil.md",
        "line": 1,
        "dialect": "house",
        "kind": "qa",
        "id": "gil.why",
        "guid": "",
        "question": "Why is *there* a `lock`?",
        "answer": "One **cheap** lock.\n\n- a\n- b",
        "subdomain": "basics",
        "difficulty": "beginner",
        "difficulty_as_written": "beginner",
        "tags": [
            "track::difficulty::beginner", "track::kind::qa", "track::subdomain::basics", "track::topic::gil",
        ],
        "deck": "Track::Basics",
    }  # fmt: skip
    assert rows[1]["answer"] == "It is **five** ms."
    assert (rows[2]["difficulty"], rows[2]["difficulty_as_written"], rows[2]["line"]) == ("advanced", "Advanced", 5)
    assert len({row["guid"] for row in rows}) == 3


def test_list_shows_a_row_a_card(guide: Track) -> None:
    lines = guide.run("list").out.splitlines()
    assert [line.split()[:3] for line in lines] == [
        ["gil.why", "qa", "beginner"], ["two.words", "cloze", "beginner"], ["http.get", "qa", "advanced"],
    ]  # fmt: skip
    assert len({line.index(line.split(maxsplit=3)[3]) for line in lines}) == 1


def test_a_question_of_two_lines_is_one_row(track: Track) -> None:
    track.write("basics/a.md", card("a.one").replace("### Why a.one?", "Why is it\nso long?\n===="))
    lines = track.run("list").out.splitlines()
    assert len(lines) == 1
    assert lines[0].endswith(" Why is it so long?")


@pytest.mark.parametrize(
    ("options", "ids"),
    [
        (["--difficulty", "advanced"], ["http.get"]),
        (["--difficulty", "intermediate"], []),
        (["--subdomain", "basics"], ["gil.why", "two.words"]),
        (["--subdomain", "nothing"], []),
        (["--kind", "cloze"], ["two.words"]),
        (["--kind", "qa", "--subdomain", "basics", "--difficulty", "beginner"], ["gil.why"]),
        (["web-api"], ["http.get"]),
        (["basics/two.md", "web-api/http.md"], ["two.words", "http.get"]),
        ([".", "basics", "basics/gil.md"], ["gil.why", "two.words", "http.get"]),
    ],
)
def test_list_shows_what_was_asked_for_and_each_card_once(guide: Track, options: list[str], ids: list[str]) -> None:
    assert [row["id"] for row in guide.cards(*options)] == ids


def elsewhere(track: Track, folder: Path, *args: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([COMMAND, *args], cwd=folder, capture_output=True, encoding="utf-8", timeout=60, check=False)


@pytest.mark.parametrize(
    ("inside", "asked", "path"),
    [
        ("..", "a track", "a track/basics/gil.md"),
        ("..", ".", "a track/basics/gil.md"),
        ("basics", ".", "../basics/gil.md"),
        ("basics", "gil.md", "../basics/gil.md"),
        ("web-api", "../basics", "../basics/gil.md"),
    ],
)
def test_paths_are_relative_to_the_current_folder(guide: Track, inside: str, asked: str, path: str) -> None:
    done = elsewhere(guide, guide.root / inside, "list", "--json", asked)
    first = json.loads(done.stdout.splitlines()[0])
    assert os.path.normpath(guide.root / inside / first["path"]) == str(guide.root / "basics" / "gil.md")
    assert first["path"] in (path, os.path.relpath(guide.root / "basics" / "gil.md", guide.root / inside))


def test_a_fault_is_shown_where_an_editor_finds_it_from_elsewhere(guide: Track) -> None:
    guide.write("basics/bad.md", FAULTY)
    done = elsewhere(guide, guide.root.parent, "check")
    assert done.returncode == 1
    assert done.stderr.startswith("a track/basics/bad.md:1:1: error C110 ")


def test_check_says_how_many_notes_are_good(guide: Track) -> None:
    result = guide.run("check")
    assert (result.code, result.out) == (0, "")
    assert "3 notes" in result.err
    assert not (guide.root / "_anki").exists()


@pytest.mark.parametrize("command", ["build", "check", "list", "stats"])
def test_every_command_fails_on_a_faulty_card_and_names_the_fix(guide: Track, command: str) -> None:
    guide.write("basics/bad.md", FAULTY)
    result = guide.run(command)
    assert result.code == 1
    first, line, caret, fix, *rest = result.err.splitlines()
    assert first.startswith("basics/bad.md:1:1: error C110 ")
    assert line == "    1 | ### Why?"
    assert caret == "      | ^"
    assert fix.strip().startswith("help: ")
    assert rest == ["1 error"]
    assert not guide.deck().exists()


def test_list_shows_the_good_cards_beside_the_faults(guide: Track) -> None:
    guide.write("basics/bad.md", FAULTY)
    assert len(guide.cards()) == 3


@pytest.mark.parametrize("command", ["check", "list"])
def test_a_fault_is_told_once_however_often_its_file_is_named(guide: Track, command: str) -> None:
    guide.write("basics/bad.md", FAULTY)
    result = guide.run(command, "basics/bad.md", "basics", "web-api", "basics/bad.md")
    assert result.err.splitlines()[-1] == "1 error"


def test_a_folder_without_configuration_is_read_by_its_folder_names(tmp_path: Path) -> None:
    track = Track(tmp_path / "my-guide")
    track.write("basic-things/gil.md", card("gil.why"))
    track.write("top.md", card("top.why"))
    rows = {row["id"]: row for row in track.cards()}
    assert rows["gil.why"]["deck"] == "My Guide::Basic Things"
    assert rows["top.why"]["deck"] == "My Guide"
    assert rows["gil.why"]["tags"][0].startswith("my-guide::")
    track.build()
    assert track.deck("my-guide").exists()


def test_every_track_below_is_built(tmp_path: Path) -> None:
    both = Track(tmp_path)
    for name in ("one", "two"):
        both.write(f"guides/{name}/deck.yaml", f"title: {name}\n")
        both.write(f"guides/{name}/basics/a.md", card(f"{name}.a"))
    both.write("loose.md", card("loose"))
    result = both.build()
    assert result.out.splitlines() == [f"decks_out/{n}{p}.apkg" for n in ("one", "two") for p in ("", "-basics")]
    assert both.run("build", "guides/two", "--check").code == 0
    assert [row["id"] for row in both.cards()] == ["one.a", "two.a"]


def test_a_fault_in_one_track_keeps_every_track_from_being_written(tmp_path: Path) -> None:
    both = Track(tmp_path)
    for name, text in (("one", card("one.a")), ("two", FAULTY)):
        both.write(f"{name}/deck.yaml", f"title: {name}\n")
        both.write(f"{name}/basics/a.md", text)
    assert both.run("build").code == 1
    assert not (tmp_path / "decks_out").exists()


@pytest.mark.parametrize("command", ["build", "check", "list", "stats"])
def test_two_tracks_of_one_tag_are_wrong_usage(tmp_path: Path, command: str) -> None:
    both = Track(tmp_path)
    for name in ("one", "two"):
        both.write(f"{name}/deck.yaml", "title: Same\ntag: same\n")
        both.write(f"{name}/basics/a.md", card(f"{name}.a"))
    result = both.run(command)
    assert (result.code, result.out) == (2, "")
    assert "`same`" in result.err


def test_an_empty_folder_is_wrong_usage(tmp_path: Path) -> None:
    result = Track(tmp_path).run("build")
    assert result.code == 2
    assert "no cards" in result.err


def test_nothing_is_coloured_where_there_is_no_terminal(guide: Track) -> None:
    assert "\x1b" not in guide.run("build").err
    guide.write("basics/bad.md", FAULTY)
    result = guide.run("check")
    assert "\x1b" not in result.err + result.out


def terminal(track: Track, *args: str, env: Mapping[str, str] | None = None) -> str:
    """What a command prints on a terminal."""
    pty = pytest.importorskip("pty", reason="a pseudo-terminal")
    ours, theirs = pty.openpty()
    environment = {key: value for key, value in os.environ.items() if key != "NO_COLOR"}
    process = subprocess.Popen(
        [COMMAND, *args], cwd=track.root, stdin=theirs, stdout=theirs, stderr=theirs,
        env={**environment, "TERM": "xterm", **(env or {})},
    )  # fmt: skip
    os.close(theirs)
    found = bytearray()
    while True:
        try:
            block = os.read(ours, 65536)
        except OSError:  # Linux: the other end is closed
            break
        if not block:
            break
        found += block
    os.close(ours)
    process.wait(60)
    return found.decode()


def test_a_terminal_gets_colours_and_a_progress_bar(guide: Track) -> None:
    shown = terminal(guide, "build")
    assert COLOUR.search(shown)
    assert "100%" in shown
    guide.write("basics/bad.md", FAULTY)
    assert "\x1b[31m" in terminal(guide, "check")


def test_no_color_is_honoured(guide: Track) -> None:
    assert not COLOUR.search(terminal(guide, "build", env={"NO_COLOR": "1"}))
    guide.write("basics/bad.md", FAULTY)
    assert not COLOUR.search(terminal(guide, "check", env={"NO_COLOR": "1"}))


def test_a_quiet_build_shows_no_progress_bar(guide: Track) -> None:
    assert "%" not in terminal(guide, "build", "--quiet")


@pytest.mark.parametrize("command", ["build", "check", "list", "stats"])
def test_characters_that_steer_a_terminal_are_made_visible(tmp_path: Path, command: str) -> None:
    track = Track(tmp_path / f"g{ESCAPE}x")
    name = f"b{ESCAPE}y/f{ESCAPE}z"
    track.write(f"{name}.md", card("a.one", f"Why \u202e \x9b31m `{ESCAPE[-1:]}`?".replace("\x07", "")))
    track.write(f"{name}2.md", FAULTY)
    shown = terminal(track, command)
    assert ESCAPE not in shown
    assert not re.search("[\u202e\x9b\x07]", shown)
    assert "x1b]0;title" in shown


def test_a_title_from_a_folder_name_does_not_steer_the_terminal(tmp_path: Path) -> None:
    track = Track(tmp_path / f"g{ESCAPE}x")
    track.write("basics/a.md", card("a.one"))
    assert ESCAPE not in terminal(track, "build")


def test_an_error_of_the_configuration_does_not_steer_the_terminal(tmp_path: Path) -> None:
    track = Track(tmp_path)
    track.write(f"g{ESCAPE}x/deck.yaml", f'"{ESCAPE.encode("unicode_escape").decode()}": 1\n')
    shown = terminal(track, "build")
    assert "unknown key" in shown
    assert ESCAPE not in shown
    assert "\x07" not in shown


@pytest.mark.skipif(sys.platform != "linux", reason="other systems keep file names as text")
@pytest.mark.parametrize("command", [["build"], ["check"], ["list"], ["list", "--json"]], ids=" ".join)
def test_a_file_name_that_is_no_text_makes_no_traceback(track: Track, command: list[str]) -> None:
    (track.root / "basics").mkdir()
    with open(os.fsencode(track.root) + b"/basics/caf\xe9.md", "wb") as file:
        file.write(card("a.one").encode())
    result = track.run(*command)
    assert result.code in (0, 1)


@pytest.mark.parametrize("locale", ["C", "POSIX", "C.UTF-8"])
def test_the_locale_changes_nothing(track: Track, locale: str) -> None:
    track.write("basics/größe.md", card("ä.日", "Wärum 日本 🎉?", "Größe."))
    env = {"LC_ALL": locale, "LANG": locale}
    row = json.loads(track.run("list", "--json", env=env).out)
    assert (row["path"], row["question"]) == ("basics/größe.md", "Wärum 日本 🎉?")
    assert "track::topic::größe" in row["tags"]
    assert "Wärum 日本 🎉?" in track.run("list", env=env).out
    assert "new 1: ä.日" in track.build(env=env).err
    assert track.run("--check").code == 0


@pytest.mark.skipif(os.name != "posix", reason="needs a POSIX shell")
@pytest.mark.parametrize(
    "command",
    [
        "list --json | head -n 0", "list | head -n 1", "list --json >&-", "build | true", "build >&- 2>&- <&-",
        "check 2>&-",
    ],
)  # fmt: skip
def test_a_reader_that_leaves_makes_no_traceback(track: Track, command: str) -> None:
    track.write("basics/a.md", "".join(card(f"a.n{number}", answer="x " * 400) for number in range(100)))
    done = subprocess.run(
        f"'{COMMAND}' {command}", shell=True, cwd=track.root, capture_output=True, encoding="utf-8",
        timeout=60, check=False,
    )  # fmt: skip
    assert "Traceback" not in done.stderr
    assert "Exception" not in done.stderr


def test_starting_imports_nothing_heavy() -> None:
    heavy = ["markdown_it", "mdit_py_plugins", "genanki", "pygments", "yaml", "nh3", "sqlite3", "build_decks.cards"]
    program = "import sys, build_decks.cli.main; print(*sorted(sys.modules))"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, encoding="utf-8", check=True)
    loaded = done.stdout.split()
    assert "click" in loaded
    assert not [name for name in loaded if name in heavy]


@pytest.mark.parametrize("arguments", [["--version"], ["--help"]], ids=" ".join)
def test_help_and_version_import_nothing_heavy(arguments: list[str]) -> None:
    program = "from build_decks.cli.main import main; main()"
    done = subprocess.run(
        [sys.executable, "-X", "importtime", "-c", program, *arguments],
        capture_output=True,
        encoding="utf-8",
        check=True,
    )
    assert done.stdout
    assert re.search(r"\| +click$", done.stderr, re.MULTILINE)
    assert not re.search(r"\| +(markdown_it|genanki|pygments|yaml|nh3|sqlite3)$", done.stderr, re.MULTILINE)
