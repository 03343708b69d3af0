"""`build-decks schema`: the JSON Schema of deck.yaml, for editors."""

from __future__ import annotations

import click

from .. import terminal
from ..config import SCHEMA


@click.command("schema")
def command() -> None:
    """Print the JSON Schema of deck.yaml, for editors.

    Save it, and name the file in the first line of deck.yaml: # yaml-language-server: $schema=PATH
    """
    terminal.put(SCHEMA.read_text(encoding="utf-8"), end="")
