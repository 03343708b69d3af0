"""Claims the key without reading first, and derives the reference from client and key instead of storing it."""

import asyncio
import copy
import json
from collections.abc import Awaitable, Callable, Hashable
from typing import Annotated, Any
from uuid import NAMESPACE_URL, uuid5

from fastapi import Depends, FastAPI, Header, HTTPException, Response
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


async def client_name(x_client: Annotated[str, Header()]) -> str:
    """The dependency that returns who sent the request. It stands for authentication. Leave it as it is."""
    return x_client


async def idempotency_key(
    client: Annotated[str, Depends(client_name)], idempotency_key: Annotated[str, Header()] = ""
) -> str:
    """One string for client and key that no other client and key give."""
    if not 1 <= len(idempotency_key) <= 64:
        raise HTTPException(400)
    return json.dumps([client, idempotency_key])


RUNNING, FAILED = "running", "failed"


def create_app(records: Records, pay: Callable[[str, Payment], Awaitable[str]]) -> FastAPI:
    """Return an application that makes payments with `await pay(reference, payment)`, which returns an id."""
    app = FastAPI()

    @app.post("/payments", status_code=201)
    async def create(payment: Payment, key: Annotated[str, Depends(idempotency_key)]) -> Response:
        sent = payment.model_dump()
        claim, failed = {"sent": sent, "result": RUNNING}, {"sent": sent, "result": FAILED}
        while not (await records.swap(key, None, claim) or await records.swap(key, failed, claim)):
            row = await records.read(key)
            if row["sent"] != sent:
                raise HTTPException(422)
            if row["result"] == RUNNING:
                raise HTTPException(409)
            if row["result"] != FAILED:
                status, text = row["result"]
                return Response(text, status, {"Idempotent-Replayed": "true"}, "application/json")
        try:
            status, answer = 201, {"id": await pay(str(uuid5(NAMESPACE_URL, key)), payment), **sent}
        except Declined as error:
            status, answer = 402, {"detail": str(error)}
        except BaseException:
            await records.swap(key, claim, failed)
            raise
        text = json.dumps(answer)
        await records.swap(key, claim, {"sent": sent, "result": (status, text)})
        return Response(text, status, media_type="application/json")

    return app
