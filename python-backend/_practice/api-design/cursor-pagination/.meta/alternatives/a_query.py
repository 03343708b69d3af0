"""The same as a query of a database, which reads no more rows than it returns if it has an index on (created, id)."""

from __future__ import annotations

import sqlite3
from contextlib import closing
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
    """Return a page of the orders, the newest first."""
    if limit < 1:
        raise ValueError("limit must be at least 1")
    limit = min(limit, MAX_LIMIT)
    conditions = ["1"]
    values: list[str | int] = []
    if status is not None:
        conditions.append("status = ?")
        values.append(status)
    if cursor is not None:
        conditions.append("(created, id) < (?, ?)")
        values.extend(_decode(cursor, status))
    query = (
        f"SELECT id, created, status FROM orders WHERE {' AND '.join(conditions)} "
        "ORDER BY created DESC, id DESC LIMIT ?"
    )
    with closing(sqlite3.connect(":memory:")) as database:
        database.execute("CREATE TABLE orders (id, created, status)")
        database.executemany("INSERT INTO orders VALUES (?, ?, ?)", orders)
        found = [Order(*row) for row in database.execute(query, (*values, limit + 1))]
    return Page(found[:limit], _encode(found[limit - 1], status) if len(found) > limit else None)


def _encode(order: Order, status: str | None) -> str:
    name = "any" if status is None else "one" + status
    return "_".join(part.encode().hex() for part in (str(order.created), str(order.id), name, "end"))


def _decode(cursor: str, status: str | None) -> list[int]:
    try:
        created, number, *_ = (bytes.fromhex(part).decode() for part in cursor.split("_"))
        place = Order(int(number), int(created), "")
    except ValueError:
        raise BadCursorError("this is not a cursor") from None
    if _encode(place, status) != cursor:
        raise BadCursorError("this cursor was not made for this list")
    return [place.created, place.id]
