"""The ledger: when a note last changed, what retired, and that nothing else decides a date."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from build_decks.cards.identity import ids, ledger
from build_decks.cards.identity.ledger import Entry, Ledger
from build_decks.cards.model import MAX_QUESTION, Trace
from build_decks.cli import clock
from build_decks.cli.config import ConfigError
from hypothesis import given
from hypothesis import strategies as st
from tracks import Track, card, cloze, rows

ROOT = Path(__file__).parents[1]
FIRST = "2020-01-01T00:00:00Z"
Y2030, Y2040 = {"SOURCE_DATE_EPOCH": "1893456000"}, {"SOURCE_DATE_EPOCH": "2208988800"}


def times(track: Track) -> dict[str, str]:
    """The time of each note and note type, by id."""
    return {row[1]: row[5] for row in rows_of(track)}


def states(track: Track) -> dict[str, str]:
    return {row[1]: row[0] for row in rows_of(track)}


def rows_of(track: Track) -> list[list[str]]:
    """The columns of each line for a note or note type."""
    return [row for line in track.ledger.splitlines()[1:] if len(row := line.split("\t")) > 3]


def write_ledger(track: Track, text: str) -> None:
    (track.root / "_anki" / "ledger.txt").write_bytes(text.encode())


# Its text

names = st.from_regex(r"[a-zäя0-9]+([.-][a-zäя0-9]+){0,3}", fullmatch=True)
entries = st.builds(
    Entry,
    state=st.sampled_from(["note", "retired", "notetype"]),
    id=names,
    guid=st.from_regex(r"[a-zA-Z0-9]{12,16}", fullmatch=True),
    cards=st.integers(0, 999),
    hash=st.from_regex(r"[0-9a-f]{32}", fullmatch=True),
    changed=st.integers(ledger.FIRST, clock.LATEST),
    change=st.sampled_from(["first", "new", "changed", "moved"]),
    folder=st.sampled_from(["", "basics", "a b", "ä"]),
) | st.builds(
    Entry,
    state=st.sampled_from(["note", "retired"]),
    id=names,
    guid=st.from_regex(r"[a-zA-Z0-9]{12,16}", fullmatch=True),
    cards=st.integers(0, 999),
    hash=st.from_regex(r"[0-9a-f]{32}", fullmatch=True),
    changed=st.integers(ledger.FIRST, clock.LATEST),
    change=st.sampled_from(["retired", "restored"]),
    day=st.dates(date(2020, 1, 1)).map(str),
)
# Of cards without ids: their question stands where others have their id.
lines = st.text(
    st.characters(codec="utf-8", categories=["L", "N", "P", "S", "Zs", "Zl", "Zp"]), min_size=1, max_size=20
)
traces = st.builds(
    Trace,
    name=lines,
    question=lines,
    asked=st.from_regex(r"[0-9a-f]{16}", fullmatch=True),
    answer=st.from_regex(r"([0-9a-f]{16})?", fullmatch=True),
    sketch=st.from_regex(r"[0-9a-f]{32}", fullmatch=True),
    cloze=st.booleans(),
)
traced = st.builds(
    lambda entry, trace: replace(entry, id=trace.question, trace=trace),
    entries.filter(lambda entry: entry.state != "notetype"),
    traces,
)
ledgers = st.lists(entries | traced, max_size=6, unique_by=lambda entry: entry.guid).map(
    lambda found: Ledger({entry.guid: entry for entry in found})
)


@given(ledgers)
def test_what_is_written_is_read_again(known: Ledger) -> None:
    assert ledger.parse(ledger.text_of(known), "ledger.txt") == (known, ())


@given(ledgers.filter(lambda known: known.entries), st.data())
def test_a_changed_character_is_a_fault_or_is_kept(known: Ledger, data: st.DataObject) -> None:
    text = ledger.text_of(known)
    at = data.draw(st.integers(0, len(text) - 1))
    other = data.draw(st.sampled_from("0123456789af-\t\n\u0663") | st.characters(codec="utf-8"))
    changed = text[:at] + other + text[at + 1 :]
    again, faults = ledger.parse(changed, "ledger.txt")
    assert faults or sorted(ledger.text_of(again).split("\n")[:-1]) == sorted(changed.split("\n")[:-1])


@given(st.text())
def test_any_text_is_read_without_a_crash(text: str) -> None:
    known, faults = ledger.parse(text, "ledger.txt")
    assert faults or known.entries or text == ledger.text_of(Ledger())


@given(ledgers, st.randoms(use_true_random=False))
def test_the_order_of_entries_does_not_show(known: Ledger, random) -> None:  # type: ignore[no-untyped-def]
    mixed = list(known.entries.items())
    random.shuffle(mixed)
    assert ledger.text_of(Ledger(dict(mixed))) == ledger.text_of(known)


def test_a_ledger_that_was_cut_off_anywhere_is_a_fault(track: Track) -> None:
    track.write("basics/a.md", card("a") + card("b"))
    track.build()
    text = track.ledger
    whole = [at for at in range(len(text)) if not ledger.parse(text[:at], "ledger.txt")[1]]
    assert [text[:at][-60:] for at in whole] == []


def edited(pattern: str, replacement: str) -> Callable[[str], str]:
    def edit(text: str) -> str:
        result, count = re.subn(pattern, replacement, text, count=1, flags=re.MULTILINE)
        assert count
        return result

    return edit


FAULTY: dict[str, tuple[Callable[[str], str], int, str]] = {
    "empty": (lambda text: "", 1, "does not begin"),
    "blank": (lambda text: "\n\n", 1, "does not begin"),
    "no header": (lambda text: text.split("\n", 1)[1], 1, "does not begin"),
    "of a later version": (edited("^# build-decks ledger 1", "# build-decks ledger 2"), 1, "does not begin"),
    "byte order mark": (lambda text: "\ufeff" + text, 1, "does not begin"),
    "torn in a line": (edited(r"(^note\tb\t\w{5})[\s\S]*", r"\1"), 7, "the last line is incomplete"),
    "torn before a line end": (edited(r"(^note\tb\t.*)\n[\s\S]*", r"\1"), 7, "the last line is incomplete"),
    "an empty line": (edited(r"^(note\ta)", r"\n\1"), 6, "this is not a line of a ledger"),
    "a comment": (edited(r"^(note\ta)", r"# mine\n\1"), 6, "this is not a line of a ledger"),
    "spaces for tabs": (edited("^note\ta\t", "note a "), 6, "this is not a line of a ledger"),
    "another state": (edited("^note\ta\t", "notes\ta\t"), 6, "this is not a line of a ledger"),
    "no id": (edited("^note\ta\t", "note\t\t"), 6, "this is not a line of a ledger"),
    "a short hash": (
        edited(r"(^note\ta\t.*\t[0-9a-f]{30})[0-9a-f]{2}\t", r"\1\t"),
        6,
        "this is not a line of a ledger",
    ),
    "an upper-case hash": (edited(r"(^note\ta\t\w+\t1\t)[0-9a-f]{2}", r"\1AB"), 6, "this is not a line of a ledger"),
    "a month that is none": (edited(r"(^note\ta\t.*\t)2020-01", r"\g<1>2020-13"), 6, "this is not a line of a ledger"),
    "a time with an offset": (edited(r"(^note\ta\t.*)Z\t", r"\1+01:00\t"), 6, "this is not a line of a ledger"),
    "a time before the first": (
        edited(r"(^note\ta\t.*\t)2020-01-01", r"\g<1>1969-12-31"),
        6,
        "this is not a line of a ledger",
    ),
    "a year of three digits": (
        edited(r"(^note\ta\t.*\t)2020-01-01", r"\g<1>0999-01-01"),
        6,
        "this is not a line of a ledger",
    ),
    "digits of another script": (edited(r"^(note\ta\t.*)0Z\t", "\\1\u0660Z\t"), 6, "this is not a line of a ledger"),
    "a number with a zero before": (edited(r"^(note\ta\t\w+\t)1", r"\g<1>01"), 6, "this is not a line of a ledger"),
    "another change": (edited(r"(^note\ta\t.*)\tfirst", r"\1\tlast"), 6, "this is not a line of a ledger"),
    "a day of no change": (
        edited(r"(^note\ta\t.*)\tfirst", r"\1\tfirst 2030-01-01"),
        6,
        "this is not a line of a ledger",
    ),
    "no folder": (edited(r"(^note\ta\t.*)\tbasics$", r"\1\t"), 6, "this is not a line of a ledger"),
    "a tab at the end": (edited(r"(^note\ta\t.*)$", r"\1\t"), 6, "this is not a line of a ledger"),
    "two states of one note": (edited(r"^note(\ta\t.*\n)", r"note\1retired\1"), 7, "is on line 6"),
    "one id with two times": (edited(r"(^note\ta\t.*\t)2020(.*\n)", r"\g<1>2020\2\g<1>2021\2"), 7, "is on line 6"),
    "a conflict": (edited(r"(^note\ta\t.*\n)", r"<<<<<<< HEAD\n\1=======\n\1>>>>>>> other\n"), 6, "a merge conflict"),
}


QUESTION = Entry(
    "note", "Why?", "abcdefghijkl", 1, "0" * 32, ledger.FIRST, folder="a b",
    trace=Trace("a b/ä.md", "Why?", "0123456789abcdef", "fedcba9876543210", "00ff" * 8),
)  # fmt: skip
CLOZE = replace(QUESTION, guid="bcdefghijklm", trace=Trace("a.md", "Why?", "0" * 16, "", "0" * 32, True))


def test_a_card_without_an_id_has_its_trace_in_its_row() -> None:
    named = Entry("note", "a", "aaaaaaaaaaaa", 1, "0" * 32, ledger.FIRST)
    text = ledger.text_of(Ledger({entry.guid: entry for entry in (CLOZE, QUESTION, named)}))
    row = f"1\t{'0' * 32}\t{FIRST}\tfirst"
    assert text.split("\n")[1:-2] == [
        f"note\tWhy?\tabcdefghijkl\t{row}\ta b\ta b/ä.md\t0123456789abcdef\tfedcba9876543210\t{'00ff' * 8}\t-",
        f"note\tWhy?\tbcdefghijklm\t{row}\ta b\ta.md\t{'0' * 16}\t-\t{'0' * 32}\tcloze",
        f"note\ta\taaaaaaaaaaaa\t{row}\t.",
    ]


@pytest.mark.parametrize(
    ("pattern", "replacement"),
    [
        (r"\t-$", ""), (r"\t-$", "\tqa"), (r"\t-$", "\t-\t"), (r"\t-$", "\t-\t-"), (r"\ta b/ä.md", "\t"),
        ("ä", "\x1b"), ("ä", "\t"), ("0123456789abcdef", "-"), ("fedcba9876543210", ""), ("fedcba98", "FEDCBA98"),
        ("(00ff){8}", "00ff"),
        ("\tWhy", f"\t{'W' * MAX_QUESTION}"), ("^note", "notetype"), (r"\ta b/ä.md", ""),
    ],
)  # fmt: skip
def test_a_trace_that_is_none_is_told_with_its_line(pattern: str, replacement: str) -> None:
    text = edited(pattern, replacement)(ledger.text_of(Ledger({QUESTION.guid: QUESTION})))
    known, (fault,) = ledger.parse(text, "ledger.txt")
    assert known == Ledger()
    assert (fault.code, fault.span.line, fault.message) == ("C401", 2, "this is not a line of a ledger")


@pytest.mark.skipif(not shutil.which("git"), reason="git is not on PATH")
def test_traces_that_two_branches_changed_merge(tmp_path: Path) -> None:
    def merge(ours: Entry, theirs: Entry, *more: Entry) -> tuple[Ledger, list[str]]:
        for name, entry in (("base", QUESTION), ("ours", ours), ("theirs", theirs)):
            text = ledger.text_of(Ledger({found.guid: found for found in (entry, CLOZE, *more)}))
            (tmp_path / name).write_bytes(text.encode())
        names = [tmp_path / name for name in ("ours", "base", "theirs")]
        done = subprocess.run(["git", "merge-file", "--union", "-p", *names], capture_output=True, check=True)
        known, faults = ledger.parse(done.stdout.decode(), "ledger.txt")
        return known, [fault.message for fault in faults]

    assert QUESTION.trace
    reworded = replace(QUESTION, id="How?", trace=replace(QUESTION.trace, question="How?"))
    later = replace(QUESTION, changed=ledger.FIRST + 1)
    both = {found.guid: found for found in (reworded, CLOZE)}
    assert merge(reworded, QUESTION) == (Ledger(both), [])
    assert merge(reworded, reworded) == (Ledger(both), [])
    assert merge(reworded, later)[1] == ["`Why?` is on line 2 too, as `How?`"]


@pytest.fixture(scope="module")
def two_cards(tmp_path_factory: pytest.TempPathFactory) -> Track:
    track = Track(tmp_path_factory.mktemp("two") / "track")
    track.write("deck.yaml", "title: Track\ntag: track\n")
    track.write("basics/a.md", card("a") + card("b"))
    track.build()
    return track


@pytest.mark.parametrize("name", FAULTY)
def test_a_ledger_that_is_none_is_told_with_its_line(two_cards: Track, name: str) -> None:
    edit, line, words = FAULTY[name]
    _, faults = ledger.parse(edit(two_cards.ledger), "track/_anki/ledger.txt")
    assert any(fault.span.line == line and words in fault.message and fault.code == "C401" for fault in faults), faults


def test_nothing_is_written_while_the_ledger_has_a_fault(two_cards: Track, tmp_path: Path) -> None:
    track = Track(tmp_path / "track")
    shutil.copytree(two_cards.root, track.root)
    write_ledger(track, track.ledger.replace("note\ta\t", "note a "))
    track.write("basics/a.md", card("a", answer="New.") + card("b"))
    before = {path: path.read_bytes() for path in track.root.rglob("*") if path.is_file()}
    result = track.run()
    assert result.code == 1
    assert result.out == ""
    assert re.search(r"^_anki/ledger\.txt:6:\d+: error C401 ", result.err, re.MULTILINE)
    assert "help: " in result.err
    assert {path: path.read_bytes() for path in track.root.rglob("*") if path.is_file()} == before


@pytest.mark.parametrize("text", [b"\xff\xfe", b"# build-decks \xe9\n"])
def test_a_ledger_that_is_no_text_is_told(two_cards: Track, tmp_path: Path, text: bytes) -> None:
    track = Track(tmp_path / "track")
    shutil.copytree(two_cards.root, track.root)
    (track.root / "_anki" / "ledger.txt").write_bytes(text)
    result = track.run()
    assert result.code in (1, 2)
    assert "ledger.txt" in result.err


def test_line_ends_of_windows_are_read_and_fixed(two_cards: Track, tmp_path: Path) -> None:
    track = Track(tmp_path / "track")
    shutil.copytree(two_cards.root, track.root)
    text = track.ledger
    write_ledger(track, text.replace("\n", "\r\n"))
    track.build()
    assert (track.root / "_anki" / "ledger.txt").read_bytes() == text.encode()


def test_a_line_that_a_merge_doubled_is_read_once(two_cards: Track, tmp_path: Path) -> None:
    track = Track(tmp_path / "track")
    shutil.copytree(two_cards.root, track.root)
    text = track.ledger
    write_ledger(track, edited(r"(^note\ta\t.*\n)", r"\1\1")(text))
    track.build()
    assert track.ledger == text


def test_lines_in_another_order_are_read_and_fixed(two_cards: Track, tmp_path: Path) -> None:
    track = Track(tmp_path / "track")
    shutil.copytree(two_cards.root, track.root)
    text = track.ledger
    first, second = (line for line in text.splitlines(keepends=True) if line.startswith("note\t"))
    write_ledger(track, text.replace(first + second, second + first))
    track.build()
    assert track.ledger == text


# Dates


def test_a_note_that_was_never_seen_has_the_first_time(track: Track) -> None:
    track.write("basics/a.md", card("a"))
    track.build(env=Y2040)
    assert times(track) == {"a": FIRST, "Concept": FIRST, "Concept Cloze": FIRST}
    assert rows(track.deck(), "select mod from notes", track.root) == [(ledger.FIRST,)]


def test_only_what_changed_gets_the_time_of_the_build(track: Track) -> None:
    track.write("basics/a.md", card("a") + card("b"))
    track.build()
    track.write("basics/a.md", card("a", answer="New.") + card("b") + card("c"))
    track.build(env=Y2030)
    assert times(track) == {
        "a": "2030-01-01T00:00:00Z", "b": FIRST, "c": "2030-01-01T00:00:00Z", "Concept": FIRST, "Concept Cloze": FIRST,
    }  # fmt: skip
    mods = rows(track.deck(), "select flds like '%New.%', mod from notes order by mod", track.root)
    assert sorted(mods) == [(0, ledger.FIRST), (0, 1893456000), (1, 1893456000)]


def test_every_deck_of_a_build_has_the_same_times(track: Track) -> None:
    track.write("basics/a.md", card("a") + card("b"))
    track.build()
    track.write("basics/a.md", card("a", answer="New.") + card("b"))
    track.build(env=Y2030)
    query = "select guid, mod from notes order by guid"
    assert rows(track.deck(), query, track.root) == rows(track.deck("track-basics"), query, track.root)


def test_a_change_is_later_than_the_last_even_when_the_clock_runs_backwards(track: Track) -> None:
    track.write("basics/a.md", card("a"))
    track.build()
    for answer, when, expected in (
        ("One.", "1893456000", "2030-01-01T00:00:00Z"),
        ("Two.", "1893456000", "2030-01-01T00:00:01Z"),
        ("Three.", "0", "2030-01-01T00:00:02Z"),
        ("Four.", "2208988800", "2040-01-01T00:00:00Z"),
    ):
        track.write("basics/a.md", card("a", answer=answer))
        track.build(env={"SOURCE_DATE_EPOCH": when})
        assert times(track)["a"] == expected


def test_the_last_moment_that_can_be_written_is_no_crash(track: Track) -> None:
    track.write("basics/a.md", card("a"))
    track.build()
    for answer in ("One.", "Two.", "Three."):
        track.write("basics/a.md", card("a", answer=answer))
        result = track.run("build", env={"SOURCE_DATE_EPOCH": str(clock.LATEST)})
    assert result.code in (0, 1, 2)


def test_a_build_of_a_build_changes_nothing(track: Track) -> None:
    track.write("basics/a.md", card("a") + cloze("b", "It **runs**."))
    track.build()
    track.write("basics/a.md", card("a", answer="New.") + cloze("b", "It **runs**."))
    track.build(env=Y2030)
    before = {path: (path.read_bytes(), path.stat()) for path in track.root.rglob("*") if path.is_file()}
    result = track.build(env=Y2040)
    after = {path: (path.read_bytes(), path.stat()) for path in track.root.rglob("*") if path.is_file()}
    assert {path: data for path, (data, _) in after.items()} == {path: data for path, (data, _) in before.items()}
    assert all(after[path][1].st_mtime_ns == stat.st_mtime_ns for path, (_, stat) in before.items())
    assert "wrote" not in result.err
    assert not re.search(r"^(new|changed|retired|restored)", result.err, re.MULTILINE)


def test_without_a_change_no_clock_is_read(track: Track) -> None:
    nonsense = {"SOURCE_DATE_EPOCH": "nonsense"}
    track.write("basics/a.md", card("a") + card("b"))
    track.build(env=nonsense)
    track.build(env=nonsense)
    assert track.run("build", "--check", env=nonsense).code == 0


def test_a_time_that_is_none_stops_a_build_that_needs_it(track: Track) -> None:
    track.write("basics/a.md", card("a"))
    track.build()
    before = track.ledger
    track.write("basics/a.md", card("a", answer="New."))
    result = track.run("build", env={"SOURCE_DATE_EPOCH": "yesterday"})
    assert result.code == 2
    assert "SOURCE_DATE_EPOCH" in result.err
    assert "yesterday" in result.err
    assert track.ledger == before


@pytest.mark.parametrize(
    "value",
    ["", " ", "-1", "+1", "1.5", "1e9", " 1893456000", "1893456000\n", "0x10", "1_000", "١٨", "²", "253402300800"],
)
def test_source_date_epoch_is_a_whole_number_of_seconds(monkeypatch: pytest.MonkeyPatch, value: str) -> None:
    monkeypatch.setenv("SOURCE_DATE_EPOCH", value)
    with pytest.raises(ConfigError, match="SOURCE_DATE_EPOCH"):
        clock.now()


def test_source_date_epoch_of_five_thousand_digits_is_no_crash(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "9" * 5000)
    with pytest.raises(ConfigError, match="SOURCE_DATE_EPOCH"):
        clock.now()


@pytest.mark.parametrize("value", ["0", "00", "1893456000", str(clock.LATEST)])
def test_source_date_epoch_is_the_time_of_the_build(monkeypatch: pytest.MonkeyPatch, value: str) -> None:
    monkeypatch.setenv("SOURCE_DATE_EPOCH", value)
    assert clock.now() == int(value)


# What went, and what came back


def test_a_card_that_went_is_retired_and_stays_so(track: Track) -> None:
    track.write("basics/a.md", card("a") + card("b"))
    track.build()
    track.write("basics/a.md", card("b"))
    assert "retired 1: a" in track.build().err
    assert "retired" not in track.build().err
    assert states(track) == {"a": "retired", "b": "note", "Concept": "notetype", "Concept Cloze": "notetype"}


def test_a_retired_id_is_not_used_again(track: Track) -> None:
    track.write("basics/a.md", card("a") + card("b"))
    track.build()
    track.write("basics/a.md", card("b"))
    track.build()
    before = track.ledger
    track.write("basics/a.md", card("b") + card("a", "Why is another?"))
    result = track.run("build")
    assert result.code == 1
    assert re.search(r"^basics/a\.md:6:1: error C301 .*`a`", result.err, re.MULTILINE)
    assert track.ledger == before


def test_a_retired_card_that_comes_back_as_it_was_is_restored_with_its_time(track: Track) -> None:
    track.write("basics/a.md", card("a") + card("b"))
    track.build()
    track.write("basics/a.md", card("a", answer="New.") + card("b"))
    track.build(env=Y2030)
    track.write("basics/a.md", card("b"))
    track.build(env=Y2040)
    track.write("basics/a.md", card("a", answer="New.") + card("b"))
    assert "restored 1: a" in track.build(env=Y2040).err
    assert states(track)["a"] == "note"
    assert times(track)["a"] == "2030-01-01T00:00:00Z"


def test_a_card_that_became_a_cloze_may_become_itself_again(track: Track) -> None:
    track.write("basics/a.md", card("a"))
    track.build()
    track.write("basics/a.md", cloze("a", "It **runs**."))
    track.build()
    track.write("basics/a.md", card("a"))
    result = track.build()
    assert "restored 1: a" in result.err
    assert "retired 1: a" in result.err
    assert len(rows(track.deck(), "select id from notes", track.root)) == 1


def test_a_build_of_one_role_retires_nothing(track: Track) -> None:
    track.write("basics/a.md", card("a", more="roles=web") + card("b"))
    track.build()
    before = track.ledger
    assert "retired" not in track.build("--role", "web").err
    assert track.ledger == before


# Identity


def test_a_guid_depends_on_track_id_and_cloze_alone() -> None:
    combinations = [(tag, name, kind) for tag in ("t", "u", "t.a") for name in ("a", "b", "cloze") for kind in (0, 1)]
    found = {ids.guid(tag, name, bool(kind)) for tag, name, kind in combinations}
    assert len(found) == len(combinations)
    assert all(re.fullmatch(r"[A-Za-z0-9]{10,20}", guid) for guid in found)


def test_note_and_card_ids_depend_on_the_note_alone(track: Track) -> None:
    query = """
        select n.guid, n.id, c.ord, c.id from notes n join cards c on c.nid = n.id where n.flds like '%asked%'
        order by c.id
    """
    asked = card("a", "Why is asked?") + cloze("b", "This is **asked** of **you**.")
    track.write("basics/m.md", asked)
    track.build()
    alone = rows(track.deck(), query, track.root)
    assert len(alone) == 3
    track.write("basics/a.md", card("first"))
    track.write("basics/m.md", card("before") + asked + card("after"))
    track.write("another/a.md", card("other"))
    track.build()
    assert rows(track.deck(), query, track.root) == alone
    assert rows(track.deck("track-basics"), query, track.root) == alone
    (track.root / "basics" / "m.md").rename(track.root / "another" / "z.md")
    track.build()
    assert rows(track.deck(), query, track.root) == alone


def test_ids_of_notes_cards_and_decks_never_meet(track: Track) -> None:
    track.write("basics/a.md", "".join(cloze(f"a{n}", "**One** and **two** and **three**.") for n in range(60)))
    track.build()
    found = rows(track.deck(), "select id from notes union all select id from cards", track.root)
    assert len(found) == len(set(found)) == 240


# Two branches


def git(folder: Path, *args: str) -> subprocess.CompletedProcess[str]:
    settings = ("user.name=A", "user.email=a@example.org", "init.defaultBranch=main", "core.autocrlf=false")
    options = [word for setting in settings for word in ("-c", setting)]
    return subprocess.run(
        ["git", *options, *args], cwd=folder, check=False, capture_output=True, encoding="utf-8",
        env={"PATH": os.environ["PATH"], "HOME": str(folder), "GIT_CONFIG_NOSYSTEM": "1"},
    )  # fmt: skip


def commit(track: Track) -> None:
    git(track.root, "add", "-A")
    done = git(track.root, "commit", "-qm", "x")
    assert done.returncode == 0, done.stderr


def branches(track: Track) -> None:
    """A repository with the cards a, m and z and the ledger, on main."""
    shutil.copy(ROOT / ".gitattributes", track.root)
    track.write(".gitignore", "decks_out/\n_anki/README.md\n")
    for name in "amz":
        track.write(f"basics/{name}.md", card(name))
    track.build()
    git(track.root, "init", "-q")
    commit(track)


@pytest.mark.skipif(not shutil.which("git"), reason="git is not on PATH")
def test_two_branches_that_add_cards_merge_and_build(track: Track) -> None:
    branches(track)
    for branch, names in (("one", ["b", "n", "zz.one"]), ("two", ["c", "o", "zz.two"])):
        git(track.root, "switch", "-qc", branch, "main")
        for name in names:
            track.write(f"basics/{name}.md", card(name))
        track.build()
        commit(track)
    merged = git(track.root, "merge", "-q", "one", "-m", "x")
    assert merged.returncode == 0, merged.stdout + merged.stderr
    track.build(env=Y2040)
    assert [name for name in states(track) if name[0].islower()] == sorted(
        ["a", "m", "z", *"bn", *"co", "zz.one", "zz.two"]
    )
    assert max(times(track).values()) < "2040"
    assert "would change" not in track.run("build", "--check").err


@pytest.mark.skipif(not shutil.which("git"), reason="git is not on PATH")
def test_two_branches_that_begin_a_ledger_merge_and_build(track: Track) -> None:
    shutil.copy(ROOT / ".gitattributes", track.root)
    track.write(".gitignore", "decks_out/\n_anki/README.md\n")
    git(track.root, "init", "-q")
    commit(track)
    for branch in ("one", "two"):
        git(track.root, "switch", "-qc", branch, "main")
        track.write(f"basics/{branch}.md", card(branch))
        track.build()
        commit(track)
    merged = git(track.root, "merge", "-q", "one", "-m", "x")
    assert merged.returncode == 0, merged.stdout + merged.stderr
    track.build()
    assert [name for name in states(track) if name[0].islower()] == ["one", "two"]


@pytest.mark.skipif(not shutil.which("git"), reason="git is not on PATH")
def test_two_branches_that_edit_one_card_are_told_which_line_to_keep(track: Track) -> None:
    branches(track)
    for branch, when in (("one", Y2030), ("two", Y2040)):
        git(track.root, "switch", "-qc", branch, "main")
        track.write("basics/m.md", card("m", answer=f"As {branch} says."))
        track.build(env=when)
        commit(track)
    git(track.root, "merge", "-q", "one", "-m", "x")
    track.write("basics/m.md", card("m", answer="As both say."))
    result = track.run("build")
    assert result.code == 1
    assert re.search(r"^_anki/ledger\.txt:\d+:1: error C401 `m` is on line \d+ too", result.err, re.MULTILINE)
    assert "keep the line with the later time" in result.err
    (earlier,) = [line for line in track.ledger.splitlines(keepends=True) if "2030-01-01T00:00:00Z" in line]
    write_ledger(track, track.ledger.replace(earlier, ""))
    track.build(env=Y2030)
    assert times(track)["m"] == "2040-01-01T00:00:01Z"
