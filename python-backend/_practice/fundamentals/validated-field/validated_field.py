"""Fields that check what is assigned to them."""

from __future__ import annotations

from typing import Any


class Number:
    """A field that holds a number between two bounds, both included. None means no bound.

    >>> class Item:
    ...     quantity = Number(minimum=1)
    >>> item = Item()
    >>> item.quantity = 3
    >>> item.quantity
    3
    """

    def __init__(self, minimum: float | None = None, maximum: float | None = None) -> None:
        raise NotImplementedError

    def __set_name__(self, owner: type, name: str) -> None:
        raise NotImplementedError

    def __get__(self, instance: Any, owner: type) -> Any:
        raise NotImplementedError

    def __set__(self, instance: Any, value: float) -> None:
        raise NotImplementedError
