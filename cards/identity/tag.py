"""Block -> Card: checks the metadata and sets the deck, the difficulty, the tags and the guid."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import PurePosixPath

from .. import markdown
from ..dialects.words import vocabulary
from ..model import DIFFICULTIES, TIERS, Block, Card, Diagnostic, Source, Span, Trace
from ..settings import Subdomain, kebab, title_of
from . import ids, traces
from .decks import TOP

_ID = re.compile(r"[^\W_]+(?:[.-][^\W_]+)*")
_VERSIONS = r"(?:===?|[<>!~]=|[<>])[\w.*+!-]+"
_PACKAGE = rf"[A-Za-z0-9](?:[\w.-]*[A-Za-z0-9])?(?:{_VERSIONS}(?:,{_VERSIONS})*)?"
_FORMS = {
    "py": (re.compile(r"\d+\.\d+"), "a Python version such as 3.14"),
    "review-by": (re.compile(r"20\d\d-(0[1-9]|1[0-2])"), "a month such as 2027-10"),
    "impl": (re.compile(r"cpython"), "cpython"),
    "verify": (re.compile(r"doc"), "doc"),
    "pkg": (
        re.compile(rf"{_PACKAGE}(?:[\s;,]+{_PACKAGE})*"),
        "packages with their versions, such as fastapi>=0.165 or \"fastapi>=0.165,httpx2\"",
    ),
    "reverse": (re.compile(r"yes"), "yes"),
    "retired": (re.compile(r".*\w.*"), "why it was retired, in a few words"),
    "warns": (re.compile(r"[A-Za-z_][\w.]*"), "the name of a warning"),
}  # fmt: skip
MAX_ID = 100


@dataclass(frozen=True, slots=True)
class Labels:
    """The labels of a track: root tag, title, decks by folder, subdomains, roles, default difficulty, further tags."""

    tag: str
    title: str
    decks: Mapping[str, str]
    subdomains: tuple[Subdomain, ...]
    closed: bool
    roles: tuple[str, ...] | None
    difficulty: str
    tags: tuple[str, ...] = ()


def tag(block: Block, source: Source, labels: Labels) -> tuple[Card, tuple[Diagnostic, ...]]:
    """The card and every fault in its metadata. A card without an id has a trace, and no guid yet."""
    card_id, difficulty, kind, tier = (
        _value(block, key, default)
        for key, default in (("id", ""), ("difficulty", labels.difficulty), ("kind", "qa"), ("tier", ""))
    )
    subdomain, known = _subdomain(source, labels)
    if block.is_found:
        subdomain = _named(block, labels, subdomain)
    roles = _roles(block, labels)
    topic = _topic(source.name) or labels.title
    faults = [] if block.is_found else list(_form(block))
    if not block.is_found and not any(
        fault.code == "C102" for fault in block.faults
    ):  # the comment itself is invalid: report nothing as missing
        faults += _metadata(block, labels, card_id, difficulty, tier, roles)
    if not known:
        faults.append(_unknown_folder(source, labels))
    level = difficulty.lower()
    card = Card(
        id=card_id,
        guid="" if block.is_found else ids.guid(labels.tag, card_id, kind == "cloze"),
        kind=kind,
        deck=_deck(block, source, labels, subdomain),
        subdomain=subdomain.folder,
        subdomain_title=subdomain.title,
        topic=kebab(topic),
        topic_title=_value(block, "title", title_of(topic)),
        difficulty=level,
        difficulty_as_written=_value(block, "level", difficulty),
        tier=tier,
        roles=roles,
        tags=_tags(
            labels.tag,
            subdomain.folder,
            level,
            kebab(topic),
            kind,
            roles,
            tier,
            _value(block, "level", ""),
            ",".join((_value(block, "tags", ""), *labels.tags)),
        ),
        span=block.span,
        trace=_trace(block, source, kind == "cloze") if block.is_found else None,
    )
    return card, tuple(faults)


def _trace(block: Block, source: Source, cloze: bool) -> Trace:
    question = markdown.plain(block.question.tokens)
    return traces.trace(source.name, question, block.front.text, block.answer.text, cloze)


@cache
def _topic(name: str) -> str:
    """The topic of a file: its name, or that of its folder for a README."""
    path = PurePosixPath(name)
    return path.parent.name if path.stem.lower() == "readme" else path.stem


def _value(block: Block, key: str, default: str) -> str:
    return block.attributes[key].value if key in block.attributes else default


def _roles(block: Block, labels: Labels) -> tuple[str, ...]:
    names = [role.strip() for role in _value(block, "roles", "").split(",") if role.strip()]
    if block.is_found:
        names = [role for name in names if (role := _role(name, labels.roles))]
    return tuple(sorted(set(names)))


def _role(name: str, known: Sequence[str] | None) -> str:
    """The role that found notes mean by a name such as "Full Stack Developer"; "" if the track does not know it."""
    role = kebab(vocabulary.role(name))
    if known is None:
        return role
    return next((other for other in known if other.replace("-", "") == role.replace("-", "")), "")


def _named(block: Block, labels: Labels, subdomain: Subdomain) -> Subdomain:
    """The subdomain that found notes name, or else that of their folder."""
    name = _value(block, "subdomain", "")
    folder = kebab(name)
    if not folder:
        return subdomain
    return next(
        (other for other in labels.subdomains if folder in (other.folder, kebab(other.title))), Subdomain(folder, name)
    )


def _deck(block: Block, source: Source, labels: Labels, subdomain: Subdomain) -> str:
    """The deck of a card: its subdomain's; of found notes, one for each deeper folder below it, or one by name."""
    top = labels.decks.get(TOP, labels.title)
    deck = labels.decks.get(subdomain.folder) or f"{top}::{subdomain.title}"
    if not block.is_found:
        return deck
    if own := _value(block, "deck", ""):
        return "::".join((top, *(part.strip() for part in own.split("::") if part.strip())))
    folders = () if "subdomain" in block.attributes else PurePosixPath(source.name).parent.parts[1:]
    return "::".join((deck, *map(title_of, folders)))


def _subdomain(source: Source, labels: Labels) -> tuple[Subdomain, bool]:
    """The subdomain of a file, and whether the track has it. Files at the root have none."""
    folder = source.name.split("/")[0] if "/" in source.name else ""
    for subdomain in labels.subdomains:
        if subdomain.folder == folder:
            return subdomain, True
    return Subdomain(folder, title_of(folder)), not (labels.closed and folder)


def _unknown_folder(source: Source, labels: Labels) -> Diagnostic:
    folder = source.name.split("/")[0]
    known = ", ".join(subdomain.folder for subdomain in labels.subdomains) or "none"
    return Diagnostic(
        Span(source.path, 1), "C120", f"the folder `{folder}` is not a subdomain in deck.yaml",
        f"add it there or move the file; the subdomains are {known}",
    )  # fmt: skip


def _metadata(
    block: Block, labels: Labels, card_id: str, difficulty: str, tier: str, roles: Sequence[str]
) -> Iterator[Diagnostic]:
    if not card_id:
        yield Diagnostic(
            block.span, "C116", "this card has no id",
            "add id=… to its comment: a name that never changes, such as gil.why",
        )  # fmt: skip
    elif not _is_id(card_id):
        yield Diagnostic(
            block.attributes["id"].span, "C116", f"`{card_id}` is not a valid id",
            "use lower-case letters and digits with single dots or hyphens between them",
        )  # fmt: skip
    if not difficulty:
        yield Diagnostic(
            block.span, "C117", "this card has no difficulty",
            f"add difficulty= to its comment, the front matter or deck.yaml: {', '.join(DIFFICULTIES)}",
        )  # fmt: skip
    elif difficulty.lower() not in DIFFICULTIES:
        span = block.attributes["difficulty"].span
        yield Diagnostic(
            span, "C117", f"unknown difficulty `{difficulty}`", f"the difficulties are {', '.join(DIFFICULTIES)}"
        )
    if tier and tier not in TIERS:
        span = block.attributes["tier"].span
        yield Diagnostic(span, "C105", f"unknown tier `{tier}`", f"the tiers are {', '.join(TIERS)}")
    for role in roles:
        known = labels.roles
        if not kebab(role) or (known is not None and role not in known):
            span = block.attributes["roles"].span
            hint = f"the roles are {', '.join(known)}" if known else "use letters and digits"
            yield Diagnostic(span, "C105", f"unknown role `{role}`", hint)


def _is_id(text: str) -> bool:
    return (
        len(text) <= MAX_ID and text == unicodedata.normalize("NFC", text).lower() and _ID.fullmatch(text) is not None
    )


def _form(block: Block) -> Iterator[Diagnostic]:
    for key, (form, wanted) in _FORMS.items():
        attribute = block.attributes.get(key)
        if attribute and not form.fullmatch(attribute.value):
            message = f"`{attribute.value}` is not a valid value for `{key}`"
            yield Diagnostic(attribute.span, "C105", message, f"write {wanted}")


@cache  # the cards of a file share their tags, in memory too
def _tags(
    root: str,
    folder: str,
    difficulty: str,
    topic: str,
    kind: str,
    roles: tuple[str, ...],
    tier: str,
    level: str,
    own: str,
) -> tuple[str, ...]:
    labels = [("subdomain", kebab(folder)), ("difficulty", difficulty), ("topic", topic), ("kind", kind)]
    labels += [("role", kebab(role)) for role in roles] + [("tier", tier)]
    labels.append(("level", kebab(level) or "".join(level.split())))  # a sign such as a star becomes a tag too
    labels += [("tag", "::".join(filter(None, map(kebab, tag.split("/"))))) for tag in own.split(",")]
    return tuple(sorted({f"{root}::{label}::{value}" for label, value in labels if value}))
