"""Declares the routes once, on a router, and finds the item in a dependency. One model, whose cost is never written."""

from typing import Annotated

from fastapi import APIRouter, Depends, FastAPI, HTTPException, Request, Response
from pydantic import BaseModel, Field, StrictInt, field_validator

router = APIRouter(prefix="/items")


class NewItem(BaseModel, extra="forbid"):
    """What a client sends."""

    name: str
    price: StrictInt = Field(ge=0)
    cost: StrictInt = Field(ge=0, exclude=True)
    note: str | None = None

    @field_validator("name")
    @classmethod
    def fits(cls, name: str) -> str:
        name = name.strip()
        if not 1 <= len(name) <= 60:
            raise ValueError("a name has 1 to 60 characters")
        return name


class Item(NewItem):
    """What is stored. `exclude` keeps the cost out of every response."""

    id: int


class Shelf:
    """The items of one application. A deleted item leaves a gap, so that an id is a place in the list."""

    def __init__(self) -> None:
        self.places: list[Item | None] = []

    @property
    def items(self) -> list[Item]:
        return [item for item in self.places if item is not None]


def shelf(request: Request) -> Shelf:
    found: Shelf = request.app.state.shelf
    return found


TheShelf = Annotated[Shelf, Depends(shelf)]


def stored(number: int, shelf: TheShelf) -> Item:
    for item in shelf.items:
        if item.id == number:
            return item
    raise HTTPException(404)


TheItem = Annotated[Item, Depends(stored)]


@router.get("/{number:int}")
def read(item: TheItem) -> Item:
    return item


@router.put("/{number:int}")
def replace(old: TheItem, new: NewItem, shelf: TheShelf) -> Item:
    item = Item(id=old.id, **dict(new))
    shelf.places[old.id - 1] = item
    return item


@router.delete("/{number:int}", status_code=204)
def delete(item: TheItem, shelf: TheShelf) -> None:
    shelf.places[item.id - 1] = None


@router.get("/summary")
def summary(shelf: TheShelf) -> dict[str, int]:
    costs = [item.cost for item in shelf.items]
    return {"items": len(costs), "cost": sum(costs)}


@router.post("", status_code=201)
def create(new: NewItem, shelf: TheShelf, response: Response) -> Item:
    item = Item(id=len(shelf.places) + 1, **dict(new))
    shelf.places.append(item)
    response.headers["Location"] = f"{router.prefix}/{item.id}"
    return item


@router.get("")
def find(shelf: TheShelf, max_price: float = float("inf")) -> list[Item]:
    return [item for item in shelf.items if item.price <= max_price]


def create_app() -> FastAPI:
    """Return a new application without items."""
    app = FastAPI()
    app.state.shelf = Shelf()
    app.include_router(router)
    return app
