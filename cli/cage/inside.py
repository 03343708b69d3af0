"""Runs as a process of its own: shuts itself off from the machine, then runs a program and says how it ended.

Standard input holds the task as JSON. What is done in which order:

1. New namespaces: users (so that no root is needed), mounts, network, processes, System V IPC, host name. The
   network has not even a loopback that is up.
2. In a child, which is process 1 of the new namespace, so that nothing outlives it: every mount becomes read-only;
   small file systems in memory, the only places to write, cover the box and /dev/shm.
3. In a child of that: limits, no capabilities and no way to get any, then the program.

Process 1 reaps and counts the processes, for RLIMIT_NPROC does not bind root. Only the standard library, and none
of this package: it runs with -I and -S, to start fast.
"""

from __future__ import annotations

import ctypes
import json
import os
import resource
import signal
import sys
from typing import Any

CLONE_NEWNS, CLONE_NEWUTS, CLONE_NEWIPC, CLONE_NEWUSER = 0x20000, 0x4000000, 0x8000000, 0x10000000
CLONE_NEWPID, CLONE_NEWNET = 0x20000000, 0x40000000
MS_NOSUID, MS_NODEV, MS_NOEXEC, MS_REC, MS_PRIVATE = 2, 4, 8, 0x4000, 0x40000
PR_SET_PDEATHSIG, PR_CAPBSET_DROP, PR_SET_SECUREBITS, PR_SET_NO_NEW_PRIVS = 1, 24, 28, 38
SECBITS = 0b11 | 0b1100  # no rights for root, no keeping of rights; both locked
SYS_MOUNT_SETATTR, AT_FDCWD, AT_RECURSIVE, MOUNT_ATTR_RDONLY = 442, -100, 0x8000, 1
CAPABILITY_VERSION_3, LAST_CAPABILITY = 0x20080522, 63

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
    """Enter new namespaces, as the same user."""
    user, group = os.getuid(), os.getgid()
    flags = CLONE_NEWNS | CLONE_NEWUTS | CLONE_NEWIPC | CLONE_NEWPID | CLONE_NEWNET | CLONE_NEWUSER
    call("unshare", libc.unshare(flags))
    for name, text in (("setgroups", "deny"), ("uid_map", f"{user} {user} 1"), ("gid_map", f"{group} {group} 1")):
        with open(f"/proc/self/{name}", "w", encoding="ascii") as file:
            file.write(text)


def furnish(task: dict[str, Any]) -> None:
    """Make everything read-only but the box and /dev/shm, which become empty; put the program into the box."""
    box, size = task["box"], task["bounds"]["disk"]
    mount("none", "/", "", MS_REC | MS_PRIVATE)
    mount("proc", "/proc", "proc", MS_NOSUID | MS_NODEV | MS_NOEXEC)
    attributes = (ctypes.c_uint64 * 4)(MOUNT_ATTR_RDONLY, 0, 0, 0)
    setattr_ = libc.syscall(
        SYS_MOUNT_SETATTR, AT_FDCWD, b"/", AT_RECURSIVE, ctypes.byref(attributes), ctypes.sizeof(attributes)
    )
    call("mount_setattr", setattr_)
    for place in (box, "/dev/shm"):  # noqa: S108 - not a file of ours, but where semaphores live
        if os.path.isdir(place):
            mount("tmpfs", place, "tmpfs", MS_NOSUID | MS_NODEV, f"size={size},nr_inodes=10000,mode=0700")
    for folder in ("program", "work", "tmp", "hook"):
        os.mkdir(f"{box}/{folder}")
    for path, text in (("program/card.py", task["text"]), ("hook/sitecustomize.py", task["hook"])):
        with open(f"{box}/{path}", "w", encoding="utf-8") as file:
            file.write(text)


def disarm(bounds: dict[str, Any]) -> None:
    """Give up every right that root has, and every way to more; set the limits."""
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
    call("prctl", libc.prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0))


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
        os.chdir(f"{task['box']}/work")
        signal.pthread_sigmask(signal.SIG_SETMASK, [])
        disarm(task["bounds"])
        os.execve(task["command"][0], task["command"], task["env"])  # noqa: S606 - no shell is meant
    except BaseException as error:  # whatever it is, the caller has to know
        os.write(ready, str(error).encode())
    os._exit(127)


def watch(child: int, processes: int) -> tuple[int, str]:
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
        if sum(name.isdigit() for name in os.listdir("/proc")) - 1 > processes:
            return -9, f"it had more than {processes} processes"
    return status, ""


def offences(box: str) -> list[str]:
    """What the hook has noted, each once."""
    try:
        with open(f"{box}/hook/offences", encoding="utf-8", errors="replace") as file:
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
    status, stopped = watch(child, task["bounds"]["processes"])
    return {"status": status, "stopped": stopped, "offences": offences(task["box"])}


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
