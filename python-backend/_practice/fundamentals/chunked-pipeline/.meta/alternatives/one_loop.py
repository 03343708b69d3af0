"""The chunks are filled by hand, and the amounts are taken apart with partition."""

from collections.abc import Callable, Iterable, Iterator
from typing import TypeVar

T = TypeVar("T")


def payments(lines: Iterable[str]) -> Iterator[tuple[str, int]]:
    """Yield (customer, cents) for each line such as `acme;12.50`, skipping blank lines and `#` comments."""
    for line in lines:
        text = line.strip()
        if text and not text.startswith("#"):
            customer, separator, amount = text.partition(";")
            if not customer or not separator:
                raise ValueError(f"not a payment: {text}")
            yield customer, _cents(amount, text)


def _cents(amount: str, line: str) -> int:
    whole, point, fraction = amount.removeprefix("-").partition(".")
    digits = whole + fraction
    if not whole or not digits.isdecimal() or not digits.isascii() or len(fraction) not in ((1, 2) if point else (0,)):
        raise ValueError(f"not a payment: {line}")
    cents = int(whole) * 100 + int(fraction.ljust(2, "0"))
    return -cents if amount.startswith("-") else cents


def chunked(items: Iterable[T], size: int) -> Iterator[list[T]]:
    """Yield the items in lists of `size`; the last one may be shorter."""
    if size < 1:
        raise ValueError("size must be at least 1")

    def chunks() -> Iterator[list[T]]:
        chunk: list[T] = []
        for item in items:
            chunk.append(item)
            if len(chunk) == size:
                yield chunk
                chunk = []
        if chunk:
            yield chunk

    return chunks()


def load(lines: Iterable[str], size: int, save: Callable[[list[tuple[str, int]]], object]) -> int:
    """Pass the payments to `save` in batches of `size`, and return how many there were."""
    count = 0
    for batch in chunked(payments(lines), size):
        count += len(batch)
        save(batch)
    return count
