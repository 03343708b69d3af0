"""Replays the response whatever the request says."""

import asyncio
import copy
from collections.abc import Awaitable, Callable, Hashable
from dataclasses import dataclass, replace
from typing import Annotated, Any
from uuid import uuid4

from fastapi import Depends, FastAPI, Header, HTTPException, Response
from fastapi.responses import JSONResponse
from pydantic import BaseModel, Field


class Payment(BaseModel):
    """What a client wants to pay, in cents."""

    amount: int = Field(gt=0)
    currency: str = "EUR"


class Declined(Exception):  # noqa: N818
    """The bank will not make this payment. Its text says why."""


class Records:
    """A table with at most one row for each key. Other processes use it too. Leave this class as it is."""

    def __init__(self) -> None:
        self._rows: dict[Hashable, Any] = {}

    async def read(self, key: Hashable) -> Any:
        """Return the row of the key as it is at this moment, or None if there is none."""
        await asyncio.sleep(0)
        return copy.deepcopy(self._rows.get(key))

    async def swap(self, key: Hashable, old: Any, new: Any) -> bool:
        """Replace the row `old` by `new`, if the row still equals `old`, and return whether it did. All in one step.

        None stands for no row. In SQL it would be an INSERT that does nothing if the key is there,
        and UPDATE records SET row = ? WHERE key = ? AND row = ?
        """
        await asyncio.sleep(0)
        if self._rows.get(key) != old:
            return False
        self._rows[key] = copy.deepcopy(new)
        return True


@dataclass(frozen=True)
class Row:
    """What is known of a key. An attempt runs, or the last one failed, or there is a result."""

    payment: Payment
    reference: str
    running: bool = True
    status: int | None = None
    body: bytes = b""


async def client_name(x_client: Annotated[str, Header()]) -> str:
    """The dependency that returns who sent the request. It stands for authentication. Leave it as it is."""
    return x_client


def create_app(records: Records, pay: Callable[[str, Payment], Awaitable[str]]) -> FastAPI:
    """Return an application that makes payments with `await pay(reference, payment)`, which returns an id.

    >>> from fastapi.testclient import TestClient
    >>> async def pay(reference, payment):
    ...     return "P-1"
    >>> client = TestClient(create_app(Records(), pay), headers={"X-Client": "shop", "Idempotency-Key": "a1"})
    >>> first = client.post("/payments", json={"amount": 500})
    >>> first.status_code, first.json() == {"id": "P-1", "amount": 500, "currency": "EUR"}
    (201, True)
    >>> again = client.post("/payments", json={"amount": 500})
    >>> again.status_code, again.content == first.content, again.headers["Idempotent-Replayed"]
    (201, True, 'true')
    >>> client.post("/payments", json={"amount": 700}).status_code
    422
    """
    app = FastAPI()

    @app.post("/payments", status_code=201)
    async def create(
        payment: Payment,
        client: Annotated[str, Depends(client_name)],
        idempotency_key: Annotated[str | None, Header()] = None,
    ) -> Response:
        if not idempotency_key or len(idempotency_key) > 64:
            raise HTTPException(400, "Send an Idempotency-Key of 1 to 64 characters.")
        key = (client, idempotency_key)
        while True:
            row = await records.read(key)
            if row is None:
                claim = Row(payment, str(uuid4()))
            elif row.running:
                raise HTTPException(409, "The first request with this Idempotency-Key is still running.")
            elif row.status is not None:
                return _response(row, replayed=True)
            else:
                claim = replace(row, running=True)
            if await records.swap(key, row, claim):
                break
        outcome = replace(claim, running=False)
        try:
            outcome = await _attempt(pay, claim)
        finally:  # after a failure, even a cancellation, the next request may try again
            await records.swap(key, claim, outcome)
        return _response(outcome)

    return app


async def _attempt(pay: Callable[[str, Payment], Awaitable[str]], claim: Row) -> Row:
    try:
        number = await pay(claim.reference, claim.payment)
    except Declined as error:
        response = JSONResponse({"detail": str(error)}, 402)
    else:
        response = JSONResponse({"id": number, **claim.payment.model_dump()}, 201)
    return replace(claim, running=False, status=response.status_code, body=bytes(response.body))


def _response(row: Row, replayed: bool = False) -> Response:
    headers = {"Idempotent-Replayed": "true"} if replayed else {}
    return Response(row.body, row.status or 500, headers, "application/json")
