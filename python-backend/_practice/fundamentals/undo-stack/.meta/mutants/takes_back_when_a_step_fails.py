"""Takes everything back as soon as a step fails, although the block may handle that failure and go on."""

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
        self._undos = ExitStack()

    def step(self, do: Callable[[], T], undo: Callable[[], object]) -> T:
        """Call `do`, remember `undo`, and return the result. If `do` fails, `undo` is not remembered."""
        try:
            result = do()
        except BaseException as error:
            self._undos.__exit__(type(error), error, error.__traceback__)
            raise
        self._undos.callback(undo)
        return result

    def __enter__(self) -> UndoStack:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if kind is None:
            self._undos.pop_all()
        else:
            self._undos.__exit__(kind, error, trace)
