"""Card -> whether its difficulty is in the range of its subdomain."""

from __future__ import annotations

from collections.abc import Iterator

from ..settings import Limits
from .rule import Finding, Written


def difficulty(written: Written, limits: Limits) -> Iterator[Finding]:
    """The difficulty is in the range that the guide promises its readers."""
    level = written.card.difficulty
    if level and level not in written.levels:
        attribute = written.block.attributes.get("difficulty")
        yield Finding(
            attribute.span if attribute else written.block.span,
            f"`{level}` is outside the range of this subdomain: {', '.join(written.levels)}",
            "change it, move the card, or list the level under `also` of the subdomain in deck.yaml",
        )  # fmt: skip
