"""How a question is written: each dialect reads a Document into Blocks. Order is precedence."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from ..model import Block, Diagnostic, Document
from . import house

Dialect = Callable[[Document], Iterator[Block | Diagnostic]]

DIALECTS: tuple[Dialect, ...] = (house.read,)
