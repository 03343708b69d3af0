"""Joined rules give the tokens that Pygments gives, for every language and on every text."""

from __future__ import annotations

from pathlib import Path

import pytest
from build_decks.cards.rendering.lexing import tokens
from hypothesis import given
from hypothesis import strategies as st
from pygments.lexers import get_lexer_by_name

ROOT = Path(__file__).parent.parent
LANGUAGES = (
    "bash", "c", "console", "css", "diff", "docker", "go", "html", "http", "ini", "java", "javascript", "json",
    "kotlin", "markdown", "nginx", "protobuf", "pycon", "pytb", "python", "rust", "sql", "terraform", "text", "toml",
    "typescript", "xml", "yaml",
)  # fmt: skip
TEXTS = {path.name: path.read_text(encoding="utf-8") for path in (ROOT / "cards").rglob("*.py")}
TEXTS |= {name: (ROOT / name).read_text(encoding="utf-8") for name in ("README.md", "Makefile", "pyproject.toml")}
TEXTS |= {"style.css": (ROOT / "cards" / "notetypes" / "style.css").read_text(encoding="utf-8"), "empty": ""}


def expected(language: str, code: str) -> list[tuple[object, str]]:
    return [(kind, text) for _, kind, text in get_lexer_by_name(language).get_tokens_unprocessed(code)]


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_tokens_of_a_text_are_those_of_pygments(language: str) -> None:
    lexer = get_lexer_by_name(language)
    for name, code in TEXTS.items():
        assert list(tokens(lexer, code)) == expected(language, code), name


@given(st.sampled_from(("python", "sql", "bash", "json")), st.text(alphabet="ab_ 01'\"\\#{}()[]=:.,$`\n\tf@<>-*/"))
def test_the_tokens_of_any_text_are_those_of_pygments(language: str, code: str) -> None:
    assert list(tokens(get_lexer_by_name(language), code)) == expected(language, code)
