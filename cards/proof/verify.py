"""Card -> Trial: the programs of its code, and what each must do. Their results -> Diagnostics."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import unified_diff
from typing import Literal

from packaging.requirements import Requirement

from .. import markdown
from ..model import Attribute, Block, Card, Code, Diagnostic, Example, Fragment, Span

Must = Literal["pass", "print", "fail", "fix"]

# The hash seed, which changes the order of a set, must not change the result of a card.
SEEDS = ("0", "1")
SHOWN_LINES = 12
_BETWEEN_PACKAGES = re.compile(r"[\s;]+|,(?=[A-Za-z])")


@dataclass(frozen=True, slots=True)
class Program:
    """Code that runs in one interpreter, and what it must do: pass, print `expected` exactly, or fail."""

    must: Must
    parts: tuple[Code, ...]
    span: Span
    expected: str = ""

    @property
    def text(self) -> str:
        """The code, with each part on the lines that it has in the concept file, as far as their order allows."""
        lines: list[str] = []
        for part in self.parts:
            lines += [""] * (part.line - 1 - len(lines))
            lines += part.text.rstrip("\n").split("\n")
        return "\n".join(lines) + "\n"


@dataclass(frozen=True, slots=True)
class Needs:
    """What code needs: a Python version, packages as PEP 508 names them, CPython; and the warning that it may give."""

    python: tuple[int, ...]
    packages: tuple[str, ...]
    cpython: bool
    warns: str


@dataclass(frozen=True, slots=True)
class Trial:
    """Code to run: its file in the track, its programs, and what they need. `card` is "" for an example."""

    card: str
    span: Span
    name: str
    programs: tuple[Program, ...]
    needs: Needs

    @property
    def hash(self) -> str:
        """The hash of everything that decides what a run does: 32 hexadecimal digits."""
        told = [[p.must, [part.text for part in p.parts], p.expected] for p in self.programs]
        needs = self.needs
        text = json.dumps([told, needs.python, needs.packages, needs.cpython, needs.warns], ensure_ascii=False)
        return hashlib.sha256(text.encode()).hexdigest()[:32]

    @property
    def key(self) -> str:
        """Its name in the record: the id of a card, or the file and hash of an example."""
        return self.card or f"{self.name}#{self.hash[:12]}"

    @property
    def shown(self) -> str:
        """Its name in diagnostics, after "the code of"."""
        return f"`{self.card}`" if self.card else "the guide"


@dataclass(frozen=True, slots=True)
class Interpreter:
    """A Python that can run programs: its command, and the packages of its environment by normalised name.

    `folders` and `links` (path, target) are the parts of the machine that it consists of.
    """

    command: str
    implementation: str
    version: str
    packages: Mapping[str, str]
    folders: tuple[str, ...] = ()
    links: tuple[tuple[str, str], ...] = ()

    @property
    def minor(self) -> str:
        return ".".join(self.version.split(".")[:2])


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a program ended: `stopped` names the limit it exceeded, `offences` what it tried without success."""

    status: int
    out: bytes
    err: str
    stopped: str = ""
    offences: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Run:
    """A program's outcome on one interpreter with one hash seed."""

    trial: Trial
    program: Program
    interpreter: Interpreter
    seed: str
    outcome: Outcome


def trial(block: Block, card: Card) -> Trial | None:
    """What must run for a card; None if there is no code, or the card relies on its source (`verify=doc`)."""

    programs = () if _value(block.attributes, "verify") == "doc" else tuple(_programs(block, card.kind))
    if not programs:
        return None
    name = block.question.document.source.name
    return Trial(card.id, card.span, name, programs, _needs(block.attributes))


def example(shown: Example, name: str) -> Trial:
    """What must run for an example of the guide in the file `name`; the record names it by file and hash."""
    programs = [Program("pass", (shown.program, *shown.checks), shown.span)] if shown.checks else []
    if shown.expected is not None:
        programs.insert(0, Program("print", (shown.program,), shown.output, shown.expected))
    elif not programs:
        programs.append(Program("pass", (shown.program,), shown.span))
    return Trial("", shown.span, name, tuple(programs), _needs(shown.attributes))


def _needs(attributes: Mapping[str, Attribute]) -> Needs:
    python = _value(attributes, "py")
    return Needs(
        tuple(map(int, python.split("."))) if python else (),
        packages(_value(attributes, "pkg")),
        _value(attributes, "impl") == "cpython",
        _value(attributes, "warns"),
    )


def _value(attributes: Mapping[str, Attribute], key: str) -> str:
    return attributes[key].value if key in attributes else ""


def packages(text: str) -> tuple[str, ...]:
    """The requirements that `pkg` names, as PEP 508 writes them: `fastapi>=0.165,httpx2` are two."""
    return tuple(piece for piece in _BETWEEN_PACKAGES.split(text) if piece)


def _programs(block: Block, kind: str) -> Iterator[Program]:
    front, answer, more = (_python(part) for part in (block.front, block.answer, block.more))
    if kind == "output":
        output = next(c for c in block.answer.chunks if c.type == "fence" and c.language == "text")
        yield Program("print", front, block.question.document.span(output), markdown.content(output))
        if answer or more or block.checks:
            yield Program("pass", (*front, *answer, *more, *block.checks), block.span)
    elif kind == "bug":
        yield Program("fail", (*front, *block.checks), block.span)
        yield Program("fix", (*answer, *more, *block.checks), block.answer.span)
    elif front or answer or more or block.checks:
        yield Program("pass", (*front, *answer, *more, *block.checks), block.span)


def _python(fragment: Fragment) -> tuple[Code, ...]:
    return tuple(
        markdown.code(chunk) for chunk in fragment.chunks if chunk.type == "fence" and chunk.language == "python"
    )


def missing(trial: Trial, interpreter: Interpreter) -> str:
    """What a card needs that an interpreter lacks, in words; "" if it can run there."""
    if trial.needs.cpython and interpreter.implementation != "cpython":
        return "needs CPython"
    if tuple(map(int, interpreter.minor.split("."))) < trial.needs.python:
        return f"needs Python {'.'.join(map(str, trial.needs.python))}"
    for text in trial.needs.packages:
        wanted = Requirement(text)
        found = interpreter.packages.get(normal(wanted.name), "")
        if not found or not wanted.specifier.contains(found, prereleases=True):
            return f"needs {text}"
    return ""


def normal(name: str) -> str:
    """A distribution's name as PyPI compares it (PEP 503)."""
    return re.sub(r"[-_.]+", "-", name).lower()


def failures(runs: Iterable[Run]) -> Iterator[Diagnostic]:
    """One diagnostic for each way in which a card's programs failed."""
    found: dict[tuple[Span, str, str, str, str], list[str]] = {}
    for run in runs:
        fault = _fault(run)
        if fault:
            key = (run.program.span, *fault)
            where = found.setdefault(key, [])
            if run.interpreter.version not in where:
                where.append(run.interpreter.version)
    for (span, code, message, hint, detail), versions in found.items():
        yield Diagnostic(span, code, f"{message} on Python {', '.join(versions)}", hint, detail=detail)


def _fault(run: Run) -> tuple[str, str, str, str] | None:
    """Code, message, fix and detail of a failure; None if there is none."""
    outcome, name = run.outcome, run.trial.shown
    if outcome.stopped:
        return "C505", f"the code of {name} was stopped: {outcome.stopped}", _BOUNDS, _tail(run)
    if outcome.offences:
        listed = "; ".join(outcome.offences)
        return "C505", f"the code of {name} tried what is not allowed: {listed}", _BOUNDS, ""
    if "MemoryError" in outcome.err.rpartition("\n  ")[2]:
        return "C505", f"the code of {name} was stopped: it used too much memory", _BOUNDS, _tail(run)
    if run.program.must == "fail":
        return _no_fault(run)
    if outcome.status:
        code, what = ("C504", "the fix") if run.program.must == "fix" else ("C501", "the code")
        hint = "fix the code or its hidden check, or declare what it needs: py, pkg, warns"
        return code, f"{what} of {name} fails", hint, _tail(run)
    expected = run.program.expected.encode()
    if run.program.must == "print" and outcome.out != expected:
        return (
            "C502",
            f"the output of {name} differs",
            "put the actual output into the text fence, or fix the program",
            _diff(run.program.expected, outcome.out.decode("utf-8", "replace")),
        )
    return None


_BOUNDS = "code has no network, writes only to its own folder, and is limited in time, memory and output"


def _no_fault(run: Run) -> tuple[str, str, str, str] | None:
    name = run.trial.shown
    if not run.outcome.status:
        return (
            "C503", f"the fault of {name} passes its hidden check", "make the check fail on the fault", ""
        )  # fmt: skip
    if re.search(r"^(?:SyntaxError|IndentationError|TabError)\b", run.outcome.err, re.MULTILINE):
        return (
            "C503",
            f"the fault of {name} is not valid Python",
            "show code that runs but does the wrong thing",
            _tail(run),
        )
    return None


def _tail(run: Run) -> str:
    return "\n".join(run.outcome.err.rstrip().split("\n")[-SHOWN_LINES:])


def _diff(expected: str, got: str) -> str:
    """A unified diff in which spaces at the end of a line are visible."""
    before, after = (_visible(text) for text in (expected, got))
    lines = list(unified_diff(before, after, "expected", "got", lineterm="", n=1))
    more = len(lines) - 2 * SHOWN_LINES
    return "\n".join([*lines[: 2 * SHOWN_LINES], *([f"… {more} more lines"] if more > 0 else [])])


def _visible(text: str) -> list[str]:
    lines = [re.sub(r"[ \t]+$", lambda match: "·" * len(match[0]), line) for line in text.split("\n")]
    return lines[:-1] if lines[-1] == "" else [*lines[:-1], f"{lines[-1]} (no line end)"]


def never_ran(trial: Trial, reasons: Sequence[str]) -> Diagnostic:
    """A card that none of the interpreters can run, and that is not in the record."""
    return Diagnostic(
        trial.span, "C506", f"the code of {trial.shown} has never run: {', '.join(dict.fromkeys(reasons))}",
        "name a suitable interpreter with --python, or add verify=doc if there is none",
    )  # fmt: skip


def stale(trial: Trial) -> Diagnostic:
    """A card whose code differs from what the record says has run."""
    return Diagnostic(
        trial.span, "C507", f"the code of {trial.shown} has not run since it changed",
        "run build-decks verify, and commit the record",
    )  # fmt: skip
