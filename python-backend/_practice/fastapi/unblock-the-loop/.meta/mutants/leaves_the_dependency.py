"""Repairs the endpoint, but its dependency still blocks the loop."""

import asyncio
from collections.abc import Awaitable, Callable
from contextvars import ContextVar
from typing import Annotated

from anyio import CapacityLimiter, to_thread
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

    >>> from fastapi.testclient import TestClient
    >>> async def record(shop, parcel, prices):
    ...     pass
    >>> client = TestClient(create_app({"t1": "tea"}.get, lambda carrier, parcel: len(carrier), record))
    >>> client.get("/quotes/p7", headers={"X-Token": "t1"}).json()
    {'north': 5, 'quick': 5, 'sea': 3}
    >>> client.get("/health").json()
    'ok'
    """
    app = FastAPI()
    limiter = CapacityLimiter(LIMIT)

    async def set_request_id(x_request_id: Annotated[str, Header()] = "none") -> None:
        request_id.set(x_request_id)

    async def current_shop(x_token: Annotated[str, Header()]) -> str:
        shop = find_shop(x_token)
        if shop is None:
            raise HTTPException(401)
        return shop

    async def price(carrier: str, parcel: str) -> int | None:
        try:
            return await to_thread.run_sync(ask, carrier, parcel, limiter=limiter)
        except CarrierError:
            return None

    @app.get("/health")
    async def health() -> str:
        return "ok"

    @app.get("/quotes/{parcel}", dependencies=[Depends(set_request_id)])
    async def quotes(parcel: str, shop: Annotated[str, Depends(current_shop)]) -> dict[str, int | None]:
        found = await asyncio.gather(*(price(carrier, parcel) for carrier in CARRIERS))
        prices = dict(zip(CARRIERS, found, strict=True))
        await record(shop, parcel, prices)
        return prices

    return app
