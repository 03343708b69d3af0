"""`build-decks schema`: what deck.yaml may say, as editors take it."""

from __future__ import annotations

import click

from .. import terminal
from ..config import SCHEMA


@click.command("schema")
def command() -> None:
    """Print the JSON Schema of deck.yaml, for editors.

    The first line of deck.yaml names the file that it was saved to: # yaml-language-server: $schema=PATH
    """
    terminal.put(SCHEMA.read_text(encoding="utf-8"), end="")
