"""Tests the cursor for truth, so a client that loses it reads the first page again and again."""

from __future__ import annotations

import base64
import json
import re
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
    if limit < 1:
        raise ValueError("limit must be at least 1")
    limit = min(limit, MAX_LIMIT)
    found = [order for order in orders if status is None or order.status == status]
    if cursor:
        place = _decode(cursor, status)
        found = [order for order in found if _place(order) < place]
    found.sort(key=_place, reverse=True)
    items = found[:limit]
    return Page(items, _encode(_place(items[-1]), status) if len(found) > limit else None)


def _place(order: Order) -> tuple[int, int]:
    """Where the order stands: the id decides between orders of the same second."""
    return order.created, order.id


def _encode(place: tuple[int, int], status: str | None) -> str:
    text = json.dumps([*place, status])
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


def _decode(cursor: str, status: str | None) -> tuple[int, int]:
    bad = BadCursorError("this is not a cursor of this list")
    if not re.fullmatch(r"[A-Za-z0-9_-]+", cursor):
        raise bad
    try:
        created, number, _ = json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
    except (TypeError, ValueError, RecursionError):
        raise bad from None
    if not type(created) is type(number) is int or _encode((created, number), status) != cursor:
        raise bad
    return created, number
