"""Rules R8, R9 and R11 for the code on a card: it fits a phone, runs anywhere, and always prints the same."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from ..model import Span
from ..settings import Limits
from .rule import Finding, Written

_IMPORT = re.compile(
    r"^[ \t]*(?:lazy[ \t]+)?(?:from[ \t]+(?P<base>[\w.]+)[ \t]+import\b|import[ \t]+(?P<names>[^#;\n]+))", re.M
)
_PACKAGE = re.compile(r"[A-Za-z0-9._-]+")
_ADDRESS = re.compile(r"\b0x[0-9a-f]{3,}", re.IGNORECASE)
_CHANGING = re.compile(r"\b(?:id|getsizeof|time|time_ns|perf_counter|monotonic|now|today|utcnow|uuid4|random)\(")


def lines(written: Written, limits: Limits) -> Iterator[Finding]:
    """A program is short enough to keep in mind."""
    limit = limits.bug_lines if written.card.kind == "bug" else limits.code_lines
    for _, fence in written.fences:
        count = len(fence.text.split("\n")) - 2
        if count > limit:
            yield Finding(
                written.block.question.document.span(fence),
                f"this code has {count} lines; the limit for kind {written.card.kind} is {limit}",
                "keep only the lines that the question needs",
            )  # fmt: skip


def columns(written: Written, limits: Limits) -> Iterator[Finding]:
    """A line of code fits a phone without much scrolling."""
    for _, fence in written.fences:
        for number, line in enumerate(fence.text.split("\n")[1:-1], 1):
            if len(line) > limits.code_columns:
                yield Finding(
                    Span(written.card.span.path, fence.line + number, fence.column + limits.code_columns),
                    f"this line has {len(line)} columns; the limit is {limits.code_columns}", "break the line",
                )  # fmt: skip


def imports(written: Written, limits: Limits) -> Iterator[Finding]:
    """Code imports only the standard library and the packages that the card names by `pkg`."""
    named = {_module(name) for name in _PACKAGE.findall(written.value("pkg"))}
    for _, fence in written.fences:
        if fence.language == "python":
            code = fence.text.split("\n", 1)[-1]
            yield from _imports(written, code, fence.line + 1, fence.column, named)
    for check in written.block.checks:
        yield from _imports(written, check.text, check.line, 1, named)


def _imports(written: Written, code: str, line: int, column: int, named: set[str]) -> Iterator[Finding]:
    for match in _IMPORT.finditer(code):
        listed = match["base"] or match["names"]
        for name in listed.split(","):
            module = name.split()[0].split(".")[0] if name.split() else ""
            if module and module not in _standard() and not any(_gives(package, module) for package in named):
                before = code[: match.start() + match[0].find(module)].split("\n")
                yield Finding(
                    Span(written.card.span.path, line + len(before) - 1, column + len(before[-1])),
                    f"`{module}` is neither in the standard library nor named by `pkg`",
                    f"add pkg={module} with the version that the card needs, or do without it",
                )  # fmt: skip


def _gives(package: str, module: str) -> bool:
    """Whether a package may contain a module: opentelemetry-api has opentelemetry, PyJWT has jwt, grpcio has grpc."""
    return package in (module, f"py{module}", f"python_{module}", f"{module}io") or package.startswith(f"{module}_")


def _module(name: str) -> str:
    return name.lower().replace("-", "_").replace(".", "_")


@cache
def _standard() -> frozenset[str]:
    """The modules of every supported Python: the same on each of them."""
    return frozenset(Path(__file__).with_name("stdlib.txt").read_text(encoding="utf-8").split())


def output(written: Written, limits: Limits) -> Iterator[Finding]:
    """The learner predicts the output line by line, so it is short."""
    if written.card.kind != "output":
        return
    for part, fence in written.fences:
        count = len(fence.text.split("\n")) - 2
        if part == "answer" and fence.language == "text" and count > limits.output_lines:
            yield Finding(
                written.block.question.document.span(fence),
                f"this output has {count} lines; the limit is {limits.output_lines}",
                "print only what answers the question",
            )  # fmt: skip


def steady(written: Written, limits: Limits) -> Iterator[Finding]:
    """No address, time or size in the expected output."""
    if written.card.kind != "output":
        return
    for part, fence in written.fences:
        expected = part == "answer" and fence.language == "text"
        program = part == "front" and fence.language == "python"
        pattern = _ADDRESS if expected else _CHANGING if program else None
        for number, line in enumerate(fence.text.split("\n")[1:-1], 1):
            for match in pattern.finditer(line) if pattern else ():
                what = match[0].rstrip("(")
                yield Finding(
                    Span(written.card.span.path, fence.line + number, fence.column + match.start()),
                    f"`{what}` differs from run to run", "print something that is the same every time",
                )  # fmt: skip
