"""An edition is pushed into a learner's collection, in the real Anki engine: what the learner has is never lost."""

from __future__ import annotations

import json
import multiprocessing
import random
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from threading import Thread

import pytest
from tracks import COMMAND, Result, Track, card, cloze

pytest.importorskip("anki", reason="Anki publishes no engine for this Python")

from anki.collection import Collection
from ankiconnect import running
from learner import (
    add_tag,
    all_notes,
    cards_of,
    deck_of,
    decks,
    learner,
    media,
    note_of,
    notes_of,
    schedule,
    study,
    take,
)

PNG = b"\x89PNG\r\n\x1a\n one"


@pytest.fixture
def home(tmp_path: Path) -> Path:
    return tmp_path / "anki"


def file(home: Path) -> Path:
    return home / "collection.anki2"


def push(track: Track, home: Path, *args: str) -> Result:
    return track.run("push", "--collection", str(file(home)), *args)


def pushed(track: Track, home: Path, *args: str) -> Result:
    result = push(track, home, *args)
    assert result.code == 0, result.err
    return result


def edition(track: Track, number: int, *ids: str) -> None:
    """Cards whose answers name their edition, each with something under More."""
    cards = (card(id, answer=f"Answer {number}.") + "\n**More:** Much.\n\n" for id in ids)
    track.write("basics/a.md", "".join(cards))
    track.build()


def import_plainly(track: Track, home: Path) -> None:
    with learner(home) as collection:
        take(collection, track.deck())


def push_it(track: Track, home: Path) -> None:
    pushed(track, home)


def through_anki(track: Track, home: Path) -> Result:
    with running(home) as (address, _):
        return track.run("push", "--anki", address)


def push_through_anki(track: Track, home: Path) -> None:
    result = through_anki(track, home)
    assert result.code == 0, result.err


# A learner's nightmare: what each way to update does with notes that the learner has touched after the edition was
# built. A text is the answer; "mine" stands for what the learner wrote or tagged.
IDS = ("tagged", "edited-more", "leech", "edited-answer", "moved", "untouched")
ROUTES: dict[str, tuple[Callable[[Track, Path], None], dict[str, tuple[str, bool]]]] = {
    "import": (import_plainly, dict.fromkeys(IDS[:4], ("1", True)) | {"moved": ("2", True), "untouched": ("2", True)}),
    "push --collection": (push_it, dict.fromkeys(IDS, ("2", True))),
    "push --anki": (push_through_anki, dict.fromkeys(IDS, ("2", True))),
}


@pytest.mark.parametrize("route", ROUTES)
def test_the_nightmares_of_a_learner(track: Track, home: Path, route: str) -> None:
    edition(track, 1, *IDS)
    with learner(home) as collection:
        take(collection, track.deck())
        before = study(collection, len(IDS))
    edition(track, 2, *IDS)
    time.sleep(1.1)  # the learner is later than the edition, by the seconds of which Anki's times are made
    with learner(home) as collection:
        touch(collection)
    update, promised = ROUTES[route]
    update(track, home)
    with learner(home) as collection:
        found = {
            id: (note_of(collection, id)["Answer"].removeprefix("<p>Answer ")[:1], kept(collection, id)) for id in IDS
        }
        assert found == promised
        assert schedule(collection, list(before)) == before


def touch(collection: Collection) -> None:
    add_tag(collection, "tagged", "mine")
    add_tag(collection, "leech", "leech")
    for id, field in (("edited-more", "More"), ("edited-answer", "Answer")):
        note = note_of(collection, id)
        note[field] = "1 mine"
        collection.update_note(note)
    collection.set_deck([c.id for c in cards_of(collection, "moved")], collection.decks.id("Mine"))


def kept(collection: Collection, id: str) -> bool:
    """Whether what the learner did to a note is still there, wherever."""
    note = note_of(collection, id)
    return {
        "tagged": "mine" in note.tags,
        "leech": "leech" in note.tags,
        "edited-more": note["More"] == "1 mine",
        "edited-answer": "1 mine" in note["Answer"] + note["Yours"],
        "moved": deck_of(collection, id) == "Mine",
        "untouched": True,
    }[id]


def test_what_both_have_changed_is_tagged_shown_and_told(track: Track, home: Path) -> None:
    edition(track, 1, "a", "b")
    import_plainly(track, home)
    with learner(home) as collection:
        note = note_of(collection, "a")
        note["Answer"] = "My <b>own</b> answer."
        collection.update_note(note)
    edition(track, 2, "a", "b")
    result = pushed(track, home)
    assert "changed by both: 1; your text is under the answer. Search: tag:track::conflict" in result.out
    with learner(home) as collection:
        note = note_of(collection, "a")
        assert note["Yours"] == "<p><b>Answer</b></p>My <b>own</b> answer."
        assert "track::conflict" in note.tags
        assert "Your own text" in cards_of(collection, "a")[0].render_output().answer_text
        assert "Your own text" not in cards_of(collection, "b")[0].render_output().answer_text
    edition(track, 3, "a", "b")
    assert "changed by both" not in pushed(track, home).out
    with learner(home) as collection:
        assert "My <b>own</b> answer." in note_of(collection, "a")["Yours"]
        assert "track::conflict" in note_of(collection, "a").tags


def test_a_learners_own_text_stays_through_many_editions(track: Track, home: Path) -> None:
    edition(track, 1, "a")
    import_plainly(track, home)
    with learner(home) as collection:
        note = note_of(collection, "a")
        note["More"] = "Mine."
        collection.update_note(note)
    for number in (2, 3, 4):
        edition(track, number, "a")
        assert "1 with your own text kept" in pushed(track, home).out
    with learner(home) as collection:
        note = note_of(collection, "a")
        assert (note["More"], note["Answer"], note["Yours"]) == ("Mine.", "<p>Answer 4.</p>", "")


def test_a_second_push_changes_nothing(track: Track, home: Path) -> None:
    edition(track, 1, "a", "b")
    import_plainly(track, home)
    edition(track, 2, "a", "b", "c")
    pushed(track, home)
    before = file(home).read_bytes(), file(home).stat().st_mtime_ns
    backups = sorted(home.glob("backups/*"))
    assert "Track: up to date" in pushed(track, home).out
    assert (file(home).read_bytes(), file(home).stat().st_mtime_ns) == before
    assert sorted(home.glob("backups/*")) == backups


def test_a_dry_run_says_the_same_and_changes_nothing(track: Track, home: Path) -> None:
    edition(track, 1, "a", "b")
    import_plainly(track, home)
    edition(track, 2, "a", "c")
    before = file(home).read_bytes()
    dry = pushed(track, home, "--dry-run").out
    assert dry.startswith("Track, if pushed: new 1, updated 1, retired 1\n")
    assert file(home).read_bytes() == before
    assert dry.replace(", if pushed", "") in pushed(track, home).out
    assert not [path for path in home.iterdir() if path.name.startswith(".")]


def test_what_the_learner_deletes_stays_deleted(track: Track, home: Path) -> None:
    edition(track, 1, "a", "b")
    import_plainly(track, home)
    pushed(track, home)
    with learner(home) as collection:
        collection.remove_notes([note_of(collection, "b").id])
    edition(track, 2, "a", "b", "c")
    assert "1 deleted by you" in pushed(track, home).out
    with learner(home) as collection:
        assert sorted(note["Id"] for note in all_notes(collection)) == ["a", "c"]


def test_a_retired_card_is_suspended_and_comes_back(track: Track, home: Path) -> None:
    edition(track, 1, "a", "b")
    with learner(home) as collection:
        take(collection, track.deck())
        study(collection, 2)
    edition(track, 1, "a")
    assert "retired cards are suspended. Search: tag:track::retired" in pushed(track, home).out
    with learner(home) as collection:
        assert ([c.queue for c in cards_of(collection, "b")], "track::retired" in note_of(collection, "b").tags) == (
            [-1],
            True,
        )
    assert "up to date" in pushed(track, home).out
    edition(track, 1, "a", "b")
    assert "restored 1" in pushed(track, home).out
    with learner(home) as collection:
        assert "track::retired" not in note_of(collection, "b").tags
        assert [c.queue for c in cards_of(collection, "b")] != [-1]


def test_a_retired_card_is_deleted_where_that_is_asked(track: Track, home: Path) -> None:
    edition(track, 1, "a", "b")
    import_plainly(track, home)
    edition(track, 1, "a")
    pushed(track, home, "--delete-retired")
    with learner(home) as collection:
        assert notes_of(collection, "b") == []


def test_a_card_that_the_author_moves_goes_along(track: Track, home: Path) -> None:
    track.write("basics/a.md", card("a") + card("b") + card("c"))
    track.build()
    with learner(home) as collection:
        take(collection, track.deck())
        collection.set_deck([c.id for c in cards_of(collection, "c")], collection.decks.id("Mine"))
    track.write("basics/a.md", card("a"))
    track.write("further/b.md", card("b") + card("c"))
    track.build()
    result = pushed(track, home)
    assert "moved 1" in result.out
    with learner(home) as collection:
        assert [deck_of(collection, id) for id in "abc"] == ["Track::Basics", "Track::Further", "Mine"]
    assert "up to date" in pushed(track, home).out


def test_a_deck_that_the_author_renames_keeps_its_cards_and_options(track: Track, home: Path) -> None:
    track.write("deck.yaml", "title: Track\ntag: track\nsubdomains:\n  - {folder: basics, title: Old}\n")
    track.write("basics/a.md", card("a") + card("b"))
    track.build()
    with learner(home) as collection:
        take(collection, track.deck())
        options = collection.decks.add_config_returning_id("Mine")
        deck = collection.decks.by_name("Track::01 Old")
        assert deck
        collection.decks.set_config_id_for_deck_dict(deck, options)
    track.write("deck.yaml", "title: Track\ntag: track\nsubdomains:\n  - {folder: basics, title: Better}\n")
    track.build("--rename-decks")
    assert "decks renamed 1" in pushed(track, home).out
    with learner(home) as collection:
        assert decks(collection) == ["Track", "Track::01 Better"]
        deck = collection.decks.by_name("Track::01 Better")
        assert deck
        assert deck["conf"] == options


def test_new_cards_are_put_in_study_order_among_those_not_yet_studied(track: Track, home: Path) -> None:
    edition(track, 1, "a", "b", "c")
    with learner(home) as collection:
        take(collection, track.deck())
        before = study(collection, 1)
    edition(track, 1, "a", "c", "new", "b")
    pushed(track, home)
    with learner(home) as collection:
        found = collection.find_cards("is:new", order="c.due")
        assert [collection.get_card(card_id).note()["Id"] for card_id in found] == ["c", "new", "b"]
        assert schedule(collection, list(before)) == before


def test_the_layout_and_the_media_of_an_edition_arrive(track: Track, home: Path) -> None:
    track.write("basics/one.png", PNG)
    edition(track, 1, "a")
    with learner(home) as collection:
        take(collection, track.deck())
        model = collection.models.by_name("Concept")
        assert model
        model["css"], model["mod"] = "p {}", 0
    track.write("basics/a.md", card("a", answer="![x](one.png)") + cloze("b", "It **runs** here.\n\n![x](one.png)"))
    track.build()
    pushed(track, home)
    with learner(home) as collection:
        assert len(media(collection)) == 1
        assert "<img" in note_of(collection, "a")["Answer"]


def test_a_learners_own_field_stays_and_no_full_sync_is_forced(track: Track, home: Path) -> None:
    edition(track, 1, "a")
    with learner(home) as collection:
        take(collection, track.deck())
        model = collection.models.by_name("Concept")
        assert model
        collection.models.add_field(model, collection.models.new_field("My notes"))
        collection.models.update_dict(model)
        note = note_of(collection, "a")
        note["My notes"] = "Mine."
        collection.update_note(note)
        assert collection.db
        schema = collection.db.scalar("select scm from col")
    edition(track, 2, "a")
    pushed(track, home)
    with learner(home) as collection:
        note = note_of(collection, "a")
        assert (note["My notes"], note["Answer"]) == ("Mine.", "<p>Answer 2.</p>")
        assert collection.db
        assert collection.db.scalar("select scm from col") == schema


def test_the_learners_options_of_an_import_are_put_back(track: Track, home: Path) -> None:
    edition(track, 1, "a")
    with learner(home) as collection:
        take(collection, track.deck())
        collection.set_config("mergeNotetypes", True)
        collection.set_config("updateNotes", "Always")
    edition(track, 1, "a", "b")
    pushed(track, home)
    with learner(home) as collection:
        assert [collection.get_config(key) for key in ("mergeNotetypes", "updateNotes")] == [True, "Always"]
        assert collection.get_config("withScheduling", None) is None or not collection.get_config("withScheduling")


def test_a_push_is_one_step_that_anki_undoes(track: Track, home: Path) -> None:
    from build_decks.cards.pipeline import building
    from build_decks.cards.pipeline.reading import concept_files
    from build_decks.cards.updates import collection as engine
    from build_decks.cards.updates.plan import Edition, plan
    from build_decks.cli import tracks
    from build_decks.cli.commands import push as command

    edition(track, 1, "a", "b", "gone")
    with learner(home) as collection:
        take(collection, track.deck())
    track.write("basics/a.md", card("b", answer="Two."))
    track.write("further/b.md", card("a", answer="Two.") + card("c"))
    track.build()
    (settings,) = tracks.tracks([track.root])
    known, _ = tracks.read_ledger(settings)
    built = building.build(settings, concept_files(settings), known, lambda: 0)
    whole: Edition = command._edition(settings, built)
    with learner(home) as collection:
        seen = engine.state(collection, whole, 0)
        found = plan(whole, seen.held, seen.had, seen.decks)
        assert (len(found.new), len(found.updates), len(found.moves), len(found.retired)) == (1, 2, 1, 1)
        engine.apply(collection, found, command._delivery(settings, built, found, command._about(settings, built)))
        assert collection.undo_status().undo == "Update Track"
        assert engine.state(collection, whole, 0) != seen
        collection.undo()
        assert engine.state(collection, whole, 0) == seen
        assert collection.undo_status().undo != "Update Track"


# Through AnkiConnect


def test_new_changed_moved_and_retired_notes_go_through_a_running_anki(track: Track, home: Path) -> None:
    track.write("basics/a.md", card("a") + card("b") + card("gone"))
    track.write("basics/one.png", PNG)
    track.build()
    with learner(home) as collection:
        take(collection, track.deck())
        before = study(collection, 3)
    track.write("basics/a.md", card("a", answer="![x](one.png)"))
    track.write("further/b.md", card("b") + card("c"))
    track.build()
    result = through_anki(track, home)
    assert (result.code, result.out) == (
        0,
        "Track: new 1, updated 2, moved 1, retired 1\n"
        "retired cards are suspended. Search: tag:track::retired\n"
        "to undo, choose Edit > Undo in Anki\n",
    )
    with learner(home) as collection:
        assert [deck_of(collection, id) for id in "abc"] == ["Track::Basics", "Track::Further", "Track::Further"]
        assert len(media(collection)) == 1
        assert [c.queue for c in cards_of(collection, "gone")] == [-1]
        assert "track::retired" in note_of(collection, "gone").tags
        studied = cards_of(collection, "a") + cards_of(collection, "b")
        now = schedule(collection, [c.id for c in studied])
        assert now == {card_id: before[card_id] for card_id in now}
    assert "Track: up to date" in through_anki(track, home).out


def test_a_second_push_through_anki_imports_nothing(track: Track, home: Path) -> None:
    edition(track, 1, "a")
    import_plainly(track, home)
    edition(track, 2, "a", "b")
    push_through_anki(track, home)
    with running(home) as (address, anki):
        assert track.run("push", "--anki", address).code == 0
        assert "importPackage" not in anki.asked


def test_a_dry_run_asks_a_running_anki_only_for_what_it_has(track: Track, home: Path) -> None:
    edition(track, 1, "a", "gone")
    import_plainly(track, home)
    edition(track, 2, "a", "b")
    with running(home) as (address, anki):
        assert "Track, if pushed: new 1, updated 1, retired 1" in track.run("push", "--anki", address, "--dry-run").out
        assert {*anki.asked} == {
            "modelNames",
            "modelFieldNames",
            "findNotes",
            "notesInfo",
            "getDecks",
            "deckNames",
            "areSuspended",
        }


def test_what_an_open_editor_overwrites_is_told(track: Track, home: Path) -> None:
    edition(track, 1, "a", "b")
    import_plainly(track, home)
    edition(track, 2, "a", "b")
    with running(home, editing="Id:a") as (address, _):
        result = track.run("push", "--anki", address)
    assert result.code == 1
    assert "1 note did not arrive, such as a: close the editor in Anki, and push again" in result.err


def test_a_learners_own_field_is_no_full_sync_through_anki(track: Track, home: Path) -> None:
    edition(track, 1, "a")
    with learner(home) as collection:
        take(collection, track.deck())
        model = collection.models.by_name("Concept")
        assert model
        collection.models.add_field(model, collection.models.new_field("My notes"))
        collection.models.update_dict(model)
    edition(track, 2, "a")
    result = through_anki(track, home)
    assert (result.code, "would force a full sync" in result.err) == (2, True)


def test_the_key_of_ankiconnect_is_taken_from_the_environment(track: Track, home: Path) -> None:
    edition(track, 1, "a")
    import_plainly(track, home)
    with running(home, key="secret") as (address, _):
        result = track.run("push", "--anki", address)
        assert (result.code, "put the key into ANKICONNECT_API_KEY" in result.err) == (2, True)
        assert track.run("push", "--anki", address, env={"ANKICONNECT_API_KEY": "secret"}).code == 0


class Nonsense(BaseHTTPRequestHandler):
    body = b""

    def do_POST(self) -> None:
        self.send_response(200)
        self.end_headers()
        self.wfile.write(self.body)

    def log_message(self, *args: object) -> None:
        pass


@pytest.mark.parametrize("body", [b"", b"AnkiConnect", b"[1]", b'{"result": 1}', b"\xff"])
def test_what_is_not_ankiconnect_is_refused(track: Track, body: bytes) -> None:
    edition(track, 1, "a")
    server = HTTPServer(("127.0.0.1", 0), type("Handler", (Nonsense,), {"body": body}))
    thread = Thread(target=server.serve_forever)
    thread.start()
    try:
        result = track.run("push", "--anki", f"http://127.0.0.1:{server.server_port}")
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
    assert (result.code, result.out) == (2, "")
    assert re.search("Anki does not answer|is not AnkiConnect", result.err)


@pytest.mark.parametrize("address", ["http://127.0.0.1:9", "nonsense", "http://", "file:///etc/passwd"])
def test_an_anki_that_does_not_run_is_told(track: Track, address: str) -> None:
    edition(track, 1, "a")
    result = track.run("push", "--anki", address)
    assert (result.code, result.out) == (2, "")
    assert re.search("Anki does not answer at http|is not the address of AnkiConnect", result.err)


# What is refused


def hold(path: str, ready: object, end: object) -> None:
    """Another Anki: it opens a collection, and makes a backup, after which Anki's own lock is gone."""
    collection = Collection(path)
    (Path(path).parent / "elsewhere").mkdir()
    collection.create_backup(backup_folder=str(Path(path).parent / "elsewhere"), force=True, wait_for_completion=True)
    ready.set()  # type: ignore[attr-defined]
    end.wait(60)  # type: ignore[attr-defined]
    collection.close()


def test_a_collection_that_is_open_is_refused_even_without_its_lock(track: Track, home: Path) -> None:
    edition(track, 1, "a")
    import_plainly(track, home)
    edition(track, 2, "a")
    spawn = multiprocessing.get_context("spawn")
    ready, end = spawn.Event(), spawn.Event()
    other = spawn.Process(target=hold, args=(str(file(home)), ready, end))
    other.start()
    try:
        assert ready.wait(60)
        before = file(home).read_bytes()
        result = push(track, home)
        assert (result.code, "Close Anki" in result.err) == (2, True)
        assert file(home).read_bytes() == before
    finally:
        end.set()
        other.join()
    assert pushed(track, home).code == 0


def test_a_collection_that_was_left_open_is_refused(track: Track, home: Path) -> None:
    edition(track, 1, "a")
    import_plainly(track, home)
    (home / "collection.anki2-wal").write_bytes(b"")
    result = push(track, home)
    assert (result.code, "collection.anki2-wal is beside it" in result.err) == (2, True)


@pytest.mark.parametrize("content", [None, b"", b"no collection " * 1000])
def test_what_is_no_collection_is_refused(track: Track, home: Path, content: bytes | None) -> None:
    edition(track, 1, "a")
    home.mkdir()
    if content is not None:
        file(home).write_bytes(content)
    result = push(track, home)
    assert (result.code, result.out) == (2, "")
    assert [path.name for path in home.iterdir()] == (["collection.anki2"] if content is not None else [])


def test_an_edition_that_was_not_built_is_refused(track: Track, home: Path) -> None:
    edition(track, 1, "a")
    import_plainly(track, home)
    track.write("basics/a.md", card("a", answer="Not built."))
    result = push(track, home)
    assert (result.code, "run build-decks, then push" in result.err) == (2, True)


def test_without_the_engine_a_push_says_what_to_install(track: Track, home: Path) -> None:
    edition(track, 1, "a")
    run = "import sys; sys.modules['anki'] = None; from build_decks.cli.main import main; main()"
    result = track.run("-c", run, "push", "--collection", str(file(home)), python=Path(sys.executable))
    assert (result.code, "pip install 'build-decks[push]'" in result.err) == (2, True)


def test_json_lists_every_card(track: Track, home: Path) -> None:
    edition(track, 1, "a", "b")
    import_plainly(track, home)
    edition(track, 2, "a", "c")
    said = json.loads(pushed(track, home, "--json").out)
    assert (said["new"], said["updated"], said["retired"], said["dry_run"]) == (["c"], ["a"], ["b"], False)
    assert Path(said["backup"]).is_file()


# Interruptions


def test_a_push_that_is_killed_leaves_the_old_collection_or_the_new_one(track: Track, home: Path) -> None:
    ids = [f"c.{number}" for number in range(40)]
    edition(track, 1, *ids)
    import_plainly(track, home)
    old = file(home).read_bytes()
    edition(track, 2, *ids[5:], "new")
    rng = random.Random(7)
    seconds = time.monotonic()
    pushed(track, home, "--dry-run")
    span = 3 * (time.monotonic() - seconds)
    found = set()
    for _ in range(12):
        file(home).write_bytes(old)
        process = subprocess.Popen(
            [COMMAND, "push", "--collection", file(home)],
            cwd=track.root,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        time.sleep(rng.random() * span)
        process.send_signal(signal.SIGKILL)
        process.wait()
        with learner(home) as collection:
            answers = {note["Answer"] for note in all_notes(collection) if note["Id"] in ids[5:]}
            count = len(all_notes(collection))
        assert (answers, count) in (({"<p>Answer 1.</p>"}, 40), ({"<p>Answer 2.</p>"}, 41))
        found.add(count)
    file(home).write_bytes(old)
    pushed(track, home)
    assert not [path.name for path in home.iterdir() if path.name.startswith(".")]


# What Anki itself makes of texts and tags, and what else is the learner's


def test_accents_that_anki_composes_are_no_change_of_the_learners(track: Track, home: Path) -> None:
    def edit(number: int) -> None:
        track.write("basics/a.md", card("a", question="Why cafe\u0301?", answer=f"Nai\u0308f {number}."))
        track.build()

    edit(1)
    import_plainly(track, home)
    pushed(track, home)
    assert "Track: up to date" in pushed(track, home).out
    edit(2)
    assert "changed by both" not in pushed(track, home).out
    with learner(home) as collection:
        assert (note_of(collection, "a")["Yours"], "track::conflict" in note_of(collection, "a").tags) == ("", False)
    assert "Track: up to date" in pushed(track, home).out


def test_a_tag_that_anki_has_in_another_case_is_the_same(track: Track, home: Path) -> None:
    edition(track, 1, "a", "b")
    with learner(home) as collection:
        note = collection.new_note(collection.models.by_name("Basic"))
        note["Front"], note.tags = "x", ["TRACK"]
        collection.add_note(note, collection.decks.id("Default"))
        take(collection, track.deck())
    pushed(track, home)
    assert "Track: up to date" in pushed(track, home).out
    edition(track, 1, "a")
    pushed(track, home)
    edition(track, 1, "a", "b")
    assert "restored 1" in pushed(track, home).out
    with learner(home) as collection:
        assert [c.queue for c in cards_of(collection, "b")] == [0]


@pytest.mark.parametrize("route", [pushed, through_anki])
def test_a_card_that_the_learner_had_suspended_stays_so_when_it_comes_back(
    track: Track, home: Path, route: Callable[[Track, Path], Result]
) -> None:
    edition(track, 1, "a", "b")
    with learner(home) as collection:
        take(collection, track.deck())
        collection.sched.suspend_cards([c.id for c in cards_of(collection, "b")])
    edition(track, 1, "a")
    route(track, home)
    edition(track, 1, "a", "b")
    assert "restored 1" in route(track, home).out
    with learner(home) as collection:
        assert [c.queue for c in cards_of(collection, "b")] == [-1]
        assert not [tag for tag in note_of(collection, "b").tags if "retired" in tag]


def test_what_was_suspended_as_retired_can_be_deleted_later(track: Track, home: Path) -> None:
    edition(track, 1, "a", "b")
    import_plainly(track, home)
    edition(track, 1, "a")
    pushed(track, home)
    pushed(track, home, "--delete-retired")
    with learner(home) as collection:
        assert notes_of(collection, "b") == []


def test_a_spare_field_in_which_the_learner_writes_is_the_learners(track: Track, home: Path) -> None:
    edition(track, 1, "a")
    import_plainly(track, home)
    with learner(home) as collection:
        note = note_of(collection, "a")
        note["Spare 4"] = "My own."
        collection.update_note(note)
    edition(track, 2, "a")
    pushed(track, home)
    with learner(home) as collection:
        assert (note_of(collection, "a")["Spare 4"], note_of(collection, "a")["Answer"]) == (
            "My own.",
            "<p>Answer 2.</p>",
        )


def test_each_push_has_a_backup_even_within_a_second(track: Track, home: Path) -> None:
    edition(track, 1, "a")
    import_plainly(track, home)
    said = []
    for number in (2, 3, 4):
        edition(track, number, "a")
        said.append(json.loads(pushed(track, home, "--json").out)["backup"])
    assert len({*said}) == 3
    assert sorted(said) == sorted(map(str, (home / "backups").iterdir()))


def test_a_link_to_a_collection_stays_a_link(track: Track, home: Path, tmp_path: Path) -> None:
    edition(track, 1, "a")
    import_plainly(track, home)
    edition(track, 2, "a")
    link = tmp_path / "link.anki2"
    link.symlink_to(file(home))
    assert track.run("push", "--collection", str(link)).code == 0
    assert link.is_symlink()
    with learner(home) as collection:
        assert note_of(collection, "a")["Answer"] == "<p>Answer 2.</p>"


def test_a_deletion_in_the_learners_own_text_makes_no_card(track: Track, home: Path) -> None:
    track.write("basics/a.md", cloze("a", "It **runs** the **code**."))
    track.build()
    with learner(home) as collection:
        take(collection, track.deck())
        note = note_of(collection, "a")
        note["Front"] = "{{c1::Mine}} and {{c2::more}}."
        collection.update_note(note)
    track.write("basics/a.md", cloze("a", "It **runs** it."))
    track.build()
    pushed(track, home)
    with learner(home) as collection:
        assert "&#123;{c2::more}}" in note_of(collection, "a")["Yours"]
        assert sum(len(note.card_ids) for note in collection.get_empty_cards().notes) == 1


def test_a_top_deck_that_the_author_renames_keeps_its_cards(track: Track, home: Path) -> None:
    for title in ("Old", "Better"):
        track.write("deck.yaml", f"title: {title}\ntag: track\n")
        track.write("basics/a.md", card("a") + card("b"))
        track.build("--rename-decks")
        if title == "Old":
            import_plainly(track, home)
    assert "decks renamed 1" in pushed(track, home).out
    with learner(home) as collection:
        assert {deck_of(collection, id) for id in "ab"} == {"Better::Basics"}
    assert "Track" not in pushed(track, home).err


def test_a_deck_that_the_learner_wrote_in_another_case_is_the_same(track: Track, home: Path) -> None:
    edition(track, 1, "a")
    with learner(home) as collection:
        collection.decks.id("track::BASICS")
        take(collection, track.deck())
    edition(track, 2, "a", "b")
    assert "in a deck of your own" not in pushed(track, home).out
    assert "Track: up to date" in pushed(track, home).out


def test_what_was_deleted_stays_so_through_a_retirement(track: Track, home: Path) -> None:
    edition(track, 1, "a", "b")
    import_plainly(track, home)
    pushed(track, home)
    with learner(home) as collection:
        collection.remove_notes([note_of(collection, "b").id])
    for ids in (("a",), ("a", "b")):
        edition(track, 1, *ids)
        pushed(track, home)
    with learner(home) as collection:
        assert notes_of(collection, "b") == []
