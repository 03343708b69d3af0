"""The value is an ordinary attribute with an underscore. This also works if the class has a slot for it."""

from __future__ import annotations

import math
from typing import Any


class Number:
    """A field that holds a number between two bounds, both included. None means no bound."""

    def __init__(self, minimum: float | None = None, maximum: float | None = None) -> None:
        self.minimum = -math.inf if minimum is None else minimum
        self.maximum = math.inf if maximum is None else maximum
        self.bounded = minimum is not None or maximum is not None

    def __set_name__(self, owner: type, name: str) -> None:
        self.name = name
        self.private_name = f"_{name}"

    def __get__(self, instance: Any, owner: type) -> Any:
        if instance is None:
            return self
        return getattr(instance, self.private_name)

    def __set__(self, instance: Any, value: float) -> None:
        if type(value) is bool or not isinstance(value, (int, float)):
            raise TypeError(f"{self.name} must be an int or a float")
        if self.bounded and not self.minimum <= value <= self.maximum:
            raise ValueError(f"{self.name} must be between {self.minimum} and {self.maximum}")
        setattr(instance, self.private_name, value)
