"""`build-decks verify`: code that does what its card says passes, all else is named, and nothing gets out."""

from __future__ import annotations

import os
import random
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from tracks import COMMAND, Result, Track, card

ROOT = Path(__file__).parent.parent
REAL = ROOT / "python-backend"
MINOR = f"{sys.version_info[0]}.{sys.version_info[1]}"


def qa(id: str, code: str, more: str = "") -> str:
    return f"{card(id, more=more)}\n<!-- check\n{code}\n-->\n\n"


def output(id: str, code: str, expected: str, check: str = "", more: str = "") -> str:
    hidden = f"\n<!-- check\n{check}\n-->\n" if check else ""
    return (
        f"### What does {id} print?\n\n<!-- card: id={id} difficulty=beginner kind=output {more}-->\n\n"
        f"```python\n{code}\n```\n\n**A:** So.\n\n```text\n{expected}\n```\n{hidden}\n"
    )


def bug(id: str, fault: str, fix: str, check: str) -> str:
    return (
        f"### What is wrong with {id}?\n\n<!-- card: id={id} difficulty=beginner kind=bug -->\n\n"
        f"```python\n{fault}\n```\n\n**A:** So.\n\n```python\n{fix}\n```\n\n<!-- check\n{check}\n-->\n\n"
    )


GOOD = qa("good", "assert 1 + 1 == 2")


def faults(result: Result) -> list[str]:
    """The codes of a result's faults, each with the card that it names."""
    return re.findall(r"error (C5\d\d) [^`\n]*`([\w.-]+)`", result.err)


def record(track: Track) -> dict[str, list[str]]:
    """What the record says: by id, the hash and what ran it."""
    lines = (track.root / "_anki" / "verified.txt").read_text(encoding="utf-8").splitlines()
    return {row[1]: row[2:] for row in (line.split("\t") for line in lines) if row[0] == "card"}


# The guide


def guide(program: str, output: str | None = None, before: str = "", check: str = "") -> str:
    shown = "" if output is None else f"\n```text\n{output}\n```\n"
    hidden = f"\n<!-- check\n{check}\n-->\n" if check else ""
    return f"## A section\n\nText.\n\n{before}\n```python\n{program}\n```\n{shown}{hidden}\n"


GUIDES = {
    "a program": guide("x = 1"),
    "a program and its output": guide("print('a ')", "a "),
    "a check behind the output": guide("x = 1\nprint(x)", "1", check="assert x == 1\nprint('not compared')"),
    "two programs that share no name": guide("x = 1") + guide("assert 'x' not in globals()"),
    "a warning that is named": guide(
        "import warnings\nwarnings.warn('x', DeprecationWarning)", before="<!-- run: warns=DeprecationWarning -->\n"
    ),
    "a program that cannot run": guide("import nothing", before="<!-- norun: it needs a server -->\n"),
    "a session and mere text": "```pycon\n>>> 1 / 0\n```\n\n```text\nnothing\n```\n",
}


@pytest.mark.parametrize("text", GUIDES.values(), ids=GUIDES)
def test_a_program_of_the_guide_that_does_what_it_shows_passes(track: Track, text: str) -> None:
    track.write("x/a.md", text + GOOD)
    result = track.run("verify")
    assert result.code == 0, result.err
    assert track.run("verify", "--check").code == 0


def test_what_the_guide_runs_is_counted_and_recorded(track: Track) -> None:
    track.write("x/a.md", guide("print(1)", "1") + GUIDES["a program that cannot run"] + GOOD)
    result = track.run("verify")
    assert "the code of 1 cards and 1 programs of the guide ran" in result.err
    assert "1 program of the guide cannot run: it needs a server" in result.err
    assert sorted(name.split("#")[0] for name in record(track)) == ["good", "x/a.md"]


@pytest.mark.parametrize(
    ("text", "place"),
    [
        (guide("raise ValueError('so')"), "x/a.md:6:1: error C501 the code of the guide fails"),
        (guide("print(1)", "2"), "x/a.md:10:1: error C502 the output of the guide"),
        (guide("x = 1", check="assert x == 2"), "x/a.md:6:1: error C501 the code of the guide fails"),
        (guide("print(1)"), ""),
    ],
    ids=["it fails", "it prints something else", "its check fails", "it prints what is not shown"],
)
def test_a_program_of_the_guide_that_does_something_else_is_named(track: Track, text: str, place: str) -> None:
    track.write("x/a.md", text + GOOD)
    result = track.run("verify")
    assert (result.code, place in result.err) == (1 if place else 0, True)
    assert set(record(track)) >= {"good"}
    assert len(record(track)) == (1 if place else 2)


def test_a_changed_program_of_the_guide_is_stale_until_it_runs(track: Track) -> None:
    track.write("x/a.md", guide("print(1)", "1") + GOOD)
    track.run("verify")
    track.write("x/a.md", guide("print(2)", "2") + GOOD)
    result = track.run("verify", "--check")
    assert result.code == 1
    assert "x/a.md:6:1: error C507 the code of the guide has not run since it changed" in result.err
    track.run("verify")
    assert track.run("verify", "--check").code == 0
    assert len(record(track)) == 2


def test_programs_of_found_notes_never_run(track: Track) -> None:
    (track.root / "deck.yaml").unlink(missing_ok=True)
    track.write("x/notes.md", "# Notes\n\n```python\nraise SystemExit(1)\n```\n\n### What is it?\n\nA thing.\n")
    result = track.run("verify")
    assert result.code == 0, result.err


# What passes


PASSES = {
    "a card without code": card("a"),
    "a hidden check": qa("a", "import sys\nassert sys.argv"),
    "a visible program before its check": card("a", answer="So:\n\n```python\nx = 1\n```")
    + "\n<!-- check\nassert x == 1\n-->\n",
    "output to the byte": output("a", "print('a ')\nprint()\nprint('ü', end='\\n')", "a \n\nü"),
    "output of which only a check uses more": output(
        "a", "x = 1\nprint(x)", "1", "print('not compared')\nassert x == 1"
    ),
    "a bug and its fix": bug("a", "def f(): return 1", "def f(): return 2", "assert f() == 2"),
    "a warning that is named": qa(
        "a", "import warnings\nwarnings.warn('x', DeprecationWarning)", "warns=DeprecationWarning "
    ),
    "code that cannot run here": qa("a", "import nothing", "verify=doc "),
    "a file in its own folder": qa("a", "open('a.txt', 'w').close()\nimport os\nassert os.listdir() == ['a.txt']"),
    "a temporary file": qa("a", "import tempfile\nwith tempfile.TemporaryFile() as f: assert f.write(b'a')"),
    "a module that it writes": qa(
        "a", "open('m.py', 'w').write('x = 1')\nimport m\nassert m.x == 1", "warns=ResourceWarning "
    ),
    "an event loop": qa("a", "import asyncio\nasync def f(): return 1\nassert asyncio.run(f()) == 1"),
    "a socket pair": qa(
        "a", "import socket\na, b = socket.socketpair()\na.send(b'x')\nassert b.recv(1) == b'x'\na.close(); b.close()"
    ),
    "many threads": qa(
        "a",
        "import threading\nt = [threading.Thread(target=int) for _ in range(100)]\n"
        "for x in t: x.start()\nfor x in t: x.join()",
    ),
    "a child process": qa(
        "a", "import subprocess, sys\nassert subprocess.check_output([sys.executable, '-c', 'print(1)']) == b'1\\n'"
    ),
    "pools of processes": qa(
        "a",
        "import multiprocessing\ndef f(x): return 2 * x\nif __name__ == '__main__':\n"
        "    for method in ('forkserver', 'spawn'):\n"
        "        with multiprocessing.get_context(method).Pool(2) as pool: assert pool.map(f, [1, 2]) == [2, 4]",
    ),
    "no variable of the author's": qa("a", "import os\nassert 'SECRET' not in os.environ"),
    "no input": qa("a", "import sys\nassert sys.stdin.read() == ''"),
}


@pytest.mark.parametrize("text", PASSES.values(), ids=PASSES)
def test_code_that_does_what_its_card_says_passes(track: Track, text: str) -> None:
    track.write("x/a.md", text)
    result = track.run("verify", env={"SECRET": "1"})
    assert result.code == 0, result.err
    assert faults(result) == []


# What fails


FAILS = {
    "an exception": (qa("bad", "assert 1 + 1 == 3"), "C501"),
    "a syntax error": (qa("bad", "def"), "C501"),
    "an exit": (qa("bad", "raise SystemExit(3)"), "C501"),
    "a crash": (qa("bad", "import os\nos.abort()"), "C501"),
    "a warning": (qa("bad", "import warnings\nwarnings.warn('x')"), "C501"),
    "another warning than is named": (
        qa("bad", "import warnings\nwarnings.warn('x')", "warns=DeprecationWarning "),
        "C501",
    ),
    "a visible program": (card("bad", answer="So:\n\n```python\nx = 1 / 0\n```"), "C501"),
    "another output": (output("bad", "print(1)", "2"), "C502"),
    "a space at the end of a line": (output("bad", "print('a')", "a "), "C502"),
    "a line more": (output("bad", "print(1)", "1\n"), "C502"),
    "a line end less": (output("bad", "print(1, end='')", "1"), "C502"),
    "an output that depends on the hash seed": (
        output("bad", "print(list({'a', 'b', 'c', 'd', 'e', 'f'}))", "['a', 'b', 'c', 'd', 'e', 'f']"),
        "C502",
    ),
    "a check of an output card": (output("bad", "print(1)", "1", "assert False"), "C501"),
    "a fault that passes": (bug("bad", "x = 2", "x = 2", "assert x == 2"), "C503"),
    "a fault that is no Python": (bug("bad", "x = = 2", "x = 2", "assert x == 2"), "C503"),
    "a fix that fails": (bug("bad", "x = 1", "x = 3", "assert x == 2"), "C504"),
}


@pytest.mark.parametrize(("text", "code"), FAILS.values(), ids=FAILS)
def test_code_that_does_not_is_named_and_the_others_go_on(track: Track, text: str, code: str) -> None:
    track.write("x/a.md", text + GOOD)
    result = track.run("verify")
    assert result.code == 1
    assert set(faults(result)) == {(code, "bad")}
    assert list(record(track)) == ["good"]


HOSTILE = {
    "a socket": ("import socket\ntry: socket.create_connection(('127.0.0.1', 9))\nexcept OSError: pass", "socket"),
    "a look-up of a host": (
        "import socket\ntry: socket.gethostbyname('example.org')\nexcept OSError: pass\n"
        "socket.getaddrinfo('example.org', 80)",
        "host",
    ),
    "a write outside its folder": (
        "try: open('/tmp/build-decks-was-here', 'w')\nexcept OSError: pass",
        "/tmp/build-decks-was-here",
    ),
    "a deletion outside its folder": (
        "import os\ntry: os.remove('/etc/hostname')\nexcept OSError: pass",
        "/etc/hostname",
    ),
    "a write of a child": (
        "import subprocess, sys\nsubprocess.run([sys.executable, '-c', 'open(\"/var/tmp/x\", \"w\")'])",
        "/var/tmp/x",
    ),
    "forks without end": ("import os\nwhile True: os.fork()", "processes"),
    "printing without end": ("while True: print('x' * 100)", "printed more"),
    "errors without end": ("import sys\nwhile True: sys.stderr.write('x' * 100)", "printed more"),
    "8 GB": ("x = bytearray(8 << 30)", "memory"),
    "sleep for ever": ("import time\nwhile True: time.sleep(1000)", "10 seconds"),
    "a loop for ever": ("while True: pass", "10 seconds"),
}


def test_what_breaks_out_is_stopped_and_said_and_the_others_go_on(track: Track) -> None:
    texts = [qa(f"bad.{number}", code) for number, (code, _) in enumerate(HOSTILE.values())]
    track.write("x/a.md", "".join([GOOD, *texts, qa("good.too", "assert True")]))
    result = track.run("verify")
    assert result.code == 1
    found = dict(re.findall(r"error C505 [^`\n]*`(bad\.\d+)`([^\n]*)", result.err))
    assert set(found) == {f"bad.{number}" for number in range(len(HOSTILE))}, result.err
    for number, (_, word) in enumerate(HOSTILE.values()):
        assert word in found[f"bad.{number}"]
    assert set(record(track)) == {"good", "good.too"}
    assert not Path("/tmp/build-decks-was-here").exists()
    assert Path("/etc/hostname").exists()


def test_the_kernel_keeps_what_the_hook_does_not_see(track: Track, tmp_path: Path) -> None:
    target = tmp_path / "touched"
    code = (
        "import ctypes, os\nlibc = ctypes.CDLL(None, use_errno=True)\n"
        f"assert libc.open({str(target).encode()!r}, os.O_CREAT | os.O_WRONLY, 0o600) == -1\n"
        "address = bytes([2, 0, 0, 80, 127, 0, 0, 1]) + bytes(8)\n"
        "assert libc.connect(libc.socket(2, 1, 0), address, 16) == -1\n"
        "assert libc.unshare(0x10000000) == -1 or libc.mount(b'none', b'/', None, 32, None) == -1\n"
        "assert libc.kill(1, 9) == 0 and os.getppid() == 1\n"
    )
    track.write("x/a.md", qa("a", code))
    result = track.run("verify")
    assert result.code == 0, result.err
    assert not target.exists()


def test_what_a_card_leaves_running_is_ended(track: Track) -> None:
    seconds = f"7.{os.getpid()}"  # by which it can be told from what other tests run
    code = (
        "import os, time\nif os.fork() == 0:\n    os.setsid()\n"
        f"    os.execvp('sleep', ['sleep', '{seconds}'])\ntime.sleep(0.2)\n"
    )
    track.write("x/a.md", qa("a", code, "warns=DeprecationWarning "))
    assert track.run("verify").code == 0
    shown = subprocess.run(["ps", "-eo", "args"], capture_output=True, text=True, check=True).stdout
    assert seconds not in shown


def test_a_machine_that_cannot_keep_code_runs_none(track: Track, tmp_path: Path) -> None:
    shim = tmp_path / "shim"
    shim.mkdir()
    (shim / "sitecustomize.py").write_text(
        "import subprocess\nreal = subprocess.Popen\n"
        "def popen(command, *args, **kwargs):\n"
        "    if command[-1].endswith('inside.py'):\n"
        "        command = [*command[:3], '-c', INSIDE, *command[3:]]\n"
        "        command.pop()\n"
        "    return real(command, *args, **kwargs)\n"
        "INSIDE = 'import json, os, sys\\ntask = json.load(sys.stdin)\\n'"
        ' \'os.write(task["report"], json.dumps({"refused": "unshare: not permitted"}).encode())\'\n'
        "subprocess.Popen = popen\n"
    )
    track.write("x/a.md", GOOD)
    result = track.run("verify", env={"PYTHONPATH": str(shim)})
    assert result.code == 2
    assert "not permitted" in result.err
    assert "Linux" in result.err
    assert not (track.root / "_anki" / "verified.txt").exists()


# What is said


def test_a_traceback_names_the_lines_of_the_concept_file(track: Track) -> None:
    text = f"# Guide\n\n{card('a')}\n<!-- check\nx = 0\ny = 1 / x\n-->\n"
    track.write("x/a.md", text)
    line = text.split("\n").index("y = 1 / x") + 1
    result = track.run("verify")
    assert f'File "x/a.md", line {line}, in <module>' in result.err
    assert "ZeroDivisionError" in result.err


def test_another_output_is_shown_as_a_diff(track: Track) -> None:
    track.write("x/a.md", output("a", "print('one')\nprint('two')", "one\nthree "))
    lines = [line.strip() for line in track.run("verify").err.splitlines()]
    assert "--- expected" in lines
    assert "-three·" in lines
    assert "+two" in lines
    place = next(line for line in lines if "error C502" in line)
    assert place.startswith("x/a.md:12:1: ")


def test_what_is_printed_steers_no_terminal(track: Track) -> None:
    track.write("x/a.md", output("a", "print('\\x1b]0;title\\x07')", "a"))
    result = track.run("verify")
    assert "\x1b" not in result.err + result.out
    assert "\\x1b" in result.err


def test_a_fault_of_form_keeps_all_code_from_running(track: Track) -> None:
    track.write("x/a.md", GOOD + "### Why?\n\n<!-- card: id=b difficulty=beginner -->\n")
    result = track.run("verify")
    assert result.code == 1
    assert "C110" in result.err
    assert not (track.root / "_anki").exists()


def test_a_build_runs_no_code(track: Track, tmp_path: Path) -> None:
    track.write("x/a.md", qa("a", "raise SystemExit(1)"))
    for command in ("build", "check", "list", "stats"):
        assert track.run(command).code == 0


# What a card needs


def test_a_card_that_no_interpreter_here_can_run_is_an_error(track: Track) -> None:
    track.write("x/a.md", GOOD + qa("later", "import nothing", "py=3.99 "))
    result = track.run("verify")
    assert result.code == 1
    assert faults(result) == [("C506", "later")]
    assert re.search(r"skipped 1 on Python 3\.[\d.]+\w*: needs Python 3\.99\n", result.err)
    assert list(record(track)) == ["good"]


def test_a_card_that_ran_elsewhere_is_trusted_until_it_changes(track: Track) -> None:
    track.write("x/a.md", qa("later", "import nothing", "py=3.99 "))
    assert track.run("verify").code == 1
    digest = hash_of(track, "later")
    text = f"{HEADER}\ncard\tlater\t{digest}\t3.99.1\n# end\n"
    track.write("_anki/verified.txt", text)
    result = track.run("verify")
    assert result.code == 0
    assert re.search(r"skipped 1 on Python 3\.[\d.]+\w*: needs Python 3\.99\n", result.err)
    assert (track.root / "_anki" / "verified.txt").read_text() == text
    track.write("x/a.md", qa("later", "import something", "py=3.99 "))
    assert track.run("verify").code == 1


HEADER = "# build-decks record 1: id, hash of the code, and what ran it. Commit it; do not edit it."


def hash_of(track: Track, id: str) -> str:
    """The hash of a card's code, which the program itself tells only in a record."""
    from build_decks.cards.pipeline import proving, reading
    from build_decks.cards.settings import Settings

    settings = Settings(track.root, "", "Track", "track")
    found = proving.trials(settings, reading.concept_files(settings)).trials
    return next(trial.hash for trial in found if trial.key == id)


def test_a_package_that_is_not_there_or_too_old_is_said(track: Track) -> None:
    text = qa("a", "import click", "pkg=click>=1 ") + qa("b", "import click", "pkg=click>=1000 ")
    track.write("x/a.md", text + qa("c", "import nothing", 'pkg="click>=1,no-such-package>=2" '))
    result = track.run("verify")
    assert faults(result) == [("C506", "b"), ("C506", "c")]
    assert "needs click>=1000" in result.err
    assert "needs no-such-package>=2" in result.err
    assert re.fullmatch(r"\d+\.\d+\.\d+\S*/click=\d+\.\d+(\.\d+)?", record(track)["a"][1])


@pytest.mark.parametrize("value", ["=1", "click>", '"a b=c"', "click>=1,", "-x"])
def test_a_package_that_is_none_is_a_fault(track: Track, value: str) -> None:
    track.write("x/a.md", qa("a", "pass", f"pkg={value} "))
    result = track.run("check")
    assert result.code == 1
    assert "C105" in result.err


# Interpreters


@pytest.mark.parametrize("command", ["/nowhere/python", "true", "false", "/etc/hostname"])
def test_what_starts_no_python_is_wrong_usage(track: Track, command: str) -> None:
    track.write("x/a.md", GOOD)
    result = track.run("verify", "--python", command)
    assert result.code == 2
    assert command in result.err
    assert not (track.root / "_anki").exists()


def test_one_version_twice_is_wrong_usage(track: Track) -> None:
    track.write("x/a.md", GOOD)
    result = track.run("verify", "--python", sys.executable, "--python", os.path.realpath(sys.executable))
    assert result.code == 2
    assert f"both Python {MINOR}" in result.err


# The record


def test_a_second_run_leaves_the_record_alone(track: Track) -> None:
    track.write("x/a.md", GOOD + qa("b", "import click", "pkg=click "))
    assert track.run("verify").code == 0
    path = track.root / "_anki" / "verified.txt"
    first = path.read_bytes()
    time = path.stat().st_mtime_ns
    result = track.run("verify")
    assert "up to date" in result.err
    assert (path.read_bytes(), path.stat().st_mtime_ns) == (first, time)


def test_an_entry_of_another_patch_release_or_version_stands(track: Track) -> None:
    track.write("x/a.md", GOOD)
    text = f"{HEADER}\ncard\tgood\t{hash_of(track, 'good')}\t3.9.1 {MINOR}.0rc1\n# end\n"
    track.write("_anki/verified.txt", text)
    assert track.run("verify").code == 0
    assert (track.root / "_anki" / "verified.txt").read_text() == text


def test_check_runs_nothing_and_names_what_is_stale(track: Track) -> None:
    track.write("x/a.md", GOOD + qa("b", "assert True"))
    assert track.run("verify", "--check").code == 1
    assert not (track.root / "_anki").exists()
    assert track.run("verify").code == 0
    assert track.run("verify", "--check").code == 0
    track.write(
        "x/a.md", GOOD.replace("Because it is so.", "Because of prose.") + "\n# Text\n\n" + qa("b", "assert True")
    )
    assert track.run("verify", "--check").code == 0
    track.write("x/a.md", GOOD + qa("b", "assert 1"))
    result = track.run("verify", "--check")
    assert (result.code, faults(result)) == (1, [("C507", "b")])
    assert result.err.startswith(f"x/a.md:{GOOD.count(chr(10)) + 1}:1: error C507 ")


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("-->\n\n**A:**", "warns=DeprecationWarning -->\n\n**A:**"),
        ("-->\n\n**A:**", f"py={MINOR} -->\n\n**A:**"),
        ("-->\n\n**A:**", "impl=cpython -->\n\n**A:**"),
        ("-->\n\n**A:**", "pkg=click -->\n\n**A:**"),
        ("assert 1 + 1 == 2", "assert 1 + 1 == 2 "),
    ],
)
def test_all_that_decides_a_run_makes_it_stale(track: Track, old: str, new: str) -> None:
    track.write("x/a.md", GOOD)
    assert track.run("verify").code == 0
    assert old in GOOD
    track.write("x/a.md", GOOD.replace(old, new))
    assert track.run("verify", "--check").code == 1
    assert track.run("verify").code == 0
    assert track.run("verify", "--check").code == 0


def test_another_lock_makes_cards_with_packages_stale_and_no_others(track: Track) -> None:
    track.write("deck.yaml", "title: Track\ntag: track\nlock: packages.lock\n")
    track.write("packages.lock", "click==1\n")
    track.write("x/a.md", GOOD + qa("b", "import click", "pkg=click "))
    assert track.run("verify").code == 0
    assert "lock\tpackages.lock\t" in (track.root / "_anki" / "verified.txt").read_text()
    track.write("packages.lock", "click==2\n")
    assert faults(track.run("verify", "--check")) == [("C507", "b")]
    assert track.run("verify").code == 0
    assert track.run("verify", "--check").code == 0


def test_a_lock_that_is_not_there_is_wrong_configuration(track: Track) -> None:
    track.write("deck.yaml", "title: Track\ntag: track\nlock: packages.lock\n")
    track.write("x/a.md", GOOD)
    result = track.run("verify")
    assert result.code == 2
    assert "packages.lock" in result.err


def test_what_is_gone_or_fails_leaves_the_record(track: Track) -> None:
    track.write("x/a.md", GOOD + qa("b", "assert True") + qa("c", "assert True"))
    assert track.run("verify").code == 0
    track.write("x/a.md", GOOD + qa("b", "assert False"))
    assert track.run("verify").code == 1
    assert list(record(track)) == ["good"]


def test_only_the_cards_of_the_paths_run(track: Track) -> None:
    track.write("x/a.md", GOOD)
    track.write("x/b.md", qa("b", "assert False"))
    assert track.run("verify", "x/a.md").code == 0
    assert list(record(track)) == ["good"]
    track.write("x/b.md", qa("b", "assert True"))
    assert track.run("verify", "x/b.md").code == 0
    assert list(record(track)) == ["b", "good"]


# The real track


@pytest.fixture
def real(tmp_path: Path) -> Track:
    """A copy of the repository's own track."""
    shutil.copytree(REAL, tmp_path / "python-backend")
    shutil.copy(ROOT / "verify.lock", tmp_path)
    return Track(tmp_path / "python-backend")


def rows(track: Track, kind: str) -> list[dict[str, str]]:
    """The cards of a kind that run on the Python of this test, which may lack the packages of the lock file."""
    found = [row for row in track.cards("--kind", kind) if MINOR in " ".join(record(track).get(row["id"], ["", ""]))]
    return sorted((row for row in found if "pkg=" not in comment(track, row)), key=lambda row: row["id"])


def comment(track: Track, row: dict[str, str]) -> str:
    """The comment below a card's heading."""
    lines = (track.root / row["path"]).read_text(encoding="utf-8").split("\n")
    return next(line for line in lines[int(row["line"]) :] if line.startswith("<!-- card:"))


def test_the_record_vouches_for_every_card_of_the_track(real: Track) -> None:
    result = real.run("verify", "--check")
    assert (result.code, result.err) == (0, "")


@pytest.mark.parametrize("seed", [1, 2])
def test_an_output_that_is_changed_anywhere_is_named(real: Track, seed: int) -> None:
    rng = random.Random(os.urandom(8) if seed == 2 else seed)
    row = rng.choice(rows(real, "output"))
    path = real.root / row["path"]
    lines = path.read_text(encoding="utf-8").split("\n")
    start = lines.index("```text", int(row["line"]))
    end = lines.index("```", start)
    at = rng.randrange(start + 1, end)
    column = rng.randrange(len(lines[at]) + 1)
    lines[at] = lines[at][:column] + rng.choice("#§") + lines[at][column:]
    path.write_text("\n".join(lines), encoding="utf-8")
    print(f"{row['id']}: line {at + 1}, column {column + 1}")
    result = real.run("verify", row["path"])
    assert result.code == 1
    assert ("C502", row["id"]) in faults(result)
    assert row["id"] not in record(real)


@pytest.mark.parametrize("seed", [1, 2])
def test_a_fix_that_is_taken_away_anywhere_is_named(real: Track, seed: int) -> None:
    rng = random.Random(os.urandom(8) if seed == 2 else seed)
    row = rng.choice(rows(real, "bug"))
    path = real.root / row["path"]
    lines = path.read_text(encoding="utf-8").split("\n")
    fences = [n for n in range(int(row["line"]), len(lines)) if lines[n].startswith("```")][:4]
    first, first_end, second, second_end = fences
    lines[second + 1 : second_end] = lines[first + 1 : first_end]
    path.write_text("\n".join(lines), encoding="utf-8")
    print(row["id"])
    result = real.run("verify", row["path"])
    assert result.code == 1
    assert ("C504", row["id"]) in faults(result)


def test_progress_is_shown_on_a_terminal_alone(track: Track) -> None:
    track.write("x/a.md", GOOD)
    assert "%" not in track.run("verify").err
    script = shutil.which("script")
    if script is None:
        pytest.skip("no script(1)")
    done = subprocess.run(
        [script, "-qec", f"{COMMAND} verify", "/dev/null"], cwd=track.root, capture_output=True, text=True, check=False
    )
    assert "100%" in done.stdout
