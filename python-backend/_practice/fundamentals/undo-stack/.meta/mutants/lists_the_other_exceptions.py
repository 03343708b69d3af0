"""Catches the exceptions that it can name, and CancelledError is not among them."""

from __future__ import annotations

import sys
from collections.abc import Callable
from types import TracebackType
from typing import TypeVar

T = TypeVar("T")


class UndoStack:
    """Steps that are taken back in reverse order if the block fails."""

    def __init__(self) -> None:
        self._undos: list[Callable[[], object]] = []

    def step(self, do: Callable[[], T], undo: Callable[[], object]) -> T:
        """Call `do`, remember `undo`, and return the result. If `do` fails, `undo` is not remembered."""
        result = do()
        self._undos.append(undo)
        return result

    def __enter__(self) -> UndoStack:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        undos, self._undos = self._undos, []
        if error is None:
            return
        latest, handled = error, sys.exc_info()[1]
        while undos:
            try:
                undos.pop()()
            except (Exception, KeyboardInterrupt, SystemExit, GeneratorExit) as new:
                _lead(new, handled, latest)
                latest = new
        if latest is not error:
            context = latest.__context__
            try:
                raise latest
            finally:
                latest.__context__ = context  # raise has set it to the failure of the block


def _lead(error: BaseException, end: BaseException | None, target: BaseException) -> None:
    """Let the contexts of the error lead to the target instead of the end."""
    while error.__context__ is not None and error.__context__ is not end:
        error = error.__context__
    error.__context__ = target
