"""Block and Card -> Note: Markdown becomes HTML fields, safe and complete, and the media they show."""

from __future__ import annotations

import html
import posixpath
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from urllib.parse import quote, urlsplit

from . import markdown
from .highlight import highlight
from .markdown import CLOZE_CLOSE, CLOZE_OPEN, CLOZE_TEXT, SOUND, Context
from .media import SOUNDS, Library, MediumError
from .model import Block, Card, Diagnostic, Document, Fragment, Medium, Note
from .notetypes import CONCEPT, CONCEPT_CLOZE
from .sanitise import SCHEMES, sanitise

# Anki finds these in the HTML of a field, in code too: legacy LaTeX and its own tags for sound and speech.
_ANKI_MARKUP = re.compile(r"\[(?=sound:|anki:|/?latex\]|/?\$\$?\])", re.IGNORECASE)
_DELETION = re.compile(f"{CLOZE_OPEN}(\\d+){CLOZE_TEXT}(.*?){CLOZE_CLOSE}", re.DOTALL)


def render(block: Block, card: Card, library: Library, source_url: str) -> Iterator[Note | Diagnostic]:
    """The note, or every fault found while rendering it."""
    page = _Page(block.question.document, library, source_url)
    cloze = card.kind == "cloze"
    front, count = page.html(block.front, cloze=cloze)
    fields = {
        "Question": page.inline(block.question),
        "Front": front,
        "Answer": page.html(block.answer)[0],
        "More": page.html(block.more)[0],
        "Source": page.html(block.source)[0],
        "Guide": page.guide(block.anchor),
        "Subdomain": html.escape(card.subdomain_title),
        "Topic": html.escape(card.topic_title),
        "Difficulty": card.difficulty,
        "Id": card.id,
    }
    if page.faults:
        yield from page.faults
        return
    note_type = CONCEPT_CLOZE if cloze else CONCEPT
    yield Note(
        card=card,
        note_type=note_type,
        fields=tuple(fields.get(name, "") for name, _ in note_type.fields),
        sort_text=markdown.plain(block.question.tokens),
        cards=count if cloze else 1,
        media=tuple(sorted(page.media.values(), key=lambda medium: medium.name)),
    )


@dataclass(slots=True)
class _Page:
    """Renders the parts of one card and collects their media and faults."""

    document: Document
    library: Library
    source_url: str
    media: dict[str, Medium] = field(default_factory=dict)
    faults: list[Diagnostic] = field(default_factory=list)
    end_line: int = 0

    def inline(self, fragment: Fragment) -> str:
        return self._render(fragment, markdown.render_inline, cloze=False)[0]

    def html(self, fragment: Fragment, cloze: bool = False) -> tuple[str, int]:
        """HTML of a part, and the number of cloze deletions in it."""
        if not fragment:
            return "", 0
        return self._render(fragment, markdown.render, cloze)

    def _render(self, fragment: Fragment, make: Callable[..., str], cloze: bool) -> tuple[str, int]:
        self.end_line = fragment.end_line
        context = Context(self.document.footnotes, self._image, self._link, highlight, cloze)
        text = make(fragment.tokens, context)
        if context.raw:
            text = self._sanitise(text, context.raw)
        return _finish(text), context.deletions

    def guide(self, anchor: str) -> str:
        if not self.source_url:
            return ""
        return html.escape(f"{self.source_url}{quote(self.document.source.name)}#{quote(anchor)}")

    def _fault(self, code: str, message: str, hint: str, line: int, needle: str) -> None:
        span = self.document.span(line, needle, self.end_line)
        self.faults.append(Diagnostic(span, code, message, hint))

    def _medium(self, target: str, line: int) -> str | None:
        """The name under which a medium is packaged."""
        try:
            medium = self.library.get(target, self.document.source.name)
        except MediumError as error:
            self._fault(error.code, str(error), error.hint, line, target)
            return None
        self.media[medium.name] = medium
        return medium.name

    def _image(self, target: str, alt: str, line: int) -> str:
        name = self._medium(target, line)
        if name is None:
            return ""
        if name.endswith(SOUNDS):
            return f"{SOUND}{name}]"
        return f'<img src="{name}" alt="{html.escape(alt)}">'

    def _link(self, target: str, line: int) -> str | None:
        """Where a link leads from a card: the guide for a relative one, None where there is no guide."""
        scheme = urlsplit(target).scheme.lower()
        if scheme in SCHEMES:
            return target
        if scheme or target.startswith("//"):
            self._fault(
                "C206", f"a card cannot link to `{scheme or '//'}` addresses",
                f"link to {', '.join(sorted(SCHEMES))} or to a file of the track", line, target,
            )  # fmt: skip
            return None
        if not self.source_url:
            return None
        path, hash_mark, anchor = target.partition("#")
        own = quote(self.document.source.name)
        page = posixpath.normpath(posixpath.join(posixpath.dirname(own), path)) if path else own
        return f"{self.source_url}{page}{hash_mark}{anchor}"

    def _sanitise(self, text: str, lines: list[int]) -> str:
        def rewrite(tag: str, attribute: str, value: str) -> str | None:
            if (tag, attribute) == ("img", "src"):
                return value if value in self.media else self._medium(value, lines[0])
            if (tag, attribute) == ("a", "href") and not value.startswith(self.source_url or "\0"):
                return self._link(value, lines[0])
            return value

        before = len(self.faults)
        clean, dropped = sanitise(text, rewrite)
        if len(self.faults) == before:
            for what in dropped:
                needle = what.strip("<>=")
                self._fault(
                    "C201", f"`{what}` is dropped from raw HTML", "write Markdown in its place",
                    lines[0], f"<{needle}" if what[0] == "<" else needle,
                )  # fmt: skip
        return clean


def _finish(text: str) -> str:
    """Fields as Anki reads them: what only looks like its markup is defused, ours is put in."""
    if "[" in text:
        text = _ANKI_MARKUP.sub("&#91;", text)
    if SOUND in text:
        text = text.replace(SOUND, "[sound:")
    if CLOZE_OPEN in text:
        text = text.replace("{{", "{&#123;").replace("}}", "}&#125;")
        text = _DELETION.sub(_deletion, text)
    return text.strip()


def _deletion(match: re.Match[str]) -> str:
    hidden = match[2].replace("::", ":&#58;")
    if hidden.endswith("}"):
        hidden = hidden[:-1] + "&#125;"
    return f"{{{{c{match[1]}::{hidden}}}}}"
