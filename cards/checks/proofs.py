"""Rule R10 for hidden checks: an assertion that cannot fail, whatever the card claims, proves nothing."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from ..model import Code, Span
from ..settings import Limits
from .rule import Finding, Written

# Tests for the build or version of Python. If an alternative uses one, it passes whatever the card claims.
_BUILD = re.compile(r"sys\.(?:version|_is_gil|implementation|flags|platform)|sysconfig\.|platform\.|hasattr\(")


def proofs(written: Written, limits: Limits) -> Iterator[Finding]:
    """Every assertion in a hidden check depends on what the card claims."""
    for check in written.block.checks:
        for node in _assertions(check):
            why = _empty(node.test)
            if why:
                yield Finding(
                    Span(written.card.span.path, check.line + node.lineno - 1, node.col_offset + 1),
                    f"this assertion proves nothing: {why}",
                    "assert what the card claims, and change the claim once to see it fail",
                )


def _assertions(check: Code) -> Iterator[ast.Assert]:
    try:
        tree = ast.parse(check.text)
    except (
        SyntaxError,
        ValueError,
        RecursionError,
        MemoryError,
    ):  # code for a newer Python, or invalid: `verify` reports it
        return
    yield from (node for node in ast.walk(tree) if isinstance(node, ast.Assert))


def _empty(test: ast.expr) -> str:
    """Why an assertion passes whatever the card claims, or ""."""
    if isinstance(test, ast.Constant):
        return "it is a constant"
    if isinstance(test, ast.Compare) and isinstance(test.ops[0], (ast.Eq, ast.Is)) and len(test.ops) == 1:
        same = ast.dump(test.left) == ast.dump(test.comparators[0])
        if same and not any(isinstance(part, (ast.Call, ast.Await)) for part in ast.walk(test)):
            return "it compares something with itself"
    if isinstance(test, ast.BoolOp) and isinstance(test.op, ast.Or):
        sides = [ast.dump(side) for side in test.values]
        if any(ast.dump(ast.UnaryOp(ast.Not(), side)) in sides for side in test.values):
            return "one of its sides is always true"
        if any(_BUILD.search(ast.unparse(side)) for side in test.values):
            return "it passes on one build, whatever the other side says; check for the build in an `if`"
    return ""
