"""Errors that stop a command: one line for the operator, and the exit code."""

from __future__ import annotations

import click

from .terminal import inert, printable


class ConfigError(click.ClickException):
    """Wrong usage or configuration: one line for the operator, exit code 2."""

    exit_code = 2

    def format_message(self) -> str:
        return inert(printable(self.message))
