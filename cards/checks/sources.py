"""Rules R1 and R2: a card cites a page that the track allows, and ids are unique."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from urllib.parse import urlsplit

from .. import markdown
from ..model import Block, Card, Diagnostic


def sources(block: Block, hosts: Sequence[str] | None) -> Iterator[Diagnostic]:
    """Rule R2: a card cites at least one https page on a host that the track allows."""
    if hosts is None:
        return
    document = block.question.document
    found = list(markdown.links(document, block.source.tokens))
    if not found:
        yield Diagnostic(block.span, "C118", "this card cites no source", "add **Source:** with an https link")
    for target, span in found:
        if not _is_allowed(target, hosts):
            yield Diagnostic(
                span, "C119",
                f"`{target}` is not an allowed source",
                f"cite an https page on {', '.join(hosts)}, or add its host to deck.yaml",
            )  # fmt: skip


def _is_allowed(target: str, hosts: Sequence[str]) -> bool:
    try:
        address = urlsplit(target)
    except ValueError:  # a broken host
        return False
    return address.scheme == "https" and address.hostname in hosts


def duplicate_ids(cards: Sequence[Card]) -> Iterator[Diagnostic]:
    """Rule R1: an id is unique in its track."""
    first: dict[str, Card] = {}
    for card in (card for card in cards if card.id):
        other = first.setdefault(card.id, card)
        if other is not card:
            place = f"{other.span.path}:{other.span.line}"
            yield Diagnostic(
                card.span, "C302", f"the id `{card.id}` is already used at {place}", "give this card a different id"
            )
