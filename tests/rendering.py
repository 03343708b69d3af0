"""Cards found and one card rendered, for tests that try many texts: the pipeline's first half without a command."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from build_decks.cards.model import Diagnostic
from build_decks.cards.pipeline import building, reading
from build_decks.cards.settings import Settings

PAGE = "basics/page.md"
QA = "### Why?\n\n<!-- card: id=case difficulty=beginner -->\n\n**A:**\n\n"
CLOZE = "### Why?\n\n<!-- card: id=case difficulty=beginner kind=cloze -->\n\n"


@dataclass(frozen=True)
class Rendered:
    """The fields of one note by name and the media it brings, or the faults that keep it from being made."""

    fields: dict[str, str]
    media: dict[str, bytes]
    cards: int
    faults: tuple[Diagnostic, ...]

    @property
    def codes(self) -> list[str]:
        return [fault.code for fault in self.faults]


def found(settings: Settings, names: Iterable[str]) -> Iterator[reading.Found | Diagnostic]:
    """The cards of the named files, and the faults of the files themselves."""
    for file in reading.files(settings, names):
        yield from file.faults
        yield from file.cards


def render(root: Path, text: str, head: str = QA, source_url: str = "") -> Rendered:
    """Render the first card of a page that reads `head` and then `text`."""
    page = root / PAGE
    page.parent.mkdir(parents=True, exist_ok=True)
    page.write_bytes((head + text).encode())
    read = building.read(Settings(root, "", "Track", "track", source_url=source_url), [PAGE])
    if not read.notes:
        return Rendered({}, {}, 0, read.faults)
    note = read.notes[0]
    names = [name for name, _ in note.note_type.fields]
    media = {medium.name: medium.data for medium in note.media}
    return Rendered(dict(zip(names, note.fields, strict=True)), media, note.cards, read.faults)
