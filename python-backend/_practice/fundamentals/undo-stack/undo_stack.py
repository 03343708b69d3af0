"""Take back the steps that were done when a later one fails."""

from __future__ import annotations

from collections.abc import Callable
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

    def step(self, do: Callable[[], T], undo: Callable[[], object]) -> T:
        """Call `do`, remember `undo`, and return the result. If `do` fails, `undo` is not remembered."""
        raise NotImplementedError

    def __enter__(self) -> UndoStack:
        raise NotImplementedError

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        raise NotImplementedError
