"""Quotes of other people's notes that are callouts -> boxes, as GitHub's alerts are: `> [!tip] With a title`."""

from __future__ import annotations

import re
from collections.abc import Sequence

from markdown_it.token import Token

_MARK = re.compile(r"\[!(\w{1,20})\][-+]?[ \t]*([^\n]*)\n?")


def boxed(tokens: Sequence[Token]) -> Sequence[Token]:
    """The tokens, with a box in place of each callout."""
    if not any(token.type == "blockquote_open" for token in tokens):
        return tokens
    found: list[Token] = []
    closes: list[str] = []
    skip = 0
    for index, token in enumerate(tokens):
        if skip:
            skip -= 1
            continue
        if token.type == "blockquote_open":
            inline = tokens[index + 2] if index + 2 < len(tokens) else token
            mark = _MARK.match(inline.content) if inline.type == "inline" else None
            closes.append("div" if mark else "")
            if mark:
                found += _opening(token, mark)
                rest = inline.content[mark.end() :]
                if rest.strip():
                    found += [tokens[index + 1], inline.copy(content=rest, children=None)]
                    skip = 2
                else:
                    skip = 3
                continue
        elif token.type == "blockquote_close" and closes and closes.pop():
            found.append(Token("alert_close", "div", -1, block=True))
            continue
        found.append(token)
    return found


def _opening(quote: Token, mark: re.Match[str]) -> Sequence[Token]:
    kind = mark[1].lower()
    box = Token("alert_open", "div", 1, block=True, map=quote.map)
    box.attrSet("class", f"markdown-alert markdown-alert-{kind}")
    title = Token("alert_title_open", "p", 1, block=True)
    title.attrSet("class", "markdown-alert-title")
    text = Token("inline", "", 0, content=mark[2].strip() or kind.capitalize(), map=quote.map, children=None)
    return box, title, text, Token("alert_title_close", "p", -1, block=True)
