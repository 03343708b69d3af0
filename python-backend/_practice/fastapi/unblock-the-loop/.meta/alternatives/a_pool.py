"""Has a pool of as many threads as calls are allowed, and carries the context into them by hand."""

import asyncio
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from contextvars import ContextVar, copy_context
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
    threads = ThreadPoolExecutor(LIMIT)

    async def set_request_id(x_request_id: Annotated[str, Header()] = "none") -> None:
        request_id.set(x_request_id)

    def current_shop(x_token: Annotated[str, Header()]) -> str:
        shop = find_shop(x_token)
        if shop is None:
            raise HTTPException(401)
        return shop

    def price(carrier: str, parcel: str) -> int | None:
        try:
            return ask(carrier, parcel)
        except CarrierError:
            return None

    @app.get("/health")
    async def health() -> str:
        return "ok"

    @app.get("/quotes/{parcel}", dependencies=[Depends(set_request_id)])
    async def quotes(parcel: str, shop: Annotated[str, Depends(current_shop)]) -> dict[str, int | None]:
        loop = asyncio.get_running_loop()
        calls = [
            loop.run_in_executor(threads, copy_context().run, price, carrier, parcel) for carrier in CARRIERS
        ]  # a context can be entered by one thread at a time, so each call gets a copy
        prices = dict(zip(CARRIERS, await asyncio.gather(*calls), strict=True))
        await record(shop, parcel, prices)
        return prices

    return app
