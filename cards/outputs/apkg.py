"""Notes -> an .apkg package: the only module that uses genanki and SQLite.

genanki makes the note types, the decks and the schema, and says which cards a note has. The rows, ids, times, database
file and archive are ours, so that the bytes depend only on the notes: genanki takes ids from the clock, and its archive
contains the time of a temporary file.
"""

from __future__ import annotations

import json
import sqlite3
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, BinaryIO

import genanki

from ..identity import ids
from ..model import Medium, Note, NoteType
from ..notetypes import NOTE_TYPES

PAGE = 4096
SCHEMA_TIME = 0
_ZIP_DATE = (1980, 1, 1, 0, 0, 0)


def write(notes: Sequence[Note], note_type_times: Mapping[int, int], top: str, about: str, stream: BinaryIO) -> None:
    """Write a package in which new cards are due in the order of their notes' places.

    `note_type_times` gives the time each note type last changed, by id. All of them are packaged, even if no note uses
    them. The deck `top` is above the others and has the description `about`, as HTML.
    """
    database = Path(f"{stream.name}.db")
    try:
        _write_database(database, notes, note_type_times, top, about)
        media = {medium.name: medium for note in notes for medium in note.media}
        _write_archive(database, [media[name] for name in sorted(media)], stream)
    except sqlite3.OperationalError as error:
        raise OSError(f"{stream.name}: {error}") from error
    finally:
        database.unlink(missing_ok=True)


class _Model(genanki.Model):  # type: ignore[misc]
    """A genanki model with the time of its last change."""

    def __init__(self, note_type: NoteType, changed: int) -> None:
        super().__init__(
            note_type.id,
            note_type.name,
            fields=[{"name": name, "id": field_id} for name, field_id in note_type.fields],
            templates=[{"name": t.name, "qfmt": t.front, "afmt": t.back, "id": t.id} for t in note_type.templates],
            css=note_type.css,
            model_type=self.CLOZE if note_type.cloze else self.FRONT_BACK,
        )
        self.changed = changed

    def to_json(self, timestamp: float, deck_id: int) -> dict[str, Any]:
        row: dict[str, Any] = super().to_json(self.changed, deck_id)
        # Note types have no deck: a different one in each package would change the type with every import.
        return {**row, "did": None}


class _Rows:
    """The rows of notes and cards, with ids that are free in their package."""

    def __init__(self, models: Mapping[int, _Model], decks: Mapping[str, genanki.Deck]) -> None:
        self._models = models
        self._decks = decks
        self._taken: set[int] = set()
        self.cards: list[tuple[Any, ...]] = []

    def of(self, notes: Sequence[Note]) -> Iterator[tuple[Any, ...]]:
        """The row of each note, in the order of the columns in Anki's schema; those of its cards go to `cards`."""
        for note in notes:
            made = genanki.Note(self._models[note.note_type.id], note.fields)
            guid, row = note.card.guid, self._free(ids.anki_id("note", note.card.guid))
            yield (
                row, guid, note.note_type.id, note.changed, -1, f" {' '.join(note.card.tags)} ",
                "\x1f".join(note.fields), note.sort_text, 0, 0, "",
            )  # fmt: skip
            deck = self._decks[note.card.deck].deck_id
            for card in made.cards:
                card_id = self._free(ids.anki_id("card", guid, str(card.ord)))
                self.cards.append(
                    (card_id, row, deck, card.ord, note.changed, -1, 0, 0, note.place, 0, 0, 0, 0, 0, 0, 0, 0, "")
                )

    def _free(self, number: int) -> int:
        """The id, or the next one in a collision: once in ten thousand decks of ten thousand notes."""
        while number in self._taken:
            number += 1
        self._taken.add(number)
        return number


def _write_database(path: Path, notes: Sequence[Note], times: Mapping[int, int], top: str, about: str) -> None:
    connection = sqlite3.connect(path)
    try:
        # Settings whose defaults depend on the build of SQLite, and one that leaves no residue of deleted rows.
        connection.executescript(
            f"PRAGMA page_size={PAGE}; PRAGMA auto_vacuum=NONE; PRAGMA secure_delete=ON;"
            "PRAGMA journal_mode=OFF; PRAGMA synchronous=OFF;"
        )
        cursor = connection.cursor()
        models = {note_type.id: _Model(note_type, times[note_type.id]) for note_type in NOTE_TYPES}
        decks = _decks(notes, models, top, about)
        genanki.Package(list(decks.values())).write_to_db(cursor, SCHEMA_TIME, iter(()))
        # In one statement for each table rather than through the decks, so that notes are not in memory twice.
        rows = _Rows(models, decks)
        cursor.executemany("INSERT INTO notes VALUES (?,?,?,?,?,?,?,?,?,?,?)", rows.of(notes))
        cursor.executemany("INSERT INTO cards VALUES (?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?,?)", rows.cards)
        connection.commit()
        connection.execute("VACUUM")
    finally:
        connection.close()


def _decks(notes: Sequence[Note], models: Mapping[int, _Model], top: str, about: str) -> dict[str, genanki.Deck]:
    decks = {}
    for name in dict.fromkeys([top, *(note.card.deck for note in notes)]):
        decks[name] = genanki.Deck(ids.anki_id("deck", name), name, about if name == top else "")
        decks[name].models = dict(models)
    return decks


def _pages(path: Path) -> Iterator[bytes]:
    """The database's pages without the bytes that depend on the SQLite version that wrote them.

    By the SQLite file format, these are the change counter (bytes 24-27, again in 92-95), the library's version
    (96-99), and stale bytes in the gap of a b-tree page between its cell pointers and its cells.
    """
    with path.open("rb") as file:
        first = bytearray(file.read(PAGE))
        first[24:28] = first[92:96] = (1).to_bytes(4, "big")
        first[96:100] = bytes(4)
        yield _without_gap(first, 100)
        while page := file.read(PAGE):
            yield _without_gap(bytearray(page), 0)


def _without_gap(page: bytearray, header: int) -> bytes:
    size = {2: 12, 5: 12, 10: 8, 13: 8}.get(page[header])  # interior and leaf pages of indexes and tables
    if size:
        cells = int.from_bytes(page[header + 3 : header + 5], "big")
        content = int.from_bytes(page[header + 5 : header + 7], "big")
        end = header + size + 2 * cells
        page[end:content] = bytes(content - end)
    return bytes(page)


def _write_archive(database: Path, media: Sequence[Medium], stream: BinaryIO) -> None:
    """A zip archive of stored entries, because deflated bytes would depend on the zlib version."""
    names = {str(number): medium for number, medium in enumerate(media)}
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_STORED) as archive:
        for name, medium in sorted(names.items()):
            archive.writestr(_zip_info(name), medium.data)
        with archive.open(_zip_info("collection.anki2"), "w") as entry:
            for page in _pages(database):
                entry.write(page)
        index = {name: medium.name for name, medium in names.items()}
        archive.writestr(_zip_info("media"), json.dumps(index))


def _zip_info(name: str) -> zipfile.ZipInfo:
    info = zipfile.ZipInfo(name, _ZIP_DATE)
    info.create_system = 3  # Unix, on every platform
    info.external_attr = 0o644 << 16
    return info
