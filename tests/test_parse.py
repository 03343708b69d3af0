"""The house syntax: which Markdown is a card, and what its parts are."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import rendering
import yaml
from build_decks.cards.model import Diagnostic
from build_decks.cards.pipeline import building
from build_decks.cards.settings import Settings
from tracks import Track, card

CASES = Path(__file__).parent / "data" / "house"
NAMES = sorted(path.stem for path in CASES.glob("*.md"))
PARTS = ("front", "answer", "more", "source")
BOM = b"\xef\xbb\xbf"


def read(root: Path, name: str) -> list[dict[str, Any]]:
    """The cards of a file as its expectation writes them: a part that is empty is left out."""
    settings = Settings(root, "", "Track", "track", difficulty="beginner", dialects=("house",))
    found = []
    for row in rendering.found(settings, [name]):
        assert not isinstance(row, Diagnostic), row
        assert not row.faults, row.faults
        block, card = row.block, row.card
        parts = {part: getattr(block, part).text for part in PARTS}
        parts |= {"kind": card.kind, "difficulty": card.difficulty, "checks": [code.text for code in block.checks]}
        usual = {"kind": "qa", "difficulty": "beginner", "checks": []} | dict.fromkeys(PARTS, "")
        found.append(
            {"id": card.id, "line": card.span.line, "question": block.question.text}
            | {key: value for key, value in parts.items() if value != usual[key]}
        )
    return found


def expected(name: str) -> list[dict[str, Any]]:
    """The cards of a case: what its .yaml leaves out is empty, `qa` or `beginner`."""
    found: list[dict[str, Any]] = yaml.safe_load((CASES / f"{name}.yaml").read_text(encoding="utf-8"))
    return found


def test_there_are_cases() -> None:
    assert NAMES
    assert sorted(path.stem for path in CASES.glob("*.yaml")) == NAMES


@pytest.mark.parametrize("name", NAMES)
def test_a_file_gives_its_cards(name: str) -> None:
    assert read(CASES, f"{name}.md") == expected(name)


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("form", ["CRLF", "CR", "BOM", "no last line end"])
def test_line_ends_and_byte_order_mark_change_no_card(name: str, form: str, tmp_path: Path) -> None:
    data = (CASES / f"{name}.md").read_bytes()
    changed = {
        "CRLF": data.replace(b"\n", b"\r\n"),
        "CR": data.replace(b"\n", b"\r"),
        "BOM": BOM + data,
        "no last line end": data.rstrip(b"\n"),
    }[form]
    (tmp_path / "case.md").write_bytes(changed)
    assert read(tmp_path, "case.md") == expected(name)


def test_list_says_what_the_parser_found(track: Track) -> None:
    for name in NAMES:
        track.write(f"{name}.md", (CASES / f"{name}.md").read_bytes())
    deck = track.root / "deck.yaml"
    deck.write_text(deck.read_text(encoding="utf-8") + "difficulty: beginner\ndialects: [house]\n", encoding="utf-8")
    rows = track.cards()
    for name in NAMES:
        found = [row for row in rows if row["path"] == f"{name}.md"]
        wanted = expected(name)
        assert [(row["id"], row["line"], row["question"], row["kind"], row["answer"]) for row in found] == [
            (
                case["id"], case["line"], case["question"], case.get("kind", "qa"),
                case.get("front" if case.get("kind") == "cloze" else "answer", ""),
            )
            for case in wanted
        ]  # fmt: skip


def notes(root: Path, text: str, url: str = "https://guide.example/") -> list[dict[str, str]]:
    """The fields of a file's notes, by name."""
    (root / "case.md").write_text(text, encoding="utf-8")
    settings = Settings(root, "", "Track", "track", difficulty="beginner", source_url=url)
    found = building.read(settings, ["case.md"])
    assert not found.faults
    return [dict(zip((name for name, _ in n.note_type.fields), n.fields, strict=True)) for n in found.notes]


def test_an_escape_is_text_on_either_side_of_a_label(tmp_path: Path) -> None:
    text = card("a").replace("**A:** Because it is so.", "a \\* b &amp; c\n**A:** d \\* e &amp; f")
    found = notes(tmp_path, text)[0]
    assert (found["Front"], found["Answer"]) == ("<p>a * b &amp; c</p>", "<p>d * e &amp; f</p>")


@pytest.mark.parametrize(
    "definition",
    [
        pytest.param("[ref]: https://docs.python.org/3/\n\n{card}", id="above the card"),
        pytest.param("{card}\n\n# Guide\n\n[ref]: https://docs.python.org/3/", id="below the card"),
        pytest.param("{card}\n\n> [ref]: https://docs.python.org/3/", id="in a quote"),
        pytest.param("{card}\n\n- a\n\n  [ref]: https://docs.python.org/3/", id="in a list"),
    ],
)
def test_a_link_reference_resolves_wherever_it_is_defined(definition: str, tmp_path: Path) -> None:
    text = definition.replace("{card}", card("a", "Why [ref]?", "See [the page][ref]."))
    found = notes(tmp_path, text)[0]
    assert '<a href="https://docs.python.org/3/">ref</a>' in found["Question"]
    assert '<a href="https://docs.python.org/3/">the page</a>' in found["Answer"]


@pytest.mark.parametrize(
    "definition",
    [
        pytest.param("[^1]: The note.\n\n{card}", id="above the card"),
        pytest.param("{card}\n\n# Guide\n\n[^1]: The note.", id="below the card"),
        pytest.param("{card}\n\n[^1]: The note.\n\n**More:** text", id="inside the card"),
        pytest.param("{card}\n\n> [^1]: The note.", id="in a quote"),
        pytest.param("{card}\n\n- a\n\n  [^1]: The note.", id="in a list"),
        pytest.param("{card}\n\n[^1]: The note [^1].", id="that cites itself"),
    ],
)
def test_a_footnote_is_shown_wherever_it_is_defined(definition: str, tmp_path: Path) -> None:
    text = definition.replace("{card}", card("a", answer="So it is[^1]."))
    found = notes(tmp_path, text)[0]
    assert "The note" in found["Answer"]
    assert "<>" not in "".join(found.values())


def test_a_footnote_without_a_definition_is_text(tmp_path: Path) -> None:
    assert notes(tmp_path, card("a", answer="So it is[^1]."))[0]["Answer"] == "<p>So it is[^1].</p>"


@pytest.mark.parametrize("depth", range(36, 44))
def test_what_is_nested_deep_is_read_or_a_fault(depth: int, tmp_path: Path) -> None:
    mark = "> " * depth
    text = card("a", answer=f"see\n\n{mark}the deepest text")
    (tmp_path / "case.md").write_text(text, encoding="utf-8")
    found = building.read(Settings(tmp_path, "", "Track", "track"), ["case.md"])
    assert bool(found.faults) != any("the deepest text" in field for note in found.notes for field in note.fields)


def test_the_anchor_is_that_of_the_forge(tmp_path: Path) -> None:
    text = card("a", "What *is* `x.y` — [ref]?") + card("b", "Why?") + "\n# Why?\n\n" + card("c", "Why?")
    guides = [note["Guide"] for note in notes(tmp_path, text)]
    assert [guide.partition("#")[2] for guide in guides] == ["what-is-xy--ref", "why", "why-2"]


def test_a_folder_that_looks_like_a_file_holds_files(track: Track) -> None:
    track.write("basics.md/one.md", card("one"))
    track.write("two.markdown", card("two"))
    track.write("three.MD", card("three"))
    assert sorted(row["id"] for row in track.cards()) == ["one", "three", "two"]


@pytest.mark.parametrize(
    "name",
    ["README.md", "basics/readme.md", "_practice/a.md", ".hidden/a.md", ".a.md", "_a.md", "a.txt", "a.md.bak", "a"],
)
def test_a_file_that_is_no_concept_file_holds_no_card(name: str, track: Track) -> None:
    track.write(name, card("a"))
    track.write("b.md", card("b"))
    assert [row["id"] for row in track.cards()] == ["b"]


def test_a_link_inside_the_track_is_read_and_one_to_a_folder_is_not_followed(track: Track) -> None:
    file = track.write("basics/one.md", card("one"))
    (track.root / "basics" / "two.md").symlink_to(file)
    (track.root / "again").symlink_to(track.root / "basics", target_is_directory=True)
    assert [row["path"] for row in track.cards()] == ["basics/one.md", "basics/two.md"]


def test_include_and_exclude_choose_files(track: Track) -> None:
    for name in ("a/one.md", "a/two.md", "b/three.md"):
        track.write(name, card(Path(name).stem))
    deck = track.root / "deck.yaml"
    deck.write_text('title: Track\ninclude: ["a/*"]\nexclude: ["*/two.md"]\n', encoding="utf-8")
    assert [row["id"] for row in track.cards()] == ["one"]
