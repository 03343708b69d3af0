"""A build is whole or not at all: killed, refused, twice at once, or asked only to look."""

from __future__ import annotations

import errno
import fcntl
import os
import random
import re
import resource
import shutil
import signal
import subprocess
import sys
import time
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from tracks import COMMAND, Result, Track, card, rows

OLD = "".join(card(f"a.{n}") for n in range(30))
NEW = "".join(card(f"a.{n}", answer="New.") for n in range(1, 31))
THEN = {"SOURCE_DATE_EPOCH": "1893456000"}
TEMPORARY = ".build-decks-"


def tree(track: Track) -> dict[str, bytes]:
    """What a build writes, by name, without what waits to be put in place."""
    found = {}
    for folder in ("_anki", "decks_out"):
        for path in (track.root / folder).rglob("*"):
            if path.is_file() and not path.name.startswith(TEMPORARY):
                found[f"{folder}/{path.name}"] = path.read_bytes()
    return found


def everything(track: Track) -> dict[str, tuple[bytes, int]]:
    files = [path for path in track.root.rglob("*") if path.is_file()]
    return {path.relative_to(track.root).as_posix(): (path.read_bytes(), path.stat().st_mtime_ns) for path in files}


def folders(track: Track) -> set[Path]:
    return {path for path in track.root.rglob("*") if path.is_dir()}


def leftovers(track: Track) -> list[Path]:
    return list(track.root.rglob(f"{TEMPORARY}*"))


def put(track: Track, files: dict[str, bytes]) -> None:
    """Make `files` what the last build wrote."""
    for name in {*tree(track)} - {*files}:
        (track.root / name).unlink()
    for name, data in files.items():
        track.write(name, data)


def wait_for_lock(track: Track) -> None:
    """Until whatever holds the track has let go of it."""
    descriptor = os.open(track.root, os.O_RDONLY)
    fcntl.flock(descriptor, fcntl.LOCK_EX)
    os.close(descriptor)


@pytest.fixture(scope="module")
def editions(tmp_path_factory: pytest.TempPathFactory) -> tuple[Track, dict[str, bytes], dict[str, bytes]]:
    """A track with the sources of its second edition, and what its first and second builds wrote."""
    track = Track(tmp_path_factory.mktemp("editions") / "track")
    track.write("deck.yaml", "title: Track\ntag: track\n")
    track.write("basics/a.md", OLD)
    track.write("more/b.md", card("b", more="roles=web"))
    track.build()
    old = tree(track)
    track.write("basics/a.md", NEW)
    track.build(env=THEN)
    new = tree(track)
    assert set(old) == set(new)
    assert len(old) == 6
    put(track, old)
    return track, old, new


Editions = tuple[Track, dict[str, bytes], dict[str, bytes]]


@pytest.fixture
def old_edition(editions: Editions, tmp_path: Path) -> Track:
    """The first edition's decks beside the second edition's sources, in a folder of the test's own."""
    return Track(shutil.copytree(editions[0].root, tmp_path / "track"))


@pytest.fixture
def new_edition(editions: Editions, old_edition: Track) -> Track:
    """A track whose decks are up to date."""
    put(old_edition, editions[2])
    return old_edition


# Killed


def start(track: Track, env: dict[str, str] | None = None) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [COMMAND, "build"], cwd=track.root, env={**os.environ, **THEN, **(env or {})}, start_new_session=True,
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip


def test_a_kill_at_any_moment_leaves_the_old_or_the_new(editions: Editions, old_edition: Track) -> None:
    _, old, new = editions
    track = old_edition
    began = time.monotonic()
    track.build(env=THEN)
    whole = time.monotonic() - began
    moments = random.Random(2)
    for _ in range(25):
        put(track, old)
        process = start(track)
        time.sleep(moments.uniform(0.3, 1.05) * whole)
        process.kill()
        process.wait()
        wait_for_lock(track)
        assert tree(track) in (old, new)
    put(track, old)
    track.build(env=THEN)
    assert tree(track) == new
    assert leftovers(track) == []


# At the COUNTth call of FUNCTION, be it in a child, sends SIGNAL to the process or to its group, and waits a while.
SHIM = """\
import os, signal, time
parent, name, count, group = os.getpid(), os.environ["FUNCTION"], int(os.environ["COUNT"]), "GROUP" in os.environ
real, calls = getattr(os, name), 0
pgid = os.getpgid(0)
def shim(*args, **kwargs):
    global calls
    calls += 1
    if calls == count:
        sign = getattr(signal, os.environ["SIGNAL"])
        os.killpg(pgid, sign) if group else os.kill(parent, sign)
        time.sleep(0.2)
    return real(*args, **kwargs)
setattr(os, name, shim)
"""


@pytest.mark.parametrize(
    ("sign", "function", "count", "group"),
    [
        ("SIGKILL", "fsync", 1, False), ("SIGKILL", "fsync", 5, False), ("SIGKILL", "fork", 1, False),
        ("SIGKILL", "setsid", 1, True), ("SIGKILL", "replace", 1, True), ("SIGKILL", "replace", 2, False),
        ("SIGKILL", "replace", 3, False), ("SIGKILL", "replace", 4, True), ("SIGKILL", "replace", 5, True),
        ("SIGKILL", "replace", 6, False), ("SIGKILL", "waitpid", 1, False),
        ("SIGTERM", "fsync", 3, False), ("SIGTERM", "replace", 2, True),
        ("SIGINT", "fsync", 3, False), ("SIGINT", "fork", 1, True), ("SIGINT", "setsid", 1, True),
        ("SIGINT", "replace", 2, False), ("SIGINT", "replace", 4, True), ("SIGINT", "waitpid", 1, True),
    ],
)  # fmt: skip
def test_a_signal_at_the_worst_moment_leaves_the_old_or_the_new(
    editions: Editions, old_edition: Track, tmp_path: Path, sign: str, function: str, count: int, group: bool
) -> None:
    _, old, new = editions
    shim = tmp_path / "shim"
    shim.mkdir()
    (shim / "sitecustomize.py").write_text(SHIM)
    env = {"PYTHONPATH": str(shim), "FUNCTION": function, "COUNT": str(count), "SIGNAL": sign}
    process = start(old_edition, {**env, "GROUP": "1"} if group else env)
    assert process.wait() != 0
    wait_for_lock(old_edition)
    assert tree(old_edition) in (old, new)
    old_edition.build(env=THEN)
    assert tree(old_edition) == new
    assert leftovers(old_edition) == []


def test_what_a_killed_build_left_is_swept_away(new_edition: Track) -> None:
    dead = subprocess.Popen(["true"])
    dead.wait()
    for folder in ("_anki", "decks_out"):
        new_edition.write(f"{folder}/{TEMPORARY}{dead.pid}-0", b"torn")
    new_edition.build()
    assert leftovers(new_edition) == []


def test_what_a_killed_build_of_the_same_process_number_left_is_swept_away(old_edition: Track) -> None:
    """In a container every build may be process 1."""
    leave = (
        "import os, sys; from pathlib import Path\n"
        "for folder in ('_anki', 'decks_out'):\n"
        "    for n in range(5): Path(folder, f'.build-decks-{os.getpid()}-{n}').write_text('torn')\n"
        "os.execv(sys.argv[1], sys.argv[1:])"
    )
    result = old_edition.run("-c", leave, str(COMMAND), "build", python=Path(sys.executable))
    assert result.code == 0, result.err
    assert leftovers(old_edition) == []


@pytest.mark.parametrize("name", ["x-1", "99999999999999999999-1", "²-1", "notes.md"])
def test_a_file_that_only_looks_like_a_leftover_is_no_crash(new_edition: Track, name: str) -> None:
    new_edition.write(f"decks_out/{TEMPORARY}{name}", b"mine")
    new_edition.build()


def test_a_killed_build_leaves_nothing_in_the_temporary_folder_for_good(old_edition: Track, tmp_path: Path) -> None:
    temporary = tmp_path / "temporary"
    temporary.mkdir()
    shim = tmp_path / "shim"
    shim.mkdir()
    (shim / "sitecustomize.py").write_text(
        "import os, sqlite3, signal\n"
        "real = sqlite3.connect\n"
        "def connect(*args, **kwargs):\n"
        "    if 'KILL' in os.environ: os.kill(os.getpid(), signal.SIGKILL)\n"
        "    return real(*args, **kwargs)\n"
        "sqlite3.connect = connect\n"
    )
    env = {"TMPDIR": str(temporary), "PYTHONPATH": str(shim)}
    assert start(old_edition, {**env, "KILL": "1"}).wait() == -signal.SIGKILL
    old_edition.build(env=env)
    assert list(temporary.iterdir()) == []
    assert leftovers(old_edition) == []


# A file that cannot be put in its place


@pytest.mark.parametrize("failing", [1, 2, 4])
def test_a_rename_that_fails_says_what_is_in_place_and_the_next_build_completes_it(
    editions: Editions, old_edition: Track, tmp_path: Path, failing: int
) -> None:
    _, old, new = editions
    shim = tmp_path / "shim"
    shim.mkdir()
    (shim / "sitecustomize.py").write_text(
        "import errno, os\n"
        "real, count = os.replace, 0\n"
        "def replace(*args):\n"
        "    global count\n"
        "    count += 1\n"
        f"    if count == {failing}: raise OSError(errno.EIO, os.strerror(errno.EIO))\n"
        "    return real(*args)\n"
        "os.replace = replace\n"
    )
    result = old_edition.run("build", env={**THEN, "PYTHONPATH": str(shim)})
    now = tree(old_edition)
    placed = [name for name in now if now[name] == new[name] != old[name]]
    assert result.code == 2
    assert len(placed) == failing - 1
    assert os.strerror(errno.EIO) in result.err
    assert ("nothing was written" in result.err) == (not placed)
    if placed:
        within, without = result.err.split("not written: ")
        assert all(name in within.split("written: ")[1] for name in placed)
        assert not any(name in without for name in placed)
        assert "the next build completes them" in without
    assert leftovers(old_edition) == []
    old_edition.build(env=THEN)
    assert tree(old_edition) == new


# Two at once


def test_two_builds_at_once_end_as_one(editions: Editions, old_edition: Track) -> None:
    processes = [start(old_edition) for _ in range(3)]
    assert [process.wait() for process in processes] == [0, 0, 0]
    assert tree(old_edition) == editions[2]
    assert leftovers(old_edition) == []


def test_a_build_waits_for_the_one_before_it(editions: Editions, old_edition: Track) -> None:
    began = time.monotonic()
    old_edition.run("build", "--check", env=THEN)
    long_enough = 3 * (time.monotonic() - began)
    descriptor = os.open(old_edition.root, os.O_RDONLY)
    fcntl.flock(descriptor, fcntl.LOCK_EX)
    process = start(old_edition)
    with pytest.raises(subprocess.TimeoutExpired):
        process.wait(long_enough)
    assert tree(old_edition) == editions[1]
    os.close(descriptor)
    assert process.wait() == 0
    assert tree(old_edition) == editions[2]


def test_two_tracks_may_build_at_once_into_one_folder(tmp_path: Path) -> None:
    tracks = [Track(tmp_path / name) for name in "abc"]
    for track in tracks:
        track.write("deck.yaml", f"title: {track.root.name}\n")
        track.write("basics/a.md", OLD)
    processes = [
        subprocess.Popen([COMMAND, "-q", "--out", "../out"], cwd=track.root, stdout=subprocess.DEVNULL)
        for track in tracks
    ]
    assert [process.wait() for process in processes] == [0, 0, 0]
    assert len(list((tmp_path / "out").iterdir())) == 6


def test_a_look_while_another_builds_says_no_nonsense(editions: Editions, new_edition: Track) -> None:
    process = start(new_edition)
    assert new_edition.run("build", "--check", env=THEN).code == 0
    assert process.wait() == 0


# Refused


def limited(track: Track, size: int) -> Result:
    def limit() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (size, size))

    done = subprocess.run(
        [COMMAND, "build"], cwd=track.root, env={**os.environ, **THEN}, preexec_fn=limit, capture_output=True,
        encoding="utf-8", check=False,
    )  # fmt: skip
    assert "Traceback" not in done.stderr, done.stderr
    return Result(done.returncode, done.stdout, done.stderr)


@pytest.mark.parametrize("size", [0, 100, 5_000, 20_000, 70_000])
def test_a_full_disk_leaves_the_old_files(editions: Editions, old_edition: Track, size: int) -> None:
    result = limited(old_edition, size)
    assert result.code == 2
    assert result.out == ""
    assert "Error: " in result.err
    assert tree(old_edition) == editions[1]
    assert leftovers(old_edition) == []


@pytest.mark.parametrize(
    "name", ["decks_out/track.apkg", "decks_out/track-more.apkg", "_anki/README.md", "_anki/ledger.txt"]
)
def test_a_folder_in_the_place_of_a_file_leaves_the_old_files(
    editions: Editions, old_edition: Track, name: str
) -> None:
    (old_edition.root / name).unlink()
    (old_edition.root / name).mkdir()
    result = old_edition.run("build", env=THEN)
    assert result.code == (1 if name.endswith("ledger.txt") else 2)  # the ledger is read as a concept file is
    assert result.out == ""
    assert Path(name).name in result.err
    assert tree(old_edition) == {other: data for other, data in editions[1].items() if other != name}
    assert leftovers(old_edition) == []


@pytest.mark.parametrize("out", ["file", "file/below", "basics/a.md", "/proc/none", "a\x01b/" + "x" * 300])
def test_a_folder_that_cannot_be_is_wrong_usage(editions: Editions, old_edition: Track, out: str) -> None:
    old_edition.write("file", b"here")
    result = old_edition.run("build", "--out", out, env=THEN)
    assert result.code == 2
    assert result.out == ""
    assert tree(old_edition) == editions[1]
    assert leftovers(old_edition) == []


@pytest.mark.parametrize("name", ["_anki", "decks_out"])
def test_a_file_in_the_place_of_a_folder_is_wrong_usage(track: Track, name: str) -> None:
    track.write("basics/a.md", card("a"))
    track.write(name, b"mine")
    result = track.run()
    assert result.code == 2
    assert name in result.err
    assert (track.root / name).read_bytes() == b"mine"
    assert leftovers(track) == []


def test_a_temporary_folder_that_is_not_there_leaves_the_old_files(editions: Editions, old_edition: Track) -> None:
    result = old_edition.run("build", env={**THEN, "TMPDIR": "/nonexistent"})
    assert (result.code, tree(old_edition)) in ((0, editions[2]), (2, editions[1]))


def test_faults_keep_all_as_it_was(editions: Editions, old_edition: Track) -> None:
    old_edition.write("more/b.md", card("b").replace("id=b", "id="))
    before, seen = everything(old_edition), folders(old_edition)
    result = old_edition.run("build", env=THEN)
    assert result.code == 1
    assert result.out == ""
    assert "more/b.md:3:" in result.err
    assert everything(old_edition) == before
    assert folders(old_edition) == seen


def test_a_fault_in_one_track_keeps_every_track_as_it_was(tmp_path: Path) -> None:
    both = Track(tmp_path)
    for name in "ab":
        both.write(f"{name}/deck.yaml", f"title: {name}\n")
    both.write("a/x/a.md", card("a"))
    both.write("b/x/b.md", card("b").replace("beginner", "hard"))
    assert both.run().code == 1
    assert not (tmp_path / "decks_out").exists()
    assert not (tmp_path / "a" / "_anki").exists()


def test_a_track_without_cards_is_told_and_nothing_is_written(track: Track) -> None:
    track.write("basics/a.md", "# Guide\n\nNo card.\n")
    result = track.run()
    assert result.code == 2
    assert "no cards" in result.err
    assert {path.name for path in track.root.iterdir()} == {"deck.yaml", "basics"}


@pytest.mark.parametrize("name", [b"a\x1fb.md", b"a\xffb.md", b"a\nb.md"])
def test_a_file_name_that_is_no_text_is_a_fault(track: Track, name: bytes) -> None:
    track.write("basics/a.md", card("a"))
    (track.root / "basics" / os.fsdecode(name)).write_text(card("b"))
    result = track.run()
    assert result.code == 1
    assert "error C" in result.err
    assert not (track.root / "_anki").exists()


@pytest.mark.parametrize("title", [r"a\x1fb", r"a\ud800b", r"a\0b"])
def test_a_title_that_is_no_text_is_a_fault(track: Track, title: str) -> None:
    track.write("basics/a.md", f'---\ntitle: "{title}"\n---\n\n' + card("a"))
    result = track.run()
    assert result.code == 1
    assert "basics/a.md:2:" in result.err


# Only a look


def edit(name: str, change: Callable[[bytes], bytes]) -> Callable[[Track], None]:
    def apply(track: Track) -> None:
        path = track.root / name
        path.write_bytes(change(path.read_bytes()))

    return apply


def remove(name: str) -> Callable[[Track], None]:
    return lambda track: (track.root / name).unlink()


STALE: dict[str, Callable[[Track], None]] = {
    "an edited card": edit("basics/a.md", lambda data: data.replace(b"New.", b"Newer.", 1)),
    "a card more": edit("more/b.md", lambda data: data + card("more").encode()),
    "a card less": edit("basics/a.md", lambda data: data[data.index(b"### ", 1) :]),
    "another order": edit("basics/a.md", lambda data: card("a.30", answer="New.").encode() + data.replace(
        card("a.30", answer="New.").encode(), b"")),
    "another title": edit("deck.yaml", lambda data: data.replace(b"title: Track", b"title: Other")),
    "no deck": remove("decks_out/track-more.apkg"),
    "a torn deck": edit("decks_out/track.apkg", lambda data: data[:-1]),
    "no ledger": remove("_anki/ledger.txt"),
    "an edited index": edit("_anki/README.md", lambda data: data + b"\n"),
}  # fmt: skip


@pytest.mark.parametrize("name", STALE)
def test_check_says_what_is_stale_and_writes_nothing(new_edition: Track, name: str) -> None:
    STALE[name](new_edition)
    before, seen = everything(new_edition), folders(new_edition)
    result = new_edition.run("build", "--check")
    assert result.code == 1
    said = "_anki/ledger.txt:1:1: error C403" if name == "no ledger" else "stale: (_anki|decks_out)/"
    assert re.search(f"^{said}", result.err, re.MULTILINE)
    assert everything(new_edition) == before
    assert folders(new_edition) == seen
    new_edition.build()
    assert new_edition.run("build", "--check").code == 0


@pytest.mark.parametrize(
    "change",
    [
        lambda track: os.utime(track.root / "basics" / "a.md", (0, 0)),
        edit("basics/a.md", lambda data: b"# Guide\n\nProse that is on no card.\n\n" + data),
        edit("basics/a.md", lambda data: data.replace(b"\n", b"\r\n")),
        lambda track: track.write("README.md", "# Read me\n"),
        lambda track: track.write("decks_out/mine.txt", "mine"),
    ],
    ids=["touched", "prose", "line ends", "read me", "another file"],
)
def test_check_finds_no_fault_with_what_changes_no_deck(new_edition: Track, change: Callable[[Track], object]) -> None:
    change(new_edition)
    before = everything(new_edition)
    result = new_edition.run("build", "--check")
    assert result.code == 0
    assert "stale" not in result.err
    assert everything(new_edition) == before


def test_check_before_the_first_build_makes_no_folder(track: Track) -> None:
    track.write("basics/a.md", card("a"))
    assert track.run("--check").code == 1
    assert {path.name for path in track.root.iterdir()} == {"deck.yaml", "basics"}


# A part


def test_a_part_has_decks_of_its_own_name(editions: Editions, new_edition: Track) -> None:
    result = new_edition.build("--role", "web", "--difficulty", "beginner")
    names = [Path(name).stem for name in result.out.splitlines()]
    assert len(names) == 2
    assert not {f"decks_out/{name}.apkg" for name in names} & set(editions[2])
    assert all("web" in name and "beginner" in name for name in names)
    found = rows(new_edition.deck(names[0]), "select guid from notes", new_edition.root)
    whole = rows(new_edition.deck("track-more"), "select guid from notes", new_edition.root)
    assert found == whole
    assert {name: tree(new_edition)[name] for name in editions[2]} == editions[2]
    assert new_edition.run("--check").code == 0
    assert new_edition.run("--role", "web", "--difficulty", "beginner", "--check").code == 0
    assert new_edition.run("--role", "web", "--check").code == 1


@pytest.mark.parametrize("options", [["--role", "chef"], ["--difficulty", "advanced"], ["--role", "../web"]])
def test_a_part_without_a_note_is_told(editions: Editions, new_edition: Track, options: list[str]) -> None:
    result = new_edition.run("build", *options)
    assert result.code == 2
    assert "web" in result.err
    assert tree(new_edition) == editions[2]


@pytest.mark.parametrize(("folder", "option"), [("beginner", "--difficulty"), ("web", "--role")])
def test_a_part_never_takes_the_name_of_a_subdomains_deck(track: Track, folder: str, option: str) -> None:
    track.write(f"{folder}/a.md", card("a"))
    track.write("other/b.md", card("b", more="roles=web"))
    track.build()
    track.run("build", option, folder)
    assert track.run("--check").code == 0


def test_two_tracks_never_take_each_others_decks_names(tmp_path: Path) -> None:
    both = Track(tmp_path)
    both.write("one/deck.yaml", "title: One\ntag: python\n")
    both.write("one/backend/a.md", card("a"))
    both.write("two/deck.yaml", "title: Two\ntag: python-backend\n")
    both.write("two/basics/b.md", card("b"))
    result = both.run()
    if result.code == 0:
        names = result.out.split()
        assert len(names) == len(set(names)) == 4
        assert both.run("--check").code == 0
    else:
        assert result.code == 2
        assert "python-backend" in result.err
        assert not list(tmp_path.rglob("*.apkg"))


# What is said, and where


def test_standard_output_is_the_decks_and_nothing_else(new_edition: Track) -> None:
    result = new_edition.build()
    assert result.out.splitlines() == [
        "decks_out/track.apkg", "decks_out/track-basics.apkg", "decks_out/track-more.apkg",
    ]  # fmt: skip
    assert all(zipfile.is_zipfile(new_edition.root / name) for name in result.out.splitlines())
    assert "Track: 31 notes, 31 cards" in result.err


def test_quiet_says_nothing_to_a_person(old_edition: Track) -> None:
    loud = old_edition.run("build", "--check", env=THEN)
    result = old_edition.build("--quiet", env=THEN)
    assert result.err == ""
    assert result.out == loud.out


def test_quiet_still_says_faults(old_edition: Track) -> None:
    old_edition.write("more/b.md", card("b").replace("id=b", "id="))
    result = old_edition.run("build", "--quiet")
    assert result.code == 1
    assert "more/b.md:3:" in result.err


def test_the_summary_says_what_a_learner_will_see(old_edition: Track) -> None:
    result = old_edition.build("--verbose", env=THEN)
    assert "new 1: a.30" in result.err
    assert "changed 29: a.1, a.10, " in result.err
    assert "retired 1: a.0" in result.err
    assert "search its browser for:\n  nid:" in result.err
    assert "wrote decks_out/track.apkg" in result.err
    assert "File > Import" in result.err
    assert "\x1b" not in result.err


def test_a_full_standard_output_is_no_crash(new_edition: Track) -> None:
    with Path("/dev/full").open("w") as full:
        done = subprocess.run(
            [COMMAND], cwd=new_edition.root, stdout=full, stderr=subprocess.PIPE, encoding="utf-8", check=False
        )
    assert done.returncode != 0
    assert "Traceback" not in done.stderr
