"""What is remembered between calls: it saves work, and never changes a byte."""

from __future__ import annotations

import hashlib
import json
import os
import random
import shutil
import time
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from test_media import PNG
from tracks import Track, card, cloze

FUTURE = {"SOURCE_DATE_EPOCH": "1893456000"}


@pytest.fixture
def cache(tmp_path: Path) -> Path:
    folder = tmp_path / "cache"
    folder.mkdir(mode=0o700)
    return folder


def made(track: Track, cache: Path | None, *args: str) -> dict[str, bytes]:
    """Everything that a build leaves, with a memory or without."""
    given = {**FUTURE, "BUILD_DECKS_CACHE": str(cache)} if cache else FUTURE
    result = track.run("build", *args, *([] if cache else ["--no-cache"]), env=given)
    files = {
        path.relative_to(track.root).as_posix(): path.read_bytes()
        for folder in ("decks_out", "_anki")
        for path in sorted((track.root / folder).glob("*"))
    }
    return {**files, "code": bytes([result.code]), "err": result.err.encode()}


def entries(cache: Path) -> list[Path]:
    return sorted(path for path in cache.glob("*-build/*") if path.is_file())


def age(root: Path) -> None:
    """Let every file be old enough for its signature to be certain."""
    for path in root.rglob("*"):
        os.utime(path, (1_700_000_000, 1_700_000_000))


EDITS = st.lists(
    st.one_of(
        st.tuples(st.just("write"), st.sampled_from("abcd"), st.integers(0, 6)),
        st.tuples(st.just("rename"), st.sampled_from("abcd"), st.sampled_from("abcd")),
        st.tuples(st.just("delete"), st.sampled_from("abcd"), st.none()),
        st.tuples(st.just("picture"), st.integers(0, 1), st.integers(0, 2)),
        st.tuples(st.just("config"), st.integers(0, 2), st.none()),
        st.tuples(st.just("nothing"), st.none(), st.none()),
    ),
    min_size=1,
    max_size=8,
)


def edit(track: Track, what: str, one: object, two: object) -> None:
    if what == "write":
        kinds = [
            card(f"{one}.one", answer="Once."),
            card(f"{one}.one", answer="Twice, and then again."),
            cloze(f"{one}.two", "Hides **this** word."),
            card(f"{one}.three", answer="See ![x](img/0.png)."),
            card(f"{one}.three", answer="See ![x](img/1.png)."),
            card(f"{one}.four", more='retired="asked nowhere"') + card(f"{one}.five"),
            f"### Why {one}?\n\n<!-- card: id={one}.six -->\n\nNo answer.\n",
        ]
        track.write(f"x/{one}.md", kinds[int(str(two))])
    elif what == "rename" and (track.root / f"x/{one}.md").exists():
        os.replace(track.root / f"x/{one}.md", track.root / f"x/{two}.md")
    elif what == "delete":
        (track.root / f"x/{one}.md").unlink(missing_ok=True)
    elif what == "picture":
        track.write(f"x/img/{one}.png", PNG + bytes([int(str(two))]) if two else PNG)
    elif what == "config":
        more = ["", "difficulty: advanced\n", "report-url: https://example.org/{id}\n"][int(str(one))]
        track.write("deck.yaml", f"title: Track\ntag: track\n{more}")


@settings(max_examples=15)
@given(edits=EDITS, seed=st.integers(0, 3))
def test_a_build_from_memory_and_a_cold_one_make_the_same_bytes(
    edits: list[tuple[str, object, object]], seed: int, tmp_path_factory: pytest.TempPathFactory
) -> None:
    folder, rng = tmp_path_factory.mktemp("memory"), random.Random(seed)
    (folder / "cache").mkdir(mode=0o700)
    warm, cold = Track(folder / "warm" / "t"), Track(folder / "cold" / "t")
    for track in (warm, cold):
        edit(track, "config", 0, None)
        edit(track, "write", "a", 0)
    for what, one, two in edits:
        for track in (warm, cold):
            edit(track, what, one, two)
        if rng.random() < 0.3:
            age(warm.root)
        assert made(warm, folder / "cache") == made(cold, None)
    assert list((folder / "cache").iterdir())


def test_a_file_that_has_not_changed_is_not_read_again(track: Track, cache: Path) -> None:
    track.write("x/a.md", card("a"))
    age(track.root)
    made(track, cache)
    (entry,) = entries(cache)
    head, body = entry.read_text().split("\n", 1)
    said = json.loads(head)
    other = body.replace("Because it is so.", "Remembered.")
    said["body"] = hashlib.blake2b(other.encode(), digest_size=16).hexdigest()
    entry.write_text(f"{json.dumps(said)}\n{other}")
    assert b"Remembered." in made(track, cache)["decks_out/track.apkg"]
    assert b"Remembered." not in made(track, None)["decks_out/track.apkg"]


@pytest.mark.parametrize(
    "damage",
    [
        lambda data: data[:-3],
        lambda data: data[: len(data) // 2],
        lambda data: b"",
        lambda data: b"[]\n[]",
        lambda data: b"{}\n",
        lambda data: data.replace(b"Because", b"because"),
        lambda data: data.replace(b'"key"', b'"kee"'),
        lambda data: b"\xff" + data,
    ],
)
def test_a_torn_entry_is_as_good_as_none(track: Track, cache: Path, damage: object) -> None:
    track.write("x/a.md", card("a"))
    whole = made(track, cache)
    for entry in entries(cache):
        entry.write_bytes(damage(entry.read_bytes()))  # type: ignore[operator]
    again = made(track, cache)
    assert {**again, "err": b""} == {**whole, "err": b""}


def test_a_picture_that_changes_is_seen(track: Track, cache: Path) -> None:
    track.write("x/a.md", card("a", answer="![x](dot.png)"))
    track.write("x/dot.png", PNG)
    age(track.root)
    first = made(track, cache)
    track.write("x/dot.png", PNG + b"\0")
    assert made(track, cache)["decks_out/track.apkg"] != first["decks_out/track.apkg"]
    (track.root / "x" / "dot.png").unlink()
    assert made(track, cache)["code"] == b"\1"


def test_a_missing_picture_that_comes_is_seen(track: Track, cache: Path) -> None:
    track.write("x/a.md", card("a", answer="![x](dot.png)"))
    assert made(track, cache)["code"] == b"\1"
    track.write("x/dot.png", PNG)
    assert made(track, cache)["code"] == b"\0"


def test_a_change_that_leaves_size_and_time_as_they_were_is_seen(track: Track, cache: Path) -> None:
    path = track.write("x/a.md", card("a", answer="Because it is so."))
    then = path.stat()
    first = made(track, cache)
    path.write_text(card("a", answer="Because it is no."))
    os.utime(path, ns=(then.st_atime_ns, then.st_mtime_ns))
    assert made(track, cache)["decks_out/track.apkg"] != first["decks_out/track.apkg"]


@pytest.mark.parametrize(("later", "believed"), [(1_000_000_000, False), (3_000_000_000, True)])
def test_a_signature_is_believed_only_if_no_later_change_can_have_left_it(
    track: Track, cache: Path, later: int, believed: bool
) -> None:
    """On a file system with times of two seconds, a second change within these may leave all of them."""
    path = track.write("x/a.md", card("a", answer="Because it is so."))
    first = made(track, cache)
    path.write_text(card("a", answer="Because it is no."))
    status = path.stat()
    (entry,) = entries(cache)
    head, body = entry.read_text().split("\n", 1)
    said = json.loads(head)
    _, place, _, digest = said["files"][0][1]
    signature = [status.st_size, status.st_mtime_ns, status.st_ctime_ns, status.st_ino]
    said["files"][0][1] = [status.st_ctime_ns + later, place, signature, digest]
    entry.write_text(f"{json.dumps(said)}\n{body}")
    assert (made(track, cache)["decks_out/track.apkg"] == first["decks_out/track.apkg"]) == believed


def test_a_file_that_is_gone_is_forgotten(track: Track, cache: Path) -> None:
    track.write("x/a.md", card("a"))
    track.write("x/b.md", card("b"))
    made(track, cache)
    assert len(entries(cache)) == 2
    (track.root / "x" / "b.md").unlink()
    track.write("x/a.md", card("a", answer="Now."))
    made(track, cache)
    assert len(entries(cache)) == 1


def test_nothing_is_remembered_where_others_may_write(track: Track, cache: Path) -> None:
    cache.chmod(0o777)
    track.write("x/a.md", card("a"))
    assert made(track, cache)["code"] == b"\0"
    assert not list(cache.iterdir())


def test_a_cache_that_cannot_be_written_stops_nothing(track: Track, tmp_path: Path) -> None:
    track.write("x/a.md", card("a"))
    (tmp_path / "file").write_text("")
    assert made(track, tmp_path / "file" / "cache")["code"] == b"\0"


def test_a_month_later_it_is_swept(track: Track, cache: Path) -> None:
    track.write("x/a.md", card("a"))
    old = cache / "0123-build"
    old.mkdir()
    (old / "entry").write_text("")
    long_ago = time.time() - 40 * 24 * 3600
    os.utime(old, (long_ago, long_ago))
    made(track, cache)
    assert not old.exists()
    assert len(entries(cache)) == 1


def test_check_remembers_within_a_day(track: Track, cache: Path) -> None:
    given = {"BUILD_DECKS_CACHE": str(cache)}
    track.write("x/a.md", card("a", answer="word " * 60))
    found = [track.run("check", env={**given, "SOURCE_DATE_EPOCH": str(day * 86_400)}) for day in (10, 10, 4000)]
    assert found[0].err == found[1].err == found[2].err
    assert "word" in found[0].err
    track.write("x/a.md", card("a", answer="Because it is so."))
    assert "no faults" in track.run("check", env={**given, "SOURCE_DATE_EPOCH": "864000"}).err


# A build that would find nothing to do


def settled(track: Track, cache: Path) -> dict[str, bytes]:
    """The state after a build that found nothing to do, and left its stamp."""
    age(track.root)
    made(track, cache)
    age(track.root)
    found = made(track, cache)
    assert list((cache / "unchanged").iterdir())
    return found


def stamped(cache: Path, text: str) -> None:
    """Let the stamp say something else, to see whether it is believed."""
    for stamp in (cache / "unchanged").iterdir():
        said = json.loads(stamp.read_text())
        said["lines"] = [[True, text]]
        stamp.write_text(json.dumps(said))


def test_a_build_with_nothing_to_do_is_answered_as_the_last_one(track: Track, cache: Path) -> None:
    track.write("x/a.md", card("a"))
    first = settled(track, cache)
    assert made(track, cache) == first
    stamped(cache, "from the stamp\n")
    assert made(track, cache)["err"] == b"from the stamp\n"


CHANGES = {
    "a file": lambda track: track.write("x/a.md", card("a", answer="Now.")),
    "a new file": lambda track: track.write("y/b.md", card("b")),
    "a file that is gone": lambda track: (track.root / "x" / "b.md").unlink(),
    "a renamed file": lambda track: os.replace(track.root / "x" / "b.md", track.root / "x" / "c.md"),
    "the configuration": lambda track: track.write("deck.yaml", "title: Other\ntag: track\n"),
    "a configuration above": lambda track: (track.root.parent / "deck.yaml").write_text("title: Above\n"),
    "what Git ignores": lambda track: track.write("x/.gitignore", "b.md\n"),
    "a deck": lambda track: (track.root / "decks_out" / "track.apkg").write_bytes(b"?"),
    "a deck that is gone": lambda track: (track.root / "decks_out" / "track.apkg").unlink(),
    "the ledger": lambda track: (track.root / "_anki" / "ledger.txt").unlink(),
    "the index": lambda track: track.write("_anki/README.md", "?"),
    "a picture": lambda track: track.write("x/dot.png", PNG + b"\0"),
    "a hidden picture": lambda track: track.write("x/.img/dot.png", PNG + b"\0"),
}


@pytest.mark.parametrize("change", CHANGES)
def test_any_change_is_seen(track: Track, cache: Path, change: str) -> None:
    track.write("x/a.md", card("a", answer="![x](dot.png)"))
    track.write("x/b.md", card("b", answer="![x](.img/dot.png)"))
    track.write("x/dot.png", PNG)
    track.write("x/.img/dot.png", PNG)
    settled(track, cache)
    stamped(cache, "from the stamp\n")
    CHANGES[change](track)
    assert b"from the stamp" not in made(track, cache)["err"]


@pytest.mark.parametrize("linked", ["track", "decks_out"])
def test_a_link_that_leads_elsewhere_is_seen(tmp_path: Path, cache: Path, linked: str) -> None:
    for number in (1, 2):
        Track(tmp_path / f"track{number}").write("x/a.md", card("a", answer=f"The answer {number}."))
        (tmp_path / f"track{number}" / "deck.yaml").write_text("title: Track\ntag: track\n", encoding="utf-8")
        (tmp_path / f"decks_out{number}").mkdir()
    here = Track(tmp_path)
    for name in ("track", "decks_out"):
        (tmp_path / name).symlink_to(f"{name}1")
    for _ in range(2):
        made(here, cache, "track")
    stamped(cache, "from the stamp\n")
    assert made(here, cache, "track")["err"] == b"from the stamp\n"
    (tmp_path / linked).unlink()
    (tmp_path / linked).symlink_to(f"{linked}2")
    assert b"from the stamp" not in made(here, cache, "track")["err"]


@pytest.mark.parametrize(
    ("args", "env"),
    [
        (["--no-cache"], {}),
        (["--quiet"], {}),
        (["--out", "elsewhere"], {}),
        ([], {"SOURCE_DATE_EPOCH": "1893456001"}),
        ([], {"GITHUB_ACTIONS": "true"}),
    ],
)
def test_another_call_is_not_answered(track: Track, cache: Path, args: list[str], env: dict[str, str]) -> None:
    track.write("x/a.md", card("a"))
    settled(track, cache)
    stamped(cache, "from the stamp\n")
    result = track.run("build", *args, env={**FUTURE, "BUILD_DECKS_CACHE": str(cache), **env})
    assert "from the stamp" not in result.err


def test_a_stamp_that_is_torn_is_as_good_as_none(track: Track, cache: Path) -> None:
    track.write("x/a.md", card("a"))
    first = settled(track, cache)
    for stamp in (cache / "unchanged").iterdir():
        for text in ("", "{}", "[1]", stamp.read_text()[:-9], stamp.read_text().replace('"lines"', '"line"')):
            stamp.write_text(text)
            assert made(track, cache) == first


def test_a_track_that_was_moved_is_built_as_the_first(track: Track, cache: Path) -> None:
    track.write("x/a.md", card("a"))
    first = settled(track, cache)
    shutil.move(track.root, track.root.with_name("moved"))
    moved = made(Track(track.root.with_name("moved")), cache)
    assert moved["decks_out/track.apkg"] == first["decks_out/track.apkg"]
