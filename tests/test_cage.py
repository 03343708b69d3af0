"""The cage: what a card's code can neither reach, nor read, nor leave behind. Each probe has a canary of its own.

Every probe runs as the user who runs the tests and, where that is root, as another user without any right.
"""

from __future__ import annotations

import contextlib
import ctypes
import os
import shutil
import socket
import subprocess
import sys
import sysconfig
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from test_verify import qa
from tracks import Result

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="the cage is made of Linux namespaces")

ROOT = Path(__file__).parent.parent
NOBODY = 65534
SECRET = "a canary that sings"
RUN = "from build_decks.cli.main import main; main()"


@dataclass(frozen=True)
class Caller:
    """Who runs `verify`: a user, by a Python that this user can start."""

    user: int
    python: Path

    def verify(self, root: Path, **more: object) -> Result:
        for path in (root, *root.rglob("*")):
            os.chown(path, self.user, self.user) if os.getuid() == 0 else None
        env = {key: value for key, value in os.environ.items() if key not in ("GITHUB_ACTIONS", "HOME", "TMPDIR")}
        env |= {"PYTHONPATH": os.pathsep.join([str(LINKS), sysconfig.get_path("purelib")])}
        done = subprocess.run(
            [self.python, "-c", RUN, "verify"], cwd=root, env=env, capture_output=True, encoding="utf-8",
            timeout=120, check=False, user=self.user if os.getuid() == 0 else None, **more,
        )  # type: ignore[call-overload]  # fmt: skip
        return Result(done.returncode, done.stdout, done.stderr)


LINKS = Path("/tmp") / f"build-decks-tests-{os.getpid()}"


@pytest.fixture(scope="module", autouse=True)
def links() -> Iterator[None]:
    """The packages under the names that they are installed by, where another user can read them."""
    package = LINKS / "build_decks"
    package.mkdir(parents=True)
    for name in ("cards", "cli"):
        shutil.copytree(ROOT / name, package / name, ignore=shutil.ignore_patterns("__pycache__"))
    yield
    shutil.rmtree(LINKS)


def python_of(user: int) -> Path | None:
    """A Python of this version that a user can start, if there is one."""
    for found in (sys.executable, f"/usr/bin/python{sys.version_info[0]}.{sys.version_info[1]}"):
        with contextlib.suppress(OSError):
            ends = subprocess.run([found, "-c", ""], user=user, capture_output=True, cwd="/", check=False)
            if ends.returncode == 0:
                return Path(found)
    return None


@pytest.fixture(params=["as the user of the tests", "as another user"])
def caller(request: pytest.FixtureRequest) -> Caller:
    if request.param == "as the user of the tests":
        return Caller(os.getuid(), Path(sys.executable))
    if os.getuid() != 0:
        pytest.skip("only root can become another user, and this one has no rights already")
    python = python_of(NOBODY)
    if python is None:
        pytest.skip("no Python of this version that another user can start")
    return Caller(NOBODY, python)


@pytest.fixture
def root(tmp_path: Path) -> Iterator[Path]:
    """A track where every user can get at it."""
    found = LINKS / tmp_path.name
    (found / "x").mkdir(parents=True)
    (found / "deck.yaml").write_text("title: Track\ntag: track\n", encoding="utf-8")
    yield found
    shutil.rmtree(found)


def probe(root: Path, code: str) -> None:
    """A card that tries something, and says so in its fault where it succeeds."""
    lines = "\n".join(f"    {line}" for line in code.splitlines())
    tried = f"try:\n{lines}\nexcept (OSError, ValueError, KeyError):\n    found = None\n"
    check = "assert not found, f'BROKEN {found}'"
    (root / "x" / "a.md").write_text(qa("probe", tried + check), encoding="utf-8")


def held(result: Result) -> None:
    """Whether the probe ran and got nothing; what the hook saw of it may have been said."""
    assert "BROKEN" not in result.err, result.err
    assert SECRET not in result.out + result.err
    assert result.code == 0 or "error C505" in result.err, result.err


# Readable


@pytest.mark.parametrize(
    "place", ["beside the track", "in the track", "in the git folder", "in home", "in a temporary folder"]
)
def test_no_file_of_the_user_can_be_read(caller: Caller, root: Path, tmp_path: Path, place: str) -> None:
    files = {
        "beside the track": LINKS / "secret", "in the track": root / "secret",
        "in the git folder": root / ".git/config",
        "in home": Path.home() / f".build-decks-canary-{os.getpid()}", "in a temporary folder": tmp_path / "secret",
    }  # fmt: skip
    file = files[place]
    file.parent.mkdir(exist_ok=True)
    file.write_text(SECRET, encoding="utf-8")
    try:
        probe(root, f"found = open({str(file)!r}).read()")
        held(caller.verify(root))
        probe(root, f"import os\nfound = os.path.lexists({str(file)!r})")
        held(caller.verify(root))
    finally:
        file.unlink()


def test_nothing_of_the_machine_is_there_but_libraries_and_the_interpreter(caller: Caller, root: Path) -> None:
    probe(
        root,
        "import os, sys\n"
        "trees = {path.split('/')[1] for path in [*sys.path, sys.base_prefix] if path[:1] == '/'}\n"
        "system = {'bin', 'lib', 'lib32', 'lib64', 'libx32', 'sbin', 'usr'}\n"
        "found = set(os.listdir('/')) - trees - system - {'box', 'dev', 'etc', 'proc'}",
    )
    held(caller.verify(root))
    probe(
        root,
        "import os\n"
        "links = {'fd', 'shm', 'stdin', 'stdout', 'stderr'}\n"
        "found = set(os.listdir('/dev')) - links - {'null', 'zero', 'full', 'random', 'urandom'}",
    )
    held(caller.verify(root))


def test_nothing_can_be_written_but_the_box(caller: Caller, root: Path) -> None:
    probe(
        root,
        "with open('/proc/self/mountinfo') as file: mounts = [line.split() for line in file]\n"
        "found = [row[4] for row in mounts if 'rw' in row[5].split(',') and row[4] != '/box']",
    )
    held(caller.verify(root))


def test_the_environment_holds_no_secret(caller: Caller, root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("A_TOKEN", SECRET)
    probe(
        root,
        "import os\n"
        "found = os.environ.get('A_TOKEN')\n"
        "for name in os.listdir('/proc'):\n"
        "    if name.isdigit() and name != '1':\n"
        "        with open(f'/proc/{name}/environ', 'rb') as file: found = found or b'A_TOKEN' in file.read()",
    )
    held(caller.verify(root))


# Reachable by a path


@pytest.mark.parametrize("group_only", [False, True], ids=["open to its user", "open to a group"])
def test_no_socket_of_the_user_can_be_reached(caller: Caller, root: Path, group_only: bool) -> None:
    path = LINKS / "agent.sock"
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(str(path))
        server.listen()
        server.settimeout(0.1)
        if os.getuid() == 0:
            os.chown(path, 0 if group_only else caller.user, 4 if group_only else -1)
        path.chmod(0o060 if group_only else 0o600)
        probe(
            root,
            f"import socket\ns = socket.socket(socket.AF_UNIX)\ns.connect({str(path)!r})\ns.send(b'x')\nfound = True",
        )
        more = {"extra_groups": [4]} if group_only and os.getuid() == 0 else {}
        held(caller.verify(root, **more))
        with pytest.raises(TimeoutError):
            server.accept()
    path.unlink()


def test_no_fifo_of_the_user_can_be_reached(caller: Caller, root: Path) -> None:
    path = LINKS / "fifo"
    os.mkfifo(path, 0o666)
    path.chmod(0o666)
    end = os.open(path, os.O_RDONLY | os.O_NONBLOCK)
    try:
        probe(root, f"import os\nfound = os.write(os.open({str(path)!r}, os.O_WRONLY | os.O_NONBLOCK), b'x')")
        held(caller.verify(root))
        assert os.read(end, 1) == b""
    finally:
        os.close(end)
        path.unlink()


def test_no_terminal_can_be_reached(caller: Caller, root: Path) -> None:
    ours, theirs = os.openpty()
    try:
        name = os.ttyname(theirs)
        if os.getuid() == 0:
            os.chown(name, caller.user, -1)
        probe(root, f"import os\nfound = os.write(os.open({name!r}, os.O_WRONLY | os.O_NOCTTY), b'x')")
        held(caller.verify(root))
        os.set_blocking(ours, False)
        with pytest.raises(BlockingIOError):
            os.read(ours, 1)
        probe(root, "import os\nfound = os.open('/dev/tty', os.O_RDWR)")
        held(caller.verify(root))
    finally:
        os.close(ours)
        os.close(theirs)


def test_no_device_can_be_opened_or_made(caller: Caller, root: Path) -> None:
    probe(
        root,
        "import os, stat\nos.mknod('zero', 0o600 | stat.S_IFCHR, os.makedev(1, 5))\n"
        "found = os.read(os.open('zero', os.O_RDONLY), 1)",
    )
    held(caller.verify(root))
    probe(root, "import glob\nfound = glob.glob('/dev/[hsv]d*') + glob.glob('/dev/nvme*') + glob.glob('/dev/mem')")
    held(caller.verify(root))


# What no card needs


LIBC = "import ctypes\nlibc = ctypes.CDLL(None, use_errno=True)\nfound = "
CALLS: dict[str, str] = {
    "another family of sockets (netlink)": "import socket\nfound = socket.socket(16, socket.SOCK_RAW, 0)",
    "another family of sockets (vsock)": "import socket\nfound = socket.socket(40, socket.SOCK_STREAM)",
    "another family of sockets (alg)": "import socket\nfound = socket.socket(38, socket.SOCK_SEQPACKET, 0)",
    "a new namespace": LIBC + "libc.unshare(0x10000000) == 0",
    "a mount": LIBC + "libc.mount(b'none', b'/box/work', b'tmpfs', 0, None) == 0",
    "tracing": LIBC + "libc.ptrace(0, 0, None, None) == 0",
    "the keys of a session": LIBC + "libc.syscall({keyctl}, 0, -3, 0) > 0",
    "io_uring": LIBC + "libc.syscall(425, 1, None) >= 0 or ctypes.get_errno() == 14",
    "a file in memory alone": "import os\nfound = os.memfd_create('x')",
    "another root": "import os\nos.chroot('/box/work')\nfound = True",
}


@pytest.mark.parametrize("code", CALLS.values(), ids=CALLS)
def test_a_system_call_that_no_card_needs_is_refused(caller: Caller, root: Path, code: str) -> None:
    keyctl = 219 if os.uname().machine == "aarch64" else 250
    probe(root, code.replace("{keyctl}", str(keyctl)))
    held(caller.verify(root))


NEEDED: dict[str, str] = {
    "a pool of processes": (
        "import multiprocessing\nif __name__ == '__main__':\n"
        "    with multiprocessing.get_context('spawn').Pool(2) as pool:\n"
        "        assert pool.map(abs, [-1, -2]) == [1, 2]"
    ),
    "a manager": (
        "import multiprocessing\nif __name__ == '__main__':\n"
        "    with multiprocessing.get_context('forkserver').Manager() as m:\n        assert list(m.list([1])) == [1]"
    ),
    "shared memory": (
        "from multiprocessing import shared_memory\n"
        "m = shared_memory.SharedMemory(create=True, size=10)\nm.close(); m.unlink()"
    ),
    "a loop with a child": (
        "import asyncio, sys\nasync def f():\n    p = await asyncio.create_subprocess_exec(sys.executable, '-c', '')\n"
        "    return await p.wait()\nassert asyncio.run(f()) == 0"
    ),
    "a server of its own by a path": (
        "import asyncio\nasync def f():\n    s = await asyncio.start_unix_server(lambda r, w: w.close(), 'own')\n"
        "    await asyncio.open_unix_connection('own')\n    s.close()\nasyncio.run(f())"
    ),
    "time zones": "from zoneinfo import ZoneInfo\nassert ZoneInfo('Europe/Berlin')",
    "a database": "import sqlite3\nsqlite3.connect('own.db').execute('create table t(x)')",
    "certificates": "import ssl\nassert ssl.create_default_context()",
    "its user's name": "import getpass, pwd, os\nassert getpass.getuser() == pwd.getpwuid(os.getuid()).pw_name",
}  # fmt: skip


@pytest.mark.parametrize("code", NEEDED.values(), ids=NEEDED)
def test_what_cards_need_is_there(caller: Caller, root: Path, code: str) -> None:
    (root / "x" / "a.md").write_text(qa("needed", code, "warns=ResourceWarning "), encoding="utf-8")
    result = caller.verify(root)
    assert result.code == 0, result.err


# Bounds


BOUNDS = {
    "memory of children": (
        "import os, time\nfor _ in range(6):\n    if not os.fork():\n"
        "        x = b'x' * (500 << 20); time.sleep(9)\ntime.sleep(9)",
        "MiB of memory",
    ),
    "shared memory": (
        "import mmap, os, time\nfor _ in range(5):\n    if not os.fork():\n        m = mmap.mmap(-1, 600 << 20)\n"
        "        for i in range(0, 600 << 20, 4096): m[i] = 1\n        time.sleep(9)\ntime.sleep(9)",
        "MiB of memory",
    ),
    "threads": (
        "import threading\nthreading.stack_size(65536)\ne = threading.Event()\n"
        "for _ in range(600): threading.Thread(target=e.wait, args=(9,)).start()",
        "threads",
    ),
}  # fmt: skip


@pytest.mark.parametrize(("code", "said"), BOUNDS.values(), ids=BOUNDS)
def test_bounds_hold_for_a_card_as_a_whole(caller: Caller, root: Path, code: str, said: str) -> None:
    (root / "x" / "a.md").write_text(qa("greedy", code, "warns=DeprecationWarning "), encoding="utf-8")
    result = caller.verify(root)
    assert result.code == 1
    assert f"it had more than 512 {said}" in result.err or f"it used more than 2048 {said}" in result.err, result.err


# What is left behind


def test_no_key_reaches_the_card_or_stays(caller: Caller, root: Path) -> None:
    libc = ctypes.CDLL(None, use_errno=True)
    keyctl, add_key = (219, 217) if os.uname().machine == "aarch64" else (250, 248)
    session = libc.syscall(add_key, b"user", b"build-decks-canary", SECRET.encode(), len(SECRET), -3)
    if session < 0:
        pytest.skip("this kernel gives no keys here")
    probe(root, "found = 'build-decks-canary' in open('/proc/keys').read()")
    held(caller.verify(root))
    libc.syscall(keyctl, 3, session)  # revoke


def killed(folder: Path) -> None:
    """A folder as a `verify` that was killed leaves it."""
    (folder / "build-decks.999999999-x" / "tmpq").mkdir(parents=True)


LEFT: dict[str, Callable[[Path], None]] = {"a folder of a killed verify": killed}


@pytest.mark.parametrize("leave", LEFT.values(), ids=LEFT)
def test_what_a_killed_verify_leaves_is_swept_by_the_next(
    root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, leave: Callable[[Path], None]
) -> None:
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    leave(tmp_path)
    (tmp_path / "build-decks-of-another-program").mkdir()
    (root / "x" / "a.md").write_text(qa("a", "assert int('1')"), encoding="utf-8")
    env = {**os.environ, "PYTHONPATH": os.pathsep.join([str(LINKS), sysconfig.get_path("purelib")])}
    subprocess.run([sys.executable, "-c", RUN, "verify"], cwd=root, env=env, capture_output=True, check=True)
    assert [path.name for path in tmp_path.glob("build-decks-*")] == ["build-decks-of-another-program"]
