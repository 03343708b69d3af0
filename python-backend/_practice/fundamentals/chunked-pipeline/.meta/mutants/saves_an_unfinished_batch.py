"""Saves what is left in a finally, so a broken line leaves half a batch in the database."""

import re
from collections.abc import Callable, Iterable, Iterator
from itertools import islice
from typing import TypeVar

T = TypeVar("T")

PAYMENT = re.compile(r"([^;]+);(-?[0-9]+)(?:\.([0-9]{1,2}))?")


def payments(lines: Iterable[str]) -> Iterator[tuple[str, int]]:
    """Yield (customer, cents) for each line such as `acme;12.50`, skipping blank lines and `#` comments.

    >>> list(payments(["# May", "", "acme;12.50", "bolt;-7"]))
    [('acme', 1250), ('bolt', -700)]
    """
    for line in lines:
        text = line.strip()
        if not text or text.startswith("#"):
            continue
        match = PAYMENT.fullmatch(text)
        if match is None:
            raise ValueError(f"not a payment: {text}")
        customer, whole, fraction = match.groups(default="")
        yield customer, int(whole + fraction.ljust(2, "0"))  # "-0" and "5" give int("-050"): the sign is kept


def chunked(items: Iterable[T], size: int) -> Iterator[list[T]]:
    """Yield the items in lists of `size`; the last one may be shorter.

    >>> list(chunked("abcde", 2))
    [['a', 'b'], ['c', 'd'], ['e']]
    """
    if size < 1:
        raise ValueError("size must be at least 1")
    return _chunks(iter(items), size)


def _chunks(items: Iterator[T], size: int) -> Iterator[list[T]]:
    while chunk := list(islice(items, size)):
        yield chunk


def load(lines: Iterable[str], size: int, save: Callable[[list[tuple[str, int]]], object]) -> int:
    """Pass the payments to `save` in batches of `size`, and return how many there were.

    >>> load(["acme;1", "bolt;2", "core;3"], 2, print)
    [('acme', 100), ('bolt', 200)]
    [('core', 300)]
    3
    """
    count = 0
    batch: list[tuple[str, int]] = []
    if size < 1:
        raise ValueError("size must be at least 1")
    try:
        for payment in payments(lines):
            count += 1
            batch.append(payment)
            if len(batch) == size:
                save(batch)
                batch = []
    finally:
        if batch:
            save(batch)
    return count
