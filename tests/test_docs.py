"""The documentation names what there is: every diagnostic, every option, every key."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from build_decks.cards.dialects import house
from build_decks.cards.model import DIFFICULTIES, KINDS
from build_decks.cli import config
from build_decks.cli.main import DIFFICULTY, KIND, main

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
    assert main.commands
    for command in main.commands.values():
        assert command.help
        for option in command.params:
            if option.param_type_name == "option":
                assert getattr(option, "help", None), f"{command.name} {option.name}"


def test_the_choices_of_the_options_are_those_of_the_cards() -> None:
    # They are written twice so that `--help` need not import the cards.
    assert (tuple(DIFFICULTY.choices), tuple(KIND.choices)) == (DIFFICULTIES, KINDS)
