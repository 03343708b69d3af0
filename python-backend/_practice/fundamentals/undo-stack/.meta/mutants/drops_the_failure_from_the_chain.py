"""Calls the undos from an empty with block, and ExitStack then resets the context of what they raise."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import ExitStack
from types import TracebackType
from typing import TypeVar

T = TypeVar("T")


class UndoStack:
    """Steps that are taken back in reverse order if the block fails.

    >>> log = []
    >>> try:
    ...     with UndoStack() as undo:
    ...         undo.step(lambda: log.append("create"), lambda: log.append("delete"))
    ...         raise ConnectionError
    ... except ConnectionError:
    ...     log
    ['create', 'delete']
    """

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
        if kind is not None:
            with ExitStack() as stack:
                for undo in undos:
                    stack.callback(undo)
