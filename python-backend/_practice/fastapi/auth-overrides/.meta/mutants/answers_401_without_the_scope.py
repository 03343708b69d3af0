"""Answers 401 where the scope is missing, so the client logs in again and again."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Annotated, Protocol

from fastapi import Depends, FastAPI, HTTPException
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer

bearer = HTTPBearer()


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


def current_user(
    credentials: Annotated[HTTPAuthorizationCredentials, Depends(bearer)],
    sessions: Annotated[Sessions, Depends(get_sessions)],
) -> User:
    """The dependency that returns the user of the request."""
    user = sessions.user_of(credentials.credentials)
    if user is None:
        raise HTTPException(401, "Not authenticated", headers={"WWW-Authenticate": "Bearer"})
    return user


def allow(scope: str) -> Callable[..., User]:
    """Return a dependency that returns the user of the request, if the user has the scope."""

    def allowed_user(user: Annotated[User, Depends(current_user)]) -> User:
        if scope not in user.scopes:
            raise HTTPException(401, f"This needs the scope {scope}.", headers={"WWW-Authenticate": "Bearer"})
        return user

    return allowed_user


def create_app() -> FastAPI:
    """Return a new application."""
    app = FastAPI()
    reports = {7: "Rain in May", 8: "Wind in June"}

    @app.get("/health")
    def health() -> str:
        return "ok"

    @app.get("/me")
    def me(user: Annotated[User, Depends(current_user)]) -> str:
        return user.name

    @app.get("/reports/{number}", dependencies=[Depends(allow("reports:read"))])
    def read(number: int) -> str:
        if number not in reports:
            raise HTTPException(404)
        return reports[number]

    @app.delete("/reports/{number}", status_code=204, dependencies=[Depends(allow("reports:delete"))])
    def delete(number: int) -> None:
        if number not in reports:
            raise HTTPException(404)
        del reports[number]

    return app


@contextmanager
def acting_as(app: FastAPI, user: User) -> Iterator[None]:
    """For tests: inside the `with` block every request to the application is one of this user.

    >>> from fastapi.testclient import TestClient
    >>> app = create_app()
    >>> client = TestClient(app)
    >>> with acting_as(app, User("ada", frozenset({"reports:read"}))):
    ...     client.get("/me").json(), client.get("/reports/7").json()
    ('ada', 'Rain in May')
    >>> app.dependency_overrides
    {}
    """
    overrides = app.dependency_overrides
    before = overrides.get(current_user)
    overrides[current_user] = lambda: user
    try:
        yield
    finally:
        if before is None:
            del overrides[current_user]
        else:
            overrides[current_user] = before
