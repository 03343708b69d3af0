"""Notes -> Artefacts: the files of a track, and the notes in each."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial

from ..model import Artefact, Note
from ..settings import Subdomain
from . import apkg


def artefacts(
    notes: Sequence[Note],
    note_type_times: Mapping[int, int],
    name: str,
    title: str,
    subdomains: Sequence[Subdomain],
) -> tuple[Artefact, ...]:
    """One package of all notes, called `name`, and one for each subdomain with notes.

    The same note has the same guid in both, so a learner may import either or both.
    """
    folders = [subdomain.folder for subdomain in subdomains]
    folders += sorted({note.card.subdomain for note in notes} - {*folders, ""})
    selections = [(name, list(notes))]
    selections += [(f"{name}-{folder}", [n for n in notes if n.card.subdomain == folder]) for folder in folders]
    about = f"Part of {title}, built from its concept files. Import the next edition over this one."
    return tuple(
        Artefact(
            f"{label}.apkg",
            len(chosen),
            sum(note.cards for note in chosen),
            partial(apkg.write, chosen, note_type_times, about),
        )
        for label, chosen in selections
        if chosen
    )
