"""Code -> HTML with one short class per token. The colours are in the note type."""

from __future__ import annotations

import html
from functools import cache

from pygments.lexer import Lexer
from pygments.lexers import get_lexer_by_name
from pygments.token import Comment as CommentToken
from pygments.token import Generic, Keyword, Name, Number, Operator, String, _TokenType
from pygments.util import ClassNotFound

from .lexing import tokens

# Longer code is not an example, and some lexers take quadratic time on hostile text.
MAX_LENGTH = 20_000

# Names of fences that Pygments does not know, each with the language whose highlighting fits it best.
NEAREST = {
    "astro": "html",
    "dotenv": "ini",
    "env": "ini",
    "ejs": "html",
    "jq": "bash",
    "jsonc": "json5",
    "jsonl": "json",
    "ndjson": "json",
    "nu": "bash",
    "nushell": "bash",
    "plain": "text",
    "plaintext": "text",
    "shellscript": "bash",
    "svelte": "html",
    "svg": "xml",
    "terminal": "console",
    "txt": "text",
}

# Tokens that read well in the colour of the text have no class: less markup, smaller decks.
CLASSES = {
    Keyword: "k",
    Operator.Word: "o",
    String: "s",
    Number: "n",
    CommentToken: "c",
    Name.Function: "f",
    Name.Class: "f",
    Name.Builtin: "b",
    Name.Exception: "b",
    Name.Decorator: "d",
    Name.Tag: "t",
    Name.Attribute: "a",
    Generic.Prompt: "p",
    Generic.Output: "u",
    Generic.Deleted: "x",
    Generic.Inserted: "i",
    Generic.Error: "e",
    Generic.Traceback: "e",
}


def highlight(code: str, language: str) -> str:
    """HTML for the inside of a code element; code in an unknown language is only escaped."""
    lexer = _lexer(language)
    if lexer is None or len(code) > MAX_LENGTH:
        return _escape(code)
    out: list[str] = []
    current, run = "", ""
    length = 0
    for kind, text in tokens(lexer, code):
        length += len(text)
        name = _classes[kind]
        if name == current:
            run += text
        else:
            out.append(_span(current, run))
            current, run = name, text
    out.append(_span(current, run))
    # Some lexers drop or change characters.
    return "".join(out) if length == len(code) else _escape(code)


def _span(name: str, text: str) -> str:
    """Text in its class; an element ends with its line, so that lines of code can be taken apart."""
    if not name:
        return _escape(text)
    return "\n".join(f'<span class="{name}">{_escape(line)}</span>' if line else "" for line in text.split("\n"))


def _escape(text: str) -> str:
    return html.escape(text, quote=False)


class _Classes(dict[_TokenType, str]):
    """The class of a token: its own, or that of its nearest parent."""

    def __missing__(self, kind: _TokenType) -> str:
        self[kind] = "" if kind.parent is None else self[kind.parent]
        return self[kind]


_classes = _Classes(CLASSES)


@cache
def _lexer(language: str) -> Lexer | None:
    if not language:
        return None
    try:
        return get_lexer_by_name(NEAREST.get(language, language))
    except ClassNotFound:
        return None
