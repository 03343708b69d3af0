"""The markdown-it parser for all Markdown here, with changes to some of its rules."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from functools import cache
from types import SimpleNamespace
from typing import Any

from markdown_it import MarkdownIt, helpers
from markdown_it.rules_block import StateBlock
from markdown_it.rules_inline import StateInline
from markdown_it.token import Token
from mdit_py_plugins.dollarmath import dollarmath_plugin
from mdit_py_plugins.footnote import footnote_plugin
from mdit_py_plugins.gfm_autolink import gfm_autolink_plugin

from . import elements, rules

# markdown-it drops what lies deeper silently, so blocks that reach it are a fault.
MAX_NESTING = 40
# The brackets of a text that may be open at once; the time to read them grows with it.
MAX_BRACKETS = 10
# The rules whose tokens appear in diagnostics, and so record where they begin.
_PLACED = frozenset({"link", "image", "autolink", "html_inline"})
# The characters with which the tokens of a rule begin.
_BEGINS = {
    "newline": "\n", "escape": "\\", "backticks": "`", "strikethrough": "~", "emphasis": "*_", "entity": "&",
    "link": "[", "image": "!", "autolink": "<", "html_inline": "<", "footnote_ref": "[", "math_inline": "$",
    "math_inline_double": "$", "gfm_autolink_www": "w", "gfm_autolink_protocol": ":", "gfm_autolink_email": "@",
    "code_math": "$", "tex": "\\", "wiki": "[", "embed": "!", "mark": "=",
}  # fmt: skip
_FEW_LINES = 32
_OPEN_ENDED = (("<!--", "-->"), ("<?", "?>"), ("<![CDATA[", "]]>"), ("<!", ">"))
# A text without any of these is plain text.
_MARKUP = re.compile(r"[\\`*_\[\]<>&!$\n^~@]|==|://|www\.|mailto:")
# What may be a link by itself, as GitHub reads it.
_BARE_LINK = re.compile(r"://|www\.|@|mailto:")
Rule = Callable[[StateInline, bool], bool]
BlockRule = Callable[[StateBlock, int, int, bool], bool]


@cache
def parser_for(footnotes: bool, math: bool, links: bool = False, notes: bool = False) -> MarkdownIt:
    """A parser with only the plugins that a text needs, because each is called at every character."""
    return fresh(footnotes, math, MAX_BRACKETS, links, notes)


def fresh(footnotes: bool, math: bool, nesting: int, links: bool = False, notes: bool = False) -> MarkdownIt:
    """A parser, with the plugins asked for, of blocks or brackets that are at most `nesting` deep."""
    options = {"maxNesting": nesting, "tasklists": True, "alerts": True, "strikethrough_single_tilde": True}
    parser = MarkdownIt("commonmark", options).enable(["table", "strikethrough"])
    rules.install(parser, notes)
    if links:
        gfm_autolink_plugin(parser)
    if footnotes:
        footnote_plugin(parser, inline=False, move_to_end=False)
    if math:
        dollarmath_plugin(
            parser,
            allow_labels=False,
            allow_space=False,
            allow_digits=False,
            allow_blank_lines=False,
            double_inline=True,
        )
    for block in parser.block.ruler.__rules__:
        if block.name == "html_block":
            block.fn = _of_elements(block.fn)
        elif block.name == "blockquote":
            block.fn = _as_far_as_needed(block.fn)
    for rule in parser.inline.ruler.__rules__:
        if rule.name == "html_inline":
            rule.fn = _of_known_elements(rule.fn)
        if rule.name in _PLACED:
            rule.fn = _placed(rule.fn)
        elif rule.name == "math_inline":
            rule.fn = _outside_code(rule.fn)
        elif rule.name.startswith("gfm_autolink"):
            rule.fn = _placed_behind(rule.fn)
    _only_those_that_can_match(parser)
    parser.helpers = SimpleNamespace(**{**vars(helpers), "parseLinkLabel": _end_of_label})  # type: ignore[assignment]
    parser.validateLink = lambda url: True  # type: ignore[method-assign] # the caller judges links, and says so
    return parser


def _only_those_that_can_match(parser: MarkdownIt) -> None:
    """Let the inline parser try, at each character, only the rules that can match there.

    It tries about fifteen at every one, and most look at the character and give up. Here one rule stands for all, and
    calls those whose tokens begin with the character, in their order.
    """
    active = [rule for rule in parser.inline.ruler.__rules__ if rule.enabled]
    anywhere = [rule.fn for rule in active if rule.name not in _BEGINS]
    begun = {
        character: [rule.fn for rule in active if character in _BEGINS.get(rule.name, character)]
        for character in "".join(_BEGINS.values())
    }

    def run(state: StateInline, silent: bool) -> bool:
        for rule in begun.get(state.src[state.pos], anywhere):  # noqa: SIM110 - any() takes twice as long
            if rule(state, silent):
                return True
        return False

    parser.inline.ruler.before(active[0].name, "any", run)
    parser.inline.ruler.enableOnly(["any"])


@cache
def block_parser_for(footnotes: bool, math: bool) -> MarkdownIt:
    """The same parser, but it leaves inline content for `fill`."""
    parser = fresh(footnotes, math, MAX_NESTING)
    parser.core.ruler.disable(["inline", "text_join"])
    return parser


def inline(text: str, references: Mapping[str, Any]) -> list[Token]:
    """The inline tokens of a text; `references` are those of its document."""
    if not _MARKUP.search(text):
        return [Token("text", "", 0, content=text)]
    links, notes = _BARE_LINK.search(text) is not None, rules.NOTES in references
    (token,) = parser_for("[^" in text, "$" in text, links, notes).parseInline(text, dict(references))
    return token.children or []


def fill(tokens: Iterable[Token], references: Mapping[str, Any]) -> None:
    """Parse the inline content that was not parsed yet."""
    for token in tokens:
        if token.type == "inline" and token.children is None:
            token.children = inline(token.content, references)


def _of_elements(rule: BlockRule) -> BlockRule:
    """The rule for blocks of HTML, but a line of words in angle brackets begins none: it is text."""

    def run(state: StateBlock, start: int, end: int, silent: bool) -> bool:
        at = state.bMarks[start] + state.tShift[start]
        tag = elements.tag_at(state.src, at) if state.src.startswith("<", at) else ""
        return not (tag and elements.is_word(tag, state.env)) and rule(state, start, end, silent)

    return run


def _as_far_as_needed(rule: BlockRule) -> BlockRule:
    """The rule for quotes, which looks at all lines to the end of the text: first at a few, then at more.

    A quote that ends within the lines that the rule has seen is the same as with all of them. How far the quote on a
    line reached is kept, or quotes in quotes would begin with a few lines each time.
    """

    def run(state: StateBlock, start: int, end: int, silent: bool) -> bool:
        reached: dict[tuple[int, int], int] = state.env.setdefault("quotes", {})
        key, before = (start, state.level), len(state.tokens)
        while True:
            bound = min(start + reached.get(key, _FEW_LINES), end)
            found = rule(state, start, bound, silent)
            if silent or not found or state.line < bound:
                return found
            reached[key] = 4 * (bound - start)
            if bound == end:
                return found
            del state.tokens[before:]
            state.line = start

    return run


def _of_known_elements(rule: Rule) -> Rule:
    """The rule for tags in a text, but words in angle brackets are text."""

    def run(state: StateInline, silent: bool) -> bool:
        if _never_closed(state):
            return False
        tag = "" if elements.name(state.src, state.pos) else elements.tag_at(state.src, state.pos)
        return not (tag and elements.is_word(tag, state.env)) and rule(state, silent)

    return run


def _never_closed(state: StateInline) -> bool:
    """Whether a comment or its like begins here and has no end, for which the rule would search the whole text."""
    for number, (opening, closing) in enumerate(_OPEN_ENDED):
        if state.src.startswith(opening, state.pos):
            key = -2 * len(state.src) - 3 - number  # below the keys of labels
            if key not in state.cache:
                state.cache[key] = state.src.rfind(closing)
            return state.cache[key] < state.pos
    return False


def _end_of_label(state: StateInline, start: int, nested: bool = False) -> int:
    """markdown-it's search for the end of a link's text, -1 if there is none, made once for each bracket.

    Each search looks at the brackets inside, down to the limit of nesting, and asks the same of every one of them.
    """
    key = -2 * start - (2 if nested else 1)  # what markdown-it itself keeps there has positive keys
    if key not in state.cache:
        state.cache[key] = helpers.parseLinkLabel(state, start, nested)
    return state.cache[key]


def _placed(rule: Rule) -> Rule:
    """The rule, which also records as `at` where its token begins in the paragraph's content."""

    def run(state: StateInline, silent: bool) -> bool:
        start, count = state.pos, len(state.tokens)
        found = rule(state, silent)
        if found and not silent:
            token = next(t for t in state.tokens[count:] if t.type in ("link_open", "image", "html_inline"))
            token.meta = {**token.meta, "at": start}
        return found

    return run


def _placed_behind(rule: Rule) -> Rule:
    """The rule for a bare link, which it finds at a sign in it, and which ends where the rule does."""

    def run(state: StateInline, silent: bool) -> bool:
        count = len(state.tokens)
        found = rule(state, silent)
        if found and not silent:
            opening, shown, _ = state.tokens[count:][-3:]
            opening.meta = {**opening.meta, "at": max(state.pos - len(shown.content), 0)}
        return found

    return run


def _outside_code(rule: Rule) -> Rule:
    """The math rule, except that code takes precedence: "costs $5, read `$HOME`" has no math.

    No letter or digit follows the closing sign, as on GitHub: in /proc/$PID/fd/$FD there is none.
    """

    def run(state: StateInline, silent: bool) -> bool:
        start = state.pos
        found = rule(state, True) and "`" not in state.src[start : state.pos]
        found = found and not state.src[state.pos : state.pos + 1].isalnum()
        state.pos = start
        return found and rule(state, silent)

    return run
