"""Takes turns with a semaphore of asyncio, and asks the carriers in asyncio's own threads."""

import asyncio
from collections.abc import Awaitable, Callable
from contextvars import ContextVar
from typing import Annotated

from fastapi import Depends, FastAPI, Header, HTTPException

CARRIERS = ("north", "quick", "sea")
LIMIT = 4

request_id: ContextVar[str] = ContextVar("request_id", default="none")


class CarrierError(Exception):
    """The carrier has no price for this parcel."""


def create_app(
    find_shop: Callable[[str], str | None],
    ask: Callable[[str, str], int],
    record: Callable[[str, str, dict[str, int | None]], Awaitable[None]],
) -> FastAPI:
    """Return the application.

    `find_shop(token)` and `ask(carrier, parcel)` block. `record(shop, parcel, prices)` is awaited.
    """
    app = FastAPI()
    turns = asyncio.Semaphore(LIMIT)

    async def set_request_id(x_request_id: Annotated[str, Header()] = "none") -> None:
        request_id.set(x_request_id)

    def current_shop(x_token: Annotated[str, Header()]) -> str:
        shop = find_shop(x_token)
        if shop is None:
            raise HTTPException(401)
        return shop

    async def price(carrier: str, parcel: str) -> int | None:
        async with turns:
            return await asyncio.to_thread(price_or_none, carrier, parcel)

    def price_or_none(carrier: str, parcel: str) -> int | None:
        try:
            return ask(carrier, parcel)
        except CarrierError:
            return None

    @app.get("/health")
    async def health() -> str:
        return "ok"

    @app.get("/quotes/{parcel}", dependencies=[Depends(set_request_id)])
    async def quotes(parcel: str, shop: Annotated[str, Depends(current_shop)]) -> dict[str, int | None]:
        tasks = {carrier: asyncio.create_task(price(carrier, parcel)) for carrier in CARRIERS}
        prices = {carrier: await task for carrier, task in tasks.items()}
        await record(shop, parcel, prices)
        return prices

    return app
