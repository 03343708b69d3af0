"""Notes and the previous ledger -> notes with the time each last changed, and the new ledger.

Anki updates a note only if its modification time has increased. A constant time would never update any note, and the
time of the build is not reproducible and would overwrite unchanged notes. The ledger is committed text, with one line
for each note: the hash of what a learner sees, the time that it last changed, and how. While the hash stays the same,
so does the time, and the clock is not read. For a card without an id, the line also has its trace, by which
`recognise.py` finds the guid.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass, field, replace
from datetime import datetime, timezone

from ..model import MAX_QUESTION, Diagnostic, Note, NoteType, Span, Trace
from .decks import TOP, Names

# The time of every note that is not in a ledger: a build without one must not read the clock.
FIRST = int(datetime(2020, 1, 1, tzinfo=timezone.utc).timestamp())

# The version of what `delivered.py` adds to a note. It is part of every note's hash: another one reaches every learner.
FORMAT = "1"

# The latest time in a ledger: a later year could have five digits.
LAST = int(datetime(9998, 12, 31, tzinfo=timezone.utc).timestamp())

HEADER = "# build-decks ledger 1: state, id, guid, cards, hash, time and kind of the last change. Do not edit it."
FOOTER = "# end"
_ROOT = "."

_LINE = re.compile(
    r"(?P<state>note|retired|notetype)\t(?P<id>[^\x00-\x1f\x7f]+)\t(?P<guid>[0-9A-Za-z]+)\t(?P<cards>0|[1-9]\d{0,5})\t"
    r"(?P<hash>[0-9a-f]{32})\t(?P<changed>\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ)"
    r"\t(?:(?P<change>first|new|changed|moved)|(?P<came>retired|restored) (?P<day>\d{4}-\d\d-\d\d))"
    r"\t(?P<folder>[^\x00-\x1f\x7f]+)"
    # For a card without an id, the id is its question, and its trace follows.
    r"(?P<trace>\t(?P<file>[^\x00-\x1f\x7f]+)\t(?P<asked>[0-9a-f]{16})\t(?P<answer>-|[0-9a-f]{16})\t"
    r"(?P<sketch>[0-9a-f]{32})\t(?P<cloze>-|cloze))?",
    re.ASCII,
)
_TEXT = r"[^\x00-\x1f\x7f]+"
_NAME = re.compile(rf"(?m)^(?:track\t(?P<tag>{_TEXT})|deck\t(?P<folder>{_TEXT}))\t(?P<deck>{_TEXT})$")
_CONFLICT = ("<<<<<<<", "=======", ">>>>>>>", "|||||||")


@dataclass(frozen=True, slots=True)
class Entry:
    """A note or note type as it was last built; `changed` is Unix time, `cards` is how many cards it makes.

    `change` is what happened last: `first` for the notes of a track's first build, then `new`, `changed` and `moved` to
    another subdomain, at the time `changed`; or `retired` and `restored`, which change no note, on a `day`. `folder` is
    that of its subdomain, "" outside of any. For a card without an id, `id` is the question of its trace.
    """

    state: str
    id: str
    guid: str
    cards: int
    hash: str
    changed: int
    change: str = "first"
    day: str = ""
    folder: str = ""
    trace: Trace | None = None

    @property
    def edition(self) -> str:
        """The day of the last change, "" for what is as in the first build."""
        return "" if self.change == "first" else self.day or day_of(self.changed)

    @property
    def name(self) -> str:
        """Its name for display, like `Card.name`."""
        return self.trace.shown if self.trace else self.id


@dataclass(frozen=True, slots=True)
class Ledger:
    """Entries by guid, and the names of the track and its decks; a note type's guid is its id in Anki."""

    entries: Mapping[str, Entry] = field(default_factory=dict)
    names: Names = field(default_factory=Names)


@dataclass(frozen=True, slots=True)
class Changes:
    """What a build changes for a learner, as names of cards in order; `emptied` cards lost a cloze deletion.

    The last three come from `recognise.Recognised`.
    """

    new: tuple[str, ...] = ()
    changed: tuple[str, ...] = ()
    moved: tuple[str, ...] = ()
    retired: tuple[str, ...] = ()
    restored: tuple[str, ...] = ()
    emptied: tuple[str, ...] = ()
    note_types: tuple[str, ...] = ()
    retired_guids: tuple[str, ...] = ()
    reworded: tuple[tuple[str, str], ...] = ()
    ambiguous: tuple[tuple[str, tuple[str, ...]], ...] = ()
    crowded: tuple[str, ...] = ()


def parse(text: str, path: str) -> tuple[Ledger, tuple[Diagnostic, ...]]:
    """Read a ledger; each line that `text_of` would not write is a fault."""
    entries: dict[str, Entry] = {}
    lines: dict[str, int] = {}
    faults: list[Diagnostic] = []

    def fault(number: int, message: str, hint: str) -> None:
        faults.append(Diagnostic(Span(path, number), "C401", message, hint))

    rows = text.split("\n")
    for number, message in _frame(rows):
        fault(number, message, "restore the ledger from version control")
    for number, row in enumerate(rows[1:-1], 2):
        if row == FOOTER and number == len(rows) - 1:
            continue
        name, entry = _NAME.fullmatch(row), _entry(row)
        key = entry.guid if entry else f"deck {name['folder']}" if name else ""
        if row.startswith(_CONFLICT):
            fault(number, "a merge conflict", "keep the lines of both sides; of two for one id, keep the later one")
        elif not key:
            fault(number, "this is not a line of a ledger", "restore it from version control; do not edit the ledger")
        elif key in lines and rows[lines[key] - 1] == row:
            pass  # git's union merge duplicates lines between those that both sides added
        elif key in lines and entry:
            other = entries[entry.guid].id
            called = "" if other == entry.id else f", as `{other}`"  # two branches reworded it
            message = f"`{entry.id}` is on line {lines[key]} too{called}"
            fault(number, message, "keep the line with the later time")
        elif key in lines:
            fault(number, f"another name is on line {lines[key]}", "keep the name that learners have")
        else:
            lines[key] = number
            if entry:
                entries[entry.guid] = entry
    return Ledger(entries, names(text)), tuple(faults)


def _frame(rows: Sequence[str]) -> Iterator[tuple[int, str]]:
    if rows[0] != HEADER:
        yield 1, "this ledger does not begin with the header of this version"
    if rows[-1]:
        yield len(rows), "the last line is incomplete"
    elif rows[-2:] != [FOOTER, ""]:
        yield len(rows), "the end is missing"


def names(text: str) -> Names:
    """The names in a ledger, without reading the rest."""
    tag, decks = "", {}
    for match in _NAME.finditer(text):
        tag = match["tag"] or tag
        decks[match["folder"] or TOP] = match["deck"]
    return Names(tag, decks)


def _entry(row: str) -> Entry | None:
    match = _LINE.fullmatch(row)
    if not match:
        return None
    try:
        moment = datetime.strptime(match["changed"], "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=timezone.utc)
    except ValueError:
        return None
    changed = int(moment.timestamp())
    if not FIRST <= changed <= LAST:
        return None
    trace = None
    if match["trace"]:
        if match["state"] == "notetype" or len(match["id"]) > MAX_QUESTION:
            return None
        answer, cloze = match["answer"].replace("-", ""), match["cloze"] == "cloze"
        trace = Trace(match["file"], match["id"], match["asked"], answer, match["sketch"], cloze)
    folder = "" if match["folder"] == _ROOT else match["folder"]
    change, cards = match["change"] or match["came"], int(match["cards"])
    known = match["state"], match["id"], match["guid"], cards, match["hash"], changed
    return Entry(*known, change, match["day"] or "", folder, trace)


def text_of(ledger: Ledger) -> str:
    """The ledger as text: its names, then one line per entry, sorted by id, so that branches merge line by line."""
    rows = [HEADER]
    if ledger.names.tag:
        rows.append(f"track\t{ledger.names.tag}\t{ledger.names.decks[TOP]}")
        rows += (f"deck\t{folder}\t{deck}" for folder, deck in sorted(ledger.names.decks.items()) if folder)
    for entry in sorted(ledger.entries.values(), key=lambda entry: (entry.id, entry.guid)):
        moment = datetime.fromtimestamp(entry.changed, timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")
        row = f"{entry.state}\t{entry.id}\t{entry.guid}\t{entry.cards}\t{entry.hash}\t{moment}"
        row += f"\t{entry.change}{entry.day and f' {entry.day}'}\t{entry.folder or _ROOT}"
        rows.append(row + (_columns(entry.trace) if entry.trace else ""))
    return "\n".join([*rows, FOOTER]) + "\n"


def _columns(trace: Trace) -> str:
    return f"\t{trace.name}\t{trace.asked}\t{trace.answer or '-'}\t{trace.sketch}\t{'cloze' if trace.cloze else '-'}"


def reused(notes: Sequence[Note], ledger: Ledger) -> Iterator[Diagnostic]:
    """Notes whose id belonged to a retired note with different content. A card without an id has come back."""
    for note in notes:
        if note.card.trace:
            continue
        entry = ledger.entries.get(note.card.guid)
        if entry and entry.state == "retired" and entry.hash != _note_hash(note):
            yield Diagnostic(
                note.card.span, "C301", f"the id `{note.card.id}` belonged to a card that was retired",
                "give this card a new id; to bring the old card back, restore it as it was, build, then edit",
            )  # fmt: skip


def date(
    notes: Sequence[Note],
    note_types: Sequence[NoteType],
    ledger: Ledger,
    now: Callable[[], int],
    unread: Set[str] = frozenset(),
) -> tuple[tuple[Note, ...], Mapping[int, int], Ledger, Changes]:
    """Dated notes with their places, the change time of each note type by id, the new ledger and what changed.

    `now` gives Unix time; it is asked only when something that the ledger knows has changed. Nothing of the `unread`
    files is taken for gone; of a note whose card has an id, the ledger does not know the file.
    """
    known, entries = ledger.entries, dict(ledger.entries)
    found: dict[str, list[str]] = defaultdict(list)
    dated = []
    for place, note in enumerate(notes, 1):
        old = known.get(note.card.guid)
        entry = _renewed(note, old, not known, now)
        if old is None or (entry.changed, entry.change) != (old.changed, old.change):
            found["new" if old is None else entry.change].append(entry.name)
        if old is not None and old.cards > entry.cards:
            found["emptied"].append(entry.name)
        entries[entry.guid] = entry
        dated.append(replace(note, changed=entry.changed, place=place))
    present = {note.card.guid for note in notes}
    for guid, entry in known.items():
        away = entry.trace.name in unread if entry.trace else bool(unread)
        if entry.state == "note" and guid not in present and not away:
            entries[guid] = replace(entry, state="retired", change="retired", day=day_of(now()))
            found["retired"].append(entry.name)
            found["retired_guids"].append(guid)
    times = {}
    for note_type in note_types:
        old = known.get(str(note_type.id))
        entry = _renewed_type(note_type, old, now)
        if old is not None and old.hash != entry.hash:
            found["note_types"].append(entry.name)
        entries[entry.guid] = entry
        times[note_type.id] = entry.changed

    def of(label: str) -> tuple[str, ...]:
        return tuple(sorted(found[label]))

    changes = Changes(
        of("new"), of("changed"), of("moved"), of("retired"), of("restored"), of("emptied"), of("note_types"),
        of("retired_guids"),
    )  # fmt: skip
    return tuple(dated), times, Ledger(entries, ledger.names), changes


def too_late(notes: Sequence[Note], ledger: Ledger) -> Iterator[Diagnostic]:
    """Changes of a moment that no ledger reaches: once written, that would be refused."""
    spans = {note.card.guid: note.card.span for note in notes}
    for guid, entry in ledger.entries.items():
        if entry.changed > LAST:
            message = f"the change of `{entry.name}` is later than any ledger tells"
            yield Diagnostic(
                spans.get(guid, notes[0].card.span), "C401", message,
                "set the clock or SOURCE_DATE_EPOCH right, and restore the ledger from version control",
            )  # fmt: skip


def day_of(moment: int) -> str:
    """The day of a Unix time, such as 2026-11-28: the name of an edition."""
    return datetime.fromtimestamp(moment, timezone.utc).strftime("%Y-%m-%d")


def _renewed(note: Note, old: Entry | None, is_first: bool, now: Callable[[], int]) -> Entry:
    """The entry of a note that is built, after its `old` one."""
    card, digest, day = note.card, _note_hash(note), ""
    if old is None:
        change, changed = ("first", FIRST) if is_first else ("new", max(now(), FIRST))
    elif old.state == "retired":
        change, day = "restored", day_of(now())
        changed = old.changed if old.hash == digest else max(now(), old.changed + 1)
    elif old.hash == digest:
        change, changed, day = old.change, old.changed, old.day
    else:
        change, changed = "changed" if old.folder == card.subdomain else "moved", max(now(), old.changed + 1)
    name = card.trace.question if card.trace else card.id
    return Entry("note", name, card.guid, note.cards, digest, changed, change, day, card.subdomain, card.trace)


def _renewed_type(note_type: NoteType, old: Entry | None, now: Callable[[], int]) -> Entry:
    digest = _note_type_hash(note_type)
    if old is None or old.hash == digest:
        change, changed = (old.change, old.changed) if old else ("first", FIRST)
    else:
        change, changed = "changed", max(now(), old.changed + 1)
    count = len(note_type.templates)
    return Entry("notetype", note_type.name, str(note_type.id), count, digest, changed, change)


def _note_hash(note: Note) -> str:
    return _hash([FORMAT, note.note_type.name, note.fields, note.card.tags, [medium.name for medium in note.media]])


def _note_type_hash(note_type: NoteType) -> str:
    templates = [[t.id, t.name, t.front, t.back] for t in note_type.templates]
    return _hash([note_type.name, note_type.fields, templates, note_type.css])


def _hash(value: object) -> str:
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()[:32]
