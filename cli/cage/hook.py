"""Runs in every interpreter inside the cage, as its sitecustomize: notes what the kernel is going to refuse.

The kernel keeps a program from the network and from files that are not its own. A program may swallow the error, and
its author should be told all the same. This only tells; it keeps nobody from anything.
"""

from __future__ import annotations

import os
import sys
from typing import Any

_HERE = os.path.dirname(os.path.abspath(__file__))
_BOX = os.path.dirname(_HERE)
_NOTES = os.path.join(_HERE, "offences")
_FREE = (_BOX + os.sep, "/dev/", "/proc/self/")
_WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND
# Which arguments of an audit event are paths that it would change.
_PATHS = {
    "os.mkdir": (0,), "os.remove": (0,), "os.rmdir": (0,), "os.rename": (0, 1), "os.link": (1,), "os.symlink": (1,),
    "os.truncate": (0,), "os.chmod": (0,), "os.chown": (0,), "os.utime": (0,),
}  # fmt: skip
_INET = {2: "IPv4", 10: "IPv6"}
_noting = False


def _outside(path: Any) -> bool:
    if isinstance(path, int) or path is None:
        return False
    name = os.path.abspath(os.fsdecode(path))
    return not name.startswith(_FREE)


def _note(what: str) -> None:
    global _noting
    _noting = True
    try:
        notes = os.open(_NOTES, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        os.write(notes, (what.replace("\n", " ")[:200] + "\n").encode("utf-8", "replace"))
        os.close(notes)
    except OSError:
        pass
    finally:
        _noting = False


def _hook(event: str, args: tuple[Any, ...]) -> None:
    if _noting:
        return
    try:
        if event == "socket.__new__" and args[1] in _INET:
            _note(f"it opened a socket ({_INET[args[1]]})")
        elif event == "socket.getaddrinfo":
            _note(f"it looked up the host {args[0]!r}")
        elif event == "open" and _outside(args[0]):
            path, mode, flags = args
            if (isinstance(mode, str) and set(mode) & set("wax+")) or (mode is None and flags & _WRITING):
                _note(f"it wrote outside its folder: {os.fsdecode(path)}")
        elif event in _PATHS:
            for index in _PATHS[event]:
                if _outside(args[index]):
                    _note(f"it wrote outside its folder: {os.fsdecode(args[index])}")
    except (IndexError, TypeError, ValueError):
        pass  # an event of another form than we know


sys.addaudithook(_hook)
