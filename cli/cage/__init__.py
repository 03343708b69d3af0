"""A program -> what it did, run where it can do no harm: no network, no file but its own, bounded in all it uses.

The kernel does the keeping, by Linux namespaces and a filter for system calls; see `inside` and `syscalls`. Where it
gives none, nothing is run.
"""

from __future__ import annotations

import contextlib
import json
import os
import platform
import selectors
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import IO

from ...cards.proof.verify import Outcome
from . import syscalls

_INSIDE = Path(__file__).with_name("inside.py")
_HOOK = Path(__file__).with_name("hook.py")


class CageError(Exception):
    """This machine gives no namespaces, so code of strangers cannot be kept here."""


@dataclass(frozen=True, slots=True)
class Bounds:
    """What a program may use, its children included: seconds, bytes (of memory, of output, of files), and how many
    processes and threads at a time."""

    seconds: float = 10
    memory: int = 2 << 30
    output: int = 64 << 10
    disk: int = 64 << 20
    processes: int = 64
    threads: int = 512


@dataclass(frozen=True, slots=True)
class Trees:
    """What of the machine an interpreter needs: folders, and symbolic links with what they name."""

    folders: tuple[str, ...] = ()
    links: tuple[tuple[str, str], ...] = ()


def run(
    command: Sequence[str], text: str, name: str, env: Mapping[str, str], trees: Trees, bounds: Bounds, place: Path
) -> Outcome:
    """Run `command` with the path of a file that holds `text`, in an empty folder of its own.

    `name` is what the file is called where the program's words name it. `env` is the program's whole environment,
    but for the folders in its box; `trees` is all that it sees of the machine besides the system's libraries. An empty
    folder at `place` is where its root stands. Raises CageError.
    """
    with tempfile.TemporaryDirectory(dir=place) as root:
        file, own = "/box/program/card.py", {"TMPDIR": "/box/tmp", "HOME": "/box/tmp"}
        ours, theirs = os.pipe()
        task = {
            "root": root, "command": [*command, file], "text": text, "hook": _HOOK.read_text(encoding="utf-8"),
            "env": {**env, **own, "PYTHONPATH": "/box/hook:/box/work"},
            "trees": trees.folders, "links": trees.links, "report": theirs, "bounds": asdict(bounds),
            **_filter(),
        }  # fmt: skip
        process = subprocess.Popen(  # noqa: S603 - our own interpreter, and our own file
            [sys.executable, "-I", "-S", str(_INSIDE)],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, pass_fds=[theirs],
            start_new_session=True,
        )  # fmt: skip
        os.close(theirs)
        with process, os.fdopen(ours, "rb") as report:
            # The task is read whole before anything is said, so neither side can wait for the other.
            _write(process.stdin, json.dumps(task).encode())
            out, err, stopped = _read(process, bounds)
            if stopped:
                os.killpg(process.pid, signal.SIGKILL)
            said = report.read(1 << 20)
        found = json.loads(said) if said else {}
        if "refused" in found:
            raise CageError(found["refused"])
        words = err.decode("utf-8", "replace").replace(file, name)
        stopped = stopped or found.get("stopped", "" if said else "it ended its own cage")
        return Outcome(found.get("status", -1), out, words, stopped, tuple(found.get("offences", ())))


def _filter() -> dict[str, object]:
    """The filter for system calls, and the numbers of those that the cage itself makes. Raises CageError."""
    try:
        rows = syscalls.program(platform.machine())
    except OSError as error:
        raise CageError(str(error)) from error
    column = list(syscalls.ARCHITECTURES).index(platform.machine())
    numbers = {name: syscalls.REFUSED[name][column] for name in ("keyctl", "pivot_root")}
    return {"filter": rows.hex(), "numbers": numbers}


def _write(stream: IO[bytes] | None, data: bytes) -> None:
    assert stream is not None  # noqa: S101 - a pipe was asked for
    with contextlib.suppress(BrokenPipeError), stream:
        stream.write(data)


def _read(process: subprocess.Popen[bytes], bounds: Bounds) -> tuple[bytes, bytes, str]:
    """What a process says until both of its streams end, and which bound it broke before that, if any."""
    deadline = time.monotonic() + bounds.seconds
    found = {process.stdout: bytearray(), process.stderr: bytearray()}
    stopped = ""
    with selectors.DefaultSelector() as selector:
        for stream in found:
            selector.register(stream, selectors.EVENT_READ)  # type: ignore[arg-type]
        while selector.get_map() and not stopped:
            ready = selector.select(max(0, deadline - time.monotonic()))
            if not ready:
                stopped = f"it took more than {bounds.seconds:g} seconds"
            for key, _ in ready:
                block = os.read(key.fd, 65536)
                if not block:
                    selector.unregister(key.fileobj)
                found[key.fileobj] += block  # type: ignore[index]
                if len(found[key.fileobj]) > bounds.output:  # type: ignore[index]
                    stopped = f"it printed more than {bounds.output >> 10} KiB"
    out, err = (bytes(data[: bounds.output]) for data in found.values())
    return out, err, stopped
