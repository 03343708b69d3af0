"""One answer for each kind of exception, chosen by singledispatch. A blank type is left out, text is not escaped."""

from __future__ import annotations

import json
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import singledispatch
from http import HTTPStatus
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
    """Return the response that describes the problem."""
    document: dict[str, Any] = {**problem.extensions, "status": problem.status}
    if problem.type != "about:blank":
        document["type"] = problem.type
        if problem.title is not None:
            document["title"] = problem.title
    elif problem.status in HTTPStatus.__members__.values():
        document["title"] = HTTPStatus(problem.status).phrase
    for name in ("detail", "instance"):
        if (value := getattr(problem, name)) is not None:
            document[name] = value
    body = json.dumps(document, ensure_ascii=False, allow_nan=False).encode("utf-8")
    return Response(problem.status, {"Content-Type": "application/problem+json", **problem.headers}, body)


@singledispatch
def _answer(error: Exception, log: Callable[[str, Exception], object]) -> Response:
    instance = f"urn:uuid:{uuid.uuid4()}"
    log(instance, error)
    return problem_response(ProblemError(500, instance=instance))


@_answer.register
def _(error: ProblemError, log: Callable[[str, Exception], object]) -> Response:
    try:
        return problem_response(error)
    except Exception as fault:
        return _answer(fault, log)


def handle(
    handler: Callable[[Any], Response],
    request: Any,
    log: Callable[[str, Exception], object],
) -> Response:
    """Return the response of `handler(request)`, or a response that describes why there is none."""
    try:
        return handler(request)
    except Exception as error:
        return _answer(error, log)
