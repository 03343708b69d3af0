"""What an edition brings: tags, the page of changes, cards that are retired by hand, and what a note says of itself."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from build_decks.cards.identity import delivered
from build_decks.cards.notetypes import CONCEPT
from hypothesis import given
from hypothesis import strategies as st
from tracks import Track, card, cloze, rows

Y2030, Y2040 = {"SOURCE_DATE_EPOCH": "1893456000"}, {"SOURCE_DATE_EPOCH": "2208988800"}
NAMES = [name for name, _ in CONCEPT.fields]
YAML = "title: Track\ntag: track\n"


def notes(track: Track, package: str = "track") -> dict[str, tuple[dict[str, str], list[str], int]]:
    """The fields, tags and modification time of each note, by card id."""
    found = {}
    for text, tags, changed in rows(track.deck(package), "select flds, tags, mod from notes", track.root):
        fields = dict(zip(NAMES, text.split("\x1f"), strict=True))
        found[fields["Id"]] = fields, tags.split(), changed
    return found


def editions(track: Track) -> dict[str, list[str]]:
    return {
        name: [tag.rpartition("::")[2] for tag in tags if "::edition::" in tag]
        for name, (_, tags, _) in notes(track).items()
    }


def page(track: Track) -> str:
    return (track.root / "_anki" / "CHANGES.md").read_text(encoding="utf-8")


@pytest.fixture
def three(track: Track) -> Track:
    """A track in its third edition: b changed in the second, c and d came with it, d changed in the third, e went."""
    track.write("basics/a.md", card("a") + card("b") + card("e"))
    track.build()
    track.write("basics/a.md", card("a") + card("b", answer="Otherwise.") + card("c") + card("d") + card("e"))
    track.build(env=Y2030)
    track.write("basics/a.md", card("a") + card("b", answer="Otherwise.") + card("c") + card("d", answer="New."))
    track.build(env=Y2040)
    return track


def test_a_note_has_the_tag_of_the_last_edition_that_changed_it(three: Track) -> None:
    assert editions(three) == {"a": [], "b": ["2030-01-01"], "c": ["2030-01-01"], "d": ["2040-01-01"]}
    before = three.deck().read_bytes()
    three.build()
    assert three.deck().read_bytes() == before


def test_the_page_of_changes_lists_each_card_under_its_last_edition(three: Track) -> None:
    text = page(three)
    assert [line for line in text.splitlines() if line.startswith(("## ", "- ", "Search"))] == [
        "## 2040-01-01",
        "Search: `tag:track::edition::2040-01-01`",
        "- **Changed, 1:** `d`",
        "- **Retired, 1:** `e`",
        "## 2030-01-01",
        "Search: `tag:track::edition::2030-01-01`",
        "- **New, 1:** `c`",
        "- **Changed, 1:** `b`",
        "## The first edition",
    ]
    assert "Cards that have not changed since: 1." in text
    assert "search for `nid:" in text


def test_a_card_that_moves_is_listed_as_moved(track: Track) -> None:
    track.write("basics/a.md", card("a") + card("b"))
    track.build()
    track.write("basics/a.md", card("a"))
    track.write("further/b.md", card("b"))
    result = track.build(env=Y2030)
    assert "moved to another deck 1: b" in result.err
    assert "- **Moved, 1:** `b` to Further" in page(track)


def test_the_top_deck_says_which_edition_it_is_and_what_to_search_for(track: Track) -> None:
    yaml = "title: A & B\ntag: track\nlicence: CC BY 4.0\nsource-url: https://example.org/guide/\n"
    track.write("deck.yaml", yaml)
    track.write("basics/a.md", card("a", more="tier=core roles=web"))
    track.build()
    track.write("basics/a.md", card("a", answer="New.", more="tier=core roles=web"))
    track.build(env=Y2030)
    for package in ("track", "track-basics"):
        (text,) = rows(track.deck(package), "select decks from col", track.root)[0]
        decks = {deck["name"]: deck["desc"] for deck in json.loads(text).values()}
        assert decks["A & B::Basics"] == ""
        lines = decks["A & B"].split("<br>")
        assert lines[0].startswith("<b>A &amp; B</b>, edition 2030-01-01 (")
        assert lines[0].endswith("). CC BY 4.0")
        assert lines[1] == '<a href="https://example.org/guide/">https://example.org/guide/</a>'
        assert "<code>tag:track::edition::2030-01-01</code>" in lines[3]
        assert all(f"<code>tag:track::{tag}</code>" in lines[3] for tag in ("tier::core", "role::web"))


# Retired by hand


def test_a_card_that_is_retired_is_in_no_deck_and_keeps_its_id(track: Track) -> None:
    track.write("basics/a.md", card("a") + card("b"))
    track.build()
    track.write("basics/a.md", card("a") + card("b", more='retired="a answers it"'))
    assert "retired 1: b" in track.build(env=Y2030).err
    assert set(notes(track)) == {"a"}
    assert "- **Retired, 1:** `b` (a answers it)" in page(track)
    assert [found["id"] for found in track.cards()] == ["a"]
    track.write("basics/b.md", card("b"))
    for command in ("build", "check"):
        result = track.run(command)
        assert (result.code, (result.err + result.out).count("error C302")) == (1, 1)


def test_a_retired_card_comes_back_without_its_attribute(track: Track) -> None:
    track.write("basics/a.md", card("a") + card("b"))
    track.build()
    before = notes(track)
    track.write("basics/a.md", card("a") + card("b", more='retired="too easy"'))
    track.build(env=Y2030)
    track.write("basics/a.md", card("a") + card("b"))
    assert "restored 1: b" in track.build(env=Y2040).err
    assert notes(track) == before


@pytest.mark.parametrize("value", ['""', "", '"  "', '"?"'])
def test_a_card_is_retired_for_a_reason(track: Track, value: str) -> None:
    track.write("basics/a.md", card("a") + card("b", more=f"retired={value}"))
    for command in ("build", "check"):
        result = track.run(command)
        assert (result.code, (result.err + result.out).count("error C105")) == (1, 1)


def test_other_cards_cannot_be_retired_by_a_word_in_their_text(track: Track) -> None:
    track.write("basics/a.md", card("a", answer='`retired="yes"` is an attribute, retired="no" is text.'))
    track.build()
    assert set(notes(track)) == {"a"}


# Where to report a mistake


@pytest.mark.parametrize(
    ("address", "link"),
    [
        ("https://example.org/new?title={id}", "https://example.org/new?title=a.b"),
        ("https://example.org/edit/{path}#{id}", "https://example.org/edit/basics/the%20first.md#a.b"),
        ("https://example.org/", "https://example.org/"),
    ],
)
def test_each_card_links_to_where_mistakes_are_reported(track: Track, address: str, link: str) -> None:
    track.write("deck.yaml", f'{YAML}report-url: "{address}"\n')
    track.write("basics/the first.md", card("a.b"))
    track.build()
    assert notes(track)["a.b"][0]["Report"] == link
    before = track.ledger
    track.write("basics/the first.md", f"Another line.\n\n{card('a.b')}")
    track.build(env=Y2030)
    assert track.ledger == before


@pytest.mark.parametrize(
    "address",
    [
        "ftp://example.org/",
        "https://example.org/{line}",
        "https://example.org",
        "https://{id}/",
        "https://a.org/\"'<{id}",
    ],
)
def test_an_address_that_is_none_is_refused(track: Track, address: str) -> None:
    track.write("deck.yaml", f"{YAML}report-url: {json.dumps(address)}\n")
    track.write("basics/a.md", card("a"))
    result = track.run("build")
    assert (result.code, result.err.count("deck.yaml:3:13: error C903 `report-url`")) == (2, 1)


def test_a_card_without_an_id_has_no_address_with_an_id(track: Track) -> None:
    track.write("deck.yaml", f'{YAML}report-url: "https://example.org/?{{id}}"\n')
    track.write("basics/a.md", "### What is a lock?\n\nA thing that opens with a key.\n")
    track.build()
    assert [fields["Report"] for fields, _, _ in notes(track).values()] == [""]


# What a note says of itself


def test_a_note_says_what_it_was_given(three: Track) -> None:
    for fields, _, changed in notes(three).values():
        told = delivered.read(fields["Delivered"])
        assert told is not None
        assert told.deck == delivered.digest("Track::Basics")
        assert told.edition == {1577836800: "2020-01-01", 1893456000: "2030-01-01", 2208988800: "2040-01-01"}[changed]
        assert told.fields == {name: delivered.digest(fields[name]) for name in delivered.CONTENT}


def test_every_field_but_the_spare_ones_is_vouched_for() -> None:
    assert {*NAMES} - {*delivered.CONTENT} == {"Delivered", "Yours", "Spare 4"}


def test_another_deck_is_told_by_the_note_that_goes_there(track: Track) -> None:
    track.write("basics/a.md", card("a") + cloze("b", "It **runs** here."))
    track.build()
    track.write("basics/a.md", card("a"))
    track.write("further/b.md", cloze("b", "It **runs** here."))
    track.build(env=Y2030)
    decks = {name: delivered.read(fields["Delivered"]) for name, (fields, _, _) in notes(track).items()}
    assert {name: told.deck for name, told in decks.items() if told} == {
        "a": delivered.digest("Track::Basics"), "b": delivered.digest("Track::Further"),
    }  # fmt: skip


@given(st.text(max_size=200))
def test_what_a_learner_writes_there_is_read_or_nothing(text: str) -> None:
    delivered.read(text)


@given(st.dictionaries(st.sampled_from(delivered.CONTENT), st.text()), st.text(), st.dates().map(str))
def test_what_is_written_is_read(values: dict[str, str], deck: str, day: str) -> None:
    whole = {name: values.get(name, "") for name in delivered.CONTENT}
    told = delivered.read(delivered.text_of(day, deck, whole))
    assert told == delivered.Delivered(
        day, delivered.digest(deck), {name: delivered.digest(text) for name, text in whole.items()}
    )


def test_the_package_of_this_repository_says_so_too(tmp_path: Path) -> None:
    package = Path(__file__).parent.parent / "decks_out" / "python-backend.apkg"
    texts = [text.split("\x1f") for (text,) in rows(package, "select flds from notes", tmp_path)]
    assert texts
    assert all(delivered.read(fields[NAMES.index("Delivered")]) for fields in texts)
