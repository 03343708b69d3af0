"""How people write questions and answers: which lines are cards, which are none, and why."""

from __future__ import annotations

import json
import re
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import rendering
from build_decks.cards import dialects
from build_decks.cards.dialects import found as notes
from build_decks.cards.dialects.found.weighing import evidence
from build_decks.cards.dialects.found.weighing.facts import Facts
from build_decks.cards.dialects.words import levels, vocabulary
from build_decks.cards.model import Diagnostic, Source
from build_decks.cards.pipeline import proving
from build_decks.cards.settings import Settings
from build_decks.cards.sources.parse import parse
from build_decks.cards.sources.repair import repair
from tracks import Track, card

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

CASES = Path(__file__).parent / "data" / "dialects"
FILES = sorted(path for path in CASES.glob("*/*.md"))
ASKING = [path for path in FILES if json.loads(path.with_suffix(".json").read_text(encoding="utf-8"))]
FAMILIES = sorted({path.parent.name for path in FILES})
WORDS = tomllib.loads((Path(vocabulary.__file__).parent / "words.toml").read_text(encoding="utf-8"))

QA = "### {0}\n\n{1}\n\n"


def several(count: int) -> str:
    return "".join(QA.format(f"What is {number}?", "A number.") for number in range(count))


def name(path: Path) -> str:
    return f"{path.parent.name}/{path.stem}"


def expected(path: Path) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads(path.with_suffix(".json").read_text(encoding="utf-8"))
    return found


def read(root: Path, file: str, dialects: tuple[str, ...] = ()) -> list[dict[str, Any]]:
    """The cards of a file as the cases write them."""
    found = []
    for row in rendering.found(Settings(root, "", "Notes", "notes", dialects=dialects), [file]):
        if isinstance(row, Diagnostic):
            assert row.severity == "warning", row
            continue
        assert not row.faults, row.faults
        block, card = row.block, row.card
        found.append(
            {
                "line": card.span.line,
                "question": block.asked,
                "answer": "" if block.hides else block.answered,
                "difficulty": card.difficulty or None,
            }
        )
    return found


def of_text(text: str, file: str = "notes.md", dialects: tuple[str, ...] = ()) -> list[tuple[str, str]]:
    """The questions and answers of a text."""
    return [(block.asked, block.answered) for block in parse(Source(file, file, text), dialects).blocks]


def test_there_are_cases_of_every_family() -> None:
    assert {"negative", "traps"} < set(FAMILIES)
    assert all(path.with_suffix(".json").exists() for path in FILES)
    assert len(ASKING) > 200


@pytest.mark.parametrize("path", FILES, ids=name)
def test_a_file_gives_its_cards(path: Path) -> None:
    assert read(path.parent, path.name) == expected(path)


def test_every_dialect_has_cases() -> None:
    found = {block.dialect for path in ASKING for block in parse(Source("", path.name, text_of(path))).blocks}
    assert found | {"house"} == set(dialects.NAMES)


def text_of(path: Path) -> str:
    return path.read_bytes().decode("utf-8-sig").replace("\r\n", "\n")


def in_fence(text: str) -> str:
    return f"{'~' * 12}\n{text}\n{'~' * 12}\n"


def in_quote(text: str) -> str:
    return "".join(f"> {line}\n" for line in text.split("\n"))


def in_comment(text: str) -> str:
    return f"<!--\n{text.replace('-->', '')}\n-->\n"


@pytest.mark.parametrize("wrap", [in_fence, in_quote, in_comment])
@pytest.mark.parametrize("path", ASKING, ids=name)
def test_what_is_shown_quoted_or_hidden_is_no_card(path: Path, wrap: Any) -> None:
    assert of_text(wrap(text_of(path)), path.name) == []


@pytest.mark.parametrize("form", ["CRLF", "CR", "BOM"])
@pytest.mark.parametrize("path", ASKING[::7], ids=name)
def test_line_ends_and_byte_order_mark_change_no_card(path: Path, form: str, tmp_path: Path) -> None:
    data = text_of(path).encode()
    changed = {
        "CRLF": data.replace(b"\n", b"\r\n"), "CR": data.replace(b"\n", b"\r"), "BOM": b"\xef\xbb\xbf" + data,
    }[form]  # fmt: skip
    (tmp_path / path.name).write_bytes(changed)
    assert read(tmp_path, path.name) == expected(path)


def test_one_house_card_turns_the_guessing_off() -> None:
    text = several(5)
    assert len(of_text(text)) == 5
    assert of_text(text + card("a.b", "Why?", "So.")) == [("Why?", "So.")]


def test_a_slip_in_a_house_comment_is_a_fault_and_no_guess() -> None:
    parsed = parse(Source("a.md", "a.md", "### Why?\n\n<!-- crad: id=a difficulty=beginner -->\n\n**A:** So.\n"))
    assert [fault.code for fault in parsed.faults] == ["C123"]
    assert not parsed.blocks


@pytest.mark.parametrize("dialect", [name for name in dialects.NAMES if name != "house"])
def test_a_dialect_that_is_named_is_read_alone(dialect: str) -> None:
    found = {
        block.dialect for path in ASKING for block in parse(Source("", path.name, text_of(path)), [dialect]).blocks
    }
    # A dialect of questions takes whatever marks their answers, and one of marks whatever asks.
    assert dialect in found
    if dialect not in notes.NAMES:
        assert found == {dialect}


def test_a_dialect_that_is_named_needs_no_evidence() -> None:
    text = "# Notes\n\n## Locks\n\nOne at a time.\n\n## Doors\n\nOpen or shut.\n"
    assert of_text(text) == []
    assert ("Locks", "One at a time.") in of_text(text, dialects=("heading",))


def test_deck_yaml_and_the_option_name_dialects(track: Track) -> None:
    track.write("a.md", several(4) + "**Q:** Why?\n**A:** So.\n")
    deck = track.root / "deck.yaml"
    assert len(track.cards()) == 5
    assert [row["question"] for row in track.cards("--dialect", "label")] == ["Why?"]
    deck.write_text("dialects: [label]\n", encoding="utf-8")
    assert [row["question"] for row in track.cards()] == ["Why?"]
    assert len(track.cards("--dialect", "heading")) == 4  # the option is over deck.yaml
    deck.write_text("dialects: [labels]\n", encoding="utf-8")
    assert track.run("list").code == 2
    assert 'deck.yaml:1:12: error C903 `dialects` cannot be "labels"' in track.run("list").err
    assert track.run("list", "--dialect", "nonsense").code == 2


def test_deck_yaml_and_the_option_add_tags(track: Track) -> None:
    track.write("a.md", several(4))
    (track.root / "deck.yaml").write_text("tags: [spring-2027, course/networks]\n", encoding="utf-8")
    found = [{tag.partition("::tag::")[2] for tag in row["tags"]} - {""} for row in track.cards("--tag", "Group B")]
    assert found == [{"spring-2027", "course::networks", "group-b"}] * 4


def test_list_says_which_dialect_took_a_line_and_why_another_was_refused(track: Track) -> None:
    told = "".join(f"## {what}\n\nText.\n\n" for what in ("Where to?", "Packing", "Food"))
    track.write("a.md", f"# Travels\n\n{told}**Q:** Why?\n**A:** So.\n")
    said = track.run("list", "--verbose").err.splitlines()
    assert "a.md:15: label, taken: its answer is marked (answer-label)" in said
    assert "a.md:3: heading, not taken: -3 of 5: -3 hardly any asks" in said
    assert track.run("list").err == ""


def test_check_says_how_many_questions_have_no_answer(track: Track) -> None:
    track.write("a.md", "".join(QA.format(f"What is {n}?", "A number." if n < 5 else "") for n in range(8)))
    result = track.run("check")
    assert (result.code, result.out) == (0, "")
    assert result.err.splitlines() == [
        "3 questions have no answer and make no cards: build-decks list --verbose lists them", "5 notes, no faults",
    ]  # fmt: skip
    assert "a.md:21: a question without an answer" in track.run("list", "--verbose").err


@pytest.mark.parametrize(("labelled", "count"), [(2, 4), (3, 3)])
def test_who_labels_the_questions_in_his_lists_means_no_other_item(labelled: int, count: int) -> None:
    marked = "".join(f"- **Q:** What is {number}?\n  - **A:** A number.\n" for number in range(labelled))
    plain = '- "Why count?"\n  - Answer: To share.\n\n- "Who counts?"\n  - Answer: Who shares.\n'
    assert len(of_text(f"{marked}\n## More\n\n{plain}")) == count


def facts(**changed: Any) -> Facts:
    usual: dict[str, Any] = dict.fromkeys(Facts.__dataclass_fields__, 0.0)
    usual |= dict.fromkeys(("speaks", "levels", "title", "only", "named"), False)
    return Facts(**(usual | {"form": "heading", "count": 5, "answered": 1.0} | changed))


def test_the_score_is_the_sum_of_its_points() -> None:
    found = evidence.weigh(facts(asking=1.0, marked=1.0, numbered=1.0))
    assert found.score == sum(point.points for point in found.points) == 7
    assert str(found).startswith("7 of 5: +3 nearly all ask, ")
    assert not evidence.weigh(facts()).is_enough


@pytest.mark.parametrize("point", evidence.POINTS, ids=lambda point: f"{point.points:+d} {point.why}")
def test_every_point_holds_somewhere(point: evidence.Point) -> None:
    groups = [
        facts(asking=1.0), facts(asking=0.5), facts(asking=0.4), facts(marked=1.0), facts(form="bold", marked=1.0),
        facts(numbered=1.0), facts(count=9), facts(leveled=1.0), facts(levels=True), facts(folded=1.0),
        facts(speaks=True), facts(linked=1.0), facts(back=1.0), facts(count=1, title=True, marked=1.0),
        facts(count=1, only=True, marked=1.0), facts(count=1, named=True, asking=1.0), facts(answered=0.0),
        facts(form="bold", answered=0.0), facts(form="item", answered=0.5), facts(divided=1.0),
        facts(form="details", asking=1.0), facts(linked=1.0, speaks=True), facts(echoed=1.0),
        facts(boxed=1.0),
    ]  # fmt: skip
    assert any(point.holds(group) for group in groups)
    assert not all(point.holds(group) for group in groups)


def test_one_more_heading_that_asks_nothing_may_turn_a_group() -> None:
    asks = several(3)
    tells = "".join(QA.format(f"Number {n}", "Another.") for n in range(3))
    assert len(of_text(asks)) == 3
    assert of_text(asks + tells) == []


@pytest.mark.parametrize("language", WORDS)
def test_the_words_of_a_language_are_complete_and_mean_one_thing(language: str) -> None:
    table = WORDS[language]
    assert {"question", "answer", "asks", "level", "beginner", "intermediate", "advanced", "subject"} <= set(table)
    assert all(word == word.strip().casefold() for values in table.values() for word in values)
    kinds = [word for kind in ("question", "answer", "follow-up", "level") for word in table.get(kind, ())]
    assert len(kinds) == len(set(kinds))
    grades = [word for grade in ("beginner", "intermediate", "advanced") for word in table[grade]]
    assert len(grades) == len(set(grades))


LABELS = [(language, WORDS[language]["question"][-1], WORDS[language]["answer"][0]) for language in WORDS]


@pytest.mark.parametrize(("language", "asks", "tells"), LABELS)
def test_labels_are_read_in_every_language(language: str, asks: str, tells: str) -> None:
    text = f"**{asks.title()}:** X?\n\n**{tells.title()}:** Y.\n"
    assert of_text(text) == [("X?", "Y.")]


@pytest.mark.parametrize(
    ("written", "difficulty"),
    [
        ("easy", "beginner"), ("Mid", "intermediate"), ("SENIOR", "advanced"), ("Level 1: Easy", "beginner"),
        ("Basic Questions", "beginner"), ("🟢", "beginner"), ("🟡", "intermediate"), ("🔴", "advanced"),
        ("⭐⭐⭐", "advanced"), ("★★☆", "intermediate"), ("1/5", "beginner"), ("3", "intermediate"), ("5", "advanced"),
        ("2/3", "intermediate"), ("中等", "intermediate"), ("сложный", "advanced"), ("Fortgeschritten", "intermediate"),
        ("Easy · Type: choice", "beginner"),
    ],
)  # fmt: skip
def test_a_level_is_one_of_three(written: str, difficulty: str) -> None:
    found = levels.of_value(written)
    assert found is not None
    assert found.difficulty == difficulty


@pytest.mark.parametrize("written", ["", "often", "Arrays", "Basic Arrays and Strings", "12:30", "the middle ages"])
def test_what_is_no_level_is_none(written: str) -> None:
    assert levels.of_words(written) is None


def test_the_word_for_a_difficulty_is_kept_as_a_tag(tmp_path: Path) -> None:
    (tmp_path / "a.md").write_text(
        "### 1. What is a lock? [Senior]\n\nA.\n\n### 2. What is a door? ⭐⭐\n\nB.\n\n### 3. What is a key?\n\nC.\n",
        encoding="utf-8",
    )
    found = [row.card for row in rendering.found(Settings(tmp_path, "", "T", "t"), ["a.md"]) if hasattr(row, "card")]
    assert [(c.difficulty, c.difficulty_as_written) for c in found] == [
        ("advanced", "Senior"), ("intermediate", "⭐⭐"), ("", ""),
    ]  # fmt: skip
    assert ["t::level::senior" in found[0].tags, "t::level::⭐⭐" in found[1].tags] == [True, True]
    assert not [tag for tag in found[2].tags if "level" in tag or "difficulty" in tag]


REPAIRED = [
    ("a closing to the left", "1. x\n   ```js\n   a\n```\ny\n", "1. x\n   ```js\n   a\n   ```\ny\n"),
    ("code to the left", "- x\n  ```\nif a:\n    b\n  ```\n", "- x\n  ```\n  if a:\n      b\n  ```\n"),
    ("a fence in a fence", "```md\n```js\na\n```\n```\n", "````md\n```js\na\n```\n````\n"),
    ("no space", "##Why?\n", "## Why?\n"),
    ("an admonition", '??? question "Why?"\n    So.\n\n    And.\n', "> [!question] Why?\n> So.\n>\n> And.\n"),
    (
        "one in another",
        '??? question "Why?"\n    ??? tip "Solution"\n        So.\n',
        "> [!question] Why?\n> > [!tip] Solution\n> > So.\n",
    ),
    ("marks of a tool", "%%ANKI\nQ: a\nA: b\nEND%%\n", "\nQ: a\nA: b\n***\n"),
    ("a definition", "Term\n:   text\n\n    - more\n", "Term\n:   text\n\n  - more\n"),
]


@pytest.mark.parametrize(("given", "wanted"), [case[1:] for case in REPAIRED], ids=[case[0] for case in REPAIRED])
def test_markdown_is_read_as_it_was_meant(given: str, wanted: str) -> None:
    assert repair(given) == wanted


@pytest.mark.parametrize(
    "text",
    [
        "```md\n```js\na\n```\n", "- ```js\n  a\n  ```\n- b\n", "1. x\n   ```\n   open\n\n### Why?\n",
        "#tag and #### Why?\n", "a ??? b\n", "a: b\n", "``` a ``` b\n", "```\n##Why?\n```\n",
    ],
)  # fmt: skip
def test_what_is_meant_as_it_is_written_stays(text: str) -> None:
    assert repair(text) == text


def test_a_house_file_is_never_repaired() -> None:
    text = card("a.b", answer="x") + "##No heading\n"
    assert parse(Source("a.md", "a.md", text)).document.source.text == text


def write(root: Path, files: dict[str, str]) -> Track:
    for file, text in files.items():
        (root / file).parent.mkdir(parents=True, exist_ok=True)
        (root / file).write_text(text, encoding="utf-8")
    return Track(root)


QUESTIONS = f"# Interview questions\n\n{several(4)}"


def test_readmes_hold_cards_where_no_track_is_declared(tmp_path: Path) -> None:
    notes = write(tmp_path, {"README.md": QUESTIONS, "topic/README.md": QUESTIONS})
    assert len(notes.cards()) == 8
    (tmp_path / "deck.yaml").write_text("title: Notes\n", encoding="utf-8")
    assert notes.cards() == []
    (tmp_path / "deck.yaml").write_text('title: Notes\ninclude: ["*", "*README.md"]\n', encoding="utf-8")
    assert len(notes.cards()) == 8


def test_what_a_repository_says_of_itself_is_not_read(tmp_path: Path) -> None:
    names = ("CONTRIBUTING.md", "code_of_conduct.md", "CHANGELOG.md", "SECURITY.md", ".github/a.md", "_draft/a.md")
    notes = write(tmp_path, dict.fromkeys(names, QUESTIONS))
    assert notes.cards() == []
    write(tmp_path, {"security.md": QUESTIONS, "docs/SUPPORT.md": QUESTIONS})
    assert {row["path"] for row in notes.cards()} == {"security.md", "docs/SUPPORT.md"}


def test_a_file_that_cannot_be_read_stops_a_track_and_not_a_strangers_folder(tmp_path: Path) -> None:
    notes = write(tmp_path, {"a.md": QUESTIONS, "b.md": QUESTIONS.replace("0", "\x08")})
    (tmp_path / "c.md").write_bytes(b"### \xff?\n")
    result = notes.run("list", "--json")
    assert (result.code, len(result.out.splitlines())) == (0, 8)
    assert "c.md:1:5: warning C001 byte 0xff is not UTF-8" in result.err
    assert "b.md:3:13: warning C001 control character U+0008" in result.err
    assert r"\b" not in result.out  # as JSON writes it
    assert notes.run("build").code == 0
    (tmp_path / "deck.yaml").write_text("title: Notes\n", encoding="utf-8")
    assert notes.run("build").code == 1


def test_what_cannot_be_shown_is_a_warning_in_somebodys_notes(tmp_path: Path) -> None:
    text = QUESTIONS.replace("A number.", "![missing](gone.png) <script>x</script> text")
    notes = write(tmp_path, {"a.md": text})
    result = notes.run("build")
    assert result.code == 0
    assert "warning C20" in result.err
    assert "more warnings: build-decks check shows all" in result.err
    assert notes.run("check").code == 0
    assert notes.run("check", "--strict").code == 1


def test_front_matter_of_any_kind_is_no_fault(tmp_path: Path) -> None:
    for number, matter in enumerate(('---\nname = "x"\nlevel: hard\n---\n', "---\na: [\n---\n", "+++\na = 1\n+++\n")):
        (tmp_path / f"{number}.md").write_text(matter + QUESTIONS, encoding="utf-8")
    rows = Track(tmp_path).cards()
    assert len(rows) == 12
    assert {row["difficulty"] for row in rows if row["path"] == "0.md"} == {"advanced"}


def test_code_of_found_cards_is_never_run(tmp_path: Path) -> None:
    notes = write(tmp_path, {"a.md": QUESTIONS.replace("A number.", "```python\nraise SystemExit(1)\n```\n\ntext")})
    found = proving.trials(Settings(tmp_path, "", "T", "t"), ["a.md"])
    assert (found.trials, found.without) == ((), ("a.md",) * 4)
    assert notes.run("verify", "--check").code == 0


def deep(depth: int) -> str:
    return "".join("  " * level + "- **Q:** Why?\n" for level in range(depth))


def hostile() -> Iterator[tuple[str, str]]:
    yield "folds", "<details><summary>a?</summary>\n" * 3000
    yield "summaries", "<summary>\n\n" * 3000
    yield "labels", "**Q:**\n" * 20000
    yield "marks", "**" * 20000
    yield "ticks", "`" * 20000 + "\n==" * 3000
    yield "bold and ticks", "**" + "`a" * 20000
    yield "a list of these", "1. **" + "`a" * 20000
    yield "spaces", f"### a{' ' * 40000}b\n\n**Q:** a{' ' * 40000}b\n\n1. **a{' ' * 40000}b\n"
    yield "spaces at the end", f"### Why?\n\na{' ' * 40000}b\n"
    yield "a fence and spaces", f'{"`" * 40000} `\n??? a{" " * 40000}"b\n'
    yield "brackets", "C: " + "[" * 1900 + "]" * 1900
    yield "items", "1. **What?**\n" * 10000
    yield "headings", "### 1. What?\n" * 15000
    yield "deep", deep(30)
    yield "fences", "1. a\n   ```\n" * 5000
    yield "numbers", "### " + "1." * 5000 + "\n"
    yield "stars", "### " + "⭐" * 5000 + "?\n"
    yield "admonitions", '??? question "a"\n' * 2000 + "    x\n"
    yield "keys", "# Answers\n\n1. A\n2. B\n\n" * 5000
    yield "keys of sections", "# Answers\n\n" + "## Part\n\n1. A\n2. B\n\n" * 5000
    yield "keys that fold", "<details><summary>Answers</summary>\n\n1. A\n2. B\n\n" * 5000
    yield "titles", "### A\n**Q:** b\n**A:** c\n" * 5000
    yield "tagged items", "- a #card\n  - b\n" * 5000
    yield "tables", "| question | answer |\n|---|---|\n" + "| a | b |\n" * 3000


@pytest.mark.parametrize(("text"), [text for _, text in hostile()], ids=[kind for kind, _ in hostile()])
def test_hostile_text_is_read_and_never_hangs(text: str) -> None:
    parse(Source("a.md", "a.md", text[:900_000]))


def test_a_family_is_copied_as_a_repository(tmp_path: Path) -> None:
    """`list` is the same for a folder of cases as for each file alone."""
    shutil.copytree(CASES / "details", tmp_path / "details")
    rows = Track(tmp_path / "details").cards(".")
    assert len(rows) == sum(len(expected(path)) for path in FILES if path.parent.name == "details")
    assert len({row["guid"] for row in rows}) == len(rows)
    assert all(re.fullmatch(r"[0-9a-f]{16}", row["guid"]) and row["id"] == "" for row in rows)


def test_words_begin_where_they_stand() -> None:
    assert vocabulary.is_question("什么是闭包")
    assert vocabulary.is_question("Explain the cache")
    assert not vocabulary.is_question("How to install the tool")
    assert vocabulary.is_task("How to install the tool")
    assert not vocabulary.is_question("Whatever")
