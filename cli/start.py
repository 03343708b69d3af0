"""Where a call begins: what needs no work is answered before the command line is imported."""

from __future__ import annotations

import sys

from . import unchanged


def main() -> None:
    if not unchanged.answer(sys.argv[1:]):
        from .main import main as command

        command()
