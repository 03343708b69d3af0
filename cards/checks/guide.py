"""Pages of the guide -> Diagnostics: dead links, missing pictures, and tables that differ from deck.yaml."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import unquote, urlsplit

from .. import markdown
from ..model import DIFFICULTIES, Diagnostic, Document, Span
from ..rendering.media import IMAGES, SOUNDS
from ..settings import Subdomain

_NUMBER = re.compile(r"\d+(?:\.\d+)?")


@dataclass(frozen=True, slots=True)
class Page:
    """A Markdown file of the track, with or without cards: `name` is its path in the track."""

    name: str
    targets: tuple[markdown.Target, ...]
    anchors: frozenset[str]
    tables: tuple[list[list[markdown.Cell]], ...]


def page(document: Document) -> Page:
    """What the checks here need from a document."""
    return Page(
        document.source.name,
        tuple(markdown.targets(document)),
        markdown.anchors(document),
        tuple(markdown.tables(document)),
    )


def _resolve(page_: Page, address: str) -> tuple[str, str] | None:
    """The file of the track that a relative address names, and the anchor in it; None for any other address."""
    try:
        parts = urlsplit(address)
    except ValueError:  # a broken host
        return None
    if parts.scheme or parts.netloc or parts.path.startswith("/"):
        return None
    own = page_.name
    path = posixpath.normpath(posixpath.join(posixpath.dirname(own), unquote(parts.path))) if parts.path else own
    return None if path.startswith("..") else (path, unquote(parts.fragment))


def dead_links(pages: Sequence[Page], names: frozenset[str]) -> Iterator[Diagnostic]:
    """Links and pictures whose file or heading is not in the track; `names` are its files and folders."""
    anchors = {page_.name: page_.anchors for page_ in pages}
    for page_ in pages:
        for target in page_.targets:
            found = _resolve(page_, target.address)
            if found is None:
                continue
            path, anchor = found
            if path not in names:
                yield Diagnostic(
                    target.span, "C602", f"there is no `{path}` in the track",
                    "fix the path, which is relative to this file",
                )  # fmt: skip
            elif anchor and path in anchors and anchor not in anchors[path]:
                yield Diagnostic(
                    target.span, "C602", f"`{path}` has no heading `#{anchor}`", "use the anchor of an existing heading"
                )


def unused_media(pages: Sequence[Page], names: frozenset[str], shown: str) -> Iterator[Diagnostic]:
    """Pictures and sounds of the track that no page shows or links to."""
    used = {found[0] for page_ in pages for target in page_.targets if (found := _resolve(page_, target.address))}
    for name in sorted(names - used):
        if name.lower().endswith(IMAGES + SOUNDS):
            path = f"{shown}/{name}" if shown not in ("", ".") else name
            yield Diagnostic(
                Span(path, 1), "C603", "no page of the track uses this file", "use it, or delete it", "warning"
            )


def readme(pages: Sequence[Page], subdomains: Sequence[Subdomain], notes: Mapping[str, int]) -> Iterator[Diagnostic]:
    """Compare the table of subdomains in the track's README with deck.yaml, and numbers of notes with the cards.

    `notes` counts the cards of each concept file, by its name.
    """
    for page_ in pages:
        if posixpath.basename(page_.name).lower() != "readme.md":
            continue
        for rows in page_.tables:
            header = [cell.text.casefold() for cell in rows[0]]
            if "/" not in page_.name and {"difficulty", "hours"} <= set(header):
                yield from _subdomains(page_, rows, header, subdomains)
            if "notes" in header:
                yield from _notes(page_, rows, header.index("notes"), notes)


def _subdomains(
    page_: Page, rows: list[list[markdown.Cell]], header: list[str], subdomains: Sequence[Subdomain]
) -> Iterator[Diagnostic]:
    known = {subdomain.folder: subdomain for subdomain in subdomains}
    level, hours = header.index("difficulty"), header.index("hours")
    seen: set[str] = set()
    for row in (row for row in rows[1:] if len(row) == len(header)):
        if any(cell.text.casefold() == "total" for cell in row):
            total = sum(subdomain.hours or 0 for subdomain in subdomains)
            yield from _number(row[hours], total, "the hours of deck.yaml add up to")
            continue
        folder = _folder(page_, row[0])
        if folder not in known:
            if not folder.startswith("_"):
                listed = ", ".join(known) or "none"
                yield _fault(row[0], f"`{row[0].text}` is not a subdomain in deck.yaml", f"the subdomains are {listed}")
            continue
        seen.add(folder)
        if _range(row[level].text) != known[folder].difficulties:
            wanted = " to ".join(dict.fromkeys((known[folder].difficulties[0], known[folder].difficulties[-1])))
            yield _fault(row[level], f"deck.yaml gives `{folder}` the range {wanted}", "change one of them")
        if known[folder].hours is not None:
            yield from _number(row[hours], known[folder].hours or 0, f"deck.yaml gives `{folder}`")
    for folder in known:
        if folder not in seen:
            yield _fault(rows[0][0], f"the subdomain `{folder}` is missing from this table", "add a row for it")


def _fault(cell: markdown.Cell, message: str, hint: str, code: str = "C601") -> Diagnostic:
    return Diagnostic(cell.span, code, message, hint)


def _folder(page_: Page, cell: markdown.Cell) -> str:
    """The folder that a row describes: the target of its link, else its text."""
    for target in cell.targets:
        found = _resolve(page_, target)
        if found:
            return found[0].split("/")[0]
    return cell.text.strip("/")


def _range(text: str) -> tuple[str, ...]:
    """`beginner to advanced`, `intermediate` or `all levels` as difficulties."""
    if "all" in text.casefold().split():
        return DIFFICULTIES
    ranks = [DIFFICULTIES.index(word) for word in re.findall(r"[a-z]+", text.casefold()) if word in DIFFICULTIES]
    return DIFFICULTIES[min(ranks) : max(ranks) + 1] if ranks else ()


def _number(cell: markdown.Cell, wanted: float, what: str, code: str = "C601") -> Iterator[Diagnostic]:
    match = _NUMBER.search(cell.text)
    if match is None or float(match[0]) != wanted:
        yield _fault(cell, f"this says `{cell.text}`, but {what} {wanted:g}", f"write {wanted:g}", code)


def _notes(page_: Page, rows: list[list[markdown.Cell]], column: int, notes: Mapping[str, int]) -> Iterator[Diagnostic]:
    for row in (row for row in rows[1:] if len(row) > column):
        for target in row[0].targets[:1]:
            found = _resolve(page_, target)
            if found is None:
                continue
            path = found[0]
            folder = posixpath.dirname(path) if posixpath.basename(path).lower() == "readme.md" else path
            count = sum(number for name, number in notes.items() if name == path or name.startswith(f"{folder}/"))
            yield from _number(row[column], count, f"`{path}` has", "C604")
