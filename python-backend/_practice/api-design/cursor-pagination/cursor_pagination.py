"""Page through orders that change while a client reads them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

MAX_LIMIT = 100


class Order(NamedTuple):
    """A row of the table."""

    id: int
    created: int  # seconds since 1970
    status: str


@dataclass(frozen=True)
class Page:
    """What the client receives. With `next_cursor` it asks for the next page."""

    items: list[Order]
    next_cursor: str | None


class BadCursorError(ValueError):
    """The cursor is not one that `list_orders` made for this list."""


def list_orders(orders: list[Order], limit: int = 20, cursor: str | None = None, status: str | None = None) -> Page:
    """Return a page of the orders, the newest first.

    >>> orders = [Order(1, 500, "paid"), Order(2, 900, "new"), Order(3, 500, "paid")]
    >>> page = list_orders(orders, limit=2)
    >>> [order.id for order in page.items]
    [2, 3]
    >>> list_orders(orders, limit=2, cursor=page.next_cursor)
    Page(items=[Order(id=1, created=500, status='paid')], next_cursor=None)
    """
    raise NotImplementedError
