"""The documentation names what there is: every diagnostic, every option, every key."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from build_decks.cards import dialects
from build_decks.cards.dialects import house
from build_decks.cards.dialects.found.weighing import evidence
from build_decks.cards.rendering.highlight import NEAREST
from build_decks.cli import config
from build_decks.cli.main import COMMANDS, main
from click import Context
from tracks import Track

ROOT = Path(__file__).parent.parent
CODE = re.compile(r"\bC\d{3}\b")


def codes(paths: list[Path]) -> set[str]:
    return {code for path in paths for code in CODE.findall(path.read_text(encoding="utf-8"))}


def test_every_diagnostic_is_documented_and_no_other() -> None:
    sources = codes([*(ROOT / "cards").rglob("*.py"), *(ROOT / "cli").rglob("*.py")])
    assert sources
    assert codes([ROOT / "cards" / "diagnostics.md"]) == sources


@pytest.mark.parametrize("key", house.KEYS)
def test_every_key_of_a_card_is_documented(key: str) -> None:
    assert f"| `{key}` |" in (ROOT / "docs" / "writing-cards.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("key", [*config.KEYS, *config.SUBDOMAIN_KEYS])
def test_every_key_of_the_configuration_is_documented(key: str) -> None:
    assert f"`{key}`" in (ROOT / "README.md").read_text(encoding="utf-8")


def test_every_command_and_option_has_a_help_text() -> None:
    assert COMMANDS
    for name, summary in COMMANDS.items():
        command = main.get_command(Context(main), name)
        assert command is not None
        assert command.help
        assert command.help.split("\n")[0] == summary
        for option in command.params:
            if option.param_type_name == "option":
                assert getattr(option, "help", None), f"{command.name} {option.name}"


PAGE = (ROOT / "docs" / "dialects.md").read_text(encoding="utf-8")
STARTS = sorted((PAGE.index(f"\n### {name}\n"), name) for name in dialects.NAMES)
ENDS = [*(start for start, _ in STARTS[1:]), PAGE.index("\n## How it chooses")]
SECTIONS = {name: PAGE[start:end] for (start, name), end in zip(STARTS, ENDS, strict=True)}


def in_a_line(text: str) -> str:
    return re.sub(r"\n+", " ⏎ ", text.strip())


def as_the_page_says(row: dict[str, Any]) -> str:
    """A card of `list --json` as the page shows it."""
    level, written = row["difficulty"], row["difficulty_as_written"]
    said = f" ({level}{'' if written == level else f': {written}'})" if level else ""
    asked, mark, shown = in_a_line(row["question"]).partition(" ⏎ ")
    told = in_a_line(row["answer"])
    card = told if row["kind"] == "cloze" else f"**{asked}**{mark}{shown} → {told}"
    return f"- line {row['line']}, `{row['dialect']}`: {card}{said}"


@pytest.mark.parametrize("name", dialects.NAMES)
def test_the_page_shows_each_dialect_and_what_becomes_of_it(name: str, tmp_path: Path) -> None:
    examples = re.findall(r"````markdown\n(.*?)````\n((?:- line [^\n]*\n)*)", SECTIONS[name], re.DOTALL)
    assert examples
    for number, (example, said) in enumerate(examples):
        folder = tmp_path / str(number)
        folder.mkdir()
        (folder / "notes.md").write_text(example, encoding="utf-8")
        assert said.splitlines() == [as_the_page_says(row) for row in Track(folder).cards()]
    assert f", `{name}`: " in SECTIONS[name]


def test_the_page_shows_what_a_folder_becomes(tmp_path: Path) -> None:
    example = re.findall(r"````markdown\n(.*?)````\n", PAGE, re.DOTALL)[0]
    folder = tmp_path / "redis-notes"
    folder.mkdir()
    (folder / "basics.md").write_text(example, encoding="utf-8")
    notes = Track(tmp_path)
    built = notes.build("redis-notes")
    assert f"$ build-decks redis-notes\n{built.out}{built.err}```" in PAGE
    said = notes.run("list", "--verbose", "redis-notes").err.splitlines()
    assert len([line for line in said if line not in PAGE]) <= 1  # the page leaves one out
    (folder / "basics.md").write_text(example.replace("How does a key", "When does a key"), encoding="utf-8")
    changes = re.search(r"changed 1.*?\n(?=wrote)", notes.build("redis-notes").err, re.DOTALL)
    assert changes is not None
    assert changes[0] in PAGE


def test_the_page_tells_every_point() -> None:
    table = PAGE[PAGE.index("| points | when |") : PAGE.index("A line *asks*")]
    told = re.findall(r"(?<=\| )([+−]\d)(?= \|)", table)
    assert sorted(told) == sorted(f"{point.points:+d}".replace("-", "−") for point in evidence.POINTS)
    assert f"with {evidence.ENOUGH} points" in PAGE


def test_the_page_names_every_fence_that_is_read_as_another() -> None:
    text = (ROOT / "docs" / "writing-cards.md").read_text(encoding="utf-8")
    told = text[text.index("Some names are read as another") :].partition("\n\n")[0]
    assert set(re.findall(r"`([\w]+)`", told)) - {"mermaid", "check"} == set(NEAREST)
