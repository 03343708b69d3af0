"""Runs the command in processes forked from one that has imported it: most of a short run is the import.

    python forking.py < requests > answers

Each line of both is JSON: the arguments of a call, its folder and environment, and how it ended.
"""

from __future__ import annotations

import atexit
import json
import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import Mapping, Sequence
from importlib import import_module
from pathlib import Path
from typing import IO, Any

COMMAND = Path(sys.executable).with_name("build-decks")
SECONDS = 120

_servers: dict[int, subprocess.Popen[str]] = {}
"""The server of each process, under its id: a fork of this one must not share its pipes."""


def run(args: Sequence[str], cwd: Path, env: Mapping[str, str]) -> subprocess.CompletedProcess[str]:
    """Call `build-decks` as `subprocess.run` would. A call that takes longer than `SECONDS` is killed by its alarm."""
    server = _servers.get(os.getpid()) or _start()
    assert server.stdin
    assert server.stdout
    server.stdin.write(json.dumps({"args": list(args), "cwd": str(cwd), "env": dict(env)}) + "\n")
    server.stdin.flush()
    answer = json.loads(server.stdout.readline())
    return subprocess.CompletedProcess(list(args), answer["code"], answer["out"], answer["err"])


def _start() -> subprocess.Popen[str]:
    server = subprocess.Popen(
        [sys.executable, __file__], stdin=subprocess.PIPE, stdout=subprocess.PIPE, encoding="utf-8"
    )
    atexit.register(server.terminate)
    _servers[os.getpid()] = server
    return server


def serve() -> dict[str, Any]:
    """Answer requests. Returns only in the process of a call, with its request."""
    for line in sys.stdin:
        with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
            child = os.fork()
            if child == 0:
                with open(os.devnull, "rb") as nothing:
                    for number, file in enumerate((nothing, out, err)):
                        os.dup2(file.fileno(), number)
                request: dict[str, Any] = json.loads(line)
                return request
            _, status = os.waitpid(child, 0)
            answer = {"code": os.waitstatus_to_exitcode(status), "out": _text(out), "err": _text(err)}
        print(json.dumps(answer), flush=True)
    sys.exit()


def _text(file: IO[bytes]) -> str:
    file.seek(0)
    return file.read().decode("utf-8")


def main() -> None:
    sys.path[0] = str(COMMAND.parent)
    start = import_module("build_decks.cli.start")
    for name in import_module("build_decks.cli.main").COMMANDS:
        import_module(f"build_decks.cli.commands.{name}")
    request = serve()
    signal.alarm(SECONDS)
    os.environ.clear()
    os.environ.update(request["env"])
    os.chdir(request["cwd"])
    sys.argv = [str(COMMAND), *request["args"]]
    start.main()


if __name__ == "__main__":
    main()
