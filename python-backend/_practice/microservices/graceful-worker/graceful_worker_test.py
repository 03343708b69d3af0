"""What the worker must do: most of it in this process, which sends the signals to itself, and some of it in another one
that gets them from here. The processes wait for each other, never for time.
"""

import contextlib
import os
import select
import signal
import subprocess
import sys
from pathlib import Path

import graceful_worker
import pytest
from graceful_worker import Job, work

SIGNALS = [signal.SIGTERM, signal.SIGINT]
both_signals = pytest.mark.parametrize("number", SIGNALS, ids=["SIGTERM", "SIGINT"])


class Endless(BaseException):
    """It never stops."""


class Alarm(BaseException):
    """An exception that is not an Exception."""


def not_handled(number, frame):
    """The handler from before: a signal that reaches it was not handled by `work`."""


def hangs(number, frame):
    raise Endless("it hangs")


@pytest.fixture(autouse=True)
def handlers():
    """Handlers that are there before, so that no signal ends the tests. The alarm is for solutions that hang."""
    before = {number: signal.signal(number, not_handled) for number in SIGNALS}
    before[signal.SIGALRM] = signal.signal(signal.SIGALRM, hangs)
    signal.alarm(20)
    yield
    signal.alarm(0)
    for number, handler in before.items():
        signal.signal(number, handler)


def send(number=signal.SIGTERM):
    """Send a signal to this process. It has been handled when this returns."""
    assert signal.getsignal(number) is not signal.SIG_DFL, "the signal would not be handled"
    signal.raise_signal(number)
    for _ in range(10):
        pass


class FakeQueue:
    """A queue that keeps a ledger. Hooks run in the middle of a call, for instance `hooks={"done a": send}`."""

    def __init__(self, *batches, hooks=None):
        self.ready = [[Job(name, f"the body of {name}") for name in names] for names in batches]
        self.hooks = hooks or {}
        self.leased = []
        self.ledger = []
        self.asked = []
        self.takes = 0

    def take(self, most):
        self.takes += 1
        if self.takes > 50:
            raise Endless("it never stops")
        assert self.leased == [], "it takes jobs while it holds others"
        self.asked.append(most)
        jobs = self.ready.pop(0) if self.ready else []
        self.leased += jobs
        self._hook(f"take {self.takes}")
        if not jobs and not self.ready:
            send()
        return jobs

    def done(self, job):
        self._report("done", job)

    def give_back(self, job):
        self._report("back", job)

    def _report(self, what, job):
        assert job in self.leased, f"{what} {job.id}: this worker does not hold the job"
        self._hook(f"{what} {job.id}")
        self.leased.remove(job)
        self.ledger.append(f"{what} {job.id}")

    def _hook(self, name):
        self.hooks.pop(name, lambda: None)()


class Handler:
    """Handles jobs. `acts` says what happens in the middle of a job: a function is called, an exception is raised."""

    def __init__(self, queue, acts=None, result=None):
        self.queue = queue
        self.acts = acts or {}
        self.result = result
        self.jobs = []

    def __call__(self, job, stopping):
        assert not [line for line in self.queue.ledger if line.split()[1] == job.id], "the job was reported too early"
        self.jobs.append(job)
        self.queue.ledger.append(f"begin {job.id}")
        for act in self.acts.pop(job.id, []):
            if isinstance(act, BaseException):
                self.queue.ledger.append(f"fail {job.id}")
                raise act
            act()
        self.queue.ledger.append(f"end {job.id}")
        return self.result


def worked(*batches, hooks=None, acts=None, **options):
    """The ledger of a worker that runs until there is nothing left or a signal comes. No job may be lost."""
    queue = FakeQueue(*batches, hooks=hooks)
    work(queue, Handler(queue, acts), **options)
    assert queue.leased == [], "jobs were lost"
    return queue.ledger


def after(ledger, line):
    """What happened after this line, without the order in which jobs were given back."""
    return sorted(ledger[ledger.index(line) + 1 :])


# Without a signal


def test_each_job_is_handled_and_then_reported():
    assert worked("ab") == ["begin a", "end a", "done a", "begin b", "end b", "done b"]


def test_jobs_are_handled_in_the_order_of_the_list():
    ledger = worked("cab", "fed")
    assert [line for line in ledger if line.startswith("begin")] == [f"begin {name}" for name in "cabfed"]


def test_the_job_is_handed_over_as_it_is():
    queue = FakeQueue("ab")
    handler = Handler(queue)
    work(queue, handler)
    assert handler.jobs == [Job("a", "the body of a"), Job("b", "the body of b")]


def test_an_empty_list_means_to_ask_again():
    assert worked("", "", "a", "", "b") == ["begin a", "end a", "done a", "begin b", "end b", "done b"]


@pytest.mark.parametrize("batch", [1, 3])
def test_take_is_asked_for_a_batch(batch):
    queue = FakeQueue("a", "bc"[:batch], "d")
    work(queue, Handler(queue), batch=batch)
    assert queue.asked == [batch] * 4


@pytest.mark.parametrize("result", [None, False, 0, "sent", ValueError("returned")])
def test_any_result_means_that_the_job_is_done(result):
    queue = FakeQueue("a")
    work(queue, Handler(queue, result=result))
    assert queue.ledger == ["begin a", "end a", "done a"]


@pytest.mark.parametrize("error", [ValueError("no address"), TimeoutError(), InterruptedError(), StopIteration()])
def test_a_job_that_fails_is_given_back_and_the_next_one_begins(error):
    ledger = worked("ab", "c", acts={"a": [error]})
    assert ledger == [
        "begin a", "fail a", "back a", "begin b", "end b", "done b", "begin c", "end c", "done c",
    ]  # fmt: skip


# The signal


@both_signals
def test_the_job_that_has_begun_is_finished_and_the_others_are_given_back(number):
    ledger = worked("abc", "d", acts={"a": [lambda: send(number)]})
    assert ledger[:3] == ["begin a", "end a", "done a"]
    assert after(ledger, "done a") == ["back b", "back c"]


def test_the_last_job_of_a_batch_is_finished_too():
    assert worked("ab", "c", acts={"b": [send]}) == ["begin a", "end a", "done a", "begin b", "end b", "done b"]


@both_signals
def test_jobs_that_take_returns_after_the_signal_are_given_back(number):
    assert sorted(worked("abc", "d", hooks={"take 1": lambda: send(number)})) == ["back a", "back b", "back c"]


@pytest.mark.parametrize(
    ("hooks", "acts", "takes"),
    [({"take 2": send}, {}, 2), ({}, {"a": [send]}, 1), ({"done a": send}, {}, 1)],
    ids=["in take", "in handle", "in done"],
)
def test_take_is_not_called_again_after_the_signal(hooks, acts, takes):
    queue = FakeQueue("a", "", "b", hooks=hooks)
    work(queue, Handler(queue, acts))
    assert queue.takes == takes
    assert queue.ledger == ["begin a", "end a", "done a"]


@both_signals
def test_a_report_is_not_interrupted(number):
    ledger = worked("abc", "d", hooks={"done a": lambda: send(number)})
    assert ledger[:3] == ["begin a", "end a", "done a"]
    assert after(ledger, "done a") == ["back b", "back c"]


def test_giving_back_a_failed_job_is_not_interrupted():
    ledger = worked("abc", "d", hooks={"back a": send}, acts={"a": [ValueError("no address")]})
    assert ledger[:3] == ["begin a", "fail a", "back a"]
    assert after(ledger, "back a") == ["back b", "back c"]


def test_a_job_that_fails_after_the_signal_is_given_back():
    ledger = worked("abc", "d", acts={"a": [send, ValueError("no address")]})
    assert ledger[:3] == ["begin a", "fail a", "back a"]
    assert after(ledger, "back a") == ["back b", "back c"]


def test_more_signals_change_nothing():
    more = [send, lambda: send(signal.SIGINT), send]
    hooks = {"done a": send, "back b": lambda: send(signal.SIGINT), "back c": send}
    ledger = worked("abc", "d", acts={"a": more}, hooks=hooks)
    assert ledger[:3] == ["begin a", "end a", "done a"]
    assert after(ledger, "done a") == ["back b", "back c"]


def test_a_signal_during_an_empty_take_ends_the_work():
    queue = FakeQueue("", "a", hooks={"take 1": send})
    work(queue, Handler(queue))
    assert (queue.takes, queue.ledger) == (1, [])


@both_signals
def test_stopping_tells_a_job_that_the_signal_has_come(number):
    queue, seen = FakeQueue("ab", "c"), []

    def handle(job, stopping):
        seen.append(stopping())
        if job.id == "b":
            send(number)
            seen.append(stopping())
            seen.append(stopping())

    work(queue, handle)
    assert seen == [False, False, True, True]


def test_a_job_may_give_up_because_of_stopping():
    queue = FakeQueue("ab")

    def handle(job, stopping):
        send()
        if stopping():
            raise RuntimeError("to be continued")

    work(queue, handle)
    assert sorted(queue.ledger) == ["back a", "back b"]


# Other ends


@pytest.mark.parametrize("error", [SystemExit(3), KeyboardInterrupt(), Alarm()])
@pytest.mark.parametrize("before", [[], [send]], ids=["no signal", "a signal"])
def test_an_exception_that_is_not_an_exception_comes_out_and_no_job_is_lost(error, before):
    queue = FakeQueue("abc", "d")
    with pytest.raises(type(error)) as caught:
        work(queue, Handler(queue, {"b": [*before, error]}))
    assert caught.value is error
    assert queue.leased == [], "jobs were lost"
    assert queue.ledger[:5] == ["begin a", "end a", "done a", "begin b", "fail b"]
    assert after(queue.ledger, "fail b") == ["back b", "back c"]


def own(number, frame):
    """Another handler from before."""


@pytest.mark.parametrize("handler", [own, signal.SIG_IGN, signal.SIG_DFL])
@pytest.mark.parametrize("error", [None, SystemExit(3)])
def test_the_handlers_are_those_from_before(handler, error):
    for number in SIGNALS:
        signal.signal(number, handler)
    queue = FakeQueue("a")
    with contextlib.suppress(SystemExit):
        work(queue, Handler(queue, {"a": [error or send]}))
    assert [signal.getsignal(number) for number in SIGNALS] == [handler] * 2


def test_each_signal_gets_back_its_own_handler():
    signal.signal(signal.SIGINT, own)
    worked("a")
    assert [signal.getsignal(number) for number in SIGNALS] == [not_handled, own]


def test_work_can_be_called_again():
    assert worked("ab", acts={"a": [send]}) == ["begin a", "end a", "done a", "back b"]
    assert worked("ab", "c", acts={"c": [send]}) == [
        f"{what} {name}" for name in "abc" for what in ("begin", "end", "done")
    ]


# A real process

CHILD = """
import os, sys
from graceful_worker import Job, work

def say(text):
    os.write(1, (text + "\\n").encode())

def wait():
    os.read(0, 1)
    say("goes on")

class Queue:
    def __init__(self, names):
        self.jobs = [Job(name, "") for name in names]
        self.idle = 0

    def take(self, most):
        jobs, self.jobs = self.jobs[:most], self.jobs[most:]
        if not jobs:
            say("idle")
            self.idle += 1
            if self.idle > 5:
                os._exit(9)
            wait()
        return jobs

    def done(self, job):
        say("done " + job.id)

    def give_back(self, job):
        say("back " + job.id)

def handle(job, stopping):
    say("begin " + job.id)
    wait()
    say("stopping" if stopping() else "working")
    wait()
    say("end " + job.id)

work(Queue(sys.argv[1:]), handle)
say("over")
"""


class Process:
    """A worker in a process. It says what it does, and waits for `go` twice in each job, and when it is idle."""

    def __init__(self, *names):
        self.process = subprocess.Popen(
            [sys.executable, "-S", "-c", CHILD, *names],
            cwd=Path(graceful_worker.__file__).parent, bufsize=0,
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        )  # fmt: skip

    def __enter__(self):
        return self

    def __exit__(self, *error):
        self.process.kill()
        self.process.communicate()

    def says(self, text):
        assert self.line() == text

    def line(self):
        assert select.select([self.process.stdout], [], [], 15)[0], "the process hangs"
        return self.process.stdout.readline().decode().strip()

    def go(self):
        os.write(self.process.stdin.fileno(), b".")

    def signal(self, number):
        self.process.send_signal(number)

    def ends(self):
        """The last lines, the exit code, and what is on the standard error."""
        out, err = self.process.communicate(timeout=15)
        return out.decode().split("\n")[:-1], self.process.returncode, err.decode()


@both_signals
def test_a_process_finishes_its_job_gives_back_the_others_and_exits_with_0(number):
    with Process("a", "b", "c") as worker:
        worker.says("begin a")
        worker.signal(number)
        worker.go()
        worker.says("goes on")
        worker.says("stopping")
        worker.go()
        lines, code, errors = worker.ends()
    assert lines[:3] == ["goes on", "end a", "done a"]
    assert sorted(lines[3:5]) == ["back b", "back c"]
    assert lines[5:] == ["over"]
    assert (code, errors) == (0, "")


@both_signals
def test_an_idle_process_exits_with_0(number):
    with Process() as worker:
        worker.says("idle")
        worker.go()
        worker.says("goes on")
        worker.says("idle")
        worker.signal(number)
        worker.go()
        assert worker.ends() == (["goes on", "over"], 0, "")


def test_a_process_bears_many_signals():
    with Process("a", "b") as worker:
        worker.says("begin a")
        worker.signal(signal.SIGTERM)
        worker.go()
        worker.says("goes on")
        worker.says("stopping")
        for number in [*SIGNALS, *SIGNALS]:
            worker.signal(number)
        worker.go()
        lines, code, _ = worker.ends()
    assert (lines, code) == (["goes on", "end a", "done a", "back b", "over"], 0)


def test_a_process_that_is_killed_has_not_reported_its_job():
    with Process("a", "b") as worker:
        worker.says("begin a")
        worker.go()
        worker.says("goes on")
        worker.says("working")
        worker.go()
        for line in ("goes on", "end a", "done a", "begin b"):
            worker.says(line)
        worker.signal(signal.SIGKILL)
        assert worker.ends() == ([], -signal.SIGKILL, "")
