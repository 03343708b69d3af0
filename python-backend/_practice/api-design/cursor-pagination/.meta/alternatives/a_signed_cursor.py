"""Keeps the best orders in a heap instead of sorting all of them, and signs a binary cursor."""

from __future__ import annotations

import base64
import hashlib
import heapq
import hmac
import struct
from dataclasses import dataclass
from typing import NamedTuple

KEY = b"from the configuration, the same in every process"
PLACE = struct.Struct(">qq")
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
    """Return a page of the orders, the newest first."""
    if limit < 1:
        raise ValueError("limit must be at least 1")
    limit = min(limit, MAX_LIMIT)
    place = None if cursor is None else _place_of(cursor, status)
    found = heapq.nlargest(
        limit + 1,
        (
            order
            for order in orders
            if (status is None or order.status == status) and (place is None or (order.created, order.id) < place)
        ),
        key=lambda order: (order.created, order.id),
    )
    if len(found) <= limit:
        return Page(found, None)
    last = found[limit - 1]
    return Page(found[:limit], _signed(PLACE.pack(last.created, last.id), status))


def _signed(place: bytes, status: str | None) -> str:
    message = place + repr(status).encode("utf-8", "backslashreplace")
    mark = hmac.new(KEY, message, hashlib.sha256).digest()[:24]
    return base64.b32encode(place + mark).decode()


def _place_of(cursor: str, status: str | None) -> tuple[int, int]:
    try:
        place = base64.b32decode(cursor)[: PLACE.size]
    except ValueError:
        raise BadCursorError("this is not base32") from None
    if not hmac.compare_digest(_signed(place, status).encode(), cursor.encode()):
        raise BadCursorError("this cursor was not made for this list")
    created, number = PLACE.unpack(place)
    return created, number
