"""The items of a tool rental, as an HTTP API."""

from fastapi import FastAPI


def create_app() -> FastAPI:
    """Return a new application without items.

    >>> from fastapi.testclient import TestClient
    >>> client = TestClient(create_app())
    >>> reply = client.post("/items", json={"name": "Drill", "price": 900, "cost": 12000})
    >>> reply.status_code, reply.headers["Location"]
    (201, '/items/1')
    >>> client.get("/items/1").json() == {"id": 1, "name": "Drill", "price": 900, "note": None}
    True
    >>> client.get("/items/summary").json()
    {'items': 1, 'cost': 12000}
    >>> client.delete("/items/1").status_code
    204
    """
    raise NotImplementedError
