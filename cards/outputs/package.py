"""Notes -> Artefacts: the files of a track, and the notes in each."""

from __future__ import annotations

import html
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from ..model import Artefact, Note
from ..settings import Subdomain
from . import apkg


@dataclass(frozen=True, slots=True)
class About:
    """What a learner is told of a track: its title and root tag, the name of the edition, licence and address or ""."""

    title: str
    tag: str
    edition: str
    licence: str
    address: str


def artefacts(
    notes: Sequence[Note],
    note_type_times: Mapping[int, int],
    name: str,
    top: str,
    about: About,
    subdomains: Sequence[Subdomain],
) -> tuple[Artefact, ...]:
    """One package of all notes, called `name`, and one for each subdomain with notes. `top` names the top deck.

    The same note has the same guid in both, so a learner may import either or both.
    """
    folders = [subdomain.folder for subdomain in subdomains]
    folders += sorted({note.card.subdomain for note in notes} - {*folders, ""})
    selections = [(name, list(notes))]
    selections += [(f"{name}-{folder}", [n for n in notes if n.card.subdomain == folder]) for folder in folders]
    text = description(about, notes)
    return tuple(
        Artefact(
            f"{label}.apkg",
            len(chosen),
            sum(note.cards for note in chosen),
            partial(apkg.write, chosen, note_type_times, top, text),
        )
        for label, chosen in selections
        if chosen
    )


def description(about: About, notes: Sequence[Note]) -> str:
    """The description of the top deck, as HTML: what this is, how to update it, and what to search for."""
    tags = {tag.removeprefix(f"{about.tag}::") for note in notes for tag in note.card.tags}
    latest = max((tag for tag in tags if tag.startswith("edition::")), default="")
    wanted = [latest, *sorted(tag for tag in tags if tag.startswith(("tier::", "difficulty::", "role::")))]
    searches = ", ".join(f"<code>tag:{about.tag}::{html.escape(tag)}</code>" for tag in wanted if tag)
    address = html.escape(about.address)
    lines = [
        f"<b>{html.escape(about.title)}</b>, edition {about.edition}. {html.escape(about.licence)}",
        f'<a href="{address}">{address}</a>' if about.address else "",
        "To update, import the next edition over this one: your progress stays.",
        f"Searches: {searches}" if searches else "",
    ]
    return "<br>".join(line.strip() for line in lines if line)


def to_file(path: Path, notes: Sequence[Note], note_type_times: Mapping[int, int], top: str, text: str) -> None:
    """Write one package of these notes, with `text` as the description of the top deck."""
    with path.open("wb") as stream:
        apkg.write(notes, note_type_times, top, text, stream)
