"""Takes infinity for a missing bound, and NaN is not even between those two."""

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
        self.minimum = -float("inf") if minimum is None else minimum
        self.maximum = float("inf") if maximum is None else maximum

    def __set_name__(self, owner: type, name: str) -> None:
        self.name = name
        self.key = f"_{name}"  # an entry under the field's own name must not count as its value

    def __get__(self, instance: Any, owner: type) -> Any:
        if instance is None:
            return self
        try:
            return instance.__dict__[self.key]
        except KeyError:
            raise AttributeError(f"{self.name} is not set") from None

    def __set__(self, instance: Any, value: float) -> None:
        if isinstance(value, bool) or not isinstance(value, (int, float)):
            raise TypeError(f"{self.name} must be an int or a float")
        if not value >= self.minimum:  # "not >=" is true of NaN, "<" is not
            raise ValueError(f"{self.name} must be at least {self.minimum}")
        if not value <= self.maximum:
            raise ValueError(f"{self.name} must be at most {self.maximum}")
        instance.__dict__[self.key] = value
