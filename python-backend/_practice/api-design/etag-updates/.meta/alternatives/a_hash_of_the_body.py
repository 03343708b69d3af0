"""Makes the tag of the body, and takes the list of tags apart at the quotes."""

from __future__ import annotations

import hashlib
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
    """Answer GET /documents/{name}."""
    row = table.read(name)
    return Response(404, {}, b"") if row is None else Response(200, {"ETag": etag(row.body)}, row.body)


def put(table: Table, name: str, headers: Mapping[str, str], body: bytes) -> Response:
    """Answer PUT /documents/{name}. The names of the headers are in lower case."""
    if "if-match" in headers:
        return change(table, name, headers["if-match"], body)
    if "if-none-match" in headers:
        return create(table, name, body)
    return Response(428, {}, b"A write needs If-Match, or If-None-Match: * for a new document.")


def change(table: Table, name: str, tags: str, body: bytes) -> Response:
    accepted = strong_tags(tags)
    while (row := table.read(name)) and (tags == "*" or etag(row.body) in accepted):
        if table.write(name, body, row.version):
            return Response(204, {"ETag": etag(body)}, b"")
    return Response(412, {}, b"The document is not the one that you have seen.")


def create(table: Table, name: str, body: bytes) -> Response:
    if table.write(name, body, None) is None:
        return Response(412, {}, b"There is such a document already.")
    return Response(201, {"ETag": etag(body)}, b"")


def etag(body: bytes) -> str:
    return f'"{hashlib.sha256(body).hexdigest()}"'


def strong_tags(tags: str) -> set[str]:
    """The parts between quotes, except those that follow W/."""
    parts = tags.split('"')
    return {f'"{tag}"' for before, tag in zip(parts[::2], parts[1::2], strict=False) if not before.endswith("W/")}
