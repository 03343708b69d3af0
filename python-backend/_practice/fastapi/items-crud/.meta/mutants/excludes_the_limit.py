"""Lists items below the limit, not those at it."""

from itertools import count
from typing import Annotated

from fastapi import FastAPI, HTTPException, Response
from pydantic import BaseModel, ConfigDict, Field, StringConstraints

Name = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=60)]
Cents = Annotated[int, Field(strict=True, ge=0)]


class NewItem(BaseModel):
    """What a client sends."""

    model_config = ConfigDict(extra="forbid")

    name: Name
    price: Cents
    cost: Cents
    note: str | None = None


class Item(BaseModel):
    """What a client receives: no cost."""

    id: int
    name: str
    price: int
    note: str | None


class Summary(BaseModel):
    """What the owner wants to know."""

    items: int
    cost: int


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
    app = FastAPI()
    ids = count(1)
    items: dict[int, NewItem] = {}

    def shown(number: int) -> Item:
        return Item(id=number, **items[number].model_dump())

    def check(number: int) -> None:
        if number not in items:
            raise HTTPException(404, f"There is no item {number}.")

    @app.post("/items", status_code=201)
    def create(item: NewItem, response: Response) -> Item:
        number = next(ids)
        items[number] = item
        response.headers["Location"] = f"/items/{number}"
        return shown(number)

    @app.get("/items")
    def find(max_price: int | None = None) -> list[Item]:
        return [shown(number) for number, item in items.items() if max_price is None or item.price < max_price]

    @app.get("/items/summary")
    def summary() -> Summary:
        return Summary(items=len(items), cost=sum(item.cost for item in items.values()))

    @app.get("/items/{number}")
    def read(number: int) -> Item:
        check(number)
        return shown(number)

    @app.put("/items/{number}")
    def replace(number: int, item: NewItem) -> Item:
        check(number)
        items[number] = item
        return shown(number)

    @app.delete("/items/{number}", status_code=204)
    def delete(number: int) -> None:
        check(number)
        del items[number]

    return app
