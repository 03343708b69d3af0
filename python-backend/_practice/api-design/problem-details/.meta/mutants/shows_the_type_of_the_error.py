"""Takes the name of the exception's class for the type of the problem."""

from __future__ import annotations

import json
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from http.client import responses
from typing import Any


@dataclass(frozen=True)
class Response:
    """What goes back to the client."""

    status: int
    headers: Mapping[str, str]
    body: bytes


class ProblemError(Exception):
    """An error that is meant for the client. Leave this class as it is."""

    def __init__(
        self,
        status: int,
        *,
        type: str = "about:blank",
        title: str | None = None,
        detail: str | None = None,
        instance: str | None = None,
        extensions: Mapping[str, Any] | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(status, type, detail)
        self.status = status
        self.type = type
        self.title = title
        self.detail = detail
        self.instance = instance
        self.extensions = extensions or {}
        self.headers = headers or {}


def problem_response(problem: ProblemError) -> Response:
    """Return the response that describes the problem.

    >>> import json
    >>> response = problem_response(ProblemError(404, detail="There is no order 17."))
    >>> response.status, response.headers
    (404, {'Content-Type': 'application/problem+json'})
    >>> json.loads(response.body)["title"]
    'Not Found'
    """
    members = {
        "type": problem.type,
        "title": responses.get(problem.status) if problem.type == "about:blank" else problem.title,
        "status": problem.status,
        "detail": problem.detail,
        "instance": problem.instance,
    }
    document = {name: value for name, value in members.items() if value is not None}
    document.update(problem.extensions)
    headers = {**problem.headers, "Content-Type": "application/problem+json"}
    return Response(problem.status, headers, json.dumps(document, allow_nan=False).encode())


def handle(
    handler: Callable[[Any], Response],
    request: Any,
    log: Callable[[str, Exception], object],
) -> Response:
    """Return the response of `handler(request)`, or a response that describes why there is none.

    >>> def handler(request):
    ...     raise KeyError("the table 'orders_eu' is gone")
    >>> logged = []
    >>> response = handle(handler, "GET /orders", lambda instance, error: logged.append(error))
    >>> response.status, logged
    (500, [KeyError("the table 'orders_eu' is gone")])
    """
    try:
        try:
            return handler(request)
        except ProblemError as problem:
            return problem_response(problem)
    except Exception as error:
        instance = uuid.uuid4().urn
        log(instance, error)
        return problem_response(
            ProblemError(500, type=type(error).__name__, title="Internal Server Error", instance=instance)
        )
