"""What the pipeline must do. A source that counts proves that nothing is read before it is needed."""

import pytest
from chunked_pipeline import chunked, load, payments


class Source:
    """Items that note how many of them have been taken."""

    def __init__(self, items):
        self.items = iter(items)
        self.taken = 0

    def __iter__(self):
        return self

    def __next__(self):
        item = next(self.items)
        self.taken += 1
        return item


def test_a_line_becomes_a_customer_and_cents():
    assert list(payments(["acme;12.50"])) == [("acme", 1250)]


@pytest.mark.parametrize(
    ("amount", "cents"), [("7", 700), ("0.05", 5), ("19.99", 1999), ("1.5", 150), ("1000000.01", 100000001)]
)
def test_amounts_are_exact(amount, cents):
    assert list(payments([f"acme;{amount}"])) == [("acme", cents)]


def test_blank_lines_and_comments_are_passed_over():
    lines = ["# May\n", "\n", "  \n", "acme;1\n", "  # end\n"]
    assert list(payments(lines)) == [("acme", 100)]


def test_payments_read_one_line_at_a_time():
    source = Source(["acme;1", "bolt;2", "core;3"])
    rows = payments(source)
    assert source.taken == 0
    assert next(rows) == ("acme", 100)
    assert source.taken == 1


def test_chunks_have_the_size_and_the_last_may_be_shorter():
    assert list(chunked(range(5), 2)) == [[0, 1], [2, 3], [4]]


def test_there_is_no_empty_chunk_at_the_end():
    assert list(chunked(range(4), 2)) == [[0, 1], [2, 3]]
    assert list(chunked([], 2)) == []


def test_a_chunk_takes_no_more_than_it_holds():
    source = Source(range(100))
    chunks = chunked(source, 3)
    assert source.taken == 0
    assert next(chunks) == [0, 1, 2]
    assert source.taken == 3


def test_a_source_without_an_end_is_fine():
    def forever():
        yield from [1] * 1000
        raise AssertionError("this read on for ever")

    assert next(chunked(forever(), 2)) == [1, 1]


def test_a_chunk_that_is_kept_does_not_change():
    chunks = chunked(range(4), 2)
    first = next(chunks)
    next(chunks)
    assert first == [0, 1]


def test_items_that_are_false_are_items():
    assert list(chunked([0, None, "", False], 3)) == [[0, None, ""], [False]]


@pytest.mark.parametrize("size", [0, -1])
def test_a_size_that_is_none_is_refused_by_the_call_itself(size):
    with pytest.raises(ValueError, match="size"):
        chunked([1], size)


def test_load_saves_batches_and_counts():
    saved = []
    assert load(["acme;1", "# x", "bolt;2", "core;3"], 2, saved.append) == 3
    assert saved == [[("acme", 100), ("bolt", 200)], [("core", 300)]]


def test_a_batch_is_saved_before_the_next_is_read():
    source = Source(["acme;1", "bolt;2", "core;3", "dora;4"])
    seen = []
    load(source, 2, lambda batch: seen.append(source.taken))
    assert seen == [2, 4]
