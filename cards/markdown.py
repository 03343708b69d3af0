"""Source -> Document, and tokens -> HTML: the one user of markdown-it.

A document is parsed once. Its blocks keep their tokens, and a part of a card is rendered from them, so
link references and footnotes resolve wherever in the file they are defined.
"""

from __future__ import annotations

import html
import re
import textwrap
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from markdown_it import MarkdownIt
from markdown_it.renderer import RendererHTML
from markdown_it.token import Token
from markdown_it.utils import EnvType, OptionsDict
from mdit_py_plugins.dollarmath import dollarmath_plugin
from mdit_py_plugins.footnote import footnote_plugin

from .model import Chunk, ChunkType, Diagnostic, Document, Source, Span

# markdown-it drops what lies deeper without a word, so blocks that reach it are a fault.
MAX_NESTING = 40

# Stand-ins for Anki's own markup while HTML is made; sources cannot hold them (see discover).
CLOZE_OPEN, CLOZE_TEXT, CLOZE_CLOSE, SOUND = "\x02", "\x03", "\x04", "\x05"

_CONTAINERS = frozenset({"blockquote_open", "bullet_list_open", "ordered_list_open", "list_item_open"})
_TYPES: Mapping[str, ChunkType] = {
    "heading_open": "heading",
    "paragraph_open": "paragraph",
    "fence": "fence",
    "hr": "rule",
}
# CommonMark 0.31, HTML blocks of kind 1: they end at their closing tag, else at the end of the file.
_VERBATIM = re.compile(r"<(script|pre|style|textarea)(?=[\s>]|$)", re.IGNORECASE)


@cache
def _parser(footnotes: bool, math: bool) -> MarkdownIt:
    """A parser with the plugins that a text needs: each is asked at every character, so none stands idle."""
    options = {"maxNesting": MAX_NESTING, "tasklists": True}
    parser = MarkdownIt("commonmark", options).enable(["table", "strikethrough"])
    if footnotes:
        footnote_plugin(parser, inline=False, move_to_end=False)
    if math:
        dollarmath_plugin(parser, allow_labels=False, allow_space=False, allow_digits=False, double_inline=True)
    return parser


def parse(source: Source, blank: int = 0) -> tuple[Document, tuple[Diagnostic, ...]]:
    """Read Markdown, taking the first `blank` lines (front matter) for empty ones."""
    lines = source.text.split("\n")
    lines[:blank] = [""] * blank
    parser = _parser("[^" in source.text, "$" in source.text)
    tokens = parser.parse("\n".join(lines), {})
    chunks: list[Chunk] = []
    footnotes: dict[str, tuple[Token, ...]] = {}
    document = Document(source, tuple(source.text.split("\n")), (), footnotes)
    faults = list(_lost(tokens, document))
    anchors: dict[str, int] = {}
    for start, end, within in _blocks(tokens):
        first = tokens[start]
        if first.type == "footnote_reference_open":
            footnotes[first.meta["label"]] = tuple(tokens[start + 1 : end - 1])
        else:
            chunks.append(_chunk(tokens[start:end], within, document, anchors))
    return Document(source, document.lines, tuple(chunks), footnotes), tuple(faults)


def _blocks(tokens: Sequence[Token]) -> Iterator[tuple[int, int, tuple[int, ...]]]:
    """The ranges of tokens that make one block each; a container is opened where it holds a heading."""
    closes: dict[int, int] = {}
    headings = [0]
    stack: list[int] = []
    for index, token in enumerate(tokens):
        headings.append(headings[-1] + (token.type == "heading_open"))
        if token.nesting == 1:
            stack.append(index)
        elif token.nesting == -1:
            closes[stack.pop()] = index
    within: list[tuple[int, int]] = []
    index = 0
    while index < len(tokens):
        while within and index == within[-1][1]:
            within.pop()
            index += 1
        if index == len(tokens):
            return
        end = closes.get(index, index) + 1
        if tokens[index].type in _CONTAINERS and headings[end] > headings[index]:
            within.append((index, end - 1))
            index += 1
        else:
            yield index, end, tuple(start for start, _ in within)
            index = end


def _chunk(tokens: Sequence[Token], within: tuple[int, ...], document: Document, anchors: dict[str, int]) -> Chunk:
    first = tokens[0]
    start, end = first.map or (0, 0)
    kind: ChunkType = _TYPES.get(first.type, "other")
    text, language, anchor = "", "", ""
    if kind == "heading":
        text = tokens[1].content
        anchor = _anchor(_plain(tokens[1].children or []), anchors)
    elif kind == "fence":
        text = first.content
        language = _language(first)
    else:
        lines = document.lines[start:end]
        text = "\n".join(lines) if not within else _outdent(lines)
        if first.type == "html_block" and first.content.lstrip().startswith("<!--"):
            kind = "comment"
    return Chunk(kind, text.strip("\n"), start + 1, max(end, start + 1), tuple(tokens), within, language, anchor)


def _outdent(lines: Sequence[str]) -> str:
    """Markdown freed of the marks of the list items and quotes around it."""
    return textwrap.dedent("\n".join(re.sub(r"^[ >]*>[ ]?", "", line) for line in lines))


def _language(fence: Token) -> str:
    words = fence.info.split()
    return words[0].lower() if words else ""


def _anchor(text: str, seen: dict[str, int]) -> str:
    """The fragment GitHub gives a heading: lower case, no punctuation, hyphens, numbered repeats."""
    slug = re.sub(r"[^\w\- ]", "", text.strip().lower()).replace(" ", "-")
    count = seen.get(slug, -1) + 1
    seen[slug] = count
    return f"{slug}-{count}" if count else slug


def _lost(tokens: Sequence[Token], document: Document) -> Iterator[Diagnostic]:
    """Blocks that swallow what follows them: too deep, or opened and never closed."""
    deep = False
    for token in tokens:
        line = (token.map or (0, 0))[0] + 1
        if token.nesting == 1 and token.level >= MAX_NESTING - 1 and not deep:
            deep = True
            yield Diagnostic(
                document.span(line), "C003", f"lists or quotes are nested {MAX_NESTING} deep or more",
                "flatten them: what lies deeper would not be read",
            )  # fmt: skip
        elif token.type == "fence" and not _closed(token, document.lines):
            yield _unclosed(document.span(line), "code fence", f"a line of {token.markup}")
        elif token.type == "html_block":
            verbatim = _VERBATIM.match(token.content.lstrip())
            closing = f"</{verbatim[1].lower()}>" if verbatim else "-->"
            if (verbatim or token.content.lstrip().startswith("<!--")) and closing not in token.content.lower():
                yield _unclosed(document.span(line), "HTML comment" if closing == "-->" else "HTML block", closing)


def _unclosed(span: Span, what: str, closing: str) -> Diagnostic:
    return Diagnostic(
        span, "C004", f"this {what} is never closed and swallows all that follows", f"close it with {closing}"
    )


def _closed(fence: Token, lines: Sequence[str]) -> bool:
    start, end = fence.map or (0, 0)
    last = lines[end - 1].strip(" \t>")
    return end - 1 > start and len(last) >= len(fence.markup) and set(last) == {fence.markup[0]}


def split_labels(chunk: Chunk, labels: Sequence[str]) -> Iterator[tuple[str, Chunk]]:
    """A paragraph cut at each line that opens with a bold label: (label or "", what follows it)."""
    if not any(f"{label}**" in chunk.text or f"{label}__" in chunk.text for label in labels):
        yield "", chunk
        return
    # markdown-it leaves an empty text token where a delimiter stood first in its line.
    children = [child for child in chunk.tokens[1].children if child.type != "text" or child.content]
    cuts = [(0, 0, "")]
    for index in range(len(children) - 2):
        opens_line = index == 0 or children[index - 1].type in ("softbreak", "hardbreak")
        if opens_line and children[index].type == "strong_open" and children[index + 2].type == "strong_close":
            label = children[index + 1].content
            if label in labels:
                cuts.append((index, index + 3, label))
    if len(cuts) == 1:
        yield "", chunk
        return
    ends = [start for start, _, _ in cuts[1:]] + [len(children)]
    raw = chunk.text.split("\n")
    at = 0
    for (_, start, label), end in zip(cuts, ends, strict=True):
        if label:
            at = next(i for i in range(at, len(raw)) if _starts_label(raw[i], label))
        stop = next((i for i in range(at + 1, len(raw)) if _starts_label(raw[i], *labels)), len(raw))
        part = _trim(children[start:end])
        if label or part:
            text = "\n".join(raw[at:stop])
            text = text[text.index(label) + len(label) + 2 :].lstrip() if label else text
            yield label, _paragraph(chunk, part, text, at, stop)


def _starts_label(line: str, *labels: str) -> bool:
    return line.lstrip().startswith(tuple(mark + label + mark for label in labels for mark in ("**", "__")))


def _trim(children: list[Token]) -> list[Token]:
    """Inline tokens without the line breaks and spaces at either end."""
    while children and _blank(children[0]):
        children = children[1:]
    while children and _blank(children[-1]):
        children = children[:-1]
    if children and children[0].type == "text":
        children = [children[0].copy(content=children[0].content.lstrip()), *children[1:]]
    return children


def _blank(token: Token) -> bool:
    return token.type in ("softbreak", "hardbreak") or (token.type == "text" and not token.content.strip())


def _paragraph(chunk: Chunk, children: list[Token], text: str, start: int, stop: int) -> Chunk:
    tokens: tuple[Token, ...] = ()
    if children:
        opening, inline, closing = chunk.tokens
        lines = [chunk.line - 1 + start, chunk.line - 1 + stop]
        tokens = (opening, inline.copy(children=children, content=text, map=lines), closing)
    return Chunk(chunk.type, text, chunk.line + start, chunk.line + stop - 1, tokens, chunk.within)


def stray_comments(chunk: Chunk, opening: re.Pattern[str]) -> Iterator[int]:
    """The lines of HTML comments inside a block (not the block itself) that match `opening`."""
    if "<!--" not in chunk.text:
        return
    for index, token in enumerate(chunk.tokens):
        line = (token.map or (chunk.line - 1, 0))[0] + 1
        if token.type == "html_block" and index and opening.match(token.content.lstrip()):
            yield line
        for child in token.children or ():
            if child.type == "html_inline" and opening.match(child.content):
                yield line


def links(tokens: Sequence[Token]) -> Iterator[tuple[str, int]]:
    """The targets of all links, with the first line of the block that holds each."""
    for token in tokens:
        for child in token.children or ():
            if child.type == "link_open":
                yield str(child.attrGet("href") or ""), (token.map or (0, 0))[0] + 1


def count_bold(tokens: Sequence[Token]) -> int:
    """How many bold runs the tokens hold, one inside another counting once."""
    count = depth = 0
    for token in tokens:
        for child in token.children or ():
            if child.type == "strong_open":
                count += depth == 0
                depth += 1
            elif child.type == "strong_close":
                depth -= 1
    return count


def plain(tokens: Sequence[Token]) -> str:
    """The text of inline content, without markup."""
    return " ".join(_plain(token.children or []) for token in tokens if token.type == "inline").strip()


def _plain(children: Sequence[Token]) -> str:
    words = []
    for child in children:
        if child.type in ("softbreak", "hardbreak"):
            words.append(" ")
        elif child.type == "image":
            words.append(_plain(child.children or []))
        elif child.type != "html_inline":
            words.append(child.content)
    return "".join(words)


@dataclass(slots=True)
class Context:
    """What the renderer asks of its caller, and what it notes on the way.

    `image(src, alt, line)` gives HTML for a picture or sound, `link(href, line)` the target of a link or
    None to leave its text alone, `highlight(code, language)` HTML for code.
    """

    footnotes: Mapping[str, tuple[Token, ...]]
    image: Callable[[str, str, int], str]
    link: Callable[[str, int], str | None]
    highlight: Callable[[str, str], str]
    cloze: bool = False
    line: int = 0
    raw: list[int] = field(default_factory=list)
    cited: list[str] = field(default_factory=list)
    deletions: int = 0
    _bold: int = 0
    _links: list[bool] = field(default_factory=list)


def render(tokens: Sequence[Token], context: Context) -> str:
    """HTML of blocks, followed by the footnotes they cite."""
    renderer, options = _renderer()
    env: Any = context
    out = renderer.render(tokens, options, env)
    notes = []
    for label in context.cited:  # grows while footnotes cite footnotes
        notes.append(f"<li>{renderer.render(context.footnotes[label], options, env)}</li>\n")
    return out + (f'<ol class="footnotes">\n{"".join(notes)}</ol>\n' if notes else "")


@cache
def _renderer() -> tuple[Renderer, OptionsDict]:
    return Renderer(), _parser(False, False).options


def render_inline(tokens: Sequence[Token], context: Context) -> str:
    """HTML of a heading's or paragraph's content, without the block around it."""
    inline = [token for token in tokens if token.type == "inline"]
    return render(inline, context).strip()


class Renderer(RendererHTML):
    """markdown-it's renderer with our fences, links, media, math, footnotes and clozes.

    Each rule is called with a list of tokens, the index of its own, and the Context in the place that
    markdown-it calls `env`. Code says its direction, or it would set that of a right-to-left answer.
    """

    def __init__(self, parser: MarkdownIt | None = None) -> None:
        super().__init__(parser)
        self.rules["math_inline_double"] = self.math_block  # type: ignore[assignment]

    def render(self, tokens: Sequence[Token], options: OptionsDict, env: EnvType) -> str:
        context: Any = env
        out: list[str] = []
        for index, token in enumerate(tokens):
            if token.map:
                context.line = token.map[0] + 1
            if token.type == "inline":
                out.append(self.renderInline(token.children or (), options, env))
            elif token.type in self.rules:
                out.append(self.rules[token.type](tokens, index, options, env))
            else:
                out.append(self.renderToken(tokens, index, options, env))
        return "".join(out)

    def fence(self, tokens: Sequence[Token], idx: int, options: OptionsDict, env: Any) -> str:
        code = env.highlight(tokens[idx].content, _language(tokens[idx]))
        return f'<pre dir="ltr"><code>{code}</code></pre>\n'

    def code_block(self, tokens: Sequence[Token], idx: int, options: OptionsDict, env: Any) -> str:
        return f'<pre dir="ltr"><code>{html.escape(tokens[idx].content, quote=False)}</code></pre>\n'

    def code_inline(self, tokens: Sequence[Token], idx: int, options: OptionsDict, env: Any) -> str:
        return f'<code dir="ltr">{html.escape(tokens[idx].content, quote=False)}</code>'

    def image(self, tokens: Sequence[Token], idx: int, options: OptionsDict, env: Any) -> str:
        token = tokens[idx]
        html_: str = env.image(str(token.attrGet("src") or ""), _plain(token.children or []), env.line)
        return html_

    def link_open(self, tokens: Sequence[Token], idx: int, options: OptionsDict, env: Any) -> str:
        target = env.link(str(tokens[idx].attrGet("href") or ""), env.line)
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
        return f"{CLOZE_OPEN}{env.deletions}{CLOZE_TEXT}"

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
        content = tokens[idx].content
        if content.lstrip().startswith("<!--"):
            return ""
        env.raw.append(env.line)
        return content

    def html_inline(self, tokens: Sequence[Token], idx: int, options: OptionsDict, env: Any) -> str:
        content = tokens[idx].content
        if content.startswith("<!--"):
            return ""
        env.raw.append(env.line)
        return content
