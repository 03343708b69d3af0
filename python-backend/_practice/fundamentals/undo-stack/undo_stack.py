"""Take back what was done, when what follows fails."""

from __future__ import annotations

from collections.abc import Callable
from types import TracebackType
from typing import TypeVar

T = TypeVar("T")


class UndoStack:
    """Steps that are taken back in reverse when the block around them fails.

    >>> log = []
    >>> try:
    ...     with UndoStack() as undo:
    ...         undo.step(lambda: log.append("create"), lambda: log.append("delete"))
    ...         raise ConnectionError
    ... except ConnectionError:
    ...     log
    ['create', 'delete']
    """

    def step(self, do: Callable[[], T], undo: Callable[[], object]) -> T:
        """Do something, and note how to take it back. What fails by itself is not taken back."""
        raise NotImplementedError

    def __enter__(self) -> UndoStack:
        raise NotImplementedError

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        raise NotImplementedError
