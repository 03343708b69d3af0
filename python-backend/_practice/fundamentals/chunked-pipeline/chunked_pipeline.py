"""Load a long file of payments in batches, one line at a time."""

from collections.abc import Callable, Iterable, Iterator
from typing import TypeVar

T = TypeVar("T")


def payments(lines: Iterable[str]) -> Iterator[tuple[str, int]]:
    """Yield (customer, cents) for each line such as `acme;12.50`, skipping blank lines and `#` comments.

    >>> list(payments(["# May", "", "acme;12.50", "bolt;-7"]))
    [('acme', 1250), ('bolt', -700)]
    """
    raise NotImplementedError


def chunked(items: Iterable[T], size: int) -> Iterator[list[T]]:
    """Yield the items in lists of `size`; the last one may be shorter.

    >>> list(chunked("abcde", 2))
    [['a', 'b'], ['c', 'd'], ['e']]
    """
    raise NotImplementedError


def load(lines: Iterable[str], size: int, save: Callable[[list[tuple[str, int]]], object]) -> int:
    """Pass the payments to `save` in batches of `size`, and return how many there were.

    >>> load(["acme;1", "bolt;2", "core;3"], 2, print)
    [('acme', 100), ('bolt', 200)]
    [('core', 300)]
    3
    """
    raise NotImplementedError
