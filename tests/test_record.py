"""The record of what ran: text that is read as it was written, and never half."""

from __future__ import annotations

import re

import pytest
from build_decks.cards.proof.record import FOOTER, HEADER, Entry, Lock, Record, parse, text_of
from hypothesis import given
from hypothesis import strategies as st

HASH = st.text("0123456789abcdef", min_size=32, max_size=32)
ID = st.from_regex(r"[a-zé0-9]{1,8}([.-][a-z0-9]{1,8}){0,2}", fullmatch=True)
MINOR = st.integers(0, 30).map(lambda minor: f"3.{minor}")
PACKAGES = st.dictionaries(
    st.from_regex("[a-z]{1,6}(-[a-z]{1,4})?", fullmatch=True),
    st.from_regex(r"\d\.\d{1,2}(rc1)?", fullmatch=True),
    max_size=2,
)


@st.composite
def entries(draw: st.DrawFn) -> Entry:
    runs = {}
    for minor in draw(st.sets(MINOR, min_size=1, max_size=4)):
        used = ",".join(f"{name}={version}" for name, version in sorted(draw(PACKAGES).items()))
        runs[minor] = f"{minor}.{draw(st.integers(0, 20))}{draw(st.sampled_from(['', 'rc1', '+']))}" + (
            f"/{used}" if used else ""
        )
    return Entry(draw(ID), draw(HASH), runs)


RECORDS = st.builds(
    Record,
    st.lists(entries(), max_size=6).map(lambda found: {entry.id: entry for entry in found}),
    st.one_of(st.just(Lock()), st.builds(Lock, st.sampled_from(["verify.lock", "../a b.lock"]), HASH)),
)


@given(RECORDS)
def test_a_record_is_read_as_it_was_written(record: Record) -> None:
    found, faults = parse(text_of(record), "verified.txt")
    assert not faults
    assert found == record
    assert text_of(found) == text_of(record)


@given(RECORDS, st.data())
def test_a_record_that_is_torn_is_a_fault(record: Record, data: st.DataObject) -> None:
    text = text_of(record)
    end = data.draw(st.integers(0, len(text) - 1))
    assert parse(text[:end], "verified.txt")[1]


@given(RECORDS, RECORDS)
def test_lines_of_two_branches_vouch_for_no_card_that_both_changed(one: Record, two: Record) -> None:
    rows = dict.fromkeys([*text_of(one).splitlines()[1:-1], *text_of(two).splitlines()[1:-1]])
    found, faults = parse("\n".join([HEADER, *rows, FOOTER, ""]), "verified.txt")
    assert not faults
    for name in {*one.entries, *two.entries}:
        sides = [side.entries[name] for side in (one, two) if name in side.entries]
        assert (name in found.entries) == (len({text_of(Record({name: side})) for side in sides}) == 1)


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("<<<<<<< ours", "merge conflict"),
        (">>>>>>> theirs", "merge conflict"),
        ("card\ta\tabc\t3.11.7", "this is not a line of a record"),
        (f"card\ta\t{'0' * 32}\t", "this is not a line of a record"),
        (f"card\ta\t{'0' * 32}\t3.11.7  3.12.1", "this is not a line of a record"),
        (f"card\ta\t{'0' * 32}\t3.11.7/click", "this is not a line of a record"),
        (f"note\ta\t{'0' * 32}\t3.11.7", "this is not a line of a record"),
        ("", "this is not a line of a record"),
    ],
)
def test_a_line_that_is_none_is_a_fault_at_its_line(line: str, message: str) -> None:
    text = f"{HEADER}\ncard\tb\t{'0' * 32}\t3.11.7\n{line}\n{FOOTER}\n"
    found, faults = parse(text, "verified.txt")
    assert [(fault.span.line, fault.code) for fault in faults] == [(3, "C402")]
    assert re.search(message, faults[0].message)
    assert list(found.entries) == ["b"]
