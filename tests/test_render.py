"""What the Markdown of a card becomes: each file in data/render beside the HTML that Anki is given."""

from __future__ import annotations

import html
import re
from pathlib import Path

import pytest
from rendering import CLOZE, render
from tracks import Track, card, rows

DATA = Path(__file__).parent / "data" / "render"
GUIDE = "https://example.org/guide/"


def cases(folder: str) -> list[Path]:
    return sorted((DATA / folder).glob("*.md"))


def name(path: Path) -> str:
    return path.stem


def expected(case: Path) -> str:
    return case.with_suffix(".html").read_text(encoding="utf-8").removesuffix("\n")


@pytest.mark.parametrize("folder", ["answer", "bug", "cloze", "found", "guide"])
def test_every_case_has_its_expectation(folder: str) -> None:
    found = cases(folder)
    assert found
    assert {case.stem for case in found} == {path.stem for path in (DATA / folder).glob("*.html")}


@pytest.mark.parametrize("case", cases("answer"), ids=name)
def test_an_answer_becomes_html(case: Path, tmp_path: Path) -> None:
    found = render(tmp_path, case.read_text(encoding="utf-8"))
    assert found.faults == ()
    assert found.fields["Answer"] == expected(case)


@pytest.mark.parametrize("case", cases("found"), ids=name)
def test_an_answer_in_found_notes_becomes_html(case: Path, tmp_path: Path) -> None:
    found = render(tmp_path, case.read_text(encoding="utf-8"), "Q: Why is it so?\nA: ")
    assert found.faults == ()
    assert found.fields["Answer"] == expected(case)


BUG = "### Why?\n\n<!-- card: id=case difficulty=beginner kind=bug -->\n\n"


@pytest.mark.parametrize("case", cases("bug"), ids=name)
def test_a_fix_has_its_changed_lines_marked(case: Path, tmp_path: Path) -> None:
    found = render(tmp_path, case.read_text(encoding="utf-8"), BUG)
    assert found.faults == ()
    assert found.fields["Front"] + "\n" + found.fields["Answer"] == expected(case)


def test_the_points_of_a_rubric_can_be_ticked(tmp_path: Path) -> None:
    head = "### How?\n\n<!-- card: id=case difficulty=beginner kind=design -->\n\n**A:**\n\n"
    answer = render(tmp_path, "A good answer\n\n- names it;\n- [x] bounds it.\n", head).fields["Answer"]
    assert answer.count('type="checkbox"') == 2
    assert answer.count("<li") == 2


@pytest.mark.parametrize("case", cases("cloze"), ids=name)
def test_bold_of_a_cloze_card_becomes_deletions(case: Path, tmp_path: Path) -> None:
    found = render(tmp_path, case.read_text(encoding="utf-8"), CLOZE)
    assert found.faults == ()
    assert found.fields["Front"] == expected(case)


@pytest.mark.parametrize("case", cases("guide"), ids=name)
def test_a_relative_link_leads_to_the_guide(case: Path, tmp_path: Path) -> None:
    found = render(tmp_path, case.read_text(encoding="utf-8"), source_url=GUIDE)
    assert found.faults == ()
    assert found.fields["Answer"] == expected(case)


def test_what_the_command_packages_is_what_the_cases_say(track: Track) -> None:
    chosen = [DATA / "answer" / f"{stem}.md" for stem in ("table", "code-python", "math-display", "task-list")]
    for case in chosen:
        track.write(f"basics/{case.stem}.md", card(case.stem, answer=f"\n\n{case.read_text(encoding='utf-8')}"))
    track.build()
    fields = [row[0].split("\x1f") for row in rows(track.deck(), "select flds from notes", track.root)]
    assert {row[9]: row[2] for row in fields} == {case.stem: expected(case) for case in chosen}


def test_the_guide_link_leads_to_the_heading_of_the_card(tmp_path: Path) -> None:
    head = "### Why?\n\n### Why a `lock`, and when?\n\n<!-- card: id=case difficulty=beginner -->\n\n**A:**\n\n"
    found = render(tmp_path, "x\n", head, GUIDE)
    assert found.fields["Guide"] == f"{GUIDE}basics/page.md#why-a-lock-and-when"
    assert render(tmp_path, "x\n", head).fields["Guide"] == ""


def test_a_question_is_inline_html(tmp_path: Path) -> None:
    head = "### Why is `a < b` **bold**\n\n<!-- card: id=case difficulty=beginner -->\n\n**A:**\n\n"
    found = render(tmp_path, "x\n", head)
    assert found.fields["Question"] == 'Why is <code dir="ltr">a &lt; b</code> <strong>bold</strong>'


@pytest.mark.parametrize("deletion", ["<!-- nothing -->", "<!-- a --><!-- b -->"], ids=["a comment", "two comments"])
def test_a_deletion_that_hides_nothing_is_a_fault(tmp_path: Path, deletion: str) -> None:
    found = render(tmp_path, f"**{deletion}** is a lock.\n", CLOZE)
    assert len(found.codes) == 1
    assert found.faults[0].span.line == 5


@pytest.mark.parametrize("part", ["Question", "More", "Source"])
def test_no_field_of_a_cloze_note_brings_deletions_of_its_own(tmp_path: Path, part: str) -> None:
    """Anki makes a card for each number that any field of a cloze note holds, an empty one outside the front."""
    text = {"More": "**More:** {{c2::x}} `{{c3::y}}`", "Source": "**Source:** [{{c2::x}}](https://example.org/)"}
    head = CLOZE.replace("Why?", "Why {{c2::x}}?") if part == "Question" else CLOZE
    found = render(tmp_path, f"**One** lock.\n\n{text.get(part, '')}\n", head)
    assert found.cards == 1
    assert re.findall(r"\{\{c(\d+)::", "".join(found.fields.values())) == ["1"]


@pytest.mark.parametrize("title", ["[sound:x.mp3]", "{{c2::x}}", "[latex]x[/latex]", "<b>&"])
def test_a_title_is_text_to_anki(tmp_path: Path, title: str) -> None:
    found = render(tmp_path, "**One** lock.\n", f"---\ntitle: '{title}'\n---\n\n{CLOZE}")
    assert found.faults == ()
    topic = found.fields["Topic"]
    assert html.unescape(topic) == title
    assert topic != title


def test_a_title_of_control_characters_is_a_fault(tmp_path: Path) -> None:
    """U+001F separates the fields of a note."""
    found = render(tmp_path, "**One** lock.\n", f'---\ntitle: "a\\x1fb"\n---\n\n{CLOZE}')
    assert found.codes == ["C007"]
    assert found.faults[0].span.line == 2


@pytest.mark.parametrize(
    "text", ["- <!-- hidden --> shown\n", "> <!-- hidden --> shown\n", "1. a\n\n   <!-- b --> shown"]
)
def test_text_after_a_comment_is_never_lost_in_silence(tmp_path: Path, text: str) -> None:
    found = render(tmp_path, text)
    assert found.faults or "shown" in found.fields["Answer"]


@pytest.mark.parametrize(
    "opening", ['<div title="', "<div><!-- ", "<div><svg><style>", "<div", "<table><tr><td title='x", "<p><textarea>"]
)
def test_html_that_swallows_what_follows_is_a_fault(tmp_path: Path, opening: str) -> None:
    found = render(tmp_path, f"{opening}\n\nThe **answer**.\n")
    assert found.codes
    assert {fault.span.line for fault in found.faults} == {7}


@pytest.mark.parametrize("text", ["<?php echo 1 ?>", "<![CDATA[ shown ]]>", "<!DOCTYPE html>", "a <?x?> b"])
def test_declarations_are_dropped_with_a_word(tmp_path: Path, text: str) -> None:
    found = render(tmp_path, f"Text.\n\n{text}\n")
    assert found.codes == ["C201"]
    assert found.faults[0].span.line == 9


LANGUAGES = ["console", "http", "html", "json", "pycon", "python", "raw", "rest", "robotframework", "sql", "tnt"]
CODE = [
    "x\t\ty\n\n",
    "\n\n  \t x = {'a': [1,2]} # c\n\n",
    "$ ls -l\nfoo\n>>> x = 1\n1\n\n\n",
    "<a href='x'>{{ y }}</a> & <b>\n",
    "Token.Text\t'\\x1f\\x05'\n",
    "no prompt\n  at all\n",
]


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("code", CODE)
def test_highlighting_changes_no_character_of_the_code(tmp_path: Path, language: str, code: str) -> None:
    found = render(tmp_path, f"```{language}\n{code}```\n").fields["Answer"]
    inside = found.removeprefix('<pre dir="ltr"><code>').removesuffix("</code></pre>")
    assert html.unescape(re.sub(r"</?span[^>]*>", "", inside)) == code


def test_every_colour_of_the_code_has_a_style() -> None:
    from build_decks.cards.notetypes import CONCEPT
    from build_decks.cards.rendering.highlight import CLASSES

    for name_ in set(CLASSES.values()):
        assert re.search(rf"\.{name_}\b", CONCEPT.css), name_


def test_a_card_in_both_directions_shows_its_answer_on_the_second_front(tmp_path: Path) -> None:
    head = "### Why?\n\n<!-- card: id=case difficulty=beginner reverse=yes -->\n\n**A:** "
    found = render(tmp_path, "Because it is so.", head)
    assert (found.fields["Reverse"], found.cards) == ("<p>Because it is so.</p>", 2)
    assert render(tmp_path, "Because it is so.").fields["Reverse"] == ""
