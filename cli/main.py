"""The command line: Click parses the options, the exit code says how it went.

What a command needs is imported when it runs, so that `--version` and `--help` cost no more than Click.
"""

from __future__ import annotations

import errno
import json
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager, ExitStack, nullcontext
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO, TypeVar

import click

from . import __version__

if TYPE_CHECKING:
    from ..cards.ledger import Ledger
    from ..cards.model import Block, Card, Diagnostic, Span
    from ..cards.pipeline import Build, Judged, Map
    from ..cards.settings import Settings
    from . import config
    from .write import Stage

F = TypeVar("F", bound=Callable[..., Any])
T = TypeVar("T")

# So many warnings are said by a command that is not asked for them.
SOME = 5
LEDGER, INDEX = "ledger.txt", "README.md"
DIFFICULTY = click.Choice(["beginner", "intermediate", "advanced"])
KIND = click.Choice(["qa", "cloze", "output", "bug", "design"])
# From here on further processes are worth their start.
MANY_FILES = 50
FORMAT = click.Choice(["text", "json", "github", "sarif"])


class _BuildByDefault(click.Group):
    """A group whose command is `build` where none is named."""

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except OSError as error:
            from .config import ConfigError

            if error.errno == errno.EPIPE:
                raise
            raise ConfigError(str(error)) from error

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        if not args or args[0] not in (*self.commands, "--help", "-h", "--version"):
            args = ["build", *args]
        return super().parse_args(ctx, args)


@click.group(cls=_BuildByDefault, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="build-decks")
def main() -> None:
    """Compile Markdown concept files into Anki decks.

    Without a command it builds. A TRACK is a folder with deck.yaml; where none is named, every track below
    the current folder is meant. Results go to standard output, all else to standard error.
    """


def _dialects() -> Callable[[F], F]:
    return click.option(
        "--dialect", "dialects", metavar="NAME", multiple=True,
        help="Read only this dialect, without asking for evidence; may stand several times. By default all are tried.",
    )  # fmt: skip


def _paths(metavar: str) -> Callable[[F], F]:
    return click.argument("paths", metavar=f"[{metavar}]...", nargs=-1, type=click.Path(exists=True, path_type=Path))


@main.command()
@_paths("TRACK")
@click.option(
    "--out", type=click.Path(file_okay=False, path_type=Path), default=Path("decks_out"), show_default=True,
    help="The folder of the decks.",
)  # fmt: skip
@click.option("--check", is_flag=True, help="Write nothing; exit 1 when a deck, the ledger or the index is stale.")
@click.option("--role", default="", help="Only the notes of this role, in decks of their own name.")
@click.option("--difficulty", type=DIFFICULTY, help="Only the notes of this difficulty, likewise.")
@_dialects()
@click.option("-q", "--quiet", is_flag=True, help="Say nothing but faults.")
@click.option("-v", "--verbose", is_flag=True, help="Name every note that is new, changed or retired, every warning.")
def build(
    paths: tuple[Path, ...],
    out: Path,
    check: bool,
    role: str,
    difficulty: str | None,
    dialects: tuple[str, ...],
    quiet: bool,
    verbose: bool,
) -> None:
    """Build one .apkg for each track and one for each of its subdomains."""
    from . import config, report, write

    _collect_less()
    tracks = _tracks(paths, dialects)
    with ExitStack() as held:
        if not check:
            for settings in tracks:
                held.enter_context(write.lock(settings.root))
        builds = [(settings, _build(settings, quiet)) for settings in tracks]
        _stop_at_errors([fault for _, built in builds for fault in built.diagnostics], None if verbose else SOME)
        stage = held.enter_context(write.stage(beside=not check))
        if not check:
            write.sweep([out, *(settings.root / config.OWN for settings in tracks)])
        for settings, built in builds:
            _stage(stage, settings, built, out, role, difficulty or "")
        if not check:
            stage.commit()
    for found in stage.staged:
        if found.target.suffix == ".apkg":
            click.echo(found.target)
    if not quiet:
        for settings, built in builds:
            report.summary(settings.title, built.notes, built.statistics, built.changes, verbose)
    if check:
        sys.exit(report.stale(stage.staged))
    if not quiet:
        report.written(stage.staged)


def _collect_less() -> None:
    """Notes live to the end of the build: looking through them for garbage again and again finds none."""
    import gc

    gc.freeze()
    gc.set_threshold(100_000, 50, 100)


def _select(paths: Sequence[Path], dialects: Sequence[str] = ()) -> list[config.Selection]:
    from . import config

    return config.select(paths or [Path()], dialects)


def _tracks(paths: Sequence[Path], dialects: Sequence[str] = ()) -> list[Settings]:
    """The tracks that paths lie in, each once, in an order that keeps two builds from waiting for each other."""
    found = {selection.settings.root: selection.settings for selection in _select(paths, dialects)}
    return [found[root] for root in sorted(found)]


def _build(settings: Settings, quiet: bool) -> Build:
    from ..cards import pipeline
    from . import clock

    known, faults = _ledger(settings)
    if faults:
        return pipeline.Build(diagnostics=faults)
    names = pipeline.concept_files(settings)
    with _progress(names, len(names), settings.title, quiet) as shown_names:
        return pipeline.build(settings, shown_names, known, clock.now)


def _ledger(settings: Settings) -> tuple[Ledger, tuple[Diagnostic, ...]]:
    from ..cards import ledger
    from . import config
    from .report import shown

    path = settings.root / config.OWN / LEDGER
    if not path.exists():
        return ledger.Ledger(), ()
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise config.ConfigError(f"{shown(path)} cannot be read: {error}") from error
    return ledger.parse(text, shown(path))


def _progress(items: Iterable[T], length: int, label: str, quiet: bool) -> AbstractContextManager[Iterable[T]]:
    """The items with a bar on a terminal, and as they are elsewhere."""
    if quiet or not sys.stderr.isatty():
        return nullcontext(items)
    return click.progressbar(items, length, label=label, file=sys.stderr)


def _stop_at_errors(faults: Iterable[Diagnostic], most: int | None = None) -> None:
    """Say the faults, of warnings at `most` so many, and exit where one is an error."""
    from . import report

    found = sorted(faults)
    report.faults(found, most)
    if any(fault.severity == "error" for fault in found):
        sys.exit(1)


def _stage(stage: Stage, settings: Settings, built: Build, out: Path, role: str, difficulty: str) -> None:
    """Stage the ledger, the decks and, if these are all of the track's decks, their index.

    The ledger is first: with it in place, a build makes the same decks again.
    """
    from ..cards import index, ledger, pipeline
    from . import config

    decks = pipeline.artefacts(settings, built, role, difficulty)
    if not decks:
        raise config.ConfigError(_nothing(settings, built, role, difficulty))
    own = settings.root / config.OWN
    stage.add(own / LEDGER, _text(ledger.text_of(built.ledger)))
    written = [(deck, stage.add(out / deck.name, deck.write)) for deck in decks]
    if not role and not difficulty:
        files = [index.Written(deck, found.size, found.sha256) for deck, found in written]
        stage.add(own / INDEX, _text(index.page(settings.title, built.statistics, files)))


def _text(text: str) -> Callable[[BinaryIO], None]:
    def write(stream: BinaryIO) -> None:
        stream.write(text.encode())

    return write


def _nothing(settings: Settings, built: Build, role: str, difficulty: str) -> str:
    if not built.notes:
        return f"{settings.shown}: no cards here: build-decks list --verbose says which lines are none, and why"
    roles = sorted({role for note in built.notes for role in note.card.roles})
    what = " and ".join(label for label in (role and f"role `{role}`", difficulty) if label)
    return f"{settings.title} has no note of {what}; its roles are {', '.join(roles) or 'none'}"


@main.command()
@_paths("PATH")
@click.option("--format", "form", type=FORMAT, default="text", show_default=True, help="How faults are written.")
@click.option("--strict", is_flag=True, help="Exit 1 for warnings too.")
@click.option("--explain", metavar="CODE", help="Say what a code means and how to mend it, and check nothing.")
@_dialects()
def check(paths: tuple[Path, ...], form: str, strict: bool, explain: str | None, dialects: tuple[str, ...]) -> None:
    """Report every fault of the tracks that the PATHs lie in; write nothing.

    Beside what would keep decks from being built, it judges the writing: docs and --explain tell the rules.
    """
    from ..cards import pipeline
    from . import clock, diagnostics, report

    if explain:
        click.echo(_explanation(explain))
        return
    _collect_less()
    faults: list[Diagnostic] = []
    count = unanswered = 0
    for settings in _tracks(paths, dialects):
        names = pipeline.concept_files(settings)
        checked = pipeline.check(settings, names, clock.today(), _each(settings.title, form != "text"))
        count += checked.cards
        unanswered += checked.unanswered
        faults += checked.diagnostics
    faults.sort()
    for line in diagnostics.FORMATS[form](faults):
        report.say(line) if form == "text" else click.echo(line)
    if unanswered:
        what = (
            "1 question has no answer and is no card"
            if unanswered == 1
            else f"{unanswered} questions have no answer and are no cards"
        )
        report.say(f"{what}: build-decks list --verbose names them")
    if not faults:
        report.say(f"{count} notes, no fault")
    if any(fault.severity == "error" or strict for fault in faults):
        sys.exit(1)


def _each(label: str, quiet: bool) -> Map:
    """A `map` with a progress bar, over as many processes as there are processors where that pays."""

    def each(judge: Callable[[str], Judged], names: Iterable[str]) -> Iterator[Judged]:
        listed = list(names)
        with ExitStack() as stack:
            judged: Iterable[Judged] = map(judge, listed)
            if len(listed) >= MANY_FILES:
                from concurrent.futures import ProcessPoolExecutor

                pool = stack.enter_context(ProcessPoolExecutor())
                judged = pool.map(judge, listed, chunksize=4)
            yield from stack.enter_context(_progress(judged, len(listed), label, quiet))

    return each


def _explanation(code: str) -> str:
    from ..cards.explain import explanations
    from .config import ConfigError

    known = explanations()
    if code.upper() not in known:
        raise ConfigError(f"there is no code `{code}`; the codes are {', '.join(known)}")
    found = known[code.upper()]
    return f"{found.code} {found.title}\n\n{found.text}"


@main.command()
@_paths("PATH")
@click.option(
    "--python", "commands", metavar="PYTHON", multiple=True,
    help="An interpreter to run the code on; may stand several times. By default the one that runs build-decks.",
)  # fmt: skip
@click.option("--check", is_flag=True, help="Run nothing; exit 1 where the record does not vouch for a card's code.")
@click.option("-q", "--quiet", is_flag=True, help="Say nothing but faults.")
def verify(paths: tuple[Path, ...], commands: tuple[str, ...], check: bool, quiet: bool) -> None:
    """Run the code of the cards in the PATHs, and record what ran.

    Each card runs alone, without a network, in an empty folder, twice. It is never done as part of a build.
    """
    from ..cards import pipeline, record
    from . import report, write
    from . import verify as verifying

    selected: dict[Path, list[config.Selection]] = {}
    for selection in _select(paths):
        selected.setdefault(selection.settings.root, []).append(selection)
    on = () if check else verifying.interpreters(commands)
    faults: list[Diagnostic] = []
    with ExitStack() as held:
        stage = held.enter_context(write.stage(beside=not check))
        for _, selections in sorted(selected.items()):
            settings = selections[0].settings
            if not check:
                held.enter_context(write.lock(settings.root))
            names = pipeline.concept_files(settings)
            found = pipeline.trials(settings, names)
            known, broken = verifying.read(settings)
            _stop_at_errors({*found.faults, *broken})
            pinned = verifying.lock(settings)
            inside = {name for selection in selections for name in selection.of(names)}
            chosen = [trial for trial in found.trials if trial.name in inside]
            if check:
                faults += verifying.stale(chosen, known, pinned)
                continue
            done = verifying.run(found.trials, chosen, on, known, pinned, _watch(settings.title, quiet))
            faults += done.faults
            stage.add(verifying.path(settings), _text(record.text_of(done.record)))
            if not quiet:
                report.verified(settings.title, done, on, sum(name in inside for name in found.without))
        if not check:
            stage.commit()
    _stop_at_errors(faults)
    if not check and not quiet:
        report.written(stage.staged)


def _watch(label: str, quiet: bool) -> Callable[[Iterable[T], int], Iterator[T]]:
    """Hands on what it is given, with a progress bar on a terminal."""

    def watch(items: Iterable[T], length: int) -> Iterator[T]:
        with _progress(items, length, label, quiet) as shown:
            yield from shown

    return watch


@main.command()
@_paths("TRACK")
@click.option("--json", "as_json", is_flag=True, help="One JSON object a track.")
@click.option("--strict", is_flag=True, help="Exit 1 when a subdomain that is complete is off its hours.")
def stats(paths: tuple[Path, ...], as_json: bool, strict: bool) -> None:
    """Count notes, and hours against those of deck.yaml."""
    from ..cards import pipeline
    from . import report

    off = 0
    for settings in _tracks(paths):
        figures, faults = pipeline.statistics(settings, pipeline.concept_files(settings))
        _stop_at_errors(faults)
        if as_json:
            click.echo(json.dumps(report.figures(settings.title, figures), ensure_ascii=False))
        else:
            for line in report.statistics(settings.title, figures):
                click.echo(line)
        off += report.off_hours(figures, settings.limits.hours_percent)
    if off and strict:
        sys.exit(1)


@main.command("list")
@_paths("PATH")
@click.option("--json", "as_json", is_flag=True, help="One JSON object a line.")
@click.option("--difficulty", type=DIFFICULTY, help="Only the cards of this difficulty.")
@click.option("--subdomain", help="Only the cards of this subdomain, by its folder.")
@click.option("--kind", type=KIND, help="Only the cards of this kind.")
@_dialects()
@click.option("-v", "--verbose", is_flag=True, help="Say why lines were taken for questions, or were not.")
def list_cards(
    paths: tuple[Path, ...],
    as_json: bool,
    difficulty: str | None,
    subdomain: str | None,
    kind: str | None,
    dialects: tuple[str, ...],
    verbose: bool,
) -> None:
    """List the cards, in study order."""
    from ..cards import pipeline
    from . import report

    _collect_less()
    faults: list[Diagnostic] = []
    found: dict[Span, tuple[Block, Card]] = {}
    for selection in _select(paths, dialects):
        files = list(pipeline.files(selection.settings, pipeline.concept_files(selection.settings)))
        known, broken = _ledger(selection.settings)
        faults += broken
        # The whole track tells which card is which, whatever part of it is asked for.
        named = iter(
            pipeline.identify(selection.settings, [row.card for file in files for row in file.cards], known)[0]
        )
        inside = set(selection.of([file.name for file in files]))
        for file in files:
            shown = file.name in inside
            faults += file.faults if shown else ()
            if shown and verbose and file.parsed:
                report.reasons(file.parsed.reasons, file.parsed.unanswered)
            for row, card in zip(file.cards, named, strict=False):
                faults += row.faults if shown else ()
                wanted = ((difficulty, card.difficulty), (subdomain, card.subdomain), (kind, card.kind))
                if shown and not row.faults and all(want in (None, value) for want, value in wanted):
                    found[card.span] = row.block, card
    if as_json:
        for block, card in found.values():
            click.echo(json.dumps(_row(block, card), ensure_ascii=False))
    else:
        for line in report.cards([(card, block.asked) for block, card in found.values()]):
            click.echo(line)
    _stop_at_errors(set(faults), None if verbose else SOME)


def _row(block: Block, card: Card) -> dict[str, Any]:
    return {
        "path": card.span.path,
        "line": card.span.line,
        "dialect": block.dialect,
        "kind": card.kind,
        "id": card.id,
        "guid": card.guid,
        "question": block.asked,
        "answer": block.answered,
        "subdomain": card.subdomain,
        "difficulty": card.difficulty or None,
        "difficulty_as_written": card.difficulty_as_written or None,
        "tags": card.tags,
        "deck": card.deck,
    }
