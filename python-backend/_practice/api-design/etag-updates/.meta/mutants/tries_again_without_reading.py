"""Tries the write again without reading the row, and so never stops."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import NamedTuple


class Response(NamedTuple):
    """What goes back to the client."""

    status: int
    headers: dict[str, str]
    body: bytes


class Row(NamedTuple):
    """A stored document. The version rises with each write."""

    version: int
    body: bytes


class Table:
    """The stored documents. Others use the table at the same time. Leave this class as it is."""

    def __init__(self) -> None:
        self._rows: dict[str, Row] = {}

    def read(self, name: str) -> Row | None:
        """Return the row as it is at this moment, or None if there is none."""
        return self._rows.get(name)

    def write(self, name: str, body: bytes, version: int | None) -> Row | None:
        """Write if the row has this version, or does not exist and `version` is None. Both in one step.

        Return the new row, or None if nothing was written. In SQL it would be
        UPDATE documents SET body = ?, version = version + 1 WHERE name = ? AND version = ?
        """
        row = self._rows.get(name)
        if version != (row.version if row else None):
            return None
        self._rows[name] = Row(1 if version is None else version + 1, body)
        return self._rows[name]


def get(table: Table, name: str) -> Response:
    """Answer GET /documents/{name}.

    >>> table = Table()
    >>> get(table, "menu").status
    404
    """
    row = table.read(name)
    if row is None:
        return Response(404, {}, b"")
    return Response(200, {"ETag": _etag(row)}, row.body)


def put(table: Table, name: str, headers: Mapping[str, str], body: bytes) -> Response:
    """Answer PUT /documents/{name}. The names of the headers are in lower case.

    >>> table = Table()
    >>> put(table, "menu", {"if-none-match": "*"}, b"soup").status
    201
    >>> seen = get(table, "menu").headers["ETag"]
    >>> put(table, "menu", {"if-match": seen}, b"soup, fish").status
    204
    >>> put(table, "menu", {"if-match": seen}, b"soup, cake").status
    412
    >>> get(table, "menu").body
    b'soup, fish'
    """
    if "if-match" not in headers and "if-none-match" not in headers:
        return Response(428, {"Content-Type": "text/plain"}, b"Send If-Match with the ETag of what you change.")
    row = table.read(name)
    while _holds(headers, row):
        written = table.write(name, body, row.version if row else None)
        if written is not None:
            return Response(204 if row else 201, {"ETag": _etag(written)}, b"")
    return Response(412, {}, b"")


def _etag(row: Row) -> str:
    return f'"{row.version}"'


def _holds(headers: Mapping[str, str], row: Row | None) -> bool:
    """Whether the condition of the request is true for the row."""
    if "if-match" not in headers:
        return row is None
    if row is None:
        return False
    tags = headers["if-match"]
    return tags == "*" or _etag(row) in re.findall(r'(?:W/)?"[^"]*"', tags)
