"""Source -> Document, and tokens -> HTML: the one user of markdown-it.

A document is parsed once. Its blocks keep their tokens, and a part of a card is rendered from them, so
link references and footnotes resolve wherever in the file they are defined.
"""

from __future__ import annotations

import html
import re
import textwrap
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cache
from typing import Any

from markdown_it import MarkdownIt
from markdown_it.renderer import RendererHTML
from markdown_it.rules_inline import StateInline
from markdown_it.token import Token
from markdown_it.utils import EnvType, OptionsDict
from mdit_py_plugins.dollarmath import dollarmath_plugin
from mdit_py_plugins.footnote import footnote_plugin

from .model import Chunk, ChunkType, Container, Diagnostic, Document, Source, Span

# markdown-it drops what lies deeper without a word, so blocks that reach it are a fault.
MAX_NESTING = 40

# Stand-ins for Anki's own markup while HTML is made; sources cannot hold them (see discover).
CLOZE_OPEN, CLOZE_TEXT, CLOZE_CLOSE, SOUND = "\x02", "\x03", "\x04", "\x05"

_LISTS = ("bullet_list_open", "ordered_list_open")
_MARK = r"[ \t]*(?:>|[-+*]|\d{1,9}[.)])[ \t]?"
_TYPES: Mapping[str, ChunkType] = {
    "heading_open": "heading",
    "paragraph_open": "paragraph",
    "bullet_list_open": "list",
    "ordered_list_open": "list",
    "fence": "fence",
    "hr": "rule",
}
_COMMENT = re.compile(r"<!--(?:-?>|.*?-->)", re.DOTALL)
# References to control characters, which raw HTML could smuggle past `discover` and into our stand-ins.
_CONTROL = re.compile(
    r"&#(?:0*(?:[0-8]|1[124-9]|2\d|3[01])(?!\d)|x0*(?:[0-8bcef]|1[0-9a-f])(?![0-9a-f]));?", re.IGNORECASE
)
# CommonMark 0.31, HTML blocks: of kind 1 are these tags, of kinds 2 to 5 what the table below begins with. Each
# goes on to its closing, else to the end of what holds it.
_VERBATIM = re.compile(r"<(script|pre|style|textarea)(?=[\s>]|$)", re.IGNORECASE)
_CLOSINGS = {"<!--": "-->", "<?": "?>", "<![cdata[": "]]>", "<!": ">"}

# The rules whose tokens are named in diagnostics, which note where in their paragraph they begin, and the
# character at which each does.
_PLACED = {"link": "[", "image": "!", "autolink": "<", "html_inline": "<"}


Rule = Callable[[StateInline, bool], bool]


@cache
def _parser(footnotes: bool, math: bool) -> MarkdownIt:
    """A parser with the plugins that a text needs: each is asked at every character, so none stands idle."""
    options = {"maxNesting": MAX_NESTING, "tasklists": True}
    parser = MarkdownIt("commonmark", options).enable(["table", "strikethrough"])
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
    for rule in parser.inline.ruler.__rules__:
        if rule.name in _PLACED:
            rule.fn = _placed(rule.fn, _PLACED[rule.name])
        elif rule.name == "math_inline":
            rule.fn = _outside_code(rule.fn)
    parser.validateLink = lambda url: True  # type: ignore[method-assign] # the caller judges links, and says so
    return parser


def _placed(rule: Rule, opening: str) -> Rule:
    """The rule, noting as `at` where in the paragraph's content its token begins."""

    def run(state: StateInline, silent: bool) -> bool:
        if state.src[state.pos] != opening:
            return False
        start, count = state.pos, len(state.tokens)
        found = rule(state, silent)
        if found and not silent:
            token = next(t for t in state.tokens[count:] if t.type in ("link_open", "image", "html_inline"))
            token.meta = {**token.meta, "at": start}
        return found

    return run


def _outside_code(rule: Rule) -> Rule:
    """The math rule, but code is stronger: in "costs $5, read `$HOME`" nothing is math."""

    def run(state: StateInline, silent: bool) -> bool:
        start = state.pos
        found = rule(state, True) and "`" not in state.src[start : state.pos]
        state.pos = start
        return found and rule(state, silent)

    return run


def parse(source: Source, blank: int = 0) -> tuple[Document, tuple[Diagnostic, ...]]:
    """Read Markdown, taking the first `blank` lines (front matter) for empty ones."""
    lines = source.text.split("\n")
    body = "\n".join([*[""] * blank, *lines[blank:], ""])
    references: dict[str, Any] = {}
    tokens = _parser("[^" in body, "$" in body).parse(body, references)
    footnotes: dict[str, tuple[Token, ...]] = {}
    document = Document(source, tuple(lines), (), footnotes, references)
    faults = tuple(_lost(tokens, document))
    tokens = _without_footnotes(tokens, footnotes)
    anchors: dict[str, int] = {}
    chunks = tuple(_chunk(tokens[start:end], within, document, anchors) for start, end, within in _blocks(tokens))
    return replace(document, chunks=chunks), faults


def _without_footnotes(tokens: list[Token], footnotes: dict[str, tuple[Token, ...]]) -> list[Token]:
    """The tokens outside footnote definitions, whose own go to `footnotes` by label."""
    if not any(token.type == "footnote_reference_open" for token in tokens):
        return tokens
    kept: list[Token] = []
    inside: list[Token] | None = None
    for token in tokens:
        if token.type == "footnote_reference_open":
            inside = []
            label = token.meta["label"]
        elif token.type == "footnote_reference_close":
            footnotes.setdefault(label, tuple(inside or ()))
            inside = None
        else:
            (kept if inside is None else inside).append(token)
    return kept


def _blocks(tokens: Sequence[Token]) -> Iterator[tuple[int, int, tuple[Container, ...]]]:
    """The ranges of tokens that make one block each.

    A list or quote is one block, unless a heading with a comment under it stands inside: then it is opened,
    and the blocks in it are `within` it.
    """
    closes: dict[int, int] = {}
    marked = [0]
    stack: list[int] = []
    for index, token in enumerate(tokens):
        marked.append(marked[-1] + (token.type == "heading_close" and _is_comment(tokens, index + 1)))
        if token.nesting == 1:
            stack.append(index)
        elif token.nesting == -1:
            closes[stack.pop()] = index
    within: list[tuple[int, Container | None]] = []
    index = 0
    while index < len(tokens):
        while within and index == within[-1][0]:
            within.pop()
            index += 1
        if index == len(tokens):
            return
        end = closes.get(index, index) + 1
        container = _container(index, tokens[index])
        if (container or tokens[index].type in _LISTS) and marked[end] > marked[index]:
            within.append((end - 1, container))
            index += 1
        else:
            yield index, end, tuple(container for _, container in within if container)
            index = end


def _container(index: int, token: Token) -> Container | None:
    """The list item or quote that a token opens."""
    line = (token.map or (0, 0))[0] + 1
    if token.type == "blockquote_open":
        return Container(index, "quote", line)
    return Container(index, "item", line) if token.type == "list_item_open" else None


def _column(raw: str, line: int, within: Sequence[Container]) -> int:
    """The column at which a line of the file begins, behind the marks of the containers it stands in."""
    marks = sum(container.type == "quote" or container.line == line for container in within)
    match = re.match(f"(?:{_MARK}){{0,{marks}}}[ \\t]*", raw)
    return (match.end() if match else 0) + 1


def _is_comment(tokens: Sequence[Token], index: int) -> bool:
    return (
        index < len(tokens) and tokens[index].type == "html_block" and tokens[index].content.lstrip().startswith("<!--")
    )


def _chunk(
    tokens: Sequence[Token], within: tuple[Container, ...], document: Document, anchors: dict[str, int]
) -> Chunk:
    first = tokens[0]
    start, end = first.map or (0, 0)
    kind: ChunkType = "comment" if _is_comment(tokens, 0) else _TYPES.get(first.type, "other")
    anchor = ""
    if kind == "heading":
        text = tokens[1].content
        anchor = _anchor(_plain(tokens[1].children or []), anchors)
    elif kind == "comment":
        text = first.content.strip()
    else:
        lines = _outdent(document.lines[start:end], within)
        while len(lines) > 1 and not lines[-1].strip():
            lines = lines[:-1]
        end = start + len(lines)
        text = _source(first) if first.type in ("fence", "code_block") else "\n".join(lines)
    language = _language(first) if kind == "fence" else ""
    column = _column(document.lines[start], start + 1, within)
    return Chunk(
        kind, text.strip("\n"), start + 1, column, max(end, start + 1), tuple(tokens), within, language, anchor
    )


def _source(token: Token) -> str:
    """Code as Markdown, without the indentation of the containers around it."""
    if token.type == "code_block":
        return textwrap.indent(token.content, "    ")
    return f"{token.markup}{token.info}\n{token.content}{token.markup}"


def _outdent(lines: Sequence[str], within: tuple[Container, ...]) -> Sequence[str]:
    """Markdown freed of the marks of the list items and quotes around it."""
    for container in within:
        if container.type == "quote":
            lines = [re.sub(r"^[ ]{0,3}>[ ]?", "", line) for line in lines]
        else:
            lines = textwrap.dedent("\n".join(lines)).split("\n")
    return lines


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
    within: list[Container | None] = []
    deep = False
    for index, token in enumerate(tokens):
        start, end = token.map or (0, 0)
        raw = document.lines[start] if start < len(document.lines) else ""
        containers = [container for container in within if container]
        span = Span(document.source.path, start + 1, _column(raw, start + 1, containers))
        if token.nesting == 1:
            within.append(_container(index, token))
            if token.level == MAX_NESTING - 1 and tokens[index + 1].nesting == -1 and not deep:
                deep = True
                yield Diagnostic(
                    Span(document.source.path, start + 1), "C003", "lists or quotes are nested too deep to be read",
                    f"flatten them: a quote counts as one, a list as two, and {MAX_NESTING} are too many",
                )  # fmt: skip
        elif token.nesting == -1:
            within.pop()
        elif token.type == "fence" and token.content.count("\n") > end - start - 2:
            yield _unclosed(span, "code fence", f"a line of {token.markup}")
        elif token.type == "html_block":
            text = token.content.lstrip().lower()
            verbatim = _VERBATIM.match(text)
            opening = next((mark for mark in _CLOSINGS if text.startswith(mark)), "")
            closing = f"</{verbatim[1]}>" if verbatim else _CLOSINGS.get(opening, "")
            if closing and closing not in text:
                yield unclosed_html(span)


def unclosed_html(span: Span) -> Diagnostic:
    """The fault of HTML, a comment among it, that has no end."""
    return _unclosed(span, "HTML block or comment", "its closing tag or mark")


def _unclosed(span: Span, what: str, closing: str) -> Diagnostic:
    return Diagnostic(
        span, "C004", f"this {what} is never closed and swallows all that follows", f"close it with {closing}"
    )


@cache
def _opening(labels: tuple[str, ...]) -> re.Pattern[str]:
    return re.compile(rf"\s*(\*\*|__)({'|'.join(map(re.escape, labels))})\1(?=\s|$)")


def split_labels(document: Document, chunk: Chunk, labels: tuple[str, ...]) -> Iterator[tuple[str, Chunk]]:
    """A paragraph cut at each line that opens with a bold label: (label or "", what follows it).

    A label is the paragraph's structure, as the mark of a list item is: nothing inline reaches across it.
    """
    if not any(f"{label}**" in chunk.text or f"{label}__" in chunk.text for label in labels):
        yield "", chunk
        return
    opening = _opening(labels)
    inline = chunk.tokens[1]
    lines = inline.content.split("\n")
    found = [(number, match) for number, line in enumerate(lines) if (match := opening.match(line))]
    if not found:
        yield "", chunk
        return
    if found[0][0]:
        yield "", _piece(document, chunk, lines, 0, found[0][0], "")
    for (start, match), (end, _) in zip(found, [*found[1:], (len(lines), None)], strict=True):
        yield match[2], _piece(document, chunk, lines, start, end, match[0])


def _piece(document: Document, chunk: Chunk, lines: Sequence[str], start: int, end: int, mark: str) -> Chunk:
    """The lines of a paragraph from `start` to `end`, without `mark` before them, as a paragraph."""
    text = "\n".join(lines[start:end])[len(mark) :].strip()
    tokens: tuple[Token, ...] = ()
    if text:
        begin, inline, close = chunk.tokens
        place = [chunk.line - 1 + start, chunk.line - 1 + end]
        if start == 0 and end == len(lines) and (children := _after_label(inline.children or [])):
            inline = inline.copy(children=children)
        else:
            children = []
            parser = _parser("[^" in text, "$" in text)
            parser.inline.parse(text, parser, dict(document.references), children)
            inline = inline.copy(children=children, content=text, map=place)
        tokens = (begin, inline, close)
    line = chunk.line + start
    column = document.lines[line - 1].find(lines[start].strip()) + 1
    return replace(chunk, text=text, line=line, column=column, end_line=chunk.line + end - 1, tokens=tokens)


def _after_label(children: Sequence[Token]) -> list[Token]:
    """What follows a bold label that opens a paragraph; nothing where the label was not parsed as such."""
    # markdown-it leaves an empty text token where a delimiter stood first in its line.
    rest = [child for child in children if child.type != "text" or child.content]
    if [child.type for child in rest[:3]] != ["strong_open", "text", "strong_close"]:
        return []
    rest = rest[3:]
    while rest and (rest[0].type in ("softbreak", "hardbreak") or rest[0].type == "text"):
        if rest[0].type == "text" and rest[0].content.strip():
            return [rest[0].copy(content=rest[0].content.lstrip()), *rest[1:]]
        rest = rest[1:]
    return rest


def stray_comments(document: Document, chunk: Chunk, opening: re.Pattern[str]) -> Iterator[Span]:
    """The places of HTML comments inside a block that match `opening`, but for one that begins the block."""
    if "<!--" in chunk.text:
        yield from _comments(document, chunk.tokens, opening, chunk.type == "comment")


def footnote_comments(document: Document, opening: re.Pattern[str]) -> Iterator[Span]:
    """The places of HTML comments in footnotes that match `opening`."""
    for tokens in document.footnotes.values():
        yield from _comments(document, tokens, opening, False)


def _comments(
    document: Document, tokens: Sequence[Token], opening: re.Pattern[str], skip_first: bool
) -> Iterator[Span]:
    for index, token in enumerate(tokens):
        if token.type == "html_block":
            for match in re.finditer("<!--", token.content):
                first = skip_first and index == 0 and not token.content[: match.start()].strip()
                if not first and opening.match(token.content, match.start()):
                    yield place(document, token, match.start())
        for child in token.children or ():
            if child.type == "html_inline" and opening.match(child.content):
                yield place(document, token, child.meta["at"])


def place(document: Document, token: Token, offset: int) -> Span:
    """The place of a character of a block's content; containers may have indented the lines of the file."""
    before = token.content[:offset].split("\n")
    line = (token.map or (0, 0))[0] + len(before)
    own = token.content.split("\n")[len(before) - 1]
    raw = document.lines[line - 1] if line <= len(document.lines) else ""
    return Span(document.source.path, line, max(raw.find(own), 0) + len(before[-1]) + 1)


def links(document: Document, tokens: Sequence[Token]) -> Iterator[tuple[str, Span]]:
    """The targets of all links, each with its place."""
    for token in tokens:
        for child in token.children or ():
            if child.type == "link_open":
                target = str(child.attrGet("href") or "")
                yield target, place(document, token, _target_offset(token.content, target, child.meta["at"]))


def _target_offset(content: str, target: str, start: int) -> int:
    """Where the target of a link that begins at `start` stands; an escaped one follows the link's text."""
    for needle, length in ((target, 0), ("](", 2)):
        found = content.find(needle, start)
        if target and found >= 0:
            return found + length
    return start


def code(chunk: Chunk) -> str:
    """The content of a fence."""
    content: str = chunk.tokens[0].content
    return content


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

    `image(src, alt, span)` gives HTML for a picture or sound, `link(href, span)` the target of a link or
    None to leave its text alone, `highlight(code, language)` HTML for code. `raw` collects raw HTML as the
    tokens that hold it, each with the offset at which it begins.
    """

    document: Document
    image: Callable[[str, str, Span], str]
    link: Callable[[str, Span], str | None]
    highlight: Callable[[str, str], str]
    cloze: bool = False
    raw: list[tuple[Token, int, str]] = field(default_factory=list)
    cited: list[str] = field(default_factory=list)
    deletions: int = 0
    _block: Token | None = None
    _bold: int = 0
    _links: list[bool] = field(default_factory=list)

    def span(self, child: Token, target: str) -> Span:
        """The place of the target of a link or image in the block that is being rendered."""
        assert self._block is not None  # noqa: S101 - set by the renderer before any inline token
        offset = _target_offset(self._block.content, target, child.meta.get("at", 0))
        return place(self.document, self._block, offset)


def render(tokens: Sequence[Token], context: Context) -> str:
    """HTML of blocks, followed by the footnotes they cite."""
    renderer, options = _renderer()
    env: Any = context
    out = renderer.render(tokens, options, env)
    notes = []
    for label in context.cited:  # grows while footnotes cite footnotes
        notes.append(f"<li>{renderer.render(context.document.footnotes[label], options, env)}</li>\n")
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
            if token.type == "inline":
                context._block = token
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
        target = str(tokens[idx].attrGet("src") or "")
        shown: str = env.image(target, _plain(tokens[idx].children or []), env.span(tokens[idx], target))
        return shown

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
        return _raw(env, tokens[idx], 0, tokens[idx].content)

    def html_inline(self, tokens: Sequence[Token], idx: int, options: OptionsDict, env: Any) -> str:
        return _raw(env, env._block, tokens[idx].meta["at"], tokens[idx].content)


def _raw(context: Context, block: Token, offset: int, content: str) -> str:
    """Raw HTML without comments, noted in the context with its place."""
    shown = _COMMENT.sub(lambda comment: "\n" * comment[0].count("\n"), content)
    if not shown.strip():
        return ""
    context.raw.append((block, offset, content))
    return _CONTROL.sub(" ", shown) if "&#" in shown else shown
