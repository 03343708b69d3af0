"""Sets the context of an undo's exception, which may have had one."""

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
        undos, self._undos = self._undos[::-1], []
        if kind is None:
            return
        failure = error
        for undo in undos:
            try:
                undo()
            except BaseException as another:
                another.__context__ = failure
                failure = another
        if failure is not None and failure is not error:
            context = failure.__context__
            try:
                raise failure
            except BaseException:
                failure.__context__ = context
                raise
