"""deck.yaml -> Settings, and every fault of it: where it is, what is wrong and how to fix it.

What has a fault is read as if it were not there. `deck.schema.json` tells editors what is read here.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from difflib import get_close_matches
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import urlsplit

from ..cards import mapping
from ..cards.checks import CODES
from ..cards.dialects import NAMES as DIALECTS
from ..cards.explain import explanations
from ..cards.identity import decks
from ..cards.identity.decks import Names
from ..cards.mapping import UNREAD, Entry, Fault, Node
from ..cards.model import DIFFICULTIES, Diagnostic, Span, is_text
from ..cards.settings import Limits, Settings, Subdomain, Tuning, kebab, title_of
from ..cards.sources import discover
from .errors import ConfigError
from .terminal import printable

Choice = TypeVar("Choice", bound=str)

FILE = "deck.yaml"
SCHEMA = Path(__file__).with_name("deck.schema.json")
OWN = "_anki"
KEYS = (
    "title", "tag", "licence", "source-url", "report-url", "subdomains", "roles", "difficulty", "source-hosts",
    "include", "exclude", "lock", "rules", "limits", "dialects", "tags",
)  # fmt: skip
SUBDOMAIN_KEYS = ("folder", "title", "difficulty", "also", "hours", "files", "complete")
SEVERITIES: tuple[Tuning, ...] = ("error", "warning", "off")
# So much of a value is shown in a message.
SHOWN = 60


def settings(root: Path, known: Names) -> tuple[Settings, tuple[Diagnostic, ...]]:
    """The settings of the track at `root`, and the faults of its deck.yaml. Raises ConfigError.

    What deck.yaml does not name is called as it is `known` from the track's first build, else after its folder.
    """
    shown = Path(os.path.relpath(root)).as_posix()
    name = root.resolve().name
    if (root / OWN).is_symlink():
        raise ConfigError(f"{shown}/{OWN} is a link: build-decks writes there, so it must be a folder of the track")
    file = root / FILE
    plain = Settings(
        root,
        shown,
        title=known.decks.get(decks.TOP) or title_of(name) or "Deck",
        tag=known.tag or kebab(name) or "deck",
    )
    if not discover.is_there(file):
        return replace(plain, decks=decks.named(plain.title, (), known.decks)), ()
    path = f"{shown}/{FILE}" if shown != "." else FILE
    entries, unread = _entries(file)
    faults = [Diagnostic(Span(path, fault.line, fault.column), "C901", fault.message, fault.hint) for fault in unread]
    reader = _Reader(path, entries, faults)
    reader.only(KEYS)
    title = reader.title() or plain.title
    subdomains = tuple(_subdomains(reader, root))
    read = replace(
        plain,
        title=title,
        tag=reader.tag(known.tag) or plain.tag,
        decks=decks.named(title, [(subdomain.folder, subdomain.title) for subdomain in subdomains], known.decks),
        subdomains=subdomains,
        closed="subdomains" in entries,
        source_url=reader.address(),
        report_url=reader.report(),
        licence=reader.text("licence", "one line of text", "CC BY 4.0", _is_line),
        roles=reader.names("roles", "[backend, data]"),
        difficulty=reader.difficulty(),
        source_hosts=reader.names("source-hosts", "[docs.python.org]"),
        include=reader.names("include", '["*"]') or ("*",),
        exclude=reader.names("exclude", '["drafts/*"]') or (),
        lock=reader.lock(root),
        rules=reader.rules(),
        limits=reader.limits(),
        dialects=reader.names("dialects", "[house]", DIALECTS) or (),
        tags=reader.names("tags", "[spring-2027]") or (),
        declared=True,
    )
    return read, tuple(sorted(faults))


def _entries(file: Path) -> tuple[Mapping[str, Entry], tuple[Fault, ...]]:
    try:
        if not file.is_file():
            return {}, (Fault(1, 1, "this is not a regular file", "write it as a text file"),)
        if file.stat().st_size > mapping.MAX_LENGTH:
            return {}, (Fault(1, 1, f"longer than {mapping.MAX_LENGTH:,} bytes", "keep only what it needs"),)
        return mapping.read(file.read_text(encoding="utf-8-sig", errors="surrogateescape"))
    except OSError as error:
        return {}, (Fault(1, 1, f"this file cannot be read: {error.strerror}", "let build-decks read it"),)


@dataclass(frozen=True, slots=True)
class _Reader:
    """Reads the values of one mapping, and adds what is wrong with them to `faults`."""

    path: str
    entries: Mapping[str, Entry]
    faults: list[Diagnostic]

    def fault(self, at: Node, code: str, message: str, hint: str) -> None:
        if at.value is not UNREAD:
            self.faults.append(Diagnostic(Span(self.path, at.line, at.column), code, message, hint))

    def wrong(self, key: str, at: Node, wanted: str, example: str) -> None:
        self.fault(at, "C903", f"`{key}` is {_what(at)}, not {wanted}", f"write for example `{key}: {example}`")

    def only(self, known: Sequence[str], of: str = "") -> None:
        for name, entry in self.entries.items():
            if name not in known:
                self.fault(entry.key, "C902", f"unknown key {_quoted(name)}{of}", _known(name, known, "the keys are"))

    def node(self, key: str) -> Node | None:
        return self.entries[key].value if key in self.entries else None

    def text(self, key: str, wanted: str, example: str, fits: Callable[[str], bool]) -> str:
        node = self.node(key)
        if node is None:
            return ""
        if isinstance(node.value, str) and _is_line(node.value) and fits(node.value):
            return node.value
        number = node.written and not isinstance(node.value, str)
        self.wrong(key, node, wanted, f'"{node.written[:SHOWN]}"' if number else example)
        return ""

    def title(self) -> str:
        return self.text("title", "one line of text without `::`", "Python Backend", _is_line).strip()

    def tag(self, known: str) -> str:
        node = self.node("tag")
        example = kebab(node.written[:SHOWN]) if node else ""
        tag = self.text("tag", "lower-case words with hyphens", example or "python-backend", _is_tag)
        if node and tag and known and tag != known:
            hint = f"write `tag: {known}`; only to begin a separate track, delete {OWN}/ledger.txt"
            self.fault(node, "C404", f"this track was built with the tag `{known}`", hint)
        return tag

    def address(self) -> str:
        wanted = "an http or https address that ends in /"
        return self.text("source-url", wanted, "https://example.org/guide/", _is_address)

    def report(self) -> str:
        wanted = "an http or https address, in which {id} and {path} stand for the card's"
        return self.text("report-url", wanted, "https://example.org/report?card={id}", _is_report)

    def lock(self, root: Path) -> str:
        value, node = self.text("lock", "the path of a file", "packages.lock", _is_line), self.node("lock")
        if node and value and not os.path.isfile(root / value):
            hint = "it is read from the folder of deck.yaml: correct the path or create the file"
            self.fault(node, "C904", f"there is no file {_quoted(value)}", hint)
        return value

    def choice(self, key: str, at: Node, known: Sequence[Choice]) -> Choice | None:
        """The value, if it is one of those that are known."""
        for name in known:
            if name == at.value:
                return name
        self.fault(at, "C903", f"`{key}` cannot be {_what(at)}", _known(at.written, known, "it takes"))
        return None

    def difficulty(self) -> str:
        node = self.node("difficulty")
        return (self.choice("difficulty", node, DIFFICULTIES) if node else None) or ""

    def items(self, key: str, wanted: str, example: str, least: int = 0) -> tuple[Node, ...] | None:
        node = self.node(key)
        if node is None:
            return None
        if isinstance(node.value, tuple) and len(node.value) >= least:
            return node.value
        self.wrong(key, node, wanted, example)
        return ()

    def names(self, key: str, example: str, known: Sequence[str] = (), least: int = 0) -> tuple[str, ...] | None:
        items = self.items(key, f"a list of {'one or more ' if least else ''}names", example, least)
        return None if items is None else tuple(name for item in items if (name := self.name(key, item, known)))

    def name(self, key: str, item: Node, known: Sequence[str] = ()) -> str | None:
        if known:
            return self.choice(key, item, known)
        if isinstance(item.value, str) and item.value.strip():
            return item.value.strip()
        hint = f'put it in quotes: "{item.written[:SHOWN]}"' if item.written.strip() else "write a name, or delete it"
        self.fault(item, "C903", f"an item of `{key}` is {_what(item)}, not a name", hint)
        return None

    def inner(self, what: str, at: Node | None, example: str) -> _Reader:
        """A reader of the mapping that stands there, and of none where there is another value or nothing."""
        if at and not isinstance(at.value, dict):
            self.fault(at, "C903", f"{what} is {_what(at)}, not a mapping", f"write for example `{example}`")
        return replace(self, entries=at.value if at and isinstance(at.value, dict) else {})

    def rules(self) -> Mapping[str, Tuning]:
        tuned: dict[str, Tuning] = {}
        for code, entry in self.inner("`rules`", self.node("rules"), "rules: {C130: error}").entries.items():
            if code not in CODES:
                misspelt = "" if code in explanations() else code
                hint = _known(misspelt, CODES, "what can be tuned is")
                self.fault(entry.key, "C902", f"{_quoted(code)} cannot be tuned", hint)
            elif entry.value.value is False:  # as YAML 1.1 reads a bare `off`
                tuned[code] = "off"
            elif severity := self.choice(code, entry.value, SEVERITIES):
                tuned[code] = severity
        return tuned

    def limits(self) -> Limits:
        known = {field.name.replace("_", "-"): field for field in fields(Limits)}
        reader = self.inner("`limits`", self.node("limits"), "limits: {qa-words: 60}")
        reader.only(tuple(known), " of `limits`")
        found = {}
        for key, entry in reader.entries.items():
            if key in known:
                top, value = 100 if key.endswith("percent") else 1_000_000, entry.value.value
                if _is_number(value) and 0 < value <= top and not value % 1:
                    found[known[key].name] = int(value)
                else:
                    reader.wrong(key, entry.value, f"a whole number from 1 to {top:,}", str(known[key].default))
        return Limits(**found)

    def hours(self) -> float | None:
        node = self.node("hours")
        if node and _is_number(node.value) and 0 < node.value < 10_000:
            return float(node.value)
        if node:
            self.wrong("hours", node, "a number above 0 and below 10,000", "4.5")
        return None

    def flag(self, key: str) -> bool:
        node = self.node(key)
        if node and not isinstance(node.value, bool):
            self.wrong(key, node, "true or false", "true")
        return bool(node and node.value is True)


def _subdomains(reader: _Reader, root: Path) -> Iterator[Subdomain]:
    seen: dict[str, int] = {}
    for item in reader.items("subdomains", "a list of one or more folders", "[{folder: basics}]", 1) or ():
        inner = reader.inner("a subdomain", item, "folder: basics")
        inner.only(SUBDOMAIN_KEYS, " of a subdomain")
        folder = _folder(inner, item, root, seen)
        yield Subdomain(
            folder=folder,
            title=inner.title() or title_of(folder),
            difficulties=_range(inner.names("difficulty", "[beginner, advanced]", DIFFICULTIES, 1)),
            hours=inner.hours(),
            files=_files(inner, root / folder if folder else None),
            also=inner.names("also", "[advanced]", DIFFICULTIES, 1) or (),
            complete=inner.flag("complete"),
        )


def _folder(reader: _Reader, item: Node, root: Path, seen: dict[str, int]) -> str:
    """The folder of a subdomain, "" where it has a fault; `seen` are the lines of those before it."""
    node = reader.node("folder")
    if node is None:
        # A misspelt key has been named already.
        if isinstance(item.value, dict) and not get_close_matches("folder", item.value, 1):
            reader.fault(item, "C903", "a subdomain without a `folder`", "add `folder:` with the name of its folder")
        return ""
    value = reader.text("folder", "a folder of the track", "basics", _is_folder)
    if value in seen:
        reader.fault(
            node, "C904", f"the folder {_quoted(value)} stands twice, first on line {seen[value]}", "keep one of them"
        )
        return ""
    if value and not os.path.isdir(root / value):
        folders = [name for name in _listed(root) if _is_folder(name) and os.path.isdir(root / name)]
        hint = _known(value, folders, "the folders are") if folders else "create it"
        reader.fault(node, "C904", f"there is no folder {_quoted(value)} in the track", hint)
        return ""
    if value:
        seen[value] = node.line
    return value


def _files(reader: _Reader, folder: Path | None) -> tuple[str, ...]:
    """The files that come first in a subdomain; where its `folder` has a fault, whether they exist is not asked."""
    names = []
    for item in reader.items("files", "a list of file names", "[basics.md]") or ():
        name = reader.name("files", item)
        if name and "/" in name:
            reader.fault(item, "C903", f"{_quoted(name)} is a path, not a file name", "name a file of `folder` itself")
        elif name and folder and not os.path.isfile(folder / name):
            near = get_close_matches(name, _listed(folder), 1)
            hint = f"did you mean `{near[0]}`?" if near else "correct the name or create the file"
            reader.fault(item, "C904", f"there is no file {_quoted(name)} in `{folder.name}`", hint)
        elif name:
            names.append(name)
    return tuple(names)


def _listed(folder: Path) -> list[str]:
    return sorted(name for name in os.listdir(folder) if is_text(name))


def _range(levels: Sequence[str] | None) -> tuple[str, ...]:
    """A range as a list: [intermediate] alone, or [beginner, advanced] for all from the first to the last."""
    ranks = [DIFFICULTIES.index(level) for level in levels or DIFFICULTIES]
    return DIFFICULTIES[min(ranks) : max(ranks) + 1]


def _is_line(text: str) -> bool:
    return bool(text.strip()) and "::" not in text and "\n" not in text and is_text(text)


def _is_tag(text: str) -> bool:
    return text == kebab(text)


def _is_folder(name: str) -> bool:
    return "/" not in name and not name.startswith((".", "_"))


# The characters of a URI (RFC 3986, section 2) but / ? #: what else an address had could leave a template's attribute.
_SAFE = r"A-Za-z0-9._~!$&'()*+,;=:@%\[\]-"


def _is_address(text: str) -> bool:
    return _is_url(text, rf"([/?#{_SAFE}]*/)?")


def _is_report(text: str) -> bool:
    return _is_url(text, rf"(\{{id\}}|\{{path\}}|[/?#{_SAFE}])*")


def _is_url(text: str, rest: str) -> bool:
    try:
        urlsplit(text)
    except ValueError:  # half a bracket
        return False
    return bool(re.fullmatch(rf"https?://[{_SAFE}]+/{rest}", text))


def _is_number(value: Any) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def _what(node: Node) -> str:
    """A value as a message names it."""
    if isinstance(node.value, (tuple, dict)):
        return f"a{'' if node.value else 'n empty'} {'list' if isinstance(node.value, tuple) else 'mapping'}"
    if not node.written:
        return "empty"
    return f'"{_cut(node.written)}"' if isinstance(node.value, str) else _quoted(node.written)


def _quoted(text: str) -> str:
    return f"`{_cut(text)}`"


def _cut(text: str) -> str:
    return printable(text if len(text) <= SHOWN else f"{text[:SHOWN]}…")


def _known(word: str, known: Iterable[str], label: str) -> str:
    """The known names, and first the nearest if one is near."""
    names = tuple(known)
    near = get_close_matches(word.lower(), names, 1)
    return f"{f'did you mean `{near[0]}`? ' if near else ''}{label} {', '.join(names)}"
