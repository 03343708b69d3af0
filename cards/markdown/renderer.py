"""Tokens -> the HTML of a card: our fences, links, media, math, footnotes and clozes."""

from __future__ import annotations

import html
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from markdown_it.renderer import RendererHTML
from markdown_it.token import Token
from markdown_it.utils import EnvType, OptionsDict

from ..model import Document, Span
from . import elements
from .blocks import language_of
from .callouts import boxed
from .inline import place, plain_text, target_offset
from .parser import fill, parser_for
from .rules import NOTES

# Placeholders for Anki's own markup while HTML is made; sources cannot contain them (see discover).
CLOZE_OPEN, CLOZE_TEXT, CLOZE_CLOSE, SOUND = "\x02", "\x03", "\x04", "\x05"
# What is no code holds text: these are taken for elements that HTML does not have, whose text is kept. In a block a
# script or a style is code, and in prose no more than a word.
_INERT = frozenset({"svg", "math", "template"})
_INERT_INLINE = _INERT.union(
    ("iframe", "noembed", "noframes", "noscript", "plaintext", "script", "style", "textarea", "title", "xmp")
)
# From how many columns on code is set in which size; see style.css.
_WIDTHS = ((48, "w60"), (38, "w48"))
_COMMENT = re.compile(r"<!--(?:-?>|.*?-->)", re.DOTALL)
# References to control characters, which could turn raw HTML into our placeholders after `discover`.
_CONTROL = re.compile(
    r"&#(?:0*(?:[0-8]|1[124-9]|2\d|3[01])(?!\d)|x0*(?:[0-8bcef]|1[0-9a-f])(?![0-9a-f]));?", re.IGNORECASE
)


@dataclass(slots=True)
class Context:
    """What the renderer needs from its caller, and what it collects.

    `image(src, alt, span)` gives HTML for a picture or sound, `link(href, span)` the target of a link, or None to keep
    only its text, and `highlight(code, language)` HTML for code. `raw` collects raw HTML, as the tokens that hold it
    with the offsets at which it begins. The deletions of a `cloze` have the numbers and hints in `hidden`, if any.
    """

    document: Document
    image: Callable[[str, str, Span], str]
    link: Callable[[str, Span], str | None]
    highlight: Callable[[str, str], str]
    cloze: bool = False
    hidden: Sequence[tuple[int, str]] = ()
    raw: list[tuple[Token, int, str]] = field(default_factory=list)
    cited: list[str] = field(default_factory=list)
    deletions: int = 0
    _block: Token | None = None
    _bold: int = 0
    _links: list[bool] = field(default_factory=list)

    def span(self, child: Token, target: str) -> Span:
        """The place of the target of a link or image in the block that is being rendered."""
        assert self._block is not None  # noqa: S101 - set by the renderer before any inline token
        offset = target_offset(self._block.content, target, child.meta.get("at", 0))
        return place(self.document, self._block, offset)


def render(tokens: Sequence[Token], context: Context) -> str:
    """HTML of blocks, followed by the footnotes they cite."""
    renderer, options = _renderer()
    env: Any = context
    if NOTES in context.document.references:
        tokens = boxed(tokens)
    fill(tokens, context.document.references)
    out = renderer.render(tokens, options, env)
    notes = []
    for label in context.cited:  # grows while footnotes cite footnotes
        note = context.document.footnotes[label]
        fill(note, context.document.references)
        notes.append(f"<li>{renderer.render(note, options, env)}</li>\n")
    return out + (f'<ol class="footnotes">\n{"".join(notes)}</ol>\n' if notes else "")


def render_inline(tokens: Sequence[Token], context: Context) -> str:
    """HTML of a heading's or paragraph's content, without the block around it."""
    inline = [token for token in tokens if token.type == "inline"]
    return render(inline, context).strip()


@cache
def _renderer() -> tuple[Renderer, OptionsDict]:
    return Renderer(), parser_for(False, False).options


class Renderer(RendererHTML):
    """markdown-it's renderer with our fences, links, media, math, footnotes and clozes.

    Each rule gets a list of tokens, the index of its token, and the Context as what markdown-it calls `env`. Code sets
    its direction, because it would otherwise set that of a right-to-left answer.
    """

    def __init__(self) -> None:
        super().__init__()
        self.rules["math_inline_double"] = self.math_block  # type: ignore[assignment]

    def render(self, tokens: Sequence[Token], options: OptionsDict, env: EnvType) -> str:
        context: Any = env
        out: list[str] = []
        for index, token in enumerate(tokens):
            if token.type == "inline":
                context._block = token
                out.append(self.renderInline(token.children or (), options, env))
            elif token.type in self.rules:
                out.append(self.rules[token.type](tokens, index, options, env))
            else:
                out.append(self.renderToken(tokens, index, options, env))
        return "".join(out)

    def fence(self, tokens: Sequence[Token], idx: int, options: OptionsDict, env: Any) -> str:
        content, language = tokens[idx].content, language_of(tokens[idx])
        if language == "math":
            return rf"<p>\[{html.escape(content.strip(), quote=False)}\]</p>" + "\n"
        return f'<pre dir="ltr"{_shape(content, language)}><code>{env.highlight(content, language)}</code></pre>\n'

    def code_block(self, tokens: Sequence[Token], idx: int, options: OptionsDict, env: Any) -> str:
        return f'<pre dir="ltr"><code>{html.escape(tokens[idx].content, quote=False)}</code></pre>\n'

    def code_inline(self, tokens: Sequence[Token], idx: int, options: OptionsDict, env: Any) -> str:
        return f'<code dir="ltr">{html.escape(tokens[idx].content, quote=False)}</code>'

    def image(self, tokens: Sequence[Token], idx: int, options: OptionsDict, env: Any) -> str:
        target = str(tokens[idx].attrGet("src") or "")
        alt = plain_text(tokens[idx].children or []) or tokens[idx].content
        shown: str = env.image(target, alt, env.span(tokens[idx], target))
        width = tokens[idx].attrGet("width")
        return f'{shown[:-1]} width="{width}">' if width and shown.startswith("<img") else shown

    def link_open(self, tokens: Sequence[Token], idx: int, options: OptionsDict, env: Any) -> str:
        href = str(tokens[idx].attrGet("href") or "")
        target = env.link(href, env.span(tokens[idx], href))
        env._links.append(target is not None)
        return "" if target is None else f'<a href="{html.escape(target)}">'

    def link_close(self, tokens: Sequence[Token], idx: int, options: OptionsDict, env: Any) -> str:
        return "</a>" if env._links.pop() else ""

    def strong_open(self, tokens: Sequence[Token], idx: int, options: OptionsDict, env: Any) -> str:
        if not env.cloze:
            return "<strong>"
        env._bold += 1
        if env._bold > 1:
            return ""
        env.deletions += 1
        number, hint = env.hidden[env.deletions - 1] if env.deletions <= len(env.hidden) else (0, "")
        shown = f"|{html.escape(hint)}" if hint else ""
        return f"{CLOZE_OPEN}{number or env.deletions}{shown}{CLOZE_TEXT}"

    def strong_close(self, tokens: Sequence[Token], idx: int, options: OptionsDict, env: Any) -> str:
        if not env.cloze:
            return "</strong>"
        env._bold -= 1
        return CLOZE_CLOSE if not env._bold else ""

    def math_inline(self, tokens: Sequence[Token], idx: int, options: OptionsDict, env: Any) -> str:
        return rf"\({html.escape(tokens[idx].content.strip(), quote=False)}\)"

    def math_block(self, tokens: Sequence[Token], idx: int, options: OptionsDict, env: Any) -> str:
        return rf"\[{html.escape(tokens[idx].content.strip(), quote=False)}\]"

    def footnote_ref(self, tokens: Sequence[Token], idx: int, options: OptionsDict, env: Any) -> str:
        label = tokens[idx].meta["label"]
        if label not in env.cited:
            env.cited.append(label)
        return f"<sup>[{env.cited.index(label) + 1}]</sup>"

    def html_block(self, tokens: Sequence[Token], idx: int, options: OptionsDict, env: Any) -> str:
        return _raw(env, tokens[idx], 0, tokens[idx].content)

    def html_inline(self, tokens: Sequence[Token], idx: int, options: OptionsDict, env: Any) -> str:
        return _raw(env, env._block, tokens[idx].meta["at"], tokens[idx].content)


def _shape(code: str, language: str) -> str:
    """The class that fits code to a narrow screen: text wraps, and wide code is smaller."""
    if language in ("text", "output"):
        return ' class="text"'
    width = max(map(len, code.expandtabs(4).split("\n")))
    return next((f' class="{name}"' for least, name in _WIDTHS if width > least), "")


def _raw(context: Context, block: Token, offset: int, content: str) -> str:
    """Raw HTML without comments, noted in the context with its place."""
    shown = raw_html(content, block.type == "html_block")
    if shown.strip():
        context.raw.append((block, offset, content))
    return shown if shown.strip() else ""


def raw_html(content: str, is_block: bool) -> str:
    """Raw HTML without comments, in which text is text: words in angle brackets, and what an element would swallow.

    Code in a block is no text: a script or style that stands in one is dropped whole.
    """
    shown = _COMMENT.sub(lambda comment: "\n" * comment[0].count("\n"), content)
    shown = elements.tame(shown, _INERT if is_block else _INERT_INLINE, words=is_block)
    return _CONTROL.sub(" ", shown) if "&#" in shown else shown
