"""Reads the header itself, makes each check an object of a class, and lets patch.dict restore the overrides."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Annotated, Protocol
from unittest.mock import patch

from fastapi import Depends, FastAPI, HTTPException, Security
from fastapi.security import APIKeyHeader


@dataclass(frozen=True)
class User:
    """A person who has logged in, and what that person may do."""

    name: str
    scopes: frozenset[str] = frozenset()


class Sessions(Protocol):
    """The session service."""

    def user_of(self, token: str) -> User | None:
        """Return the user who has this token, or None if the token is unknown or has expired."""


def get_sessions() -> Sessions:
    """The dependency that returns the session service. Leave it as it is: tests override it."""
    raise RuntimeError("there is no session service here")


def not_authenticated() -> HTTPException:
    return HTTPException(401, "Not authenticated", {"WWW-Authenticate": 'Bearer realm="reports"'})


async def token(header: Annotated[str | None, Security(APIKeyHeader(name="Authorization", auto_error=False))]) -> str:
    scheme, _, found = (header or "").partition(" ")
    if scheme.lower() != "bearer" or not found.strip():
        raise not_authenticated()
    return found.strip()


def current_user(token: Annotated[str, Depends(token)], sessions: Annotated[Sessions, Depends(get_sessions)]) -> User:
    """The dependency that returns the user of the request."""
    if user := sessions.user_of(token):
        return user
    raise not_authenticated()


@dataclass(frozen=True)
class Allowed:
    scope: str

    async def __call__(self, user: Annotated[User, Depends(current_user)]) -> User:
        if self.scope in user.scopes:
            return user
        raise HTTPException(403)


def allow(scope: str) -> Callable[..., User]:
    """Return a dependency that returns the user of the request, if the user has the scope."""
    return Allowed(scope)


def create_app() -> FastAPI:
    """Return a new application."""
    app = FastAPI()
    reports = {7: "Rain in May", 8: "Wind in June"}

    async def report(number: int) -> str:
        if number in reports:
            return reports[number]
        raise HTTPException(404)

    @app.get("/health")
    async def health() -> str:
        return "ok"

    @app.get("/me")
    async def me(user: Annotated[User, Security(current_user)]) -> str:
        return user.name

    # The dependencies of the decorator come first, so a user who may not read learns nothing about the reports.
    @app.get("/reports/{number}", dependencies=[Security(allow("reports:read"))])
    async def read(report: Annotated[str, Depends(report)]) -> str:
        return report

    @app.delete("/reports/{number}", status_code=204, dependencies=[Security(allow("reports:delete")), Depends(report)])
    async def delete(number: int) -> None:
        del reports[number]

    return app


@contextmanager
def acting_as(app: FastAPI, user: User) -> Iterator[None]:
    """For tests: inside the `with` block every request to the application is one of this user."""

    async def this_user() -> User:
        return user

    with patch.dict(app.dependency_overrides, {current_user: this_user}):
        yield
