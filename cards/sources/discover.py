"""A track's folder -> its concept files, in study order. Nothing outside the folder is read."""

from __future__ import annotations

import os
import stat
from collections.abc import Sequence
from fnmatch import fnmatchcase
from itertools import islice
from pathlib import Path

from ..model import CONTROL, Diagnostic, Source, Span, is_text
from .ignored import Ignored

MAX_BYTES = 1_000_000
# A ledger or record has a line a card, and there may be a hundred thousand of these.
MAX_OWN_BYTES = 100_000_000
MAX_LINE = 50_000
MOST_CONTROLS = 20
# Folders of other people's packages, and the file that marks a virtual environment.
FOREIGN = frozenset({"node_modules", "bower_components", "site-packages", "dist-packages"})
VIRTUAL = "pyvenv.cfg"
SUFFIXES = (".md", ".markdown", ".mdx")
# Files at the root of a repository that are about the repository, not its topic.
ABOUT = frozenset(
    {
        "changelog",
        "code_of_conduct",
        "code-of-conduct",
        "codeofconduct",
        "contributing",
        "contributors",
        "governance",
        "issue_template",
        "license",
        "licence",
        "maintainers",
        "pull_request_template",
        "security",
        "support",
    }
)
# A file with one of these names in lower case may be about the topic.
TOPICS = frozenset({"governance", "security", "support"})


def concept_files(
    root: Path,
    order: Sequence[tuple[str, Sequence[str]]],
    include: Sequence[str],
    exclude: Sequence[str],
    declared: bool,
) -> tuple[str, ...]:
    """The names (paths inside `root`, with slashes) of the Markdown files that may hold cards, and of each folder that
    cannot be read, with a slash at its end: who reads that learns why.

    `order` lists folders in study order, each with the files that come first in it. Folders whose names begin with a
    dot or an underscore are skipped. So are the READMEs of a `declared` track, unless `include` names them, and in any
    other folder the files about the repository itself. Installed packages are skipped, and what .gitignore names.
    """
    readmes = [pattern for pattern in include if "readme" in pattern.lower()] if declared else ["*"]
    names = []
    unread: list[OSError] = []
    ignored = Ignored(root)
    for folder, folders, files in os.walk(root, onerror=unread.append):
        inside = Path(folder).relative_to(root)
        ignored.read(inside)
        folders[:] = [
            name
            for name in folders
            if not (name.startswith((".", "_")) or name in FOREIGN or ignored.holds(f"{(inside / name).as_posix()}/"))
            and not _is_virtual(Path(folder) / name)
        ]
        for file in files:
            name = (inside / file).as_posix()
            stem = Path(file).stem.lower()
            if not file.lower().endswith(SUFFIXES) or (stem == "readme" and not _matches(name, readmes)):
                continue
            if (
                not declared
                and inside == Path()
                and stem in ABOUT
                and (Path(file).stem.isupper() or stem not in TOPICS)
            ):
                continue
            if file.startswith((".", "_")) or _matches(name, exclude) or not _matches(name, include):
                continue
            if ignored.holds(name):
                continue
            names.append(name)
    names += [name for name in _inside(root, unread) if not _matches(name, exclude)]
    ranks = {folder: rank for rank, (folder, _) in enumerate(order)}
    first = {f"{folder}/{file}": rank for folder, files in order for rank, file in enumerate(files)}

    def place(name: str) -> tuple[int, int, str]:
        return ranks.get(name.split("/")[0], len(ranks)), first.get(name, len(first)), name

    return tuple(sorted(names, key=place))


def _is_virtual(folder: Path) -> bool:
    """Whether a folder is a virtual environment. One that cannot be read is none: who reads it learns why."""
    try:
        return is_there(folder / VIRTUAL)
    except OSError:
        return False


def names(root: Path) -> frozenset[str]:
    """Every file and folder of the track, as paths inside `root`; what begins with a dot is left out.

    A folder that cannot be read has a slash at its end, as in `concept_files`.
    """
    found = {"."}
    unread: list[OSError] = []
    for folder, folders, files in os.walk(root, onerror=unread.append):
        folders[:] = [name for name in folders if not name.startswith(".")]
        inside = Path(folder).relative_to(root)
        found |= {(inside / name).as_posix() for name in (*folders, *files) if not name.startswith(".")}
    return frozenset(found | set(_inside(root, unread)))


def _inside(root: Path, unread: Sequence[OSError]) -> list[str]:
    return [f"{Path(error.filename).relative_to(root).as_posix()}/" for error in unread]


def refuse(error: OSError) -> None:
    """For a walk: what cannot be read is an error, or what lies there would count as gone."""
    raise error


def is_there(path: Path) -> bool:
    """Whether something has this path, if only a link to nothing. Raises OSError where that cannot be known."""
    try:
        path.lstat()
    except (FileNotFoundError, NotADirectoryError):
        return False
    return True


def _matches(name: str, patterns: Sequence[str]) -> bool:
    return any(fnmatchcase(name, pattern) for pattern in patterns)


def read(root: Path, name: str, shown: str, most: int = MAX_BYTES) -> Source | Diagnostic:
    """A file's text with line feeds for line ends, or why it cannot be read; control characters become spaces.

    It has at `most` so many bytes.
    """
    return _read(root, root / name, Source(f"{shown}/{name}" if shown not in ("", ".") else name, name, ""), most)


def read_own(root: Path, name: str, shown: str) -> Source | Diagnostic | None:
    """A file that build-decks itself writes into the track, read as any other; None where there is none."""
    try:
        if not is_there(root / name):
            return None
    except OSError:  # why is said by reading it
        pass
    source = read(root, name, shown, MAX_OWN_BYTES)
    return source.faults[0] if isinstance(source, Source) and source.faults else source


def _read(root: Path, file: Path, source: Source, most: int) -> Source | Diagnostic:
    def fault(message: str, hint: str, line: int = 1, column: int = 1) -> Diagnostic:
        return Diagnostic(Span(source.path, line, column), "C001", message, hint)

    if not is_text(source.name) or "\n" in source.name:
        return fault("the name of this file is not text", "rename it with letters, digits and hyphens")
    try:
        if source.name.endswith("/"):
            next(os.walk(file, onerror=refuse))
            return fault("this folder could not be read", "try again")
        if not file.resolve().is_relative_to(root.resolve()):
            return fault("this file is a link to a place outside the track", "copy it into the track")
        status = file.stat()
        if not stat.S_ISREG(status.st_mode):
            return fault("this is not a regular file", "keep only text files in the track")
        if status.st_size > most:
            return fault(f"this file is larger than {most // 1_000_000} MB", "split it by topic")
        data = file.read_bytes()
    except (OSError, RuntimeError) as error:  # RuntimeError: a link to itself, before Python 3.13
        what = "folder" if source.name.endswith("/") else "file"
        return fault(f"this {what} cannot be read: {error}", f"fix the {what} or exclude it in deck.yaml")
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        # The codec counts from the end of a byte order mark.
        at = error.start + (len(data) - len(error.object))
        place = _end(_lines(data[:at].decode("utf-8-sig")))
        return fault(f"byte 0x{data[at]:02x} is not UTF-8", "save the file as UTF-8", *place)
    text = _lines(text)
    for number, line in enumerate(text.split("\n"), 1):
        if len(line) > MAX_LINE:
            return fault(f"this line has more than {MAX_LINE:,} characters", "break the line", number, MAX_LINE + 1)
    controls = tuple(
        fault(f"control character U+{ord(found[0]):04X}", "delete it", *_end(text[: found.start()]))
        for found in islice(CONTROL.finditer(text), MOST_CONTROLS)
    )
    return Source(source.path, source.name, CONTROL.sub(" ", text), controls)


def _lines(text: str) -> str:
    """The text with line feeds as line ends."""
    return text.replace("\r\n", "\n").replace("\r", "\n")


def _end(text: str) -> tuple[int, int]:
    """The line and column after a text."""
    lines = text.split("\n")
    return len(lines), len(lines[-1]) + 1
