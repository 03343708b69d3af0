"""Code -> HTML with one short class a token: the one user of Pygments. The colours are in the note type."""

from __future__ import annotations

import html
from functools import cache

from pygments import lex
from pygments.lexer import Lexer
from pygments.lexers import get_lexer_by_name
from pygments.token import Comment as CommentToken
from pygments.token import Generic, Keyword, Name, Number, Operator, String, _TokenType
from pygments.util import ClassNotFound

# A longer text is no example; some lexers take quadratic time on hostile ones.
MAX_LENGTH = 20_000

# Tokens that read well in the colour of the text get no class: less markup, smaller decks.
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
    """HTML for the inside of a code element; text of an unknown language is only escaped."""
    lexer = _lexer(language)
    if lexer is None or len(code) > MAX_LENGTH:
        return html.escape(code, quote=False)
    out: list[str] = []
    current, run = "", ""
    for kind, text in lex(code, lexer):
        name = _class(kind)
        if name == current:
            run += text
        else:
            out.append(_span(current, run))
            current, run = name, text
    out.append(_span(current, run))
    return "".join(out)


def _span(name: str, text: str) -> str:
    escaped = html.escape(text, quote=False)
    return f'<span class="{name}">{escaped}</span>' if name and escaped else escaped


@cache
def _class(kind: _TokenType) -> str:
    found: _TokenType | None = kind
    while found is not None and found not in CLASSES:
        found = found.parent
    return CLASSES[found] if found is not None else ""


@cache
def _lexer(language: str) -> Lexer | None:
    if not language:
        return None
    try:
        return get_lexer_by_name(language, stripnl=False, ensurenl=False)
    except ClassNotFound:
        return None
