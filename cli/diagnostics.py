"""Diagnostics -> text with the line and a caret, JSON, GitHub annotations or SARIF."""

from __future__ import annotations

import json
import unicodedata
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any
from urllib.parse import quote

import click

from ..cards import explain
from ..cards.model import UNEXPECTED, Diagnostic
from ..cards.sources import discover
from . import __version__
from .terminal import printable

COLOURS = {"error": "red", "warning": "yellow"}
WIDTH = 100
# No line is shown of a file that cannot be read: it may be a link to anything.
UNREADABLE = "C001"
TRACEBACK = "build-decks.traceback"
"""The key of Click's context that says whether the place of a fault of ours is shown."""


def text(found: Sequence[Diagnostic]) -> Iterator[str]:
    """For each fault a message, the line of the file with a caret, and the fix; at the end the number of faults."""
    lines: dict[str, list[str]] = {}
    for fault in found:
        span = fault.span
        place = f"{span.path}:{span.line}:{span.column}"
        severity = click.style(fault.severity, fg=COLOURS[fault.severity], bold=True)
        yield f"{printable(place)}: {severity} {fault.code} {printable(fault.message)}"
        if fault.code != UNREADABLE:
            if span.path not in lines:
                lines[span.path] = _lines(Path(span.path))
            if 0 < span.line <= len(lines[span.path]):
                yield from _excerpt(lines[span.path][span.line - 1], span.line, span.column)
        yield click.style(f"    help: {printable(fault.hint)}", dim=True)
        for line in _detail(fault).split("\n") if _detail(fault) else ():
            yield f"    {printable(line)}"
    if found:
        yield counted(found)


def _detail(fault: Diagnostic) -> str:
    context = click.get_current_context(silent=True)
    hidden = fault.code == UNEXPECTED and not (context and context.meta.get(TRACEBACK))
    return "" if hidden else fault.detail


def counted(found: Sequence[Diagnostic]) -> str:
    """The number of faults, by severity."""
    counts = [(severity, sum(fault.severity == severity for fault in found)) for severity in COLOURS]
    return ", ".join(f"{count} {severity}{'s' * (count > 1)}" for severity, count in counts if count)


def _lines(path: Path) -> list[str]:
    """The lines of a file that was read as part of a track, else none."""
    if path.is_symlink() or not path.name.lower().endswith((*discover.SUFFIXES, ".yaml", ".toml", ".txt")):
        return []
    source = discover.read(path.parent, path.name, "")
    return [] if isinstance(source, Diagnostic) else source.text.split("\n")


def _excerpt(line: str, number: int, column: int) -> Iterator[str]:
    """The line, cut to fit, and a caret under the place."""
    start = max(0, min(column - 1 - WIDTH // 2, len(line) - WIDTH))
    shown = "".join(c if c.isprintable() else " " for c in line[start : start + WIDTH])
    before, cut = shown[: column - 1 - start], ("…" if start else "")
    gutter = f"{number:>5} | "
    yield click.style(f"{gutter}{cut}{shown}{'…' if start + WIDTH < len(line) else ''}".rstrip(), dim=True)
    indent = " " * (len(cut) + sum(map(_columns, before)))
    yield f"{'|':>{len(gutter) - 1}} {indent}{click.style('^', fg='cyan', bold=True)}"


def _columns(character: str) -> int:
    """The number of terminal columns of a character."""
    if unicodedata.combining(character) or unicodedata.category(character) in ("Mn", "Me", "Cf"):
        return 0
    return 2 if unicodedata.east_asian_width(character) in "WF" else 1


def as_json(found: Sequence[Diagnostic]) -> Iterator[str]:
    """One JSON array, with one object per line."""
    yield "["
    for number, fault in enumerate(found, 1):
        row = {
            "path": fault.span.path, "line": fault.span.line, "column": fault.span.column,
            "severity": fault.severity, "code": fault.code, "message": fault.message, "help": fault.hint,
            "detail": _detail(fault),
        }  # fmt: skip
        yield json.dumps(row, ensure_ascii=False) + ("," if number < len(found) else "")
    yield "]"


def github(found: Sequence[Diagnostic]) -> Iterator[str]:
    """Workflow commands, which GitHub shows as annotations on the lines of a pull request."""
    for fault in found:
        properties = {
            "file": fault.span.path, "line": fault.span.line, "col": fault.span.column, "title": fault.code,
        }  # fmt: skip
        listed = ",".join(f"{key}={_escaped(str(value), ':,')}" for key, value in properties.items())
        yield f"::{fault.severity} {listed}::{_escaped(f'{fault.message}{chr(10)}help: {fault.hint}')}"


def _escaped(value: str, more: str = "") -> str:
    """A value escaped for workflow commands; `more` are the characters that separate properties."""
    for character in f"%\r\n{more}":
        value = value.replace(character, f"%{ord(character):02X}")
    return value


def sarif(found: Sequence[Diagnostic]) -> Iterator[str]:
    """One SARIF 2.1.0 log, for code scanning."""
    known = explain.explanations()
    codes = sorted({fault.code for fault in found})
    driver = {
        "name": "build-decks",
        "version": __version__,
        "rules": [_rule(known[code]) for code in codes],
    }
    run = {
        "tool": {"driver": driver},
        "columnKind": "unicodeCodePoints",
        "results": [_result(fault, codes) for fault in found],
    }
    log = {"$schema": "https://json.schemastore.org/sarif-2.1.0.json", "version": "2.1.0", "runs": [run]}
    yield json.dumps(log, ensure_ascii=False, indent=2)


def _rule(explanation: explain.Explanation) -> dict[str, Any]:
    return {
        "id": explanation.code,
        "shortDescription": {"text": explanation.title},
        "help": {"text": explanation.text, "markdown": explanation.text},
    }


def _result(fault: Diagnostic, codes: Sequence[str]) -> dict[str, Any]:
    return {
        "ruleId": fault.code,
        "ruleIndex": codes.index(fault.code),
        "level": fault.severity,
        "message": {"text": f"{fault.message}; help: {fault.hint}"},
        "locations": [
            {
                "physicalLocation": {
                    "artifactLocation": {"uri": quote(fault.span.path)},
                    "region": {"startLine": fault.span.line, "startColumn": fault.span.column},
                }
            }
        ],
    }


FORMATS: Mapping[str, Callable[[Sequence[Diagnostic]], Iterator[str]]] = {
    "text": text, "json": as_json, "github": github, "sarif": sarif,
}  # fmt: skip
