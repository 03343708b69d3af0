"""Gives every error of an undo the first one as its context, so those in between are missing."""

from __future__ import annotations

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
        latest = error
        first: BaseException | None = None
        while undos:
            try:
                undos.pop()()
            except BaseException as new:
                if first is not None:
                    new.__context__ = first
                else:
                    first = new
                latest = new
        if latest is not error:
            context = latest.__context__
            try:
                raise latest
            finally:
                latest.__context__ = context  # raise has set it to the failure of the block
