"""What holds for any text: it is read without a crash, no fence makes or breaks a card, containers change nothing."""

from __future__ import annotations

import re
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import rendering
from build_decks.cards.markdown import parser
from build_decks.cards.model import Block, Card, Diagnostic, Note, Source
from build_decks.cards.pipeline import building
from build_decks.cards.settings import Settings
from build_decks.cards.sources.parse import parse
from build_decks.cards.sources.repair import repair
from hypothesis import given, settings
from hypothesis import strategies as st
from markdown_it import helpers
from markdown_it.rules_block import blockquote

PARTS = ("question", "front", "answer", "more", "source")
COMMENT = "<!-- card: id=x difficulty=beginner -->"

# Lines that mean something to Markdown or to the house syntax, to be mixed with any text.
ROWS = ("| a | b |", "|---|---|", "| **A:** | <!-- card: id=q --> |")
LINES = st.sampled_from(ROWS) | st.sampled_from(
    """
    # Why?|### Why?|Why?|===|---|***|- a|  - b|1. c|   text|    code|> quote|> > deep|> # heading|- # heading
    ```|```python|~~~|````|**A:** so|**A:**|__A:__ so|**More:** more|**Source:** <https://docs.python.org/3/>
    - **A:** no|> **A:** no|**A\\:** no|**A&#58;** no|text **A:** no|`a|b`|**bold** and **more**
    <!-- card: id=x difficulty=beginner -->|<!-- card: id=y kind=cloze -->|<!-- card: id=z|<!-- card|-->
    <!-- check|<!-- check -->|<!-- a --> b|<div>|</div>|<pre>|</pre>|<b>|<?|[a]: https://docs.python.org/
    [a]|[a][b]|[^1]|[^1]: note|    [^2]: note|[^1]: [^1]|- [^3]: note|[^3]|$$|$a$|$$a$$|![a](b.png)
    [a](javascript:b)|<https://[::1>|[a](//[b)|&amp;|~~a~~|- [ ] a|title: a|[a]: <|'b|a  |a\\|{{c1::a}}
    [sound:a.mp3]|🐍|עברית
    """.strip()
    .replace("\n    ", "|")
    .split("|")
)  # fmt: skip
TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=60)
MARKS = st.text(st.sampled_from(list("[]()<>*_`~$!^|#&\\-+=:;\"'{}/ \t\nab1é")), max_size=60)
PREFIX = st.sampled_from(["", "", "", "", "  ", "    ", "\t", "> ", "- ", "  > ", "> - "])
LINE = st.one_of(LINES, LINES, LINES, st.builds(str.__add__, PREFIX, LINES), TEXT, MARKS)
DOCUMENT = st.lists(st.one_of(LINE, st.just("")), max_size=25).map("\n".join)


@contextmanager
def track_of(text: str) -> Iterator[Settings]:
    with tempfile.TemporaryDirectory() as folder:
        (Path(folder) / "a.md").write_bytes(text.encode())
        yield Settings(Path(folder), "", "Track", "track", difficulty="beginner", source_url="https://guide.example/")


def notes(text: str) -> tuple[tuple[Note, ...], tuple[Diagnostic, ...]]:
    with track_of(text) as track:
        found = building.read(track, ["a.md"])
    return found.notes, found.faults


def cards(text: str) -> list[tuple[Block, Card]]:
    """The cards of a text that has no fault."""
    with track_of(text) as track:
        found = list(rendering.found(track, ["a.md"]))
    assert not [row for row in found if isinstance(row, Diagnostic) or row.faults], found
    return [(row.block, row.card) for row in found if not isinstance(row, Diagnostic)]


def parts(rows: list[tuple[Block, Card]]) -> list[dict[str, str]]:
    return [{"id": card.id} | {part: getattr(block, part).text for part in PARTS} for block, card in rows]


def check_places(text: str) -> None:
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    for fault in notes(text)[1]:
        assert 1 <= fault.span.line <= len(lines)
        assert 1 <= fault.span.column <= len(lines[fault.span.line - 1]) + 1


@settings(deadline=None, max_examples=400)
@given(DOCUMENT)
def test_any_markdown_is_read_and_every_fault_has_a_place_in_it(text: str) -> None:
    check_places(text)


@settings(deadline=None, max_examples=300)
@given(st.lists(LINE, max_size=6).map("\n".join), st.lists(st.one_of(LINE, st.just("")), max_size=8).map("\n".join))
def test_any_card_is_read_and_every_fault_has_a_place_in_it(front: str, answer: str) -> None:
    check_places(f"### Why?\n\n{COMMENT}\n\n{front}\n\n**A:** {answer}\n")


@settings(deadline=None, max_examples=150)
@given(st.one_of(TEXT, MARKS, st.lists(LINE, max_size=5).map("\n".join)))
def test_any_front_matter_is_read_or_a_fault(text: str) -> None:
    check_places(f"---\n{text}\n---\n\n### Why?\n\n{COMMENT}\n\n**A:** so\n")


@settings(deadline=None, max_examples=150)
@given(st.one_of(TEXT, MARKS, LINES))
def test_any_metadata_is_read_or_a_fault(text: str) -> None:
    check_places(f"### Why?\n\n<!-- card: id=x {text} -->\n\n**A:** so\n")


FILE = """\
# Guide

{guide}

### Why?

<!-- card: id=a -->

front

{front}

**A:** answer

{answer}

**More:** more

### And why?

<!-- card: id=b -->

**A:** other
"""


def fence(mark: str, code: str) -> str:
    """Code in a fence longer than any run of its mark inside."""
    runs = [len(run) for run in re.findall(re.escape(mark) + "+", code)]
    around = mark * max(3, *(run + 1 for run in runs), 3)
    return f"{around}\n{code}\n{around}"


CODE = st.one_of(DOCUMENT, TEXT, MARKS).filter(lambda text: not re.search(r"[\x00-\x08\x0b\x0e-\x1f\x7f]", text))


@settings(deadline=None, max_examples=250)
@given(st.sampled_from("`~"), CODE, st.sampled_from(["guide", "front", "answer"]))
def test_no_code_in_a_fence_makes_or_breaks_a_card(mark: str, code: str, place: str) -> None:
    slots = dict.fromkeys(("guide", "front", "answer"), fence(mark, "pass"))
    plain = parts(cards(FILE.format(**slots)))
    changed = parts(cards(FILE.format(**slots | {place: fence(mark, code)})))
    assert len(changed) == len(plain) == 2
    for before, after in zip(plain, changed, strict=True):
        assert {name for name in before if before[name] != after[name]} <= {place}


BLOCKS = st.sampled_from(
    [
        "text", "two\nlines", "a `code` and **bold**", "- a\n- b\n\n  c", "1. a\n2. b", "> a quote\n> of two lines",
        "> > deep", "> - a\n>   b", "```python\nif True:\n    pass\n\nend\n```", "~~~\n**A:** no\n### no\n~~~",
        "    code\n      more",
        "| a | b |\n|---|---|\n| c | d |", "<div>\n**More:** no\n</div>", "***", "[ref]", "[^1]", "$$\na\n$$",
        "- ```\n  **A:** no\n  ```", "<details>\n\ninside\n\n</details>", "🐍 עברית", "*a*\\\nb",
    ]
)  # fmt: skip
BODY = st.lists(BLOCKS, max_size=4).map("\n\n".join)
HEADING = st.sampled_from(["### {}", "# {} #", "{}\n===", "{}\n---"])
CARD = st.builds(
    lambda heading, front, answer, more: (
        f"{heading.format('Why?')}\n\n{COMMENT}\n\n{front}\n\n**A:** so\n\n{answer}\n\n**More:** more\n\n{more}\n\n"
    ),
    HEADING, BODY, BODY, BODY,
)  # fmt: skip
REFERENCES = "[ref]: https://docs.python.org/3/\n\n[^1]: note\n"
MARKS_OF = st.sampled_from([("> ", "> "), ("- ", "  "), ("12. ", "    "), ("> - ", ">   "), ("- > ", "  > ")])


@settings(deadline=None, max_examples=200)
@given(CARD, MARKS_OF)
def test_a_card_is_the_same_in_a_list_or_quote(card: str, marks: tuple[str, str]) -> None:
    first, rest = marks
    lines = card.rstrip().split("\n")
    inside = "\n".join((rest if number else first) + line for number, line in enumerate(lines))
    whole = cards(f"{card}\n## Guide\n\n{REFERENCES}")
    held = cards(f"{inside}\n\n## Guide\n\n{REFERENCES}")
    assert parts(held) == parts(whole)
    assert [block.span.line for block, _ in held] == [1]


@settings(deadline=None, max_examples=100)
@given(st.lists(CARD, min_size=1, max_size=3), st.sampled_from(["\r\n", "\r"]), st.sampled_from(["", "\ufeff"]))
def test_a_card_is_the_same_after_any_line_end_and_mark(texts: list[str], end: str, mark: str) -> None:
    text = "".join(text.replace("id=x", f"id=x{number}") for number, text in enumerate(texts)) + REFERENCES
    assert notes(mark + text.replace("\n", end)) == notes(text)
    assert parts(cards(mark + text.replace("\n", end))) == parts(cards(text))


# Lines of somebody's notes, which hold no house card.
NOTE_LINES = st.sampled_from(
    """\
### 1. What is it?
### Question 2
### 3
## Q. Why?
### **Why?** [Senior] ⭐⭐
#### Answer
### Answer: B
# Interview questions
## Basic
###### Source
**What is it?**
**Q1: Why?**
**Answer:**
**Answer:** so
**Difficulty:** hard
**Follow-up Questions:**
Q: What?
A: That.
A. so
B. no
C: a [word] here
==word==
{{c1::word}}
- **Q:** Why?
  - **A:** So.
1. **Why?** 👶
   so it is
2. Why not?
- [x] right
- [ ] wrong
<details>
<summary>Why?</summary>
<summary>Answer</summary>
</b></details>
<details><summary>What?</summary><br><b>so</b></details>
> [!question] Why?
> So.
> **Answer:** so
??? question "Why?"
    So.
Term
: what it means
What::That
?
#flashcards
| Question | Answer |
|---|---|
| Why? | So. |
<!-- difficulty: easy -->
[⬆ Back](#top)
TODO
```js
```
---
Вопрос: Почему?
Ответ: Так.
## 什么是锁？
答：一扇门。
%%ANKI
END%%""".split("\n")  # noqa: SIM905
)
NOTES = st.lists(st.one_of(NOTE_LINES, NOTE_LINES, LINE, st.just("")), max_size=30).map("\n".join)


@settings(deadline=None, max_examples=300)
@given(NOTES)
def test_any_notes_are_read_and_every_card_has_a_place_in_them(text: str) -> None:
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    parsed = parse(Source("a.md", "a.md", "\n".join(lines)))
    spans = [*(block.span for block in parsed.blocks), *parsed.unanswered, *(reason.span for reason in parsed.reasons)]
    assert all(1 <= span.line <= len(lines) for span in spans)
    assert [block.span for block in parsed.blocks] == sorted(block.span for block in parsed.blocks)
    found, faults = notes(text)
    house = [block for block in parsed.blocks if not block.is_found]
    assert all(block.asked.strip() and (block.hides or block.answered.strip()) for block in parsed.blocks) or house
    assert len({note.card.trace for note in found if note.card.trace}) <= len(found)
    assert all(fault.severity == "warning" for fault in faults) or house or "<!--" in text


@settings(deadline=None, max_examples=300)
@given(st.one_of(NOTES, DOCUMENT))
def test_fixing_markdown_keeps_its_lines(text: str) -> None:
    assert repair(text).count("\n") == text.count("\n")


ANSWERED = "# Interview questions\n\n### 1. Why?\n\nanswer\n\n{0}\n\n### 2. And why?\n\nother\n\n### 3. What?\n\nlast\n"


@settings(deadline=None, max_examples=250)
@given(st.sampled_from("`~"), st.one_of(CODE, NOTES))
def test_no_code_in_a_fence_makes_or_breaks_a_found_card(mark: str, code: str) -> None:
    shown = fence(mark, code.replace("<!--", "<--").replace("\r", "\n"))
    found = parse(Source("a.md", "a.md", ANSWERED.format(shown))).blocks
    assert [block.asked for block in found] == ["Why?", "And why?", "What?"]
    assert [block.answered for block in found[1:]] == ["other", "last"]


@settings(deadline=None, max_examples=100)
@given(st.lists(CARD, min_size=2, max_size=4))
def test_a_card_is_the_same_alone_as_beside_others(texts: list[str]) -> None:
    alone = [parts(cards(text + REFERENCES))[0] for text in texts]
    text = "".join(text.replace("id=x", f"id=x{number}") for number, text in enumerate(texts)) + REFERENCES
    together = parts(cards(text))
    assert [row | {"id": ""} for row in together] == [row | {"id": ""} for row in alone]


QUOTED = (
    "> ",
    "> > ",
    ">",
    " a",
    "a",
    "```",
    "> ```",
    "- ",
    "  - x",
    "",
    "# h",
    "> # h",
    "1. b",
    "    c",
    "<div>",
    "---",
)


@given(
    st.lists(st.lists(st.sampled_from(QUOTED), min_size=1, max_size=3).map("".join), max_size=40), st.integers(1, 60)
)
def test_quotes_are_those_of_markdown_it_though_they_are_not_read_to_the_end(lines: list[str], times: int) -> None:
    ours, plain = parser.fresh(False, False, 40), parser.fresh(False, False, 40)
    plain.block.ruler.at("blockquote", blockquote, {"alt": ["paragraph", "reference", "blockquote", "list"]})
    found, wanted = (
        [(token.type, token.content, token.map, token.level) for token in made.parse("\n".join(lines * times), {})]
        for made in (ours, plain)
    )
    assert found == wanted


@given(st.text("[]!()ab`\\<*", max_size=60))
def test_links_are_those_of_markdown_it_though_each_label_is_searched_for_once(text: str) -> None:
    ours, plain = parser.fresh(False, False, 100), parser.fresh(False, False, 100)
    plain.helpers = helpers
    found, wanted = (made.render(text) for made in (ours, plain))
    assert found == wanted
