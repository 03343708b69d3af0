"""The command as a person runs it, on a track of the test's own."""

from __future__ import annotations

import json
import os
import re
import sqlite3
import subprocess
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import forking
from forking import COMMAND

CARD = """\
### {question}

<!-- card: id={id} difficulty=beginner {more}-->

**A:** {answer}
"""


def card(id: str, question: str = "", answer: str = "Because it is so.", more: str = "") -> str:
    """A qa card in the house syntax; `more` adds metadata."""
    return CARD.format(id=id, question=question or f"Why {id}?", answer=answer, more=f"{more} " if more else "")


def cloze(id: str, sentence: str) -> str:
    """A cloze card in the house syntax; the **bold** runs of `sentence` are its deletions."""
    return f"### About {id}\n\n<!-- card: id={id} difficulty=beginner kind=cloze -->\n\n{sentence}\n\n"


@dataclass(frozen=True)
class Result:
    """How a command ended, and what it said."""

    code: int
    out: str
    err: str


@dataclass(frozen=True)
class Track:
    """A folder with concept files, in which commands run."""

    root: Path

    def write(self, name: str, text: str | bytes) -> Path:
        path = self.root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text.encode() if isinstance(text, str) else text)
        return path

    def run(self, *args: str, env: Mapping[str, str] | None = None, python: Path = COMMAND) -> Result:
        # What a CI job is told by these is what a test says.
        usual = {name: value for name, value in os.environ.items() if name not in ("CI", "GITHUB_ACTIONS")}
        whole = {**usual, **(env or {})}
        if python == COMMAND and hasattr(os, "fork") and not any(name.startswith("PYTHON") for name in env or {}):
            done = forking.run(args, self.root, whole)
        else:
            done = subprocess.run(
                [python, *args], cwd=self.root, env=whole,
                capture_output=True, encoding="utf-8", timeout=forking.SECONDS, check=False,
            )  # fmt: skip
        assert not re.search("^Traceback", done.stderr, re.MULTILINE), done.stderr  # that of a card is indented
        return Result(done.returncode, done.stdout, done.stderr)

    def build(self, *args: str, env: Mapping[str, str] | None = None) -> Result:
        """Build, and fail the test if that fails."""
        result = self.run("build", *args, env=env)
        assert result.code == 0, result.err
        return result

    def cards(self, *args: str) -> list[dict[str, Any]]:
        """What `list --json` prints."""
        return [json.loads(line) for line in self.run("list", "--json", *args).out.splitlines()]

    @property
    def ledger(self) -> str:
        return (self.root / "_anki" / "ledger.txt").read_text(encoding="utf-8")

    def deck(self, name: str = "track") -> Path:
        return self.root / "decks_out" / f"{name}.apkg"


def rows(package: Path, query: str, folder: Path) -> list[tuple[Any, ...]]:
    """What a query finds in a package's database, unpacked into `folder`."""
    with zipfile.ZipFile(package) as archive:
        archive.extract("collection.anki2", folder)
    connection = sqlite3.connect(folder / "collection.anki2")
    try:
        return connection.execute(query).fetchall()
    finally:
        connection.close()
