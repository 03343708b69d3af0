"""The same without ExitStack, which shows what that does."""

from __future__ import annotations

from collections.abc import Callable
from types import TracebackType
from typing import TypeVar

T = TypeVar("T")


class UndoStack:
    """Steps that are taken back in reverse when the block around them fails."""

    def __init__(self) -> None:
        self._undos: list[Callable[[], object]] = []

    def step(self, do: Callable[[], T], undo: Callable[[], object]) -> T:
        result = do()
        self._undos.append(undo)
        return result

    def __enter__(self) -> UndoStack:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        undos, self._undos = self._undos[::-1], []
        if kind is not None:
            self._take_back(undos, error)

    def _take_back(self, undos: list[Callable[[], object]], error: BaseException | None) -> None:
        failure = error
        for undo in undos:
            try:
                undo()
            except Exception as another:
                another.__context__ = failure
                failure = another
        if failure is not None and failure is not error:
            raise failure
