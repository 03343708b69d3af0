"""The command line: the group of the commands, each of which is a module of `commands`.

A command is imported only when it is called, so that `--version` and `--help` take no longer than Click itself.
"""

from __future__ import annotations

import errno
import gc
from importlib import import_module
from typing import Any

import click

from . import __version__

COMMANDS = {
    "build": "Build one .apkg for each track and one for each of its subdomains.",
    "check": "Report every fault in the tracks that contain the PATHs, without writing anything.",
    "list": "List the cards, in study order.",
    "push": "Bring an edition into a learner's collection, and keep what the learner has changed in it.",
    "schema": "Print the JSON Schema of deck.yaml, for editors.",
    "stats": "Count notes, and compare hours of study with the plan in deck.yaml.",
    "verify": "Run the code of the cards and the guide in the PATHs, and record what ran.",
}
"""The commands, each with its line in `--help`, which is also the first line of the help of the command."""


class _Group(click.Group):
    """A group that imports a command when it is called, and calls `build` by default."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, name: str) -> click.Command | None:
        if name not in COMMANDS:
            return None
        command: click.Command = import_module(f".commands.{name}", __package__).command
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl(list(COMMANDS.items()))

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        if not args or args[0] not in (*COMMANDS, "--help", "-h", "--version"):
            args = ["build", *args]
        return super().parse_args(ctx, args)

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except OSError as error:
            from .errors import ConfigError

            if error.errno == errno.EPIPE:
                raise
            raise ConfigError(str(error)) from error


@click.group(cls=_Group, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="build-decks")
def main() -> None:
    """Compile Markdown concept files into Anki decks.

    Without a command, it builds. A TRACK is a folder with deck.yaml, or any other folder of notes. Without one,
    every track below the current folder is built. Results go to standard output, everything else to standard error.
    """
    # Notes live until the end of a command, so frequent garbage collection would find nothing.
    gc.freeze()
    gc.set_threshold(100_000, 50, 100)
