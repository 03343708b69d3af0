"""Cards without ids: which guid each has after an edit, and which cards are not the same."""

from __future__ import annotations

import random
import re
import time
from collections.abc import Sequence
from dataclasses import dataclass, replace

import pytest
from build_decks.cards.identity import ids, ledger
from build_decks.cards.identity.ledger import Changes, Entry, Ledger
from build_decks.cards.identity.recognise import MOST_PAIRS, Recognised, recognise
from build_decks.cards.identity.traces import trace
from build_decks.cards.model import MAX_QUESTION, Card, Note, Span
from build_decks.cards.notetypes import CONCEPT, CONCEPT_CLOZE, NOTE_TYPES
from build_decks.cli.commands import build as command
from hypothesis import given
from hypothesis import strategies as st

LOCK = "A lock lets one thread at a time into a section of code; the others wait until it is released."
QUEUE = "A queue hands items from producers to consumers, and blocks those that come to an empty one."
EVENT = "An event is a flag: many tasks can wait until another task sets it, and then all of them go on."


@dataclass(frozen=True)
class Text:
    """A card as its author wrote it."""

    question: str
    answer: str = LOCK
    name: str = "a.md"
    front: str = ""
    cloze: bool = False

    @property
    def card(self) -> Card:
        found = trace(self.name, self.question, self.front, self.answer, self.cloze)
        kind = "cloze" if self.cloze else "qa"
        return Card("", "", kind, "T", "", "", "a", "A", "beginner", "", "", (), (), Span(self.name, 1), found)


@dataclass(frozen=True)
class Edition:
    """What a build made of some cards."""

    guids: tuple[str, ...]
    ledger: Ledger
    changes: Changes
    found: Recognised


def edition(texts: Sequence[Text], before: Edition | Ledger | None = None) -> Edition:
    """Build as the pipeline does; the ledger is written and read again."""
    known = before.ledger if isinstance(before, Edition) else before or Ledger()
    cards = [text.card for text in texts]
    found = recognise("t", cards, known)
    notes = [
        Note(replace(card, guid=guid), CONCEPT_CLOZE if text.cloze else CONCEPT, (text.question, text.answer), "")
        for card, guid, text in zip(cards, found.guids, texts, strict=True)
    ]
    _, _, new, changes = ledger.date(notes, NOTE_TYPES, known, lambda: 1_893_456_000)
    again, faults = ledger.parse(ledger.text_of(new), "ledger.txt")
    assert (again, faults) == (new, ())
    changes = replace(changes, reworded=found.reworded, ambiguous=found.ambiguous, crowded=found.crowded)
    return Edition(found.guids, new, changes, found)


def kept(before: Sequence[Text], after: Sequence[Text]) -> list[int | None]:
    """For each card afterwards the place of the card before that it is taken for, None for a new one."""
    first = edition(before)
    second = edition(after, first)
    assert len(set(second.guids)) == len(after)
    third = edition(after, second)
    assert (third.guids, third.ledger, third.changes) == (second.guids, second.ledger, Changes())
    return [first.guids.index(guid) if guid in first.guids else None for guid in second.guids]


# What makes a card the same, and beside it what does not.

SAME: dict[str, tuple[list[Text], list[Text], list[int | None]]] = {
    "nothing changed": ([Text("What is a lock?")], [Text("What is a lock?")], [0]),
    "case and white space": (
        [Text("What is a lock?")], [Text(" what is  a LOCK?\n", LOCK.upper().replace(" ", "\n"))], [0],
    ),
    "another form of the same letters": ([Text("Was heißt Kuh\u0308le?")], [Text("Was heißt Kühle?")], [0]),
    "another order": (
        [Text("What is a lock?"), Text("What is a queue?", QUEUE)],
        [Text("What is a queue?", QUEUE), Text("What is a lock?")],
        [1, 0],
    ),
    "one between": (
        [Text("What is a lock?"), Text("What is a queue?", QUEUE)],
        [Text("What is a lock?"), Text("What is an event?", EVENT), Text("What is a queue?", QUEUE)],
        [0, None, 1],
    ),
    "another answer": ([Text("What is a lock?")], [Text("What is a lock?", EVENT)], [0]),
    "another answer in another file, where the question is no rare one": (
        [Text("Summary?", name="a.md"), Text("Summary?", QUEUE, name="b.md")],
        [Text("Summary?", EVENT, name="c.md"), Text("Summary?", QUEUE, name="b.md")],
        [None, 1],
    ),
    "equal questions, one answer edited": (
        [Text("Why?", LOCK), Text("Why?", QUEUE)], [Text("Why?", LOCK), Text("Why?", EVENT)], [0, 1],
    ),
    "equal questions, swapped": (
        [Text("Why?", LOCK), Text("Why?", QUEUE)], [Text("Why?", QUEUE), Text("Why?", LOCK)], [1, 0],
    ),
    "equal questions, swapped and both edited": (
        [Text("Why?", LOCK), Text("Why?", QUEUE)],
        [Text("Why?", QUEUE + " So it is."), Text("Why?", LOCK + " So it is.")],
        [1, 0],
    ),
    "equal questions, both with answers that say nothing": (
        [Text("Why?", LOCK), Text("Why?", QUEUE)], [Text("Why?", "Ah."), Text("Why?", "Oh.")], [0, 1],
    ),
    "equal cards": ([Text("Why?"), Text("Why?")], [Text("Why?"), Text("Why?")], [0, 1]),
    "one of equal questions gone and the other edited": (
        [Text("Why?", LOCK), Text("Why?", QUEUE)], [Text("Why?", QUEUE + " So it is.")], [1],
    ),
    "one of equal questions gone and the other with an answer like neither": (
        [Text("Why?", LOCK), Text("Why?", QUEUE)], [Text("Why?", "Ah.")], [None],
    ),
    "a renamed file": (
        [Text("What is a lock?"), Text("Why?", QUEUE), Text("Why?", EVENT)],
        [Text(text.question, text.answer, "b.md") for text in
         [Text("What is a lock?"), Text("Why?", QUEUE), Text("Why?", EVENT)]],
        [0, 1, 2],
    ),
    "one card of two files in a third": (
        [Text("Why?", name="a.md"), Text("Why?", name="b.md")], [Text("Why?", name="c.md")], [None],
    ),
    "one card of one file in two others": (
        [Text("Why?")], [Text("Why?", name="b.md"), Text("Why?", name="c.md")], [None, None],
    ),
    "a copy in another file": ([Text("Why?")], [Text("Why?", name="A.md"), Text("Why?")], [None, 0]),
    "moved and edited": ([Text("What is a lock?")], [Text("What is a lock?", EVENT, "b.md")], [0]),
    "moved and edited, to two places": (
        [Text("What is a lock?")],
        [Text("What is a lock?", EVENT, "b.md"), Text("What is a lock?", QUEUE, "c.md")],
        [None, None],
    ),
    "reworded": ([Text("What is a lock?")], [Text("How is a critical section kept?")], [0]),
    "reworded, the answer another card's too": (
        [Text("What is a lock?"), Text("Why a mutex?")], [Text("How is it kept?"), Text("Why a mutex?")], [None, 1],
    ),
    "reworded a little, the answer another card's too": (
        [Text("What is a lock good for?"), Text("Why a mutex?")],
        [Text("What is a lock good for"), Text("Why a mutex?")],
        [0, 1],
    ),
    "another question with a short answer": (
        [Text("Is a list mutable?", "Yes.")], [Text("Can the GIL go?", "Yes.")], [None],
    ),
    "another question of the same form with a short answer": (
        [Text("Is a list mutable?", "Yes.")], [Text("Is a tuple iterable?", "Yes.")], [None],
    ),
    "a fixed question with a short answer": (
        [Text("Is a list really mutabel in Python?", "Yes.")],
        [Text("Is a list really mutable in Python?", "Yes.")],
        [0],
    ),
    "the same form with another short answer": (
        [Text("What is the capital of France?", "Paris.")], [Text("What is the capital of Spain?", "Madrid.")], [None],
    ),
    "reworded and edited": (
        [Text("What is a lock good for?", LOCK), Text("What is a queue?", QUEUE)],
        [Text("What's a lock good for, then?", LOCK.replace("released", "free")), Text("What is a queue?", QUEUE)],
        [0, 1],
    ),
    "numbers before the questions, and one more card": (
        [Text("1. What is a lock?"), Text("2. What is a queue?", QUEUE), Text("3. Is an event a flag?", "Yes.")],
        [
            Text("1. What is a task?", "A task runs a coroutine as soon as the loop is free to do so."),
            Text("2. What is a lock?"), Text("3. What is a queue?", QUEUE), Text("4. Is an event a flag?", "Yes."),
        ],
        [None, 0, 1, 2],
    ),
    "another card in its place": ([Text("What is a lock?", LOCK)], [Text("What is an event?", EVENT)], [None]),
    "two reworded and edited": (
        [Text("What is a lock good for?", LOCK), Text("What is a queue good for?", QUEUE)],
        [Text("What's a queue good for?", QUEUE + " So."), Text("What's a lock good for?", LOCK + " So.")],
        [1, 0],
    ),
    "one that could be either of two": (
        [Text("What is a lock good for?", LOCK + " One."), Text("What is a lock good for!", LOCK + " Two.")],
        [Text("What is a lock good for", LOCK + " So.")],
        [None],
    ),
    "moved and reworded": ([Text("What is a lock?")], [Text("How is a section kept?", name="b.md")], [0]),
    "moved and reworded, the answer a short one": (
        [Text("What is two and two?", "Four.")], [Text("How many legs has a cow?", "Four.", "b.md")], [None],
    ),
    "moved and reworded, the answer another card's too": (
        [Text("What is a lock?"), Text("What is a mutex?", name="c.md")],
        [Text("How is a section kept?", name="b.md"), Text("What is a mutex?", name="c.md")],
        [None, 1],
    ),
    "a renamed file with a card reworded and edited": (
        [Text("What is a lock good for?", LOCK), Text("What is a queue?", QUEUE), Text("What is an event?", EVENT)],
        [
            Text("What's a lock good for?", LOCK + " So.", "b.md"), Text("What is a queue?", QUEUE, "b.md"),
            Text("What is an event?", EVENT, "b.md"),
        ],
        [0, 1, 2],
    ),
    "a card reworded and edited in a file to which no others went": (
        [Text("What is a lock good for?", LOCK), Text("What is a queue?", QUEUE)],
        [Text("What's a lock good for?", LOCK + " So.", "b.md"), Text("What is a queue?", QUEUE)],
        [None, 1],
    ),
    "other code under the same question": (
        [Text("What does this print?", "3", front="```python\nprint(1 + 2)\n```")],
        [Text("What does this print?", "3", front="```python\nimport os\nos.write(1, b'3')\n```")],
        [None],
    ),
    "a line of the code edited": (
        [Text("What does this print?", "3", front="```python\nfor item in [1, 2, 3]:\n    pass\nprint(item)\n```")],
        [Text("What does this print?", "3", front="```python\nfor item in (1, 2, 3):\n    pass\nprint(item)\n```")],
        [0],
    ),
    "a cloze with a word fixed": (
        [Text("", "", front="A **lock** lets one thread at a time into a section of cod.", cloze=True)],
        [Text("", "", front="A **lock** lets one thread at a time into a section of code.", cloze=True)],
        [0],
    ),
    "a cloze under another heading": (
        [Text("About locks", "", front="A **lock** lets one thread at a time into a section of code.", cloze=True)],
        [Text("Exclusion", "", front="A **lock** lets one thread at a time into a section of code.", cloze=True)],
        [0],
    ),
    "another cloze under the same heading": (
        [Text("About locks", "", front="A **lock** lets one thread at a time into a section of code.", cloze=True)],
        [Text("About locks", "", front="Whoever takes two must always take them in **the same order**.", cloze=True)],
        [None],
    ),
    "another cloze": (
        [Text("", "", front="A **lock** lets one thread at a time into a section of code.", cloze=True)],
        [Text("", "", front="A **queue** hands items from producers to consumers.", cloze=True)],
        [None],
    ),
    "a question that becomes a cloze": ([Text("What is a lock?")], [Text("What is a lock?", cloze=True)], [None]),
    "a cloze that becomes a question": ([Text("What is a lock?", cloze=True)], [Text("What is a lock?")], [None]),
    "Chinese, reworded": (
        [Text("什么是互斥锁?", "互斥锁保证同一时间只有一个线程进入临界区,其他线程必须等待它被释放。")],
        [Text("互斥锁有什么用?", "互斥锁保证同一时间只有一个线程进入临界区,其他线程必须等待它被释放。")],
        [0],
    ),
    "Chinese, reworded and edited": (
        [Text("什么是互斥锁,它有什么用?", "互斥锁保证同一时间只有一个线程进入临界区,其他线程必须等待它被释放。")],
        [Text("互斥锁是什么,它有什么用?", "互斥锁保证同一时刻只有一个线程进入临界区,其他线程必须等待它被释放。")],
        [0],
    ),
    "Chinese, another card": (
        [Text("什么是互斥锁?", "互斥锁保证同一时间只有一个线程进入临界区,其他线程必须等待它被释放。")],
        [Text("什么是队列?", "队列把生产者的数据按先后顺序交给消费者,队列为空时消费者会阻塞。")],
        [None],
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", SAME)
def test_a_card_is_known_again_where_it_is_the_same(name: str) -> None:
    before, after, places = SAME[name]
    assert kept(before, after) == places


@pytest.mark.parametrize("name", SAME)
def test_a_card_is_known_again_among_others(name: str) -> None:
    before, after, places = SAME[name]
    others = [Text(f"{word} number {n}?", f"{word * 9} {n}", f"{n % 2}.md") for n, word in enumerate(["ox", "yak"] * 9)]
    shifted = [None if place is None else place + len(others) for place in places]
    assert kept([*others, *before], [*others, *after]) == [*range(len(others)), *shifted]


# What went, and what came back


def test_a_question_that_comes_back_is_restored() -> None:
    first = edition([Text("What is a lock?"), Text("What is a queue?", QUEUE)])
    gone = edition([Text("What is a queue?", QUEUE)], first)
    assert gone.changes.retired == ('"What is a lock?"',)
    assert gone.changes.retired_guids == first.guids[:1]
    for back in (Text("What is a lock?"), Text("What is a lock?", EVENT), Text("What is a lock?", name="b.md")):
        again = edition([Text("What is a queue?", QUEUE), back], gone)
        assert again.guids == (first.guids[1], first.guids[0])
        assert again.changes.restored == ('"What is a lock?"',)


@pytest.mark.parametrize(
    "other", [Text("How is a section kept?"), Text("What is a lock!"), Text("What is a lock?", EVENT, "b.md")]
)
def test_nothing_else_brings_a_retired_card_back(other: Text) -> None:
    first = edition([Text("What is a lock?"), Text("Why?", QUEUE)])
    gone = edition([Text("Why?", QUEUE)], first)
    assert first.guids[0] not in edition([Text("Why?", QUEUE), other], gone).guids


def test_a_question_that_was_reworded_and_is_asked_anew_is_another_card() -> None:
    first = edition([Text("What is a lock?")])
    second = edition([Text("How is a section kept?")], first)
    third = edition([Text("How is a section kept?"), Text("What is a lock?", EVENT)], second)
    assert second.guids == first.guids
    assert third.guids[0] == first.guids[0]
    asked = trace("a.md", "What is a lock?", "", EVENT)
    assert third.guids[1] == ids.first_guid("t", "a.md", asked.asked, 1, False)
    fourth = edition([Text("How is a section kept?"), Text("What is a lock?", EVENT), Text("What is a lock?")], third)
    assert fourth.guids == (*third.guids, ids.first_guid("t", "a.md", asked.asked, 2, False))


def test_the_ledger_follows_a_card_through_many_editions() -> None:
    book = edition([Text("What is a lock?"), Text("What is a queue?", QUEUE)])
    guid = book.guids[0]
    for text in (
        Text("What is a lock good for?"), Text("What is a lock good for?", LOCK + " So.", "b.md"),
        Text("What's a lock good for, then?", LOCK + " So it is.", "b.md"), Text("How?", LOCK + " So it is.", "b.md"),
    ):  # fmt: skip
        book = edition([Text("What is a queue?", QUEUE), text], book)
        assert book.guids[1] == guid
        found = book.ledger.entries[guid]
        assert found.trace == text.card.trace
        assert (found.id, found.state) == (text.question, "note")


def test_a_trace_is_kept_current_where_nothing_changed_for_a_learner() -> None:
    # The hash of these notes says nothing of the file.
    first = edition([Text("What is a lock?")])
    second = edition([Text("What is a lock?", name="b.md")], first)
    (old,), (new,) = ([entry for entry in e.ledger.entries.values() if entry.trace] for e in (first, second))
    assert replace(old, trace=new.trace) == new
    assert new.trace
    assert new.trace.name == "b.md"
    assert second.changes == Changes()


def test_a_card_with_an_id_keeps_its_guid_and_gives_it_to_none() -> None:
    named = replace(Text("What is a lock?").card, id="lock", guid=ids.guid("t", "lock", False), trace=None)
    first = edition([Text("What is a lock?")])
    found = recognise("t", [named, Text("What is a lock?").card], first.ledger)
    assert found.guids == (named.guid, first.guids[0])
    stolen = replace(named, guid=first.guids[0])
    found = recognise("t", [Text("What is a lock?").card, stolen], first.ledger)
    assert found.guids[1] == first.guids[0] != found.guids[0]


def test_another_track_gives_other_guids() -> None:
    card = Text("What is a lock?").card
    assert recognise("t", [card], Ledger()).guids != recognise("u", [card], Ledger()).guids


def test_equal_cards_in_a_renamed_file_share_their_guids_among_them() -> None:
    first = edition([Text("Why?"), Text("Why?")])
    second = edition([Text("Why?", name="b.md"), Text("Why?", name="b.md")], first)
    assert set(second.guids) == set(first.guids)
    assert edition([Text("Why?", name="b.md"), Text("Why?", name="b.md")], second).guids == second.guids


# What a person is told


def test_a_reworded_question_is_told() -> None:
    first = edition([Text("What is a lock?"), Text("What is a queue?", QUEUE)])
    second = edition([Text("How is a section kept?"), Text("what is a  queue?", QUEUE)], first)
    assert second.found.reworded == (("What is a lock?", "How is a section kept?"),)
    assert "  What is a lock? → How is a section kept?" in list(command._changes(second.changes, 8))


@pytest.mark.parametrize(
    "name",
    [
        "one that could be either of two", "one card of two files in a third",
        "one of equal questions gone and the other with an answer like neither",
    ],
)  # fmt: skip
def test_a_card_that_could_be_either_of_two_is_told(name: str) -> None:
    before, after, _ = SAME[name]
    second = edition(after, edition(before))
    old = tuple(dict.fromkeys(sorted(f'"{text.question}"' for text in before)))
    ((card, candidates),) = second.found.ambiguous
    assert (card, tuple(sorted(candidates))) == (f'"{after[0].question}"', old)
    (line,) = [line for line in command._changes(second.changes, 8) if line.startswith("treated as new")]
    assert line == f"treated as new, because they could be one of several old cards: {card} ({' or '.join(candidates)})"


@pytest.mark.parametrize("name", ["another card in its place", "another answer", "reworded", "a copy in another file"])
def test_no_doubt_is_told_where_there_is_none(name: str) -> None:
    before, after, _ = SAME[name]
    assert edition(after, edition(before)).found.ambiguous == ()


def test_a_long_list_of_reworded_questions_is_cut() -> None:
    changes = Changes(reworded=tuple((f"a{n}\x1b", f"b{n}") for n in range(12)))
    assert list(command._changes(changes, 2)) == ["reworded 12:", "  a0\\x1b → b0", "  a1\\x1b → b1", "  and 10 more"]
    assert len(list(command._changes(changes, None))) == 13


def test_a_file_in_which_all_changed_is_told_and_takes_no_time() -> None:
    count = int(MOST_PAIRS**0.5) + 1
    rng = random.Random(1)

    def text(number: int, name: str) -> Text:
        words = [f"{rng.randrange(10**6)}" for _ in range(12)]
        return Text(f"What is {name} {number}?", " ".join(words))

    first = edition([text(n, "old") for n in range(count)])
    started = time.perf_counter()
    second = edition([text(n, "new") for n in range(count)], first)
    assert time.perf_counter() - started < 5
    assert second.found.crowded == ("a.md",)
    assert len(second.changes.new) == count
    assert "not searched for reworded questions, because too much changed: a.md" in list(
        command._changes(second.changes, 8)
    )
    third = edition([text(n, "newer") for n in range(count - 2)], edition([text(n, "x") for n in range(count - 2)]))
    assert third.found.crowded == ()


def test_a_name_of_a_card_is_its_id_or_its_question() -> None:
    card = Text("What is a lock?").card
    assert card.name == '"What is a lock?"'
    assert replace(card, id="lock", trace=None).name == "lock"
    assert re.fullmatch(r'"(word )+word…"', Text("word " * 30).card.name)
    assert len(Text("word " * 30).card.name) <= 62


# Traces

words = st.text(max_size=40)


@given(words, words, words, words, st.booleans())
def test_a_trace_of_any_text_fits_a_row(name: str, question: str, front: str, answer: str, cloze: bool) -> None:
    found = trace(name or "a.md", question, front, answer, cloze)
    entry = Entry("note", found.question, "abcdefghijkl", 1, "0" * 32, ledger.FIRST, trace=found)
    known = Ledger({entry.guid: entry})
    assert ledger.parse(ledger.text_of(known), "ledger.txt") == (known, ())
    assert 0 < len(found.question) <= MAX_QUESTION
    assert found.question == " ".join(found.question.split())


@pytest.mark.parametrize("text", ["x == y", "x != y", "x", "X Y", "", "?", "ab", "a b"])
def test_different_questions_are_asked_differently(text: str) -> None:
    others = {trace("a.md", other, "", "").asked for other in ("x === y", "xy", "x, y", "!", "ba")}
    assert trace("a.md", text, "", "").asked not in others


def test_a_question_is_not_its_front() -> None:
    assert trace("a.md", "a", "b", "").asked != trace("a.md", "a b", "", "").asked


def test_a_long_question_is_cut_for_people_only() -> None:
    one, other = (trace("a.md", "long " * 60 + end, "", LOCK) for end in ("a", "b"))
    assert one.question == other.question
    assert one.asked != other.asked


def test_traces_and_first_guids_are_pinned() -> None:
    # They stand in every ledger: made in another way, no old card would be like itself.
    found = trace("a.md", "What is a lock?", "", LOCK)
    assert (found.asked, found.answer) == ("37d226284a5fc874", "2946570192869e56")
    assert found.sketch == "c510651900f9fd764372b193bc23e8ec"
    assert ids.first_guid("t", "a.md", found.asked, 0, False) == "f295fb792f7635ef"
    assert ids.first_guid("t", "a.md", found.asked, 0, True) == "143a69525f775b1f"


def test_a_sketch_is_of_the_answer_else_of_the_question() -> None:
    assert trace("a.md", "q", "", "").sketch == trace("a.md", "another", "", "q").sketch
    assert trace("a.md", "", "", "").sketch == "0" * 32


def test_ten_thousand_cards_take_no_time() -> None:
    rng = random.Random(1)
    texts = [
        Text(f"What is number {n}?", " ".join(rng.choice(LOCK.split()) for _ in range(60)), f"{n // 50}.md")
        for n in range(10_000)
    ]
    cards = [text.card for text in texts]
    first = edition(texts)
    started = time.perf_counter()
    assert recognise("t", cards, first.ledger).guids == first.guids
    assert time.perf_counter() - started < 5  # a tenth of a second, where no other work is done


# Whatever is done to them

sentences = st.sampled_from([LOCK, QUEUE, EVENT, "Yes.", "No.", "42", ""])
texts = st.builds(
    Text,
    question=st.sampled_from(["Why?", "What is a lock?", "What's a lock?", "What is a queue?", "", "什么?"]),
    answer=st.builds("{} {}".format, sentences, st.integers(0, 3)),
    name=st.sampled_from(["a.md", "b.md", "c.md"]),
    front=st.sampled_from(["", "", "print(1)"]),
    cloze=st.sampled_from([False, False, False, True]),
)
books = st.lists(texts, max_size=12)


@given(st.lists(books, min_size=1, max_size=4), st.randoms(use_true_random=False))
def test_no_guid_is_given_twice_and_a_second_build_changes_nothing(
    editions: list[list[Text]], random: random.Random
) -> None:
    book: Edition | None = None
    for cards in editions:
        before, book = book, edition(cards, book)
        assert len(set(book.guids)) == len(cards)
        mixed = list((before.ledger if before else Ledger()).entries.items())
        random.shuffle(mixed)
        assert edition(cards, Ledger(dict(mixed))).found == book.found
        again = edition(cards, book)
        assert (again.guids, again.ledger, again.changes) == (book.guids, book.ledger, Changes())


@given(st.lists(texts, max_size=12, unique=True).flatmap(lambda book: st.tuples(st.just(book), st.permutations(book))))
def test_another_order_of_cards_changes_no_guid(books: tuple[list[Text], list[Text]]) -> None:
    book, mixed = books
    first = edition(book)
    second = edition(mixed, first)
    assert dict(zip(book, first.guids, strict=True)) == dict(zip(mixed, second.guids, strict=True))
    assert second.found.ambiguous == ()


@given(
    st.lists(texts, max_size=12, unique_by=lambda text: (text.name, text.question, text.front, text.cloze)), st.data()
)
def test_other_answers_change_no_guid(book: list[Text], data: st.DataObject) -> None:
    answers = st.just(None) | st.builds("{} {}".format, sentences, st.integers(4, 9))
    edited = [text if (answer := data.draw(answers)) is None else replace(text, answer=answer) for text in book]
    first = edition(book)
    assert edition(edited, first).guids == first.guids


@given(st.lists(st.booleans(), min_size=1, max_size=8), st.data())
def test_other_answers_to_equal_questions_change_no_guid(edits: list[bool], data: st.DataObject) -> None:
    rng = random.Random(data.draw(st.integers(0, 99)))
    book = [Text("Why?", " ".join(f"{rng.randrange(10**6)}" for _ in range(20))) for _ in edits]
    edited = [
        replace(text, answer=f"{text.answer} So.") if edit else text for text, edit in zip(book, edits, strict=True)
    ]
    rng.shuffle(both := list(zip(book, edited, strict=True)))
    first = edition([old for old, _ in both])
    assert edition([new for _, new in both], first).guids == first.guids


@given(st.integers(1, 30), st.booleans())
def test_equal_questions_stay_apart(count: int, cloze: bool) -> None:
    book = [Text("Why?", cloze=cloze)] * count
    first = edition(book)
    assert len(set(first.guids)) == count
    assert edition(book, first).guids == first.guids
    assert set(edition(book[1:], first).guids) < {*first.guids} or count == 1
