"""Frozen data -> lists, texts and numbers, as JSON holds them, and back: what is remembered is data, never code."""

from __future__ import annotations

import base64
from collections.abc import Callable
from dataclasses import fields, is_dataclass
from functools import cache
from types import UnionType
from typing import Any, Literal, Union, get_args, get_origin, get_type_hints

from ..cards.model import NoteType
from ..cards.notetypes import NOTE_TYPES

_NOTE_TYPES = {note_type.id: note_type for note_type in NOTE_TYPES}


def plain(value: Any) -> Any:
    """The data as JSON holds it: a dataclass as the list of its fields, a note type as its id, bytes in Base64."""
    if value is None or isinstance(value, (str, int)):
        return value
    if isinstance(value, NoteType):
        return value.id
    if isinstance(value, bytes):
        return base64.b64encode(value).decode()
    if isinstance(value, (tuple, list)):
        return [plain(item) for item in value]
    if isinstance(value, frozenset):
        return sorted(value)
    kind: Any = type(value)
    return [plain(getattr(value, name)) for name in _names(kind)]


def rebuilt(kind: Any, data: Any) -> Any:
    """The value of this type whose `plain` data this is. Raises TypeError, ValueError or LookupError if it is none."""
    return _builder(kind)(data)


@cache
def _names(kind: Any) -> tuple[str, ...]:
    return tuple(field.name for field in fields(kind))


@cache
def _builder(kind: Any) -> Callable[[Any], Any]:
    origin, inner = get_origin(kind), get_args(kind)
    if kind is NoteType:
        return _NOTE_TYPES.__getitem__
    if kind is bytes:
        return base64.b64decode
    if is_dataclass(kind):
        return _dataclass(kind)
    if origin in (Union, UnionType):
        (some,) = (_builder(option) for option in inner if option is not type(None))
        return lambda data: None if data is None else some(data)
    if origin in (list, frozenset) or (origin is tuple and inner[-1] is ...):
        item = _builder(inner[0])
        return origin if item is _as_it_is else lambda data: origin(map(item, data))
    if origin is tuple:
        items = [_builder(part) for part in inner]
        return lambda data: tuple(build(part) for build, part in zip(items, data, strict=True))
    if kind in (str, int, bool) or origin is Literal:
        return _as_it_is
    raise TypeError(f"no way to remember {kind}")


def _dataclass(kind: Any) -> Callable[[Any], Any]:
    hints = get_type_hints(kind)
    builders = [(place, _builder(hints[name])) for place, name in enumerate(_names(kind))]
    deep = [(place, build) for place, build in builders if build is not _as_it_is]

    def build(data: Any) -> Any:
        for place, part in deep:
            data[place] = part(data[place])
        return kind(*data)

    return build


def _as_it_is(data: Any) -> Any:
    return data
