"""Reports that only some users may read, and tests that need no login."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Protocol

from fastapi import FastAPI, HTTPException


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


def current_user() -> User:  # declare the parameters that you need
    """The dependency that returns the user of the request."""
    raise NotImplementedError


def allow(scope: str) -> Callable[..., User]:
    """Return a dependency that returns the user of the request, if the user has the scope."""

    def allowed_user() -> User:  # declare the parameters that you need
        raise NotImplementedError

    return allowed_user


def create_app() -> FastAPI:
    """Return a new application. As it is now, everybody can do everything."""
    app = FastAPI()
    reports = {7: "Rain in May", 8: "Wind in June"}

    @app.get("/health")
    def health() -> str:
        return "ok"

    @app.get("/me")
    def me() -> str:
        raise NotImplementedError  # return the name of the user

    @app.get("/reports/{number}")
    def read(number: int) -> str:
        if number not in reports:
            raise HTTPException(404)
        return reports[number]

    @app.delete("/reports/{number}", status_code=204)
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
    raise NotImplementedError
    yield
