"""Runs in an interpreter for cards, and prints as JSON what it is and which parts of the machine it consists of.

The packages are those of its environment. The folders are its prefixes, its path, and those of the libraries that it
has loaded, except for the system's own. The links are those by which it was started.
"""

from __future__ import annotations

import contextlib
import importlib
import importlib.metadata
import json
import os
import platform
import sys

SYSTEM = ("/usr/", "/lib/", "/lib32/", "/lib64/", "/libx32/", "/bin/", "/sbin/")
# Modules of the standard library that use libraries of the system.
LIBRARIES = ("_bz2", "_ctypes", "_curses", "_dbm", "_decimal", "_lzma", "_sqlite3", "_ssl", "_uuid", "readline", "zlib")


def folders() -> list[str]:
    """The folders, without those inside others."""
    found = {sys.prefix, sys.exec_prefix, sys.base_prefix, sys.base_exec_prefix, *filter(os.path.isdir, sys.path)}
    found -= {os.path.dirname(os.path.abspath(__file__))}
    for name in LIBRARIES:
        with contextlib.suppress(ImportError):
            importlib.import_module(name)
    if os.path.exists("/proc/self/maps"):
        with open("/proc/self/maps", encoding="utf-8") as file:
            mapped = {line.rstrip("\n").partition("/")[2] for line in file}
        found |= {os.path.dirname(f"/{path}") for path in mapped if os.path.isfile(f"/{path}")}
    found |= set(map(os.path.realpath, found))
    kept: list[str] = []
    for folder in sorted(found - {"/", "/usr"}):
        if not f"{folder}/".startswith((*SYSTEM, *(f"{above}/" for above in kept))):
            kept.append(folder)
    return kept


def links() -> list[tuple[str, str]]:
    """The symbolic links from the executable's path to its file."""
    found: list[tuple[str, str]] = []
    path = sys.executable
    while os.path.islink(path) and len(found) < 40:
        target = os.readlink(path)
        found.append((path, target))
        path = os.path.normpath(os.path.join(os.path.dirname(path), target))
    return found


packages = {d.metadata["Name"]: d.version for d in importlib.metadata.distributions() if d.metadata["Name"]}
minor = list(sys.version_info[:2])
print(json.dumps([sys.implementation.name, platform.python_version(), minor, packages, folders(), links()]))  # noqa: T201
