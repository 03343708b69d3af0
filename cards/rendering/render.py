"""Block and Card -> Note: safe and complete HTML fields, and the media in them."""

from __future__ import annotations

import html
import posixpath
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote, urlsplit

from .. import markdown
from ..markdown import CLOZE_CLOSE, CLOZE_OPEN, CLOZE_TEXT, SOUND, Context
from ..model import Block, Card, Diagnostic, Document, Fragment, Medium, Note, Severity, Span
from ..notetypes import CONCEPT, CONCEPT_CLOZE
from .changes import changes, marked, shortened
from .highlight import highlight
from .media import SOUNDS, Library, MediumError
from .sanitise import MAX_NESTING, SCHEMES, is_deep, sanitise, swallows

# Anki interprets these in the HTML of a field, even in code: legacy LaTeX, and its tags for sound and speech.
_ANKI_MARKUP = re.compile(r"\[(?=sound:|anki:|/?latex\]|/?\$\$?\])", re.IGNORECASE)
_ITEM = re.compile(r"<li>(?!<input)")
_DELETION = re.compile(f"{CLOZE_OPEN}(\\d+)(?:\\|(.*?))?{CLOZE_TEXT}(.*?){CLOZE_CLOSE}", re.DOTALL)

# A deletion that hides something, in a field as Anki is given it.
_HIDES = re.compile(r"\{\{c\d+::(?!\}\})")
_STAND_INS = re.compile(f"[{CLOZE_OPEN}{CLOZE_TEXT}{CLOZE_CLOSE}{SOUND}]")

# Fences that GitHub and Obsidian draw.
DIAGRAMS = frozenset({"mermaid", "geojson", "topojson", "stl"})

Colour = Callable[[str, str], str]
Hidden = tuple[tuple[int, str], ...]


def render(
    block: Block, card: Card, library: Library, source_url: str, report_url: str, colour: Colour = highlight
) -> tuple[Note, tuple[Diagnostic, ...]]:
    """The note, and every fault found while rendering it; `colour(code, language)` gives the HTML of code.

    One from found notes of which Anki could not show all that it promises has no `cards`: it is none.
    """
    cloze = card.kind == "cloze"
    both = not cloze and "reverse" in block.attributes
    page = _Page(block.question.document, library, source_url, cloze, colour)
    before, after = _marking(block, colour) if card.kind == "bug" else (colour, colour)
    page.colour = before
    front, count = page.html(block.front, hide=cloze, hidden=block.hidden)
    page.colour = after
    answer = page.html(block.answer)[0]
    page.colour = colour
    above = card.subdomain_title if card.subdomain_title != card.topic_title else ""
    fields = {
        "Question": page.inline(block.question),
        "Front": front,
        "Answer": _with_boxes(answer) if card.kind == "design" else answer,
        "More": page.html(block.more)[0],
        "Source": page.html(block.source)[0],
        "Guide": page.guide(block.anchor),
        "Subdomain": _finish(html.escape(above), cloze),
        "Topic": _finish(html.escape(card.topic_title), cloze),
        "Difficulty": card.difficulty,
        "Id": card.id,
        "Reverse": answer if both else "",
        "Report": _report(report_url, card.id, block.question.document.source.name),
    }
    for chunk in (chunk for part in (block.front, block.answer, block.more) for chunk in part.chunks):
        if chunk.type == "fence" and chunk.language in DIAGRAMS:
            page.fault(
                "C207", f"Anki shows this {chunk.language} diagram as its source",
                "draw it into a picture of the track, and show that instead", block.question.document.span(chunk),
                "warning",
            )  # fmt: skip
    hides, promised = len(_HIDES.findall(front)), max(count, len(block.hidden))
    if cloze and "::}}" in front:
        hint = "put visible words between the asterisks"
        page.fault("C113", "a bold run of this cloze card hides nothing", hint, block.front.span)
    elif cloze and hides < promised:
        message = f"Anki would find {hides} of the {promised} deletions of this cloze card"
        hint = "let each deletion begin and end in the same text: not in code, a link, an attribute or other bold"
        page.fault("C113", message, hint, block.front.span)
    note_type = CONCEPT_CLOZE if cloze else CONCEPT
    note = Note(
        card=card,
        note_type=note_type,
        fields=tuple(fields.get(name, "") for name, _ in note_type.fields),
        sort_text=markdown.plain(block.question.tokens),
        cards=_cards(block, hides < promised, _numbers(block.hidden, count))
        if cloze
        else _cards(block, not (answer or front), 1 + both),
        media=tuple(sorted(page.media.values(), key=lambda medium: medium.name)),
    )
    return note, tuple(page.faults)


def _numbers(hidden: Hidden, count: int) -> int:
    """How many numbers the deletions have: Anki makes a card for each."""
    return len({number or place for place, (number, _) in enumerate(hidden, 1)}) or count


def _cards(block: Block, lost: bool, count: int) -> int:
    """How many cards Anki makes of a note; none of a found one that has lost what it is for."""
    return 0 if block.is_found and lost else count


def _marking(block: Block, colour: Colour) -> tuple[Colour, Colour]:
    """The highlighting of code on a bug card: before the answer, and in it."""
    faults, fixes = (
        [markdown.content(chunk) for chunk in part.chunks if chunk.type == "fence" and chunk.language == "python"]
        for part in (block.front, block.answer)
    )
    if not faults or not fixes:
        return colour, colour
    found = changes(faults[0], fixes[0])

    def before(code: str, language: str) -> str:
        html = colour(code, language)
        return marked(html, found.gone, "del") if code == faults[0] else html

    def after(code: str, language: str) -> str:
        html = colour(code, language)
        return shortened(marked(html, found.new, "ins"), found.new) if code == fixes[0] else html

    return before, after


def _report(address: str, card: str, name: str) -> str:
    """Where to report a mistake in a card: nothing in it changes when the card moves in its file."""
    if "{id}" in address and not card:
        return ""
    filled = address.replace("{id}", quote(card, safe="")).replace("{path}", quote(name))
    return html.escape(filled)


def _with_boxes(answer: str) -> str:
    """A rubric with a box to tick at each point."""
    return _ITEM.sub('<li class="task-list-item"><input type="checkbox"> ', answer)


@dataclass(slots=True)
class _Page:
    """Renders the parts of one card and collects their media and faults."""

    document: Document
    library: Library
    source_url: str
    cloze: bool
    colour: Colour
    media: dict[str, Medium] = field(default_factory=dict)
    faults: list[Diagnostic] = field(default_factory=list)

    def inline(self, fragment: Fragment) -> str:
        return self._render(fragment, markdown.render_inline, hide=False)[0]

    def html(self, fragment: Fragment, hide: bool = False, hidden: Hidden = ()) -> tuple[str, int]:
        """HTML of a part, and the number of its cloze deletions; bold runs become deletions if they `hide`.

        `hidden` are the numbers and hints of these, where they have any.
        """
        if not fragment:
            return "", 0
        return self._render(fragment, markdown.render, hide, hidden)

    def _render(self, fragment: Fragment, make: Callable[..., str], hide: bool, hidden: Hidden = ()) -> tuple[str, int]:
        context = Context(self.document, self._image, self._link, self.colour, hide, hidden)
        text = make(fragment.tokens, context)
        if context.raw:
            text = self._sanitise(text, context.raw)
        return _finish(text, self.cloze), context.deletions

    def guide(self, anchor: str) -> str:
        if not self.source_url:
            return ""
        place = f"#{quote(anchor)}" if anchor else ""
        return html.escape(f"{self.source_url}{quote(self.document.source.name)}{place}")

    def fault(self, code: str, message: str, hint: str, span: Span, severity: Severity = "error") -> None:
        self.faults.append(Diagnostic(span, code, message, hint, severity))

    def _medium(self, target: str, span: Span) -> str | None:
        """The name under which a medium is packaged."""
        try:
            medium = self.library.get(target, self.document.source.name)
        except MediumError as error:
            self.fault(error.code, str(error), error.hint, span)
            return None
        self.media[medium.name] = medium
        return medium.name

    def _image(self, target: str, alt: str, span: Span) -> str:
        name = self._medium(target, span)
        if name is None:  # a medium that is not packaged becomes a link, if it has an address
            address = self._link(target, span) if target.startswith(("http://", "https://")) else None
            return f'<a href="{html.escape(address)}">{html.escape(alt or address)}</a>' if address else ""
        if name.endswith(SOUNDS):
            return f"{SOUND}{name}]"
        # Anki's import takes the first `src=` in a tag for the picture's, even in a text.
        return f'<img src="{name}" alt="{html.escape(alt).replace("src=", "src&#61;")}">'

    def _link(self, target: str, span: Span) -> str | None:
        """The target of a link on a card: a page of the guide for a relative link, None without a guide."""
        try:
            address = urlsplit(target)
        except ValueError:
            self.fault("C206", f"`{target}` is not a valid address", "fix the link", span)
            return None
        if address.scheme in SCHEMES:
            return target
        if address.scheme or address.netloc:
            self.fault(
                "C206", f"a card cannot link to `{address.scheme or '//'}` addresses",
                f"link to {', '.join(sorted(SCHEMES))} or to a file of the track", span,
            )  # fmt: skip
            return None
        if not self.source_url:
            return None
        path, hash_mark, anchor = target.partition("#")
        own = quote(self.document.source.name)
        page = posixpath.normpath(posixpath.join(posixpath.dirname(own), path)) if path else own
        return f"{self.source_url}{page.lstrip('/')}{hash_mark}{anchor}"

    def _sanitise(self, text: str, raw: Sequence[tuple[Any, int, str]]) -> str:
        def span(needle: str) -> Span:
            for token, start, content in raw:
                if (found := content.lower().find(needle.lower())) >= 0:
                    return markdown.place(self.document, token, start + found)
            return markdown.place(self.document, raw[0][0], raw[0][1])

        def rewrite(tag: str, attribute: str, value: str) -> str | None:
            if (tag, attribute) == ("img", "src") and value not in self.media:
                if value.lower().endswith(SOUNDS):
                    self.fault("C205", "`<img>` cannot show a sound", "write ![…](…) instead", span(value))
                    return None
                return self._medium(value, span(value))
            if (tag, attribute) == ("a", "href") and not (self.source_url and value.startswith(self.source_url)):
                return self._link(value, span(value))
            return value

        if is_deep(text):
            message, hint = (
                "raw HTML is nested too deep to be read",
                f"close its elements, or nest at most {MAX_NESTING}",
            )
            self.fault("C003", message, hint, span("<"))
            return html.escape(text)
        for token, start, content in raw:
            shown = markdown.raw_html(content, token.type == "html_block")
            if token.type == "html_block" and swallows(shown):
                self.faults.append(markdown.unclosed_html(markdown.place(self.document, token, start)))
                text = text.replace(shown, html.escape(shown))
        clean, dropped = sanitise(text, rewrite)
        for what in dropped:
            what = what.replace(f"<{markdown.INERT}", "<")
            self.fault(
                "C201", f"`{what}` is dropped from raw HTML", "write Markdown in its place", span(what.rstrip(">="))
            )
        return clean


def _finish(text: str, cloze: bool) -> str:
    """A field for Anki: text that only looks like its markup is escaped, and our own is inserted."""
    if "[" in text:
        text = _ANKI_MARKUP.sub("&#91;", text)
    if SOUND in text:
        text = text.replace(SOUND, "[sound:")
    if cloze:  # in a cloze note, Anki looks for deletions in every field
        text = text.replace("{{", "{&#123;").replace("}}", "}&#125;")
        text = _STAND_INS.sub("", _DELETION.sub(_deletion, text))
    return text.strip()


def _deletion(match: re.Match[str]) -> str:
    parts = [part.replace("::", ":&#58;") for part in (match[3], match[2]) if part]
    if parts and parts[-1].endswith("}"):
        parts[-1] = parts[-1][:-1] + "&#125;"
    return f"{{{{c{match[1]}::{'::'.join(parts)}}}}}"
