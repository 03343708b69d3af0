"""Looks for input that ends in a traceback or takes too long: cases of the tests, spliced, repeated and cut.

    python tests/fuzz.py MINUTES [SEED]

Each input is the only concept file of a track, which is built and checked. What fails is kept in `fuzz/`, named after
its seed.
"""

from __future__ import annotations

import os
import random
import signal
import sys
import tempfile
import time
import traceback
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path

from build_decks.cards.identity.ledger import Ledger
from build_decks.cards.pipeline import building, checking
from build_decks.cards.settings import Settings

ROOT = Path(__file__).parent.parent
KEPT = ROOT / "fuzz"
CORPUS = sorted((ROOT / "tests" / "data").rglob("*.md"))
SECONDS, GIVEN_UP = 2.0, 20
LONGEST = 100_000
TOKENS = (
    "```", "~~~", "<details>", "</summary>", "{{c1::", "}}", "<!-- card: id=x -->", "<!-- check\n", "-->", "[^1]:",
    "[^1]", "[a]: b", "$$", "\\(", "**A:**", "**", "==", "::", "|", "> ", "- [x] ", "1. ", "\t", "\u00a0", "\u2028",
    "\x00", "&#0;", "![](", "<b><i>", "---\n", "Q: ", "### ",
)  # fmt: skip

Mutation = Callable[[random.Random, str, str], str]


def splice(rng: random.Random, text: str, other: str) -> str:
    at, start = rng.randrange(len(text) + 1), rng.randrange(len(other) + 1)
    return text[:at] + other[start : start + rng.randrange(2000)] + text[at:]


def repeat(rng: random.Random, text: str, other: str) -> str:
    start = rng.randrange(len(text) + 1)
    part = text[start : start + rng.choice((1, 3, 20, 200))]
    return text[:start] + part * rng.choice((2, 10, 100, 1000)) + text[start:]


def truncate(rng: random.Random, text: str, other: str) -> str:
    return text[: rng.randrange(len(text) + 1)]


def delete(rng: random.Random, text: str, other: str) -> str:
    start = rng.randrange(len(text) + 1)
    return text[:start] + text[start + rng.choice((1, 5, 50)) :]


def insert(rng: random.Random, text: str, other: str) -> str:
    at = rng.randrange(len(text) + 1)
    return text[:at] + rng.choice(TOKENS) * rng.choice((1, 1, 2, 50)) + text[at:]


def indent(rng: random.Random, text: str, other: str) -> str:
    lines = text.split("\n")
    at = rng.randrange(len(lines))
    mark = rng.choice(("    ", "> ", "- ", "1. ", "\t"))
    lines[at:] = [mark + line for line in lines[at:]]
    return "\n".join(lines)


MUTATIONS: tuple[Mutation, ...] = (splice, repeat, truncate, delete, insert, indent)


def inputs(seed: int) -> Iterator[tuple[int, str]]:
    """Inputs without end, each with the seed that makes it again."""
    texts = [path.read_text(encoding="utf-8", errors="replace") for path in CORPUS]
    while True:
        rng = random.Random(seed)
        text = rng.choice(texts)
        for _ in range(rng.randrange(1, 5)):
            text = rng.choice(MUTATIONS)(rng, text, rng.choice(texts))[:LONGEST]
        yield seed, text
        seed += 1


def fault(root: Path, text: str) -> str:
    """What went wrong with an input, or ""."""
    (root / "a.md").write_text(text, encoding="utf-8", errors="replace")
    for declared in (True, False):
        settings = Settings(root, "", "Track", "track", difficulty="beginner", declared=declared)
        for command in (_build, _check):
            began = time.process_time()
            signal.alarm(GIVEN_UP)
            try:
                command(settings)
            except BaseException:
                return traceback.format_exc()
            finally:
                signal.alarm(0)
            seconds = time.process_time() - began
            if seconds > SECONDS:
                return f"{command.__name__[1:]} took {seconds:.1f} s"
    return ""


def _build(settings: Settings) -> None:
    building.build(settings, ["a.md"], Ledger(), lambda: 1_893_456_000)


def _check(settings: Settings) -> None:
    checking.check(settings, ["a.md"], date(2030, 1, 1))


def main() -> int:
    minutes, seed = float(sys.argv[1]), int(sys.argv[2]) if len(sys.argv) > 2 else int.from_bytes(os.urandom(4), "big")
    end = time.monotonic() + 60 * minutes
    found = count = 0
    with tempfile.TemporaryDirectory() as folder:
        for number, text in inputs(seed):
            if time.monotonic() > end:
                break
            count += 1
            why = fault(Path(folder), text)
            if why:
                found += 1
                KEPT.mkdir(exist_ok=True)
                (KEPT / f"{number}.md").write_text(text, encoding="utf-8", errors="replace")
                print(f"fuzz/{number}.md: {why}")
    print(f"{count} inputs from seed {seed}, {found} at fault")
    return 1 if found else 0


sys.exit(main())
