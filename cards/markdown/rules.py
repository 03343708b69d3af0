"""Our inline rules for markdown-it: emphasis beside CJK text, math as people write it, and the marks of Obsidian.

The marks are read only in other people's notes, where the environment of the parser says so.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from functools import lru_cache, partial

from markdown_it import MarkdownIt
from markdown_it.rules_inline import StateInline
from markdown_it.rules_inline.state_inline import Scanned

NOTES = "notes"
"""The key that is in the environment of other people's notes."""

Rule = Callable[[StateInline, bool], bool]

_FIRST_CJK = "\u1100"
_SELECTORS = re.compile("[\ufe00-\ufe0f]")
# A longer run of text is no formula and no mark; searching it could take quadratic time.
_LONGEST = 1_000
_CODE_MATH = re.compile(r"\$`([^`\n]{1,1000})`\$")
# A command, a sign, a letter, or letters and numbers with operators between them: not the words or numbers of a text.
_TERM = r"(?:[A-Za-z](?:\([A-Za-z0-9]{1,9}\))?|\d{1,9})"
_TEX = re.compile(rf"\\[A-Za-z]|[\^_=<>]|\A\s*(?=.*[A-Za-z]){_TERM}(?:\s*[-+*]\s*{_TERM})*\s*\Z")
_MARKED = re.compile(r"(?<![A-Za-z0-9=])==(?=[^\s=])([^\n]{1,1000}?)(?<=[^\s=])==(?![A-Za-z0-9=])")
_WIKI = re.compile(r"\[\[([^\[\]|#^\n]{0,200})(?:[#^]([^\[\]|\n]{0,200}))?(?:\|([^\[\]\n]{1,200}))?\]\]")
_EMBED = re.compile(r"!\[\[([^\[\]|#\n]{1,200})(?:#[^\[\]|\n]{0,200})?(?:\|([^\[\]\n]{0,200}))?\]\]")
_MEDIUM = re.compile(r"\.[A-Za-z0-9]{2,5}\Z")


def install(parser: MarkdownIt, notes: bool) -> None:
    """Add the rules to a parser; those for other people's notes if it reads some."""
    ruler = parser.inline.ruler
    for rule in ruler.__rules__:
        if rule.name in ("emphasis", "strikethrough"):
            rule.fn = _beside_cjk(rule.fn)
    ruler.before("escape", "code_math", _code_math)
    if notes:
        ruler.before("escape", "tex", _tex)
        ruler.before("link", "wiki", _wiki)
        ruler.before("image", "embed", _embed)
        ruler.before("emphasis", "mark", _mark)


def _beside_cjk(rule: Rule) -> Rule:
    """The rule for emphasis or deletions, whose delimiters may stand between CJK text and punctuation.

    CommonMark takes `**` for no delimiter beside the quotation marks of CJK text, since it knows words only by the
    spaces around them. The CJK-friendly amendment (https://github.com/tats-u/markdown-cjk-friendly, "Specification")
    counts CJK characters beside a delimiter as punctuation is counted, and their punctuation as letters.
    """

    def run(state: StateInline, silent: bool) -> bool:
        state.scanDelims = partial(_scanned, state)  # type: ignore[method-assign]
        return rule(state, silent)

    return run


def _scanned(state: StateInline, start: int, splits_words: bool) -> Scanned:
    """What `StateInline.scanDelims` finds, and beside CJK text what the amendment says."""
    found = StateInline.scanDelims(state, start, splits_words)
    before, after = _around(state, start, start + found.length)
    if before < _FIRST_CJK and after < _FIRST_CJK:
        return found
    return Scanned(*_flanks(before, after, splits_words), found.length)


def _around(state: StateInline, start: int, end: int) -> tuple[str, str]:
    """The characters before and after a run of delimiters; a variation selector belongs to the one before it."""
    before = state.src[start - 1] if start else " "
    if _SELECTORS.match(before) and start > 1:
        before = state.src[start - 2]
    return before, state.src[end] if end < state.posMax else " "


def _flanks(before: str, after: str, splits_words: bool) -> tuple[bool, bool]:
    """Whether a run of delimiters between these characters can open, and whether it can close."""
    left = not _is_space(after) and (not _is_mark(after) or _is_space(before) or _is_mark(before) or _is_cjk(before))
    right = not _is_space(before) and (not _is_mark(before) or _is_space(after) or _is_mark(after) or _is_cjk(after))
    if splits_words:
        return left, right
    return left and (not right or _is_mark(before)), right and (not left or _is_mark(after))


@lru_cache(maxsize=4096)
def _is_cjk(character: str) -> bool:
    """Whether a character is CJK, by the amendment: wide or half-width in East Asia, and no emoji."""
    return unicodedata.east_asian_width(character) in "WFH" and unicodedata.category(character) != "So"


@lru_cache(maxsize=4096)
def _is_mark(character: str) -> bool:
    """Whether a character is punctuation or a symbol that is not CJK."""
    return unicodedata.category(character)[0] in "PS" and not _is_cjk(character)


def _is_space(character: str) -> bool:
    return character.isspace()


def _code_math(state: StateInline, silent: bool) -> bool:
    """Math in code, as on GitHub: $`x`$."""
    found = _CODE_MATH.match(state.src, state.pos) if state.src.startswith("$`", state.pos) else None
    if not found or found.end() > state.posMax:
        return False
    if not silent:
        token = state.push("math_inline", "math", 0)
        token.content, token.markup = found[1], "$`"
    state.pos = found.end()
    return True


def _tex(state: StateInline, silent: bool) -> bool:
    r"""Math between `\(…\)` or `\[…\]`, with one backslash or two, if there is TeX inside."""
    slashes = "\\\\" if state.src.startswith("\\\\", state.pos) else "\\"
    start = state.pos + len(slashes) + 1
    opening = state.src[start - 1 : start]
    closing = slashes + {"(": ")", "[": "]"}.get(opening, "")
    end = state.src.find(closing, start, min(state.posMax, start + _LONGEST)) if opening and opening in "([" else -1
    content = state.src[start:end] if end > 0 else ""
    if not _TEX.search(content) or "`" in content:
        return False
    if not silent:
        token = state.push("math_inline" if opening == "(" else "math_inline_double", "math", 0)
        token.content, token.markup = content, slashes + opening
    state.pos = end + len(closing)
    return True


def _mark(state: StateInline, silent: bool) -> bool:
    """Marked text: `==so==`."""
    found = _MARKED.match(state.src, state.pos) if state.src.startswith("==", state.pos) else None
    if not found or found.end() > state.posMax:
        return False
    if not silent:
        end, last = found.end(), state.posMax
        state.push("mark_open", "mark", 1)
        state.pos, state.posMax = found.start(1), found.end(1)
        state.md.inline.tokenize(state)
        state.push("mark_close", "mark", -1)
        state.pos, state.posMax = end, last
    state.pos = found.end()
    return True


def _wiki(state: StateInline, silent: bool) -> bool:
    """A link to another note, `[[page#heading|shown]]`, as the text that it shows."""
    found = _WIKI.match(state.src, state.pos) if state.src.startswith("[[", state.pos) else None
    shown = (found[3] or found[1].rpartition("/")[2] or found[2] or "") if found else ""
    if not found or not shown.strip() or found.end() > state.posMax:
        return False
    if not silent:
        state.push("text", "", 0).content = shown.strip()
    state.pos = found.end()
    return True


def _embed(state: StateInline, silent: bool) -> bool:
    """An embedded file, `![[picture.png|300]]`: a medium by its name in the vault; of a note, only the name."""
    found = _EMBED.match(state.src, state.pos) if state.src.startswith("![[", state.pos) else None
    if not found or found.end() > state.posMax:
        return False
    if not silent:
        name, said = found[1].strip(), (found[2] or "").strip()
        if _MEDIUM.search(name):
            token = state.push("image", "img", 0)
            width = re.fullmatch(r"(\d{1,4})(?:x\d{1,4})?", said)
            token.attrs = {"src": f"[[{name}]]", "alt": "", **({"width": width[1]} if width else {})}
            token.children, token.content = [], "" if width else said
            token.meta = {"at": state.pos}
        else:
            state.push("text", "", 0).content = said or name.rpartition("/")[2]
    state.pos = found.end()
    return True
