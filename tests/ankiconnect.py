"""AnkiConnect as it answers: a server that does in the real engine what the add-on does in a running Anki.

Its import is the add-on's: note types merged, with scheduling and presets, notes updated if newer. `editing` is a note
that an editor has open: what is written to it is overwritten by the editor's old text.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

from anki.collection import Collection, ImportAnkiPackageOptions, ImportAnkiPackageRequest


class Anki:
    """The actions of AnkiConnect that a push uses, on an open collection; `asked` are those that were called."""

    def __init__(self, collection: Collection, key: str = "", editing: str = "") -> None:
        self.collection, self.key, self.editing = collection, key, editing
        self.asked: list[str] = []

    def answer(self, request: dict[str, Any]) -> dict[str, Any]:
        self.asked.append(request["action"])
        if self.key and request.get("key") != self.key:
            return {"result": None, "error": "valid api key must be provided"}
        try:
            return {"result": getattr(self, request["action"])(**request["params"]), "error": None}
        except Exception as error:
            return {"result": None, "error": str(error)}

    def findNotes(self, query: str) -> list[int]:  # noqa: N802
        return list(self.collection.find_notes(query))

    def notesInfo(self, notes: list[int]) -> list[dict[str, Any]]:  # noqa: N802
        return [self._info(self.collection.get_note(note_id)) for note_id in notes]

    def _info(self, note: Any) -> dict[str, Any]:
        fields = {name: {"value": value, "order": order} for order, (name, value) in enumerate(note.items())}
        cards = list(note.card_ids())
        kind = note.note_type()["name"]
        return {"noteId": note.id, "tags": note.tags, "fields": fields, "modelName": kind, "cards": cards}

    def getDecks(self, cards: list[int]) -> dict[str, list[int]]:  # noqa: N802
        found: dict[str, list[int]] = {}
        for card_id in cards:
            card = self.collection.get_card(card_id)
            found.setdefault(self.collection.decks.name(card.odid or card.did), []).append(card_id)
        return found

    def deckNames(self) -> list[str]:  # noqa: N802
        return [deck.name for deck in self.collection.decks.all_names_and_ids()]

    def modelNames(self) -> list[str]:  # noqa: N802
        return [kind.name for kind in self.collection.models.all_names_and_ids()]

    def modelFieldNames(self, modelName: str) -> list[str]:  # noqa: N802, N803
        return self.collection.models.field_names(self.collection.models.by_name(modelName))

    def changeDeck(self, cards: list[int], deck: str) -> None:  # noqa: N802
        self.collection.set_deck(cards, self.collection.decks.id(deck))

    def areSuspended(self, cards: list[int]) -> list[bool]:  # noqa: N802
        return [self.collection.get_card(card_id).queue == -1 for card_id in cards]

    def suspend(self, cards: list[int]) -> bool:
        return bool(self.collection.sched.suspend_cards(cards).count)

    def unsuspend(self, cards: list[int]) -> bool:
        self.collection.sched.unsuspend_cards(cards)
        return True

    def addTags(self, notes: list[int], tags: str) -> None:  # noqa: N802
        self.collection.tags.bulk_add(notes, tags)

    def deleteNotes(self, notes: list[int]) -> None:  # noqa: N802
        self.collection.remove_notes(notes)

    def importPackage(self, path: str) -> bool:  # noqa: N802
        before = {note_id: self.collection.get_note(note_id) for note_id in self.findNotes(self.editing or "nid:1")}
        options = ImportAnkiPackageOptions(merge_notetypes=True, with_scheduling=True, with_deck_configs=True)
        self.collection.import_anki_package(ImportAnkiPackageRequest(package_path=path, options=options))
        self.collection.models._clear_cache()
        for note in before.values():
            self.collection.update_note(note)
        return True


@contextmanager
def running(home: Path, key: str = "", editing: str = "") -> Iterator[tuple[str, Anki]]:
    """A running Anki with the collection in `home`: the address of its AnkiConnect."""
    collection = Collection(str(home / "collection.anki2"))
    anki = Anki(collection, key, editing)

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            request = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            body = json.dumps(anki.answer(request)).encode()
            self.send_response(200)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *args: object) -> None:
            pass

    server = HTTPServer(("127.0.0.1", 0), Handler)
    thread = Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}", anki
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
        collection.close()
