"""What an undo stack must do. Steps and their undoing only note that they ran."""

import pytest
from undo_stack import UndoStack


class Notes:
    """Makes steps that note what they do, and can be told to fail."""

    def __init__(self):
        self.log = []

    def do(self, name, error=None):
        def run():
            self.log.append(name)
            if error:
                raise error
            return f"id of {name}"

        return run

    def undo(self, name, error=None):
        return self.do(f"undo {name}", error)


def steps(undo, notes, *names):
    for name in names:
        undo.step(notes.do(name), notes.undo(name))


def test_a_step_is_done_at_once_and_gives_its_result():
    notes = Notes()
    with UndoStack() as undo:
        assert undo.step(notes.do("disk"), notes.undo("disk")) == "id of disk"
        assert notes.log == ["disk"]


def test_when_all_goes_well_nothing_is_taken_back():
    notes = Notes()
    with UndoStack() as undo:
        steps(undo, notes, "disk", "server", "name")
    assert notes.log == ["disk", "server", "name"]


def test_a_failure_takes_the_steps_back_in_reverse():
    notes = Notes()
    with pytest.raises(ConnectionError), UndoStack() as undo:
        steps(undo, notes, "disk", "server", "name")
        raise ConnectionError
    assert notes.log == ["disk", "server", "name", "undo name", "undo server", "undo disk"]


def test_a_step_that_fails_is_not_taken_back_but_those_before_it_are():
    notes = Notes()
    with pytest.raises(OSError, match="no room"), UndoStack() as undo:
        steps(undo, notes, "disk")
        undo.step(notes.do("server", OSError("no room")), notes.undo("server"))
    assert notes.log == ["disk", "server", "undo disk"]


def test_the_failure_comes_out_as_it_is():
    error = ConnectionError("lost")
    with pytest.raises(ConnectionError) as caught, UndoStack() as undo:
        steps(undo, Notes(), "disk")
        raise error
    assert caught.value is error


def test_an_undoing_that_fails_does_not_keep_the_others_from_running():
    notes = Notes()
    with pytest.raises(OSError, match="stuck"), UndoStack() as undo:
        steps(undo, notes, "disk")
        undo.step(notes.do("server"), notes.undo("server", OSError("stuck")))
        steps(undo, notes, "name")
        raise ConnectionError
    assert notes.log[3:] == ["undo name", "undo server", "undo disk"]


def test_an_undoing_that_fails_shows_what_it_was_for():
    notes = Notes()
    with pytest.raises(OSError, match="stuck") as caught, UndoStack() as undo:
        undo.step(notes.do("server"), notes.undo("server", OSError("stuck")))
        raise ConnectionError("lost")
    assert isinstance(caught.value.__context__, ConnectionError)


@pytest.mark.parametrize("error", [KeyboardInterrupt, SystemExit])
def test_an_interrupt_takes_the_steps_back_too(error):
    notes = Notes()
    with pytest.raises(error), UndoStack() as undo:
        steps(undo, notes, "disk")
        raise error
    assert notes.log == ["disk", "undo disk"]


def test_nothing_is_taken_back_twice():
    notes = Notes()
    undo = UndoStack()
    with undo:
        steps(undo, notes, "disk")
    with pytest.raises(ConnectionError), undo:
        steps(undo, notes, "server")
        raise ConnectionError
    assert notes.log == ["disk", "server", "undo server"]


def test_two_stacks_share_nothing():
    notes = Notes()
    with UndoStack() as outer:
        steps(outer, notes, "disk")
        with pytest.raises(ConnectionError), UndoStack() as inner:
            steps(inner, notes, "server")
            raise ConnectionError
    assert notes.log == ["disk", "server", "undo server"]
