"""What an undo stack must do. Steps and their undos only note that they ran."""

import sys

import pytest
from undo_stack import UndoStack


class Notes:
    """Makes steps and undos that note what they do, and that can be told to fail."""

    def __init__(self):
        self.log = []

    def do(self, name, error=None):
        def run():
            self.log.append(name)
            if error is not None:
                raise error
            return f"id of {name}"

        return run

    def undo(self, name, error=None):
        return self.do(f"undo {name}", error)


def steps(undo, notes, *names):
    for name in names:
        undo.step(notes.do(name), notes.undo(name))


def chain(error):
    """The messages of an exception and of the contexts behind it. A chain that goes round in a circle is cut off."""
    messages = []
    while error is not None and len(messages) < 10:
        messages.append(str(error))
        error = error.__context__
    return messages


class Alarm(BaseException):
    """An exception that is not an Exception."""


# Steps


def test_a_step_is_done_at_once_and_returns_its_result():
    notes = Notes()
    with UndoStack() as undo:
        assert undo.step(notes.do("disk"), notes.undo("disk")) == "id of disk"
        assert notes.log == ["disk"]


def test_after_success_nothing_is_taken_back():
    notes = Notes()
    with UndoStack() as undo:
        steps(undo, notes, "disk", "server", "name")
    assert notes.log == ["disk", "server", "name"]


def test_a_failure_takes_the_steps_back_in_reverse_order():
    notes = Notes()
    with pytest.raises(ConnectionError), UndoStack() as undo:
        steps(undo, notes, "disk", "server", "name")
        raise ConnectionError
    assert notes.log == ["disk", "server", "name", "undo name", "undo server", "undo disk"]


@pytest.mark.parametrize("error", [OSError("no room"), KeyboardInterrupt()])
def test_a_step_that_fails_is_not_taken_back_but_those_before_it_are(error):
    notes = Notes()
    with pytest.raises(type(error)), UndoStack() as undo:
        steps(undo, notes, "disk")
        undo.step(notes.do("server", error), notes.undo("server"))
    assert notes.log == ["disk", "server", "undo disk"]


@pytest.mark.parametrize("result", [None, 0, ""])
def test_a_step_with_a_false_result_is_taken_back_too(result):
    notes = Notes()
    with pytest.raises(ConnectionError), UndoStack() as undo:
        assert undo.step(lambda: result, notes.undo("name")) is result
        raise ConnectionError
    assert notes.log == ["undo name"]


def test_a_failed_step_that_the_block_handles_takes_nothing_back():
    notes = Notes()
    with UndoStack() as undo:
        steps(undo, notes, "disk")
        with pytest.raises(OSError):
            undo.step(notes.do("server", OSError()), notes.undo("server"))
        steps(undo, notes, "spare server")
    assert notes.log == ["disk", "server", "spare server"]


def test_there_can_be_more_steps_than_levels_of_recursion():
    undone = []
    count = sys.getrecursionlimit() + 100
    with pytest.raises(ConnectionError), UndoStack() as undo:
        for number in range(count):
            undo.step(lambda: None, lambda number=number: undone.append(number))
        raise ConnectionError
    assert undone == list(reversed(range(count)))


def test_two_steps_can_have_the_same_undo():
    notes = Notes()
    release = notes.undo("seat")
    with pytest.raises(ConnectionError), UndoStack() as undo:
        undo.step(notes.do("seat"), release)
        undo.step(notes.do("seat"), release)
        raise ConnectionError
    assert notes.log == ["seat", "seat", "undo seat", "undo seat"]


# The failure of the block


def test_the_failure_comes_out_unchanged():
    error, cause = ConnectionError("lost"), OSError("no route")
    with pytest.raises(ConnectionError) as caught, UndoStack() as undo:
        steps(undo, Notes(), "disk")
        raise error from cause
    assert caught.value is error
    assert error.__cause__ is cause
    assert chain(error) == ["lost"]


def test_the_failure_comes_out_whatever_an_undo_returns():
    with pytest.raises(ConnectionError), UndoStack() as undo:
        undo.step(lambda: 1, lambda: True)
        raise ConnectionError


@pytest.mark.parametrize("error", [KeyboardInterrupt, SystemExit, GeneratorExit, Alarm])
def test_any_exception_takes_the_steps_back(error):
    notes = Notes()
    with pytest.raises(error), UndoStack() as undo:
        steps(undo, notes, "disk")
        raise error
    assert notes.log == ["disk", "undo disk"]


# Undos that fail


@pytest.mark.parametrize("error", [OSError("stuck"), KeyboardInterrupt("stuck"), Alarm("stuck")])
def test_an_undo_that_fails_does_not_stop_the_others(error):
    notes = Notes()
    with pytest.raises(type(error)) as caught, UndoStack() as undo:
        steps(undo, notes, "disk")
        undo.step(notes.do("server"), notes.undo("server", error))
        steps(undo, notes, "name")
        raise ConnectionError
    assert caught.value is error
    assert notes.log[3:] == ["undo name", "undo server", "undo disk"]


def test_the_context_of_an_undo_that_fails_is_the_failure_of_the_block():
    notes = Notes()
    with pytest.raises(OSError, match="stuck") as caught, UndoStack() as undo:
        undo.step(notes.do("server"), notes.undo("server", OSError("stuck")))
        raise ConnectionError("lost")
    assert chain(caught.value) == ["stuck", "lost"]


def test_when_several_undos_fail_the_last_comes_out_and_its_contexts_show_the_others():
    notes = Notes()
    with pytest.raises(OSError, match="disk is stuck") as caught, UndoStack() as undo:
        undo.step(notes.do("disk"), notes.undo("disk", OSError("disk is stuck")))
        steps(undo, notes, "server")
        undo.step(notes.do("name"), notes.undo("name", OSError("name is stuck")))
        raise ConnectionError("lost")
    assert chain(caught.value) == ["disk is stuck", "name is stuck", "lost"]
    assert notes.log[3:] == ["undo name", "undo server", "undo disk"]


def undo_with_a_context():
    try:
        raise KeyError("no such disk")
    except KeyError:
        raise OSError("stuck")  # noqa: B904


def test_a_context_that_the_exception_of_an_undo_already_has_is_kept():
    with pytest.raises(OSError, match="stuck") as caught, UndoStack() as undo:
        undo.step(lambda: 1, undo_with_a_context)
        raise ConnectionError("lost")
    assert chain(caught.value) == ["stuck", "'no such disk'", "lost"]


def test_no_exception_is_missing_from_a_long_chain():
    notes = Notes()
    with pytest.raises(Alarm, match="first") as caught, UndoStack() as undo:
        undo.step(notes.do("disk"), notes.undo("disk", Alarm("first")))
        undo.step(notes.do("server"), undo_with_a_context)
        undo.step(notes.do("name"), notes.undo("name", OSError("third")))
        try:
            raise OSError("no route")
        except OSError:
            raise ConnectionError("lost")  # noqa: B904
    assert chain(caught.value) == ["first", "stuck", "'no such disk'", "third", "lost", "no route"]


# One stack and the next


def test_what_a_successful_block_did_is_not_taken_back_later():
    notes = Notes()
    undo = UndoStack()
    with undo:
        steps(undo, notes, "disk")
    with pytest.raises(ConnectionError), undo:
        steps(undo, notes, "server")
        raise ConnectionError
    assert notes.log == ["disk", "server", "undo server"]


def test_nothing_is_taken_back_twice():
    notes = Notes()
    undo = UndoStack()
    for name in ("disk", "server"):
        with pytest.raises(ConnectionError), undo:
            steps(undo, notes, name)
            raise ConnectionError
    assert notes.log == ["disk", "undo disk", "server", "undo server"]


def test_two_stacks_share_nothing():
    notes = Notes()
    with UndoStack() as outer:
        steps(outer, notes, "disk")
        with pytest.raises(ConnectionError), UndoStack() as inner:
            steps(inner, notes, "server")
            raise ConnectionError
    assert notes.log == ["disk", "server", "undo server"]
