"""What an author is told: each fault has a code, a fix, and a place that is right to the character."""

from __future__ import annotations

import os
import re
import textwrap
from pathlib import Path

import build_decks.cards
import pytest
from build_decks.cards.model import Diagnostic
from build_decks.cards.pipeline import building
from build_decks.cards.settings import Settings
from tracks import Track, card

DATA = Path(__file__).parent / "data"
FAULTS, FIXED = DATA / "faults", DATA / "fixed"
NAMES = sorted(path.stem for path in FAULTS.glob("*.md"))
ROOF = {"C120": "needs a folder", "C301": "needs a ledger"}
BOM = b"\xef\xbb\xbf"


def settings(root: Path, name: str) -> Settings:
    """A track of three roles; the names of the cases say which also asks for sources, or for a difficulty."""
    return Settings(
        root, "", "Track", "track",
        roles=("backend", "data", "platform"),
        difficulty="" if name.startswith("no-difficulty-") else "beginner",
        source_hosts=("docs.python.org",) if name.startswith("source-") else None,
    )  # fmt: skip


def faults(root: Path, name: str) -> list[Diagnostic]:
    return list(building.read(settings(root, name), [f"{name}.md"]).faults)


def places(found: list[Diagnostic]) -> list[str]:
    return [f"{fault.span.line}:{fault.span.column} {fault.code}" for fault in found]


def expected(name: str) -> list[str]:
    return (FAULTS / f"{name}.txt").read_text(encoding="utf-8").splitlines()


def test_there_are_cases() -> None:
    assert NAMES
    assert sorted(path.stem for path in FAULTS.glob("*.txt")) == NAMES
    assert sorted(path.stem for path in FIXED.glob("*.md")) == NAMES


@pytest.mark.parametrize("name", NAMES)
def test_a_fault_is_said_at_its_place(name: str) -> None:
    found = faults(FAULTS, name)
    assert places(found) == expected(name)
    for fault in found:
        assert fault.span.path == f"{name}.md"
        assert fault.message
        assert fault.hint
        assert "\n" not in fault.message + fault.hint


@pytest.mark.parametrize("name", NAMES)
def test_a_fixed_file_has_cards_and_no_fault(name: str) -> None:
    found = building.read(settings(FIXED, name), [f"{name}.md"])
    assert found.notes
    assert not found.faults


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("form", ["CRLF", "BOM"])
def test_line_ends_and_byte_order_mark_move_no_fault(name: str, form: str, tmp_path: Path) -> None:
    data = (FAULTS / f"{name}.md").read_bytes()
    (tmp_path / f"{name}.md").write_bytes(BOM + data if form == "BOM" else data.replace(b"\n", b"\r\n"))
    assert places(faults(tmp_path, name)) == expected(name)


# Inside a container a deep nest is deeper, and a tab reaches less far.
CONTAINED = [name for name in NAMES if "front-matter" not in name and "nested" not in name]


@pytest.mark.parametrize("name", CONTAINED)
@pytest.mark.parametrize(("first", "rest"), [("> ", "> "), ("- ", "  "), ("> 12. ", ">     ")])
def test_a_fault_in_a_container_moves_by_its_mark(name: str, first: str, rest: str, tmp_path: Path) -> None:
    text = (FAULTS / f"{name}.md").read_text(encoding="utf-8")
    lines = [rest + line if line else rest.rstrip() for line in text.splitlines()]
    (tmp_path / f"{name}.md").write_text("\n".join([first.rstrip(), *lines, ""]), encoding="utf-8")
    wanted = []
    for place in expected(name):
        line, column, code = re.split("[: ]", place)
        wanted.append(f"{int(line) + 1}:{int(column) + len(rest)} {code}")
    assert places(faults(tmp_path, name)) == wanted


def test_every_code_of_the_first_half_has_a_case() -> None:
    folder = Path(str(build_decks.cards.__file__)).parent
    modules = (
        "markdown/document.py", "sources/parse.py", "identity/tag.py", "checks/sources.py", "dialects/house.py",
    )  # fmt: skip
    known = {code for name in modules for code in re.findall(r'"(C\d{3})"', (folder / name).read_text("utf-8"))}
    assert known
    assert known - {place.split()[1] for name in NAMES for place in expected(name)} <= set(ROOF)


FRONT_MATTER = [
    pytest.param("verified: 0x" + "f" * 10_000, id="a number too long to write"),
    pytest.param("verified: 1" + ":1" * 10_000, id="a number of base sixty"),
    pytest.param("title: !!timestamp x", id="a date that is none"),
    pytest.param("title: !!bool x", id="a truth value that is none"),
    pytest.param("title: !!int ''", id="an integer that is none"),
    pytest.param("title: !!float ''", id="a number that is none"),
    pytest.param("title: !!binary é", id="bytes that are none"),
    pytest.param("title: !!python/object/apply:os.getcwd []", id="an object"),
    pytest.param("title: {[a]: b}", id="a key that is a list"),
    pytest.param("? {a: b}\n: c", id="a key that is a mapping"),
    pytest.param("<<: {title: a}", id="a merge"),
    pytest.param("a: &a [x]\n" + "\n".join(f"b{i}: &b{i} [*a, *a]" for i in range(30)), id="an alias bomb"),
    pytest.param("title: " + "a" * 70_000, id="a title of seventy thousand letters"),
    pytest.param("".join(f"{' ' * i}a:\n" for i in range(300)), id="a deep mapping"),
    pytest.param("verified: 2026-13-45", id="a month that is none"),
    pytest.param("%YAML 9.9", id="a directive"),
    pytest.param("title: a\n\fdifficulty: beginner", id="a form feed"),
    pytest.param("title: \\ud800\ndifficulty: [\ud7ff\ue000", id="letters of no script"),
    pytest.param('title: "\\ud800"', id="half a character"),
]


@pytest.mark.parametrize("text", FRONT_MATTER)
def test_odd_front_matter_is_a_fault_inside_it(text: str, tmp_path: Path) -> None:
    (tmp_path / "a.md").write_text(f"---\n{text}\n---\n\n{card('a')}", encoding="utf-8")
    found = faults(tmp_path, "a")
    assert {fault.code for fault in found} & {"C001", "C005", "C006", "C007"}
    assert all(fault.span.line <= text.count("\n") + 3 for fault in found)


@pytest.mark.parametrize("end", ["\u2028", "\u2029", "\x85", "\f"])
def test_a_line_of_front_matter_ends_where_lines_of_the_file_end(end: str, tmp_path: Path) -> None:
    (tmp_path / "a.md").write_text(f"---\n# {end}\ntitel: a\n---\n\n{card('a')}", encoding="utf-8")
    assert [fault.span.line for fault in faults(tmp_path, "a")] in ([2], [3])
    if end != "\f":
        assert places(faults(tmp_path, "a")) == ["3:1 C006"]


@pytest.mark.parametrize("text", ["> - <pre>\n> ", "> - <!-- a\n>", "- ```\n ", "> ~~~\n>", "- <?\n\t"])
def test_a_file_may_end_inside_a_block_in_a_container(text: str, tmp_path: Path) -> None:
    (tmp_path / "a.md").write_bytes(text.encode())
    assert [(fault.span.line, fault.code) for fault in faults(tmp_path, "a")] == [(1, "C004")]


UNREADABLE = [
    pytest.param(b"# a\nb \xe9\n", "2:3", id="no UTF-8"),
    pytest.param("# ü\r\nb €".encode() + b"\xe9\n", "2:4", id="no UTF-8 after CRLF and wide letters"),
    pytest.param(b"# a\rb\r\xe9\n", "3:1", id="no UTF-8 after CR"),
    pytest.param(BOM + b"# a\n\xe9\n", "2:1", id="no UTF-8 after a byte order mark"),
    pytest.param("# a\n".encode("utf-16"), "1:1", id="UTF-16"),
    pytest.param(b"\x00", "1:1", id="NUL"),
    pytest.param("# a\nü \x1f b\n".encode(), "2:3", id="the field separator"),
    pytest.param(b"# a\r\n\r\n\x7f\n", "3:1", id="DEL"),
    pytest.param("a\nü \x02\n".encode(), "2:3", id="a mark of our own"),
    pytest.param(b"a\n" + b"b" * 5_000_000, "1:1", id="a line of 5 MB"),
    pytest.param(b"a b c\n" * 1_000_000, "1:1", id="a file of 6 MB"),
    pytest.param(b"a\n" + "ü".encode() * 60_000, "2:50001", id="a line of 60,000 letters"),
]  # fmt: skip


@pytest.mark.parametrize(("data", "place"), UNREADABLE)
def test_a_file_that_cannot_be_read_says_where(data: bytes, place: str, tmp_path: Path) -> None:
    (tmp_path / "a.md").write_bytes(data)
    (tmp_path / "b.md").write_text(card("b"), encoding="utf-8")
    found = building.read(settings(tmp_path, ""), ["a.md", "b.md"])
    assert places(list(found.faults)) == [f"{place} C001"]
    assert [note.card.id for note in found.notes] == ["b"]


def test_the_byte_that_is_no_utf_8_is_named(tmp_path: Path) -> None:
    for start in (b"", BOM):
        (tmp_path / "a.md").write_bytes(start + b"abc \xe9 def")
        assert "0xe9" in faults(tmp_path, "a")[0].message


def test_letters_of_any_script_and_white_space_are_no_control_characters(tmp_path: Path) -> None:
    text = card("a", answer="\t\f\x85\u2028\u200b\u202e\ufeff 🐍 \ufffd \U0010ffff")
    (tmp_path / "a.md").write_text(text, encoding="utf-8")
    assert not faults(tmp_path, "a")


def test_a_line_of_the_longest_length_is_read(tmp_path: Path) -> None:
    (tmp_path / "a.md").write_text(card("a", answer="ü" * 40_000), encoding="utf-8")
    assert not faults(tmp_path, "a")


def test_a_link_out_of_the_track_is_a_fault(track: Track) -> None:
    outside = track.root.parent / "outside.md"
    outside.write_text(card("outside"), encoding="utf-8")
    (track.root / "a.md").symlink_to(outside)
    result = track.run("check")
    assert result.code == 1
    assert "a.md:1:1: error C001" in result.err


@pytest.mark.parametrize("target", ["nowhere.md", "a.md"])
def test_a_link_to_nothing_is_a_fault(target: str, track: Track) -> None:
    (track.root / "a.md").symlink_to(track.root / target)
    result = track.run("check")
    assert result.code == 1
    assert "a.md:1:1: error C001" in result.err


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no such files here")
def test_a_pipe_is_a_fault_and_is_not_waited_for(track: Track) -> None:
    os.mkfifo(track.root / "a.md")
    result = track.run("check")
    assert result.code == 1
    assert "a.md:1:1: error C001" in result.err


def test_a_name_that_is_no_text_is_a_fault(track: Track) -> None:
    try:
        with open(os.path.join(os.fsencode(track.root), b"\xff.md"), "wb") as file:
            file.write(card("a").encode())
    except OSError:
        pytest.skip("this file system takes Unicode alone")
    (track.root / "deck.yaml").write_text("title: Track\nsource-url: https://guide.example/\n", encoding="utf-8")
    for command in ("check", "list", "build"):
        result = track.run(command)
        assert result.code == 1
        assert "1:1: error C001" in result.err


def test_ten_thousand_quotes_and_lists_are_a_fault_in_little_time_and_memory(track: Track) -> None:
    for name, mark in (("quotes", ">"), ("spaced", "> "), ("lists", "- "), ("numbers", "1. "), ("notes", "[^1]: ")):
        track.write(f"{name}.md", f"{card(name)}\n{mark * 10_000}deep\n"[:49_000])
    result = track.run("check")
    assert result.code == 1
    for name in ("quotes", "spaced", "lists", "numbers", "notes"):
        assert f"{name}.md:7:1: error C003" in result.err


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("### Why?\n\n<!-- card: id=a\n" + "b=c\n" * 80_000 + "-->\n\n**A:** so\n", id="metadata"),
        pytest.param("### Why?\n\n<!-- card: id=a\n" + "b\n" * 150_000 + "-->\n\n**A:** so\n", id="words for metadata"),
        pytest.param("### Why?\n\n<!-- card: id=a\n" + "b\n" * 150_000, id="metadata without an end"),
        pytest.param(card("a") + "\n$$ a\n" * 50_000, id="formulas without an end"),
        pytest.param(card("a") + "\n$$ a (b)\n" * 30_000, id="formulas with numbers"),
        pytest.param(card("a") + "\n<!-- check\na\n-->\n" * 10_000, id="checks"),
    ],
)
def test_a_file_that_repeats_itself_is_read_or_refused_before_the_command_is_given_up(text: str, track: Track) -> None:
    track.write("a.md", text)
    assert track.run("check").code in (0, 1)


def test_a_folder_that_deck_yaml_does_not_name_is_a_fault_of_its_files(track: Track) -> None:
    track.write("known/a.md", card("a"))
    track.write("unknown/b.md", "# Guide\n\n" + card("b"))
    track.write("unknown/c.md", "# Guide without a card\n")
    (track.root / "deck.yaml").write_text("title: Track\nsubdomains: [{folder: known}]\n", encoding="utf-8")
    result = track.run("check")
    assert result.code == 1
    assert [line for line in result.err.splitlines() if "C120" in line] == [
        "unknown/b.md:1:1: error C120 the folder `unknown` is not a subdomain in deck.yaml"
    ]
    assert "known" in result.err


def test_faults_are_sorted_by_place_counted_and_nothing_is_written(track: Track) -> None:
    track.write("b.md", card("b", more="level=hard py=3"))
    track.write(
        "a.md",
        textwrap.dedent("""\
        # Guide <!-- card: id=a -->

        ```
        never closed
        """),
    )
    result = track.run("build")
    assert result.code == 1
    assert not result.out
    places = [
        line.split(" error ")[0] + line.split(" error ")[1][:5] for line in result.err.splitlines() if ": error" in line
    ]
    assert places == ["a.md:1:9:C101 ", "a.md:3:1:C004 ", "b.md:3:37:C103 ", "b.md:3:48:C105 "]
    assert result.err.splitlines()[-1] == "4 errors"
    assert sorted(path.name for path in track.root.iterdir()) == ["a.md", "b.md", "deck.yaml"]


@pytest.mark.parametrize("command", ["check", "list", "build"])
def test_every_command_says_the_same_faults(command: str, track: Track) -> None:
    track.write("a.md", card("a", more="level=hard"))
    result = track.run(command)
    assert result.code == 1
    assert "a.md:3:37: error C103" in result.err
    assert "help:" in result.err
