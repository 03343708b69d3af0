"""Options and arguments that several commands share."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import click

from ..cards.model import DIFFICULTIES, KINDS
from .diagnostics import TRACEBACK

F = TypeVar("F", bound=Callable[..., Any])

DIFFICULTY = click.Choice(DIFFICULTIES)
KIND = click.Choice(KINDS)
FORMAT = click.Choice(["text", "json", "github", "sarif"])


def dialects() -> Callable[[F], F]:
    return click.option(
        "--dialect", "dialects", metavar="NAME", multiple=True,
        help="Read only this dialect, without weighing evidence. Can be repeated. By default, all are tried.",
    )  # fmt: skip


def cache() -> Callable[[F], F]:
    return click.option(
        "--no-cache", "cache", is_flag=True, flag_value=False, default=True,
        help="Read every file, though it has not changed, and remember nothing.",
    )  # fmt: skip


def tags() -> Callable[[F], F]:
    return click.option(
        "--tag", "tags", metavar="NAME", multiple=True,
        help="Give every card this tag, beside those of `tags` in deck.yaml. Can be repeated.",
    )  # fmt: skip


def traceback() -> Callable[[F], F]:
    def ask(context: click.Context, _: click.Parameter, wanted: bool) -> None:
        context.meta[TRACEBACK] = wanted

    return click.option(
        "--traceback", is_flag=True, expose_value=False, callback=ask,
        help="Where build-decks itself fails on a file, show where.",
    )  # fmt: skip


def paths(metavar: str) -> Callable[[F], F]:
    return click.argument("paths", metavar=f"[{metavar}]...", nargs=-1, type=click.Path(exists=True, path_type=Path))
