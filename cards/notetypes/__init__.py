"""The look of a card in Anki: templates and styles are files here, and ids and fields are pinned.

A change of text or colour reaches learners with the next deck. The number, order and names of fields and templates are
frozen: if they change, Anki creates a second note type and never updates the existing notes again. Hence the spare
fields. Delivered is shown nowhere; `identity/delivered.py` writes it.
Yours is the learner's: a push keeps there what the learner wrote into a field that the author has changed as well.
"""

from __future__ import annotations

from pathlib import Path

from ..model import NoteType, Template

_HERE = Path(__file__).parent

_NAMES = (
    "Question", "Front", "Answer", "More", "Source", "Guide", "Subdomain", "Topic", "Difficulty", "Id",
    "Reverse", "Delivered", "Report", "Yours", "Spare 4",
)  # fmt: skip


def _text(name: str) -> str:
    return (_HERE / name).read_text(encoding="utf-8")


def _fields(first_id: int) -> tuple[tuple[str, int], ...]:
    return tuple((name, first_id + index) for index, name in enumerate(_NAMES))


def _template(template_id: int, name: str, stem: str) -> Template:
    return Template(template_id, name, _text(f"{stem}-front.html"), _text(f"{stem}-back.html"))


CONCEPT = NoteType(
    id=1_641_907_352_118,
    name="Concept",
    cloze=False,
    fields=_fields(7_203_914_586_100),
    templates=(
        _template(4_871_620_935_201, "Card", "concept"),
        _template(4_871_620_935_202, "Reverse", "concept-reverse"),
    ),
    css=_text("style.css"),
)

CONCEPT_CLOZE = NoteType(
    id=1_641_907_352_119,
    name="Concept Cloze",
    cloze=True,
    fields=_fields(7_203_914_586_200),
    templates=(_template(4_871_620_935_203, "Cloze", "concept-cloze"),),
    css=_text("style.css"),
)

NOTE_TYPES = (CONCEPT, CONCEPT_CLOZE)
