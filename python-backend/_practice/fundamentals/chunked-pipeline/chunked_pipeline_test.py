"""What the pipeline must do. A source that counts shows that nothing is read before it is needed."""

import re
from itertools import islice

import pytest
from chunked_pipeline import chunked, load, payments


class Source:
    """An iterator that counts the items taken from it."""

    def __init__(self, items):
        self.items = iter(items)
        self.taken = 0

    def __iter__(self):
        return self

    def __next__(self):
        item = next(self.items)
        self.taken += 1
        return item


def all_chunks(items, size):
    """All chunks of a short source. More than ten are a mistake, and are not waited for."""
    return list(islice(chunked(items, size), 10))


# payments


def test_a_line_becomes_a_customer_and_cents():
    assert list(payments(["acme;12.50"])) == [("acme", 1250)]


@pytest.mark.parametrize(
    ("amount", "cents"),
    [
        ("7", 700),
        ("0.05", 5),
        ("19.99", 1999),
        ("1.5", 150),
        ("0", 0),
        ("007", 700),
        ("1000000.01", 100000001),
        ("90071992547409.93", 9007199254740993),
        ("100200300400500600700800900100.01", 10020030040050060070080090010001),
    ],
)
def test_amounts_are_exact(amount, cents):
    assert list(payments([f"acme;{amount}"])) == [("acme", cents)]


@pytest.mark.parametrize(("amount", "cents"), [("-7", -700), ("-12.50", -1250), ("-0.50", -50), ("-0.05", -5)])
def test_a_negative_amount_is_a_refund(amount, cents):
    assert list(payments([f"acme;{amount}"])) == [("acme", cents)]


@pytest.mark.parametrize("amount", ["1.999", "0.001", "-1.005", "19.990"])
def test_an_amount_with_more_than_two_decimals_is_refused(amount):
    with pytest.raises(ValueError, match=re.escape(f"acme;{amount}")):
        list(payments([f"acme;{amount}"]))


@pytest.mark.parametrize(
    "amount", ["", "-", "1.", ".5", "1.-5", "--1", "+7", " 7", "12,50", "1_000", "1e3", "nan", "٣", "3²"]
)
def test_an_amount_of_another_form_is_refused(amount):
    with pytest.raises(ValueError, match=re.escape(f"acme;{amount}")):
        list(payments([f"acme;{amount}"]))


@pytest.mark.parametrize("line", ["acme", "acme 12.50", "acme;1;2", ";1"])
def test_a_line_of_another_form_is_refused(line):
    with pytest.raises(ValueError, match=re.escape(line)):
        list(payments([line]))


def test_the_payments_before_a_broken_line_come_out_first():
    rows = payments(["acme;1", "bolt", "core;3"])
    assert next(rows) == ("acme", 100)
    with pytest.raises(ValueError, match="bolt"):
        next(rows)


def test_blank_lines_and_comments_are_skipped():
    lines = ["# May\n", "\n", "  \n", "acme;1\n", "  # end\n", "bolt;2\r\n"]
    assert list(payments(lines)) == [("acme", 100), ("bolt", 200)]


def test_spaces_at_the_beginning_or_end_of_a_line_make_no_difference():
    assert list(payments(["  acme;1", "bolt;2 \n"])) == [("acme", 100), ("bolt", 200)]


def test_only_a_hash_at_the_beginning_makes_a_comment():
    assert list(payments(["acme #2;12.50"])) == [("acme #2", 1250)]


def test_payments_read_one_line_at_a_time():
    source = Source(["acme;1", "bolt;2", "core;3"])
    rows = payments(source)
    assert source.taken == 0
    assert next(rows) == ("acme", 100)
    assert source.taken == 1


# chunked


def test_chunks_have_the_size_and_the_last_may_be_shorter():
    assert all_chunks(range(5), 2) == [[0, 1], [2, 3], [4]]


def test_there_is_no_empty_chunk_at_the_end():
    assert all_chunks(range(4), 2) == [[0, 1], [2, 3]]
    assert all_chunks([], 2) == []


def test_a_chunk_takes_no_more_items_than_it_holds():
    source = Source(range(100))
    chunks = chunked(source, 3)
    assert source.taken == 0
    assert next(chunks) == [0, 1, 2]
    assert source.taken == 3
    assert next(chunks) == [3, 4, 5]
    assert source.taken == 6


def test_the_items_may_have_no_end():
    def endless():
        yield from [1] * 1000
        raise AssertionError("far too many items were taken")

    assert next(chunked(endless(), 2)) == [1, 1]


def test_a_chunk_does_not_change_after_it_was_yielded():
    chunks = chunked(range(4), 2)
    first = next(chunks)
    next(chunks)
    assert first == [0, 1]


def test_false_items_are_items():
    assert all_chunks([0, None, "", False], 3) == [[0, None, ""], [False]]


@pytest.mark.parametrize("size", [0, -1])
def test_a_size_below_one_is_refused_by_the_call_itself(size):
    with pytest.raises(ValueError):
        chunked([1], size)


# load


def test_load_saves_batches_and_counts_payments():
    saved = []
    assert load(["acme;1", "# x", "bolt;2", "core;3"], 2, saved.append) == 3
    assert saved == [[("acme", 100), ("bolt", 200)], [("core", 300)]]


def test_load_counts_payments_even_if_save_empties_the_batch():
    assert load(["acme;1", "bolt;2", "core;3"], 2, list.clear) == 3


def test_load_of_nothing_saves_nothing():
    saved = []
    assert load(["# an empty day"], 2, saved.append) == 0
    assert saved == []


def test_a_batch_is_saved_before_the_next_line_is_read():
    source = Source(["acme;1", "bolt;2", "core;3", "dora;4"])
    seen = []
    load(source, 2, lambda batch: seen.append(source.taken))
    assert seen == [2, 4]


def test_only_the_full_batches_before_a_broken_line_are_saved():
    saved = []
    with pytest.raises(ValueError, match="dora"):
        load(["acme;1", "bolt;2", "core;3", "dora;1.999"], 2, saved.append)
    assert saved == [[("acme", 100), ("bolt", 200)]]


def test_load_refuses_a_size_below_one_and_reads_nothing():
    source = Source(["acme;1"])
    with pytest.raises(ValueError):
        load(source, 0, print)
    assert source.taken == 0
