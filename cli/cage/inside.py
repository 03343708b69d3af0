"""Runs as a process of its own: shuts itself off from the machine, then runs a program and says how it ended.

Standard input holds the task as JSON. What is done in which order:

1. New namespaces: users (so that no root is needed), mounts, network, processes, System V IPC, host name. The
   network has not even a loopback that is up.
2. In a child, which is process 1 of the new namespace, so that nothing outlives it: a new root, a small file system in
   memory that holds the system's libraries, the interpreter's trees and a few devices, all read-only, and the box, the
   only place to write. The old root is gone: nothing of the user's can be reached by a path.
3. In a child of that: limits, a keyring without keys, no capabilities and no way to get any, a filter for system calls,
   then the program.

Process 1 reaps the processes, and counts them, their threads and their memory: RLIMIT_NPROC does not bind root, and
RLIMIT_AS binds each process alone. Only the standard library, and none of this package: it runs with -I and -S, to
start fast. Nothing may be imported after step 2, since the interpreter that runs this may be gone with the old root.
"""

from __future__ import annotations

import ctypes
import errno
import json
import os
import resource
import signal
import sys
from typing import Any

CLONE_NEWNS, CLONE_NEWUTS, CLONE_NEWIPC, CLONE_NEWUSER = 0x20000, 0x4000000, 0x8000000, 0x10000000
CLONE_NEWPID, CLONE_NEWNET = 0x20000000, 0x40000000
MS_NOSUID, MS_NODEV, MS_NOEXEC, MS_BIND, MS_REC, MS_PRIVATE, MNT_DETACH = 2, 4, 8, 0x1000, 0x4000, 0x40000, 2
PR_SET_PDEATHSIG, PR_SET_SECCOMP, PR_CAPBSET_DROP, PR_SET_SECUREBITS, PR_SET_NO_NEW_PRIVS = 1, 22, 24, 28, 38
SECBITS = 0b11 | 0b1100  # no rights for root, no keeping of rights; both locked
SECCOMP_MODE_FILTER, KEYCTL_JOIN_SESSION_KEYRING = 2, 1
SYS_MOUNT_SETATTR, AT_FDCWD, AT_RECURSIVE = 442, -100, 0x8000
READ_ONLY, NO_SUID, NO_DEVICES, NO_PROGRAMS = 1, 2, 4, 8
CAPABILITY_VERSION_3, LAST_CAPABILITY = 0x20080522, 63

SYSTEM = ("usr", "lib", "lib32", "lib64", "libx32", "bin", "sbin")
DEVICES = ("null", "zero", "full", "random", "urandom")
BOX = "/box"
# What /proc tells of the whole machine, or of keys that are not the card's.
MASKED = ("kcore", "key-users", "keys", "kmsg", "sched_debug", "timer_list")

libc = ctypes.CDLL(None, use_errno=True)


def call(what: str, result: int) -> int:
    """The result of a call of the C library. Raises OSError, with `what` for its file name."""
    if result < 0:
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number), what)
    return result


def mount(source: str, target: str, kind: str, flags: int, data: str = "") -> None:
    call(f"mount {target}", libc.mount(source.encode(), target.encode(), kind.encode() or None, flags, data.encode()))


def die_with_parent() -> None:
    call("prctl", libc.prctl(PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0))


def leave() -> None:
    """Enter new namespaces, as the same user in no other group."""
    user, group = os.getuid(), os.getgid()
    if user == 0:
        os.setgroups([])
    flags = CLONE_NEWNS | CLONE_NEWUTS | CLONE_NEWIPC | CLONE_NEWPID | CLONE_NEWNET | CLONE_NEWUSER
    call("unshare", libc.unshare(flags))
    for name, text in (("setgroups", "deny"), ("uid_map", f"{user} {user} 1"), ("gid_map", f"{group} {group} 1")):
        with open(f"/proc/self/{name}", "w", encoding="ascii") as file:
            file.write(text)


def furnish(task: dict[str, Any]) -> None:
    """Build the new root on the task's folder, move into it, and put the program into its box."""
    root = task["root"]
    mount("none", "/", "", MS_REC | MS_PRIVATE)
    mount("tmpfs", root, "tmpfs", MS_NOSUID | MS_NODEV, "size=8m,mode=0755")
    for name in SYSTEM:
        if os.path.islink(f"/{name}"):
            os.symlink(os.readlink(f"/{name}"), f"{root}/{name}")
        elif os.path.isdir(f"/{name}"):
            show(root, f"/{name}")
    for tree in task["trees"]:
        show(root, tree)
    for path, target in task["links"]:
        os.makedirs(os.path.dirname(root + path), exist_ok=True)
        if not os.path.lexists(root + path):
            os.symlink(target, root + path)
    devices(root)
    names(root)
    os.mkdir(f"{root}/proc")
    mount("proc", f"{root}/proc", "proc", MS_NOSUID | MS_NODEV | MS_NOEXEC)
    restrict(f"{root}/proc", READ_ONLY | NO_SUID | NO_DEVICES | NO_PROGRAMS)
    for name in MASKED:
        if os.path.exists(f"{root}/proc/{name}"):
            mount("/dev/null", f"{root}/proc/{name}", "", MS_BIND)
            restrict(f"{root}/proc/{name}", READ_ONLY | NO_SUID | NO_PROGRAMS)
    os.mkdir(root + BOX)
    mount(
        "tmpfs", root + BOX, "tmpfs", MS_NOSUID | MS_NODEV, f"size={task['bounds']['disk']},nr_inodes=10000,mode=0755"
    )
    restrict(root, READ_ONLY | NO_SUID | NO_DEVICES, recursive=False)
    os.chdir(root)
    call("pivot_root", libc.syscall(task["numbers"]["pivot_root"], b".", b"."))
    call("umount", libc.umount2(b".", MNT_DETACH))
    os.chdir("/")
    for folder in ("program", "work", "tmp", "hook", "shm"):
        os.mkdir(f"{BOX}/{folder}", 0o700)
    for path, text in (("program/card.py", task["text"]), ("hook/sitecustomize.py", task["hook"])):
        with open(f"{BOX}/{path}", "w", encoding="utf-8") as file:
            file.write(text)


def show(root: str, tree: str) -> None:
    """Let a folder of the machine be seen in the new root, to be read alone."""
    os.makedirs(root + tree, exist_ok=True)
    mount(tree, root + tree, "", MS_BIND | MS_REC)
    restrict(root + tree, READ_ONLY | NO_SUID | NO_DEVICES)


def restrict(place: str, attributes: int, recursive: bool = True) -> None:
    """Set attributes of a mount, and of those below it."""
    attr = (ctypes.c_uint64 * 4)(attributes, 0, 0, 0)
    result = libc.syscall(
        SYS_MOUNT_SETATTR, AT_FDCWD, place.encode(), AT_RECURSIVE if recursive else 0,
        ctypes.byref(attr), ctypes.sizeof(attr),
    )  # fmt: skip
    call(f"mount_setattr {place}", result)


def devices(root: str) -> None:
    """A /dev with what programs expect to find, and nothing else."""
    os.mkdir(f"{root}/dev")
    for name in DEVICES:
        with open(f"{root}/dev/{name}", "x", encoding="ascii"):
            pass
        mount(f"/dev/{name}", f"{root}/dev/{name}", "", MS_BIND)
        restrict(f"{root}/dev/{name}", READ_ONLY | NO_SUID | NO_PROGRAMS)
    links = {"fd": "/proc/self/fd", "stdin": "fd/0", "stdout": "fd/1", "stderr": "fd/2", "shm": f"{BOX}/shm"}
    for name, target in links.items():
        os.symlink(target, f"{root}/dev/{name}")


def names(root: str) -> None:
    """An /etc that names this user and this host, and the cache of the dynamic linker."""
    os.makedirs(f"{root}/etc", exist_ok=True)
    texts = {
        "passwd": f"card:x:{os.getuid()}:{os.getgid()}::{BOX}/tmp:/bin/sh\n",
        "group": f"card:x:{os.getgid()}:\n",
        "hosts": "127.0.0.1 localhost\n::1 localhost\n",
    }
    for name, text in texts.items():
        with open(f"{root}/etc/{name}", "x", encoding="ascii") as file:
            file.write(text)
    if os.path.isfile("/etc/ld.so.cache"):
        with open("/etc/ld.so.cache", "rb") as ours, open(f"{root}/etc/ld.so.cache", "xb") as theirs:
            theirs.write(ours.read())


class Filter(ctypes.Structure):
    """struct sock_fprog of linux/filter.h."""

    _fields_ = (("length", ctypes.c_ushort), ("rows", ctypes.c_char_p))


def disarm(bounds: dict[str, Any], numbers: dict[str, int], rows: bytes) -> None:
    """Give up every right that root has, every key, and every way to more; set the limits."""
    seconds = int(bounds["seconds"]) + 1
    limits = (
        (resource.RLIMIT_AS, bounds["memory"]), (resource.RLIMIT_FSIZE, bounds["disk"]), (resource.RLIMIT_CORE, 0),
        (resource.RLIMIT_CPU, seconds), (resource.RLIMIT_NOFILE, 256),
    )  # fmt: skip
    for limit, value in limits:
        hard = resource.getrlimit(limit)[1]
        value = value if hard == resource.RLIM_INFINITY else min(value, hard)
        resource.setrlimit(limit, (value, value))
    call("prctl", libc.prctl(PR_SET_SECUREBITS, SECBITS, 0, 0, 0))
    for capability in range(LAST_CAPABILITY + 1):
        libc.prctl(PR_CAPBSET_DROP, capability, 0, 0, 0)  # fails for those that this kernel does not know
    header, data = (ctypes.c_uint32 * 2)(CAPABILITY_VERSION_3, 0), (ctypes.c_uint32 * 6)()
    call("capset", libc.capset(header, data))
    if libc.syscall(numbers["keyctl"], KEYCTL_JOIN_SESSION_KEYRING, None) < 0 and ctypes.get_errno() != errno.ENOSYS:
        call("keyctl", -1)
    call("prctl", libc.prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0))
    call("seccomp", libc.prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, ctypes.byref(Filter(len(rows) // 8, rows)), 0, 0))


def start(task: dict[str, Any], ready: int) -> int:
    """The program, as a child that is told to go when `ready` is closed. Returns its process number."""
    child = os.fork()
    if child:
        return child
    try:
        os.close(task["report"])
        os.setsid()
        null = os.open(os.devnull, os.O_RDONLY)
        os.dup2(null, 0)
        os.chdir(f"{BOX}/work")
        os.nice(5)  # the process that watches must not have to wait for it
        signal.pthread_sigmask(signal.SIG_SETMASK, [])
        disarm(task["bounds"], task["numbers"], bytes.fromhex(task["filter"]))
        os.execve(task["command"][0], task["command"], task["env"])  # noqa: S606 - no shell is meant
    except BaseException as error:  # whatever it is, the caller has to know
        os.write(ready, str(error).encode())
    os._exit(127)


def watch(child: int, bounds: dict[str, Any]) -> tuple[int, str]:
    """Wait for the program, reaping all that dies; its exit status, and what it was stopped for."""
    status: int | None = None
    while status is None:
        signal.sigtimedwait([signal.SIGCHLD], 0.02)
        while True:
            try:
                done, code = os.waitpid(-1, os.WNOHANG)
            except ChildProcessError:
                break
            if not done:
                break
            if done == child:
                status = os.waitstatus_to_exitcode(code)
        processes = [name for name in os.listdir("/proc") if name.isdigit() and name != "1"]
        if len(processes) > bounds["processes"]:  # first, since a look at each takes time
            return -9, f"it had more than {bounds['processes']} processes"
        threads, memory = used(processes)
        if threads > bounds["threads"]:
            return -9, f"it had more than {bounds['threads']} threads"
        if memory > bounds["memory"]:
            return -9, f"it used more than {bounds['memory'] >> 20} MiB of memory"
    return status, ""


def used(processes: list[str]) -> tuple[int, int]:
    """The number of threads of these processes, and how many bytes of memory are their own."""
    threads = memory = 0
    for name in processes:
        try:
            with open(f"/proc/{name}/status", "rb") as file:
                rows = dict(line.split(b":", 1) for line in file if b":" in line)
        except OSError:  # it has just ended
            continue
        threads += int(rows.get(b"Threads", b"0"))
        memory += sum(int(rows.get(key, b"0").split()[0]) for key in (b"RssAnon", b"RssShmem"))
    return threads, memory << 10


def offences() -> list[str]:
    """What the hook has noted, each once."""
    try:
        with open(f"{BOX}/hook/offences", encoding="utf-8", errors="replace") as file:
            return list(dict.fromkeys(file.read(10_000).splitlines()))[:5]
    except OSError:
        return []


def first(task: dict[str, Any]) -> dict[str, Any]:
    """Process 1 of the namespace."""
    die_with_parent()
    signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGCHLD])
    furnish(task)
    ours, ready = os.pipe()
    child = start(task, ready)
    os.close(ready)
    failed = os.read(ours, 1000).decode()  # ends when the program starts: pipes are closed by execve
    if failed:
        return {"refused": failed}
    status, stopped = watch(child, task["bounds"])
    return {"status": status, "stopped": stopped, "offences": offences()}


def main() -> None:
    die_with_parent()
    task = json.load(sys.stdin)
    try:
        leave()
        child = os.fork()
        if child == 0:
            try:
                found = first(task)
            except OSError as error:
                found = {"refused": str(error)}
            os.write(task["report"], json.dumps(found).encode())
            os._exit(0)
    except (OSError, AttributeError) as error:  # a kernel or a C library without these calls
        os.write(task["report"], json.dumps({"refused": str(error)}).encode())
        return
    os.close(task["report"])
    # The streams are the program's: what waits here must not keep them open.
    for stream in (1, 2):
        os.close(stream)
    os.waitpid(child, 0)


main()
