"""The same bytes wherever a deck is built."""

from __future__ import annotations

import hashlib
import os
import random
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Mapping
from pathlib import Path

import pytest
from tracks import COMMAND, Track, card, cloze, rows

ROOT = Path(__file__).parents[1]
PYTHONS = [f"python3.{minor}" for minor in range(10, 16)]
YAML = """\
title: Träck
tag: track
source-url: https://example.org/
subdomains:
  - {folder: zebra, title: Zebra}
  - {folder: apple, title: Apple}
  - {folder: rest, title: The Rest}
"""
CODE = "So:\n\n```python\ndef f(x: int) -> str:\n    return f'{x!r} <&>'  # ä\n```\n"


def files() -> dict[str, bytes]:
    """A track with every kind of thing that has a hand in the bytes of a deck."""
    found = {
        "deck.yaml": YAML,
        "zebra/one.md": card("z.one", answer=CODE) + cloze("z.two", "It **runs** the **code** *twice*."),
        "zebra/Two.md": "".join(card(f"z.{n}", answer=f"Number {n}.", more="roles=web,data") for n in range(40)),
        "apple/ß.md": card("größe", answer="$x^2$ ![A](../img/b.png)\n\n| a | b |\n|---|---|\n| 1 | 2 |"),
        "apple/long.md": card("long", answer="\n\n".join(f"Word {n} " * 30 for n in range(120))),
        "apple/media.md": card("media", answer="\n\n".join(f"![{n}](../img/{n}.png)" for n in range(12))),
        "rest/2.md": card("number", "12"),
        "rest/1.md": card("other", "3.50"),
    }
    data = {name: text.encode() for name, text in found.items()}
    return data | {f"img/{n}.png": b"\x89PNG" + n.encode() * 3000 for n in [*"0123456789b", "10", "11"]}


@pytest.fixture(scope="module")
def original(tmp_path_factory: pytest.TempPathFactory) -> Track:
    """The track, built, with one note changed in 2030 and a retired one."""
    track = Track(tmp_path_factory.mktemp("original") / "track")
    lay_out(track, 0)
    track.write("rest/gone.md", card("gone"))
    track.write("rest/2.md", card("number", "11"))
    track.build()
    (track.root / "rest" / "gone.md").unlink()
    track.write("rest/2.md", files()["rest/2.md"])
    track.build(env={"SOURCE_DATE_EPOCH": "1893456000"})
    return track


def lay_out(track: Track, seed: int) -> None:
    """Write the track's files in an order and with times that depend on `seed`."""
    names = sorted(files())
    random.Random(seed).shuffle(names)
    for number, name in enumerate(names):
        path = track.write(name, files()[name])
        os.utime(path, (1_000_000_000 + seed * 1000 + number,) * 2)


def copy_of(track: Track, root: Path, seed: int) -> Track:
    """The same files and ledger elsewhere, without the decks."""
    copy = Track(root)
    lay_out(copy, seed)
    for name in ("ledger.txt", "README.md", "CHANGES.md"):
        copy.write(f"_anki/{name}", (track.root / "_anki" / name).read_bytes())
    return copy


def digests(folder: Path) -> dict[str, str]:
    found = {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in sorted(folder.glob("*.apkg"))}
    assert len(found) == 4
    return found


def own(track: Track) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in (track.root / "_anki").iterdir()}


@pytest.mark.parametrize(
    ("seed", "umask", "env"),
    [
        (1, 0o022, {"TZ": "UTC", "LC_ALL": "C", "PYTHONHASHSEED": "0"}),
        (2, 0o077, {"TZ": "Pacific/Kiritimati", "LC_ALL": "POSIX", "PYTHONHASHSEED": "1"}),
        (3, 0o000, {"TZ": "America/Los_Angeles", "LC_ALL": "C.UTF-8", "PYTHONHASHSEED": "4242", "PYTHONOPTIMIZE": "2"}),
        (4, 0o027, {"SOURCE_DATE_EPOCH": "1", "LANG": "tr_TR.UTF-8", "COLUMNS": "20", "HOME": "/nonexistent"}),
    ],
)
def test_surroundings_do_not_show(
    original: Track, tmp_path: Path, seed: int, umask: int, env: Mapping[str, str]
) -> None:
    copy = copy_of(original, tmp_path / ("copy " + "x" * seed), seed)
    before = own(copy)
    done = subprocess.run(
        [COMMAND, "build", copy.root, "--out", "out"], cwd=tmp_path, umask=umask, env={**os.environ, **env},
        capture_output=True, encoding="utf-8", check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert digests(tmp_path / "out") == digests(original.root / "decks_out")
    assert own(copy) == before
    assert not (copy.root / "decks_out").exists()


def test_a_track_of_folders_without_names_is_in_the_order_of_its_names(tmp_path: Path) -> None:
    found = []
    for seed in (1, 2):
        track = Track(tmp_path / str(seed) / "track")
        lay_out(track, seed)
        (track.root / "deck.yaml").unlink()
        track.build()
        found.append(digests(track.root / "decks_out") | {"ledger": track.ledger})
    assert found[0] == found[1]


def test_the_order_in_which_a_system_lists_files_does_not_show(original: Track, tmp_path: Path) -> None:
    copy = copy_of(original, tmp_path / "copy", 8)
    shim = tmp_path / "shim"
    shim.mkdir()
    (shim / "sitecustomize.py").write_text(
        "import os\n"
        "real = os.walk\n"
        "def walk(*args, **kwargs):\n"
        "    for folder, folders, files in real(*args, **kwargs):\n"
        "        folders.sort(reverse=True)\n"
        "        files.sort(reverse=True)\n"
        "        yield folder, folders, files\n"
        "os.walk = walk\n"
    )
    copy.build(env={"PYTHONPATH": str(shim)})
    assert digests(copy.root / "decks_out") == digests(original.root / "decks_out")


def test_the_date_of_a_build_does_not_show(original: Track, tmp_path: Path) -> None:
    copy = copy_of(original, tmp_path / "copy", 5)
    shim = tmp_path / "shim"
    shim.mkdir()
    (shim / "sitecustomize.py").write_text("import time\ntime.time = lambda: 4e9\ntime.localtime = time.gmtime\n")
    copy.build(env={"PYTHONPATH": str(shim)})
    assert digests(copy.root / "decks_out") == digests(original.root / "decks_out")


def test_a_build_without_a_ledger_does_not_depend_on_the_date(tmp_path: Path) -> None:
    found = []
    for seed in (1, 2):
        track = Track(tmp_path / str(seed))
        lay_out(track, seed)
        track.build(env={"SOURCE_DATE_EPOCH": str(seed * 1_000_000_000)})
        found.append(digests(track.root / "decks_out") | {"ledger": track.ledger})
    assert found[0] == found[1]


def test_the_archive_holds_stored_entries_in_order_with_fixed_dates_and_modes(original: Track) -> None:
    for deck in (original.root / "decks_out").glob("*.apkg"):
        with zipfile.ZipFile(deck) as archive:
            entries = archive.infolist()
            assert archive.testzip() is None
            assert archive.comment == b""
        names = [entry.filename for entry in entries]
        assert names == sorted(names)
        assert names[-2:] == ["collection.anki2", "media"]
        assert {entry.compress_type for entry in entries} == {zipfile.ZIP_STORED}
        assert {entry.date_time for entry in entries} == {(1980, 1, 1, 0, 0, 0)}
        assert {entry.external_attr >> 16 & 0o7777 for entry in entries} == {0o644}
        assert {entry.create_system for entry in entries} == {3}
        assert {entry.extra for entry in entries} == {b""}
        assert {entry.flag_bits & 0x08 for entry in entries} == {0}


def test_the_database_is_sound_and_says_nothing_of_the_sqlite_that_wrote_it(original: Track, tmp_path: Path) -> None:
    deck = original.deck()
    assert rows(deck, "pragma integrity_check", tmp_path) == [("ok",)]
    assert rows(deck, "pragma freelist_count", tmp_path) == [(0,)]
    data = (tmp_path / "collection.anki2").read_bytes()
    assert data[96:100] == bytes(4)
    assert b"/tmp" not in data
    assert str(tmp_path).encode() not in deck.read_bytes()
    assert str(original.root).encode() not in deck.read_bytes()


def test_a_deleted_note_leaves_no_trace(track: Track) -> None:
    track.write("basics/a.md", card("a") + card("secret", answer="Never to be seen again."))
    track.build()
    track.write("basics/a.md", card("a"))
    track.build()
    assert b"Never to be seen" not in track.deck().read_bytes()


def test_the_index_names_the_checksums_of_the_decks(original: Track) -> None:
    page = own(original)["README.md"].decode()
    for name, digest in digests(original.root / "decks_out").items():
        (line,) = [line for line in page.splitlines() if f"`{name}`" in line]
        assert digest in line


# Other interpreters, other SQLite


def other_python() -> str | None:
    """The oldest Python on PATH that is not the one running and can make environments."""
    probe = "import ensurepip, sys, venv; print('%d.%d' % sys.version_info[:2])"
    for name in PYTHONS:
        path = shutil.which(name)
        if not path or name == "python{}.{}".format(*sys.version_info):
            continue
        done = subprocess.run([path, "-c", probe], capture_output=True, encoding="utf-8", check=False)
        if done.returncode == 0 and f"python{done.stdout.strip()}" == name:
            return path
    return None


def test_another_python_makes_the_same_bytes(original: Track, tmp_path: Path) -> None:
    python = other_python()
    if python is None:
        pytest.skip(f"no other of {', '.join(PYTHONS)} with venv is on PATH")
    checkout = tmp_path / "checkout"
    for name in ("cards", "cli"):
        shutil.copytree(ROOT / name, checkout / name, ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("pyproject.toml", "README.md", "LICENSE"):
        shutil.copy(ROOT / name, checkout)
    subprocess.run([python, "-m", "venv", tmp_path / "venv"], check=True)
    bin_ = tmp_path / "venv" / COMMAND.parent.name
    subprocess.run([bin_ / "python", "-m", "pip", "install", "-q", "--no-compile", checkout], check=True)
    copy = copy_of(original, tmp_path / "copy", 6)
    result = copy.run("build", python=bin_ / COMMAND.name)
    assert result.code == 0, result.err
    assert digests(copy.root / "decks_out") == digests(original.root / "decks_out")
    assert own(copy) == own(original)


def test_another_sqlite_makes_the_same_bytes(original: Track, tmp_path: Path) -> None:
    other = pytest.importorskip("pysqlite3", reason="pysqlite3-binary has no wheel for this Python")
    shim = tmp_path / "shim"
    shim.mkdir()
    (shim / "sitecustomize.py").write_text("import sys\nimport pysqlite3\nsys.modules['sqlite3'] = pysqlite3\n")
    env = {"PYTHONPATH": str(shim)}
    copy = copy_of(original, tmp_path / "copy", 7)
    version = copy.run("-c", "import sqlite3; print(sqlite3.sqlite_version)", python=Path(sys.executable), env=env)
    assert version.out.strip() == other.sqlite_version
    copy.build(env=env)
    assert digests(copy.root / "decks_out") == digests(original.root / "decks_out")
