"""Commits at the end, but leaves the transaction open if apply raises."""

from __future__ import annotations

import json
import sqlite3
import uuid
from collections.abc import Callable
from typing import NamedTuple


class Message(NamedTuple):
    """What one service tells another."""

    id: str
    body: str


SCHEMA = """
CREATE TABLE IF NOT EXISTS orders (
    id TEXT PRIMARY KEY,
    amount INTEGER NOT NULL CHECK (amount > 0)
);
CREATE TABLE IF NOT EXISTS outbox (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    id TEXT NOT NULL UNIQUE,
    body TEXT NOT NULL,
    published INTEGER NOT NULL DEFAULT 0
);
CREATE TABLE IF NOT EXISTS seen (
    id TEXT PRIMARY KEY
);
"""


def connect(path: str) -> sqlite3.Connection:
    """Open the database at the path, which is made if it is not there. Leave this function as it is."""
    db = sqlite3.connect(path, timeout=0)
    db.executescript(SCHEMA)
    return db


def place_order(db: sqlite3.Connection, order: str, amount: int) -> None:
    """Store an order, and a message about it in the outbox.

    >>> shop = connect(":memory:")
    >>> place_order(shop, "A-17", 500)
    >>> shop.execute("SELECT id, amount FROM orders").fetchall()
    [('A-17', 500)]
    >>> shop.close()
    """
    body = json.dumps({"order": order, "amount": amount})
    with db:
        db.execute("INSERT INTO orders (id, amount) VALUES (?, ?)", (order, amount))
        db.execute("INSERT INTO outbox (id, body) VALUES (?, ?)", (str(uuid.uuid4()), body))


def relay(db: sqlite3.Connection, publish: Callable[[Message], object]) -> int:
    """Publish what waits in the outbox, in order, and return the number of messages.

    >>> shop = connect(":memory:")
    >>> place_order(shop, "A-17", 500)
    >>> relay(shop, lambda message: print(message.body))
    {"order": "A-17", "amount": 500}
    1
    >>> relay(shop, print)
    0
    >>> shop.close()
    """
    rows = db.execute("SELECT number, id, body FROM outbox WHERE published = 0 ORDER BY number").fetchall()
    for number, id_, body in rows:
        publish(Message(id_, body))
        with db:
            db.execute("UPDATE outbox SET published = 1 WHERE number = ?", (number,))
    return len(rows)


def receive(db: sqlite3.Connection, message: Message, apply: Callable[[sqlite3.Connection, Message], object]) -> bool:
    """Apply a message, unless it has been applied. Return whether this call applied it.

    >>> billing = connect(":memory:")
    >>> message = Message("7f1c", '{"order": "A-17", "amount": 500}')
    >>> receive(billing, message, lambda db, message: print("a bill"))
    a bill
    True
    >>> receive(billing, message, lambda db, message: print("a bill"))
    False
    >>> billing.close()
    """
    cursor = db.execute("INSERT OR IGNORE INTO seen (id) VALUES (?)", (message.id,))
    if cursor.rowcount == 0:
        return False
    apply(db, message)
    db.commit()
    return True
