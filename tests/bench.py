"""Measure a first build against a yardstick that only parses, renders, highlights and writes the same text, later
builds against the first one and against hashing the files, and the reading of other people's notes against
markdown-it's parsing of them.

    python tests/bench.py [--notes 1000 10000] [--rounds 5]

Prints ratios of wall time and peak memory, each the median over pairs of runs in turn, also those of a check, of
`--help`, of hostile text of which there is four times as much, and of a push into a collection against an import of the
same package. A machine's speed drops out of a ratio; exits 1 where one is above its bar.
"""

from __future__ import annotations

import argparse
import os
import random
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Collection, Sequence
from pathlib import Path

COMMAND = Path(sys.executable).with_name("build-decks")
ROOT = Path(__file__).parent.parent
NOTES_A_FILE = 50
MEGABYTES = 10
BARS = {
    "cold": 0.6, "one core": 0.95, "found": 0.8, "unchanged": 2.0, "one file": 0.08, "peak memory": 1.2, "check": 0.5,
    "help": 1.15, "own track": 2.0, "notes": 1.2, "flood": 6.0, "push 100": 0.5, "push all": 2.5, "push memory": 2.0,
}  # fmt: skip
OF = {
    "cold": "first build / yardstick",
    "one core": "first build on one core / yardstick",
    "found": "first build of found notes / yardstick",
    "unchanged": "nothing changed / hashing the files",
    "one file": "one file changed / first build",
    "peak memory": "first build / yardstick",
    "check": "check / first build",
}
Row = tuple[str, str, float]
# Lines of text for which parsers may take quadratic time. In linear time the ratio is 4, in quadratic time 16.
FLOODS = (
    "." * 79, "[" * 79, "![" * 39, "!" + "[" * 38 + "](x)", "[a](https://b.example/d)", "![a](x.png)", "(" * 79,
    "<div>", "<b><i><u><s>", "<details>", "<details>\n", "**a** **b**", "<T>", "x <b>y</b>", "[^1]: [^2]: y[^1]",
    "*a **b " * 9, "> ```\n a", "> # h\n a",
    "`a ``b " * 9, "| a " * 19, "> " * 30, "- a\n\n  b", "a: b. c) d", "**Q:** a **A:** b", "\x00" * 39, "Q" * 79,
)  # fmt: skip
SHORT, LONG = 50_000, 200_000
# Seconds after which the times of a file tell any change.
SETTLED = 2.1
# How people write questions, a file each in turn.
FORMS = (
    "### {number}. What does case {number} show?\n\n{answer}\n\n",
    "**Why does case {number} fail?**\n\n{answer}\n\n",
    "### Case {number}\n\n**Answer:** {answer}\n\n",
    "<details><summary>How is case {number} fixed?</summary>\n\n{answer}\n\n</details>\n\n",
    "Q: What follows from case {number}?\nA: {answer}\n\n",
)

WORDS = """
the server keeps a request until its worker is free because each call holds one `connection` of the pool and a
*slow* query blocks every other caller so the limit must be set with **care** and measured under load while retries
add traffic when the service can bear it least see [the guide](https://example.org/guide)
""".split()  # noqa: SIM905
CODE = (
    "import asyncio",
    "from collections import defaultdict",
    "async def fetch(client, url, *, retries=3):",
    "    for attempt in range(retries):",
    '        print(f"try {attempt} of {retries}", url)',
    "        await asyncio.sleep(0.1 * 2 ** attempt)",
    "    raise TimeoutError(url)  # every attempt was used",
    "class Pool:",
    "    def __init__(self, size: int = 10) -> None:",
    "        self.size = size",
    '        self.waiting = {"high": [], "low": []}',
    "results = [fetch(None, name) for name in sorted(set(names))]",
)


def synthetic(root: Path, notes: int) -> None:
    """A track of `notes` cards: answers of about 100 words, a fence of 6 to 12 lines in 60 % of them."""
    rng = random.Random(notes)
    (root / "topic").mkdir(parents=True)
    (root / "deck.yaml").write_text("title: Synthetic\nlimits: {qa-words: 120}\n", encoding="utf-8")
    for start in range(0, notes, NOTES_A_FILE):
        text = "".join(_card(rng, number) for number in range(start, min(start + NOTES_A_FILE, notes)))
        (root / "topic" / f"file-{start:06}.md").write_text(f"# Synthetic\n\n{text}", encoding="utf-8")


def notes_of_somebody(root: Path) -> None:
    """About 10 MB of notes in files of 700 KB: answers as in `synthetic`."""
    rng = random.Random(MEGABYTES)
    size = number = 0
    while size < MEGABYTES * 1_000_000:
        form, cards = FORMS[number % len(FORMS)], []
        while sum(map(len, cards)) < 700_000:
            cards += [form.format(number=len(cards) + n, answer=_answer(rng)) for n in range(1, 51)]
        (root / f"{number:02}.md").write_text(f"# Interview questions\n\n{''.join(cards)}", encoding="utf-8")
        size += sum(map(len, cards))
        number += 1


def read_notes(root: Path, ours: bool) -> None:
    """Read notes to cards, or only parse their Markdown."""
    import gc

    from build_decks.cards.model import Source
    from build_decks.cards.sources import discover
    from build_decks.cards.sources.parse import parse
    from markdown_it import MarkdownIt

    gc.freeze()
    gc.set_threshold(100_000, 50, 100)
    sources = [discover.read(root, path.name, "") for path in sorted(root.iterdir())]
    markdown = MarkdownIt("commonmark").enable(["table", "strikethrough"])
    found = 0
    started = time.process_time()
    for source in sources:
        assert isinstance(source, Source)
        if ours:
            found += len(parse(source).blocks)
        else:
            markdown.parse(source.text)
    assert not ours or found > MEGABYTES * 500
    print(time.process_time() - started)


def reading(rounds: int) -> float:
    """The ratio of the processor time that reading notes takes to that of parsing their Markdown."""
    with tempfile.TemporaryDirectory() as name:
        notes_of_somebody(Path(name))
        ratios = []
        for _ in range(rounds):
            ours, plain = (
                float(subprocess.check_output([sys.executable, __file__, f"--{what}", name]))
                for what in ("read", "parse")
            )
            print(f"  {MEGABYTES} MB of notes: read {ours:.2f} s, markdown-it {plain:.2f} s", flush=True)
            ratios.append(ours / plain)
    return statistics.median(ratios)


def _card(rng: random.Random, number: int) -> str:
    answer = _answer(rng)
    comment = f"<!-- card: id=case-{number} difficulty=beginner -->"
    return f"### What does case {number} show?\n\n{comment}\n\n**A:** {answer}\n\n"


def _answer(rng: random.Random) -> str:
    words = [rng.choice(WORDS) for _ in range(rng.randint(90, 110))]
    half = len(words) // 2
    fence = ""
    if rng.random() < 0.6:
        lines = "\n".join(rng.choice(CODE) for _ in range(rng.randint(6, 12)))
        fence = f"\n```python\n{lines}\n```\n"
    return f"{' '.join(words[:half])}\n{fence}\n{' '.join(words[half:])}"


def yardstick(root: Path, out: Path) -> None:
    """What any compiler of these decks must do, and nothing else."""
    import genanki
    from markdown_it import MarkdownIt
    from pygments import highlight
    from pygments.formatters import HtmlFormatter
    from pygments.lexers import PythonLexer

    lexer, formatter = PythonLexer(), HtmlFormatter(nowrap=True)
    markdown = MarkdownIt(
        "commonmark", {"highlight": lambda code, language, _: highlight(code, lexer, formatter)}
    ).enable(["table", "strikethrough"])
    model = genanki.Model(
        1, "Plain", [{"name": "Front"}, {"name": "Back"}], [{"name": "Card", "qfmt": "{{Front}}", "afmt": "{{Back}}"}]
    )
    deck = genanki.Deck(2, "Synthetic")
    for file in sorted((root / "topic").iterdir()):
        tokens = markdown.parse(file.read_text(encoding="utf-8"))
        starts = [i for i, token in enumerate(tokens) if token.type == "heading_open" and token.tag == "h3"]
        for start, end in zip(starts, [*starts[1:], len(tokens)], strict=True):
            front, back = (
                markdown.renderer.render(part, markdown.options, {})
                for part in (tokens[start : start + 3], tokens[start + 3 : end])
            )
            deck.add_note(genanki.Note(model, [front, back]))
    genanki.Package(deck).write_to_file(out / "synthetic.apkg")


def measure(
    command: Sequence[str | Path], cwd: Path, cache: Path | None = None, cores: Collection[int] = ()
) -> tuple[float, float]:
    """Wall seconds and peak mebibytes of a process, which remembers in `cache` and may use only these `cores`."""
    env = {**os.environ, "BUILD_DECKS_CACHE": str(cache or cwd / "cache")}
    started = time.perf_counter()
    process = subprocess.Popen(
        command, cwd=cwd, env=env, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        preexec_fn=(lambda: os.sched_setaffinity(0, cores)) if cores else None,
    )  # fmt: skip
    _, status, usage = os.wait4(process.pid, 0)
    elapsed = time.perf_counter() - started
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise SystemExit(f"{command} ended with {process.returncode}")
    return elapsed, usage.ru_maxrss / 1024


def hashed(root: Path) -> None:
    """Read and hash every file, as the least that could find out whether one has changed."""
    import hashlib

    digest = hashlib.blake2b()
    for folder, _, names in os.walk(root):
        for name in sorted(names):
            digest.update(Path(folder, name).read_bytes())


def unasked(root: Path, to: Path) -> None:
    """The same text as other people's notes: without configuration and comments."""
    shutil.copytree(root / "topic", to / "topic")
    for path in (to / "topic").iterdir():
        text = path.read_text(encoding="utf-8")
        path.write_text(re.sub(r"<!-- card: .* -->\n\n\*\*A:\*\* ", "", text), encoding="utf-8")


def compare(notes: int, rounds: int) -> list[Row]:
    """The ratios of builds of `notes` notes to the yardstick, to hashing the files and to a first build."""
    rows: dict[str, list[float]] = {}
    with tempfile.TemporaryDirectory() as name:
        place = Path(name)
        root, found = place / "synthetic", place / "found"
        synthetic(root, notes)
        unasked(root, found)
        some = sorted((root / "topic").iterdir())[notes // NOTES_A_FILE // 2]
        for number in range(rounds):
            out, cache = place / f"out{number}", place / f"cache{number}"
            build = [COMMAND, root, "--out", out]
            for folder in (out, *(place / f"{label}{number}" for label in ("plain", "one", "theirs"))):
                folder.mkdir()
            shutil.rmtree(root / "_anki", ignore_errors=True)
            plain = measure([sys.executable, __file__, "--yardstick", root, place / f"plain{number}"], place)
            cold = measure(build, place, cache)
            measure(build, place, cache)
            same = measure(build, place, cache)[0]
            hashing = measure([sys.executable, __file__, "--hash", root / "topic"], place)[0]
            some.write_text(some.read_text("utf-8").replace("**A:** ", f"**A:** {number} ", 1), encoding="utf-8")
            edited = measure(build, place, cache)[0]
            checked = measure([COMMAND, "check", "--strict", root], place, place / f"checks{number}")[0]
            shutil.rmtree(root / "_anki")
            one = measure([COMMAND, root, "--out", place / f"one{number}"], place, place / f"ones{number}", {0})[0]
            shutil.rmtree(found / "_anki", ignore_errors=True)
            theirs = measure([COMMAND, found, "--out", place / f"theirs{number}"], place, place / f"found{number}")[0]
            seen = {
                "cold": cold[0] / plain[0], "one core": one / plain[0], "found": theirs / plain[0],
                "unchanged": same / hashing, "one file": edited / cold[0], "peak memory": cold[1] / plain[1],
                "check": checked / cold[0],
            }  # fmt: skip
            for label, ratio in seen.items():
                rows.setdefault(label, []).append(ratio)
            print(
                f"  {notes:>6} notes: {', '.join(f'{label} {ratio:.2f}' for label, ratio in seen.items())}", flush=True
            )
    return [(label, f"{notes} notes, {OF[label]}", statistics.median(ratios)) for label, ratios in rows.items()]


def floods() -> list[Row]:
    """For each flood the time to build and check a file of it, against a file of a quarter of its length."""
    found = []
    with tempfile.TemporaryDirectory() as folder:
        for line in FLOODS:
            short, long = (min(flooded(Path(folder), line, length) for _ in range(2)) for length in (SHORT, LONG))
            found.append(("flood", f"of {line[:12]!r}, 4 times as long", long / short))
    return found


def flooded(root: Path, line: str, length: int) -> float:
    """The processor time to build and check two cards with this much of a flood, and the same text as found notes."""
    from datetime import date

    from build_decks.cards.identity.ledger import Ledger
    from build_decks.cards.pipeline import building, checking
    from build_decks.cards.settings import Settings

    text = (line + "\n") * (length // 2 // (len(line) + 1))
    cards = (f"### Why?\n\n<!-- card: id={kind} difficulty=beginner kind={kind} -->\n\n" for kind in ("qa", "cloze"))
    (root / "a.md").write_text(f"{next(cards)}**A:** {text}\n{next(cards)}A {text}", encoding="utf-8")
    began = time.process_time()
    for declared in (True, False):
        settings = Settings(root, "", "Track", "track", declared=declared)
        building.build(settings, ["a.md"], Ledger(), lambda: 0)
        checking.check(settings, ["a.md"], date(2030, 1, 1))
    return time.process_time() - began


def pushes(notes: int, rounds: int) -> list[Row]:
    """A push of an edition with a hundred or all of its notes changed, against the import of its package."""
    found = []
    with tempfile.TemporaryDirectory() as name:
        root, home = Path(name) / "synthetic", Path(name) / "home"
        synthetic(root, notes)
        first = {path: path.read_text(encoding="utf-8") for path in sorted((root / "topic").iterdir())}
        measure([COMMAND, root, "--out", Path(name) / "one"], Path(name))
        ledger = (root / "_anki" / "ledger.txt").read_bytes()
        home.mkdir()
        measure([sys.executable, __file__, "--import", home, Path(name) / "one" / "synthetic.apkg"], Path(name))
        for label, files in (("100", 100 // NOTES_A_FILE), ("all", len(first))):
            (root / "_anki" / "ledger.txt").write_bytes(ledger)
            for number, (path, text) in enumerate(first.items()):
                path.write_text(text.replace("**A:** ", "**A:** now ") if number < files else text, encoding="utf-8")
            measure([COMMAND, root, "--out", Path(name) / label], Path(name))
            package = Path(name) / label / "synthetic.apkg"
            timed = [sys.executable, __file__, "--push", root, home, package, "--rounds", str(rounds)]
            ratio = float(subprocess.run(timed, stdout=subprocess.PIPE, check=True, encoding="utf-8").stdout)
            found.append((f"push {label}", f"{notes} notes, push / import", ratio))
        one, two = (shutil.copytree(home, Path(name) / f"home{number}") for number in (1, 2))
        pushing = [COMMAND, "push", root, "--collection", one / "collection.anki2"]
        importing = [sys.executable, __file__, "--import", two, package]
        ours, plain = (measure(command, Path(name))[1] for command in (pushing, importing))
    return [*found, ("push memory", f"{notes} notes, push / import", ours / plain)]


def pushed(root: Path, home: Path, package: Path, rounds: int) -> float:
    """The median ratio of the time to plan and apply a push in an open collection to that of an import."""
    import gc

    from anki.collection import Collection, ImportAnkiPackageOptions, ImportAnkiPackageRequest
    from build_decks.cards.pipeline import building
    from build_decks.cards.pipeline.reading import concept_files
    from build_decks.cards.updates import collection as engine
    from build_decks.cards.updates.plan import Plan, plan
    from build_decks.cli import tracks
    from build_decks.cli.commands import push

    (settings,) = tracks.tracks([root])
    known, _ = tracks.read_ledger(settings)
    built = building.build(settings, concept_files(settings), known, lambda: 0)
    delivery = push._delivery(settings, built, Plan(), push._about(settings, built))
    edition = push._edition(settings, built)
    gc.freeze()  # as the command does
    gc.set_threshold(100_000, 50, 100)

    def importing(collection: Collection) -> None:
        options = ImportAnkiPackageOptions()
        collection.import_anki_package(ImportAnkiPackageRequest(package_path=str(package), options=options))

    def pushing(collection: Collection) -> None:
        seen = engine.state(collection, edition, 2**40)
        engine.apply(collection, plan(edition, seen.held, seen.had, seen.decks), delivery)

    ratios = []
    for _ in range(rounds):
        spans = []
        for work in (importing, pushing):
            with tempfile.TemporaryDirectory() as folder:
                collection = Collection(shutil.copy(home / "collection.anki2", folder))
                began = time.perf_counter()
                work(collection)
                spans.append(time.perf_counter() - began)
                collection.close()
        ratios.append(spans[1] / spans[0])
    return statistics.median(ratios)


def imported(home: Path, package: Path) -> None:
    from anki.collection import Collection, ImportAnkiPackageOptions, ImportAnkiPackageRequest

    collection = Collection(str(home / "collection.anki2"))
    options = ImportAnkiPackageOptions()
    collection.import_anki_package(ImportAnkiPackageRequest(package_path=str(package), options=options))
    collection.close()


def starting(rounds: int) -> list[Row]:
    """`--help` against the import of Click, and a build of this repository's tracks with nothing to do against that."""
    with tempfile.TemporaryDirectory() as name:
        copy = Path(name) / "copy"
        copy.mkdir()
        for part in ("python-backend", "decks_out", "verify.lock"):
            (shutil.copytree if (ROOT / part).is_dir() else shutil.copy)(ROOT / part, copy / part)
        for _ in range(3):  # the last one leaves a stamp that asks for no bytes
            measure([COMMAND], copy, Path(name) / "cache")
            time.sleep(SETTLED)
        helped, imported, same = [COMMAND, "--help"], [sys.executable, "-c", "import click"], [COMMAND]
        times = [
            [measure(command, copy, Path(name) / "cache")[0] for command in (helped, imported, same)]
            for _ in range(rounds * 4)
        ]
    return [
        ("help", "build-decks --help / import click", statistics.median(ours / click for ours, click, _ in times)),
        ("own track", "nothing changed / --help", statistics.median(same / ours for ours, _, same in times)),
    ]


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--notes", type=int, nargs="+", default=[1_000, 10_000])
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--yardstick", type=Path, nargs=2, help=argparse.SUPPRESS)
    parser.add_argument("--read", type=Path, help=argparse.SUPPRESS)
    parser.add_argument("--hash", type=Path, help=argparse.SUPPRESS)
    parser.add_argument("--parse", type=Path, help=argparse.SUPPRESS)
    parser.add_argument("--import", dest="imported", type=Path, nargs=2, help=argparse.SUPPRESS)
    parser.add_argument("--push", type=Path, nargs=3, help=argparse.SUPPRESS)
    args = parser.parse_args()
    if args.imported:
        imported(*args.imported)
        return 0
    if args.push:
        print(pushed(*args.push, args.rounds))
        return 0
    if args.hash:
        hashed(args.hash)
        return 0
    if args.yardstick:
        yardstick(*args.yardstick)
        return 0
    if args.read or args.parse:
        read_notes(args.read or args.parse, bool(args.read))
        return 0
    found = [("notes", f"{MEGABYTES} MB of notes, read / markdown-it", reading(args.rounds))]
    found += starting(args.rounds)
    found += floods()
    found += pushes(max(args.notes), args.rounds)
    for notes in args.notes:
        found += compare(notes, args.rounds)
    for label, of, ratio in found:
        print(f"{label:<12} {of:<50} {ratio:.2f}  (bar {BARS[label]})")
    return 1 if any(ratio > BARS[label] for label, of, ratio in found if not of.startswith("1000 ")) else 0


if __name__ == "__main__":
    sys.exit(main())
