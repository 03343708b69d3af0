"""Free cloze deletions, counted where Anki counts them: a note that would show fewer than it promises is none."""

from __future__ import annotations

from pathlib import Path

import pytest
from build_decks.cards.pipeline import building
from build_decks.cards.settings import Settings
from tracks import Track, rows

BROKEN = {
    "code": "A {{c1::b `c}} d` e",
    "a link": "A {{c1::[b}} c](https://example.org) e",
    "one of two": "A {{c1::b}} and {{c2::`c}} d`",
    "an attribute": 'A <em title="{{c1::b}}">c</em> and {{c2::d}}',
    "a tag": 'A {{c1::b <em title="}}">c</em> d',
    "a picture": "A {{c1::![x](none.png)}} b",
    "dropped HTML": "A {{c1::<style>}} and {{c2::b}}",
    "a comment": "A {{c1::<!-- b -->}} c",
}
WHOLE = {
    "code": ("A {{c1::`b`}} and `{{c2::c}}`", 2),
    "a comment": ("A {{c1::b}} <!-- {{c2::c}} --> d", 1),
    "dropped HTML in it": ("A {{c1::b <script>c</script>}} d", 1),
    "a word in angle brackets": ("A {{c1::<T>}} and {{c2::vector<int>}}", 2),
    "bold": ("A {{c1::a **b}} c**", 1),
}


@pytest.mark.parametrize("text", BROKEN.values(), ids=list(BROKEN))
def test_a_note_that_would_show_fewer_deletions_is_said_and_is_none(tmp_path: Path, text: str) -> None:
    (tmp_path / "a.md").write_text(f"# Notes\n\n{text}\n\nThe {{{{c1::next}}}} one.\n", encoding="utf-8")
    read = building.read(Settings(tmp_path, "", "Track", "track"), ["a.md"])
    faults = [fault for fault in read.faults if fault.code == "C113"]
    assert [(fault.span.line, fault.severity) for fault in faults] == [(3, "warning")]
    assert [note.cards for note in read.notes] == [1]
    assert "next" in read.notes[0].fields[1]


@pytest.mark.parametrize(("text", "cards"), WHOLE.values(), ids=list(WHOLE))
def test_whole_deletions_are_cards(tmp_path: Path, text: str, cards: int) -> None:
    (tmp_path / "a.md").write_text(f"# Notes\n\n{text}\n", encoding="utf-8")
    read = building.read(Settings(tmp_path, "", "Track", "track"), ["a.md"])
    assert [note.cards for note in read.notes] == [cards]
    assert not any(fault.code == "C113" for fault in read.faults)


def test_what_check_counts_a_build_makes(tmp_path: Path) -> None:
    track = Track(tmp_path)
    track.write("a.md", f"# Notes\n\n{BROKEN['code']}\n\nThe {{{{c1::next}}}} one.\n")
    assert "C113" in track.run("check").err
    track.build("--out", "decks_out")
    (package,) = (track.root / "decks_out").glob("*.apkg")
    assert len(rows(package, "select id from cards", track.root)) == 1


NUMBERED = {
    "a hint": ("A {{c1::b::the second}} c.", "A {{c1::b::the second}} c.", 1),
    "equal numbers": ("{{c2::a}} and {{c2::b}}, {{c1::c}}.", "{{c2::a}} and {{c2::b}}, {{c1::c}}.", 2),
    "braces of a formula": (r"It is {{c1::$\frac{a}{b^{c}}$}}.", r"It is {{c1::\(\frac{a}{b^{c}&#125;\)}}.", 1),
    "a brace at the end": ("It is {{c1::{x}}}.", "It is {{c1::{x&#125;}}.", 1),
    "a colon in the text": ("A {{c1::b:c}} d.", "A {{c1::b:c}} d.", 1),
}


@pytest.mark.parametrize(("text", "field", "cards"), NUMBERED.values(), ids=list(NUMBERED))
def test_the_numbers_and_hints_of_anki_are_kept(tmp_path: Path, text: str, field: str, cards: int) -> None:
    (tmp_path / "a.md").write_text(f"# Notes\n\n{text}\n", encoding="utf-8")
    (note,) = building.read(Settings(tmp_path, "", "Track", "track"), ["a.md"]).notes
    assert (note.fields[1], note.cards) == (f"<p>{field}</p>", cards)
