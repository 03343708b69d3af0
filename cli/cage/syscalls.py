"""A seccomp filter: the system calls that no program of a card needs, refused whatever else would allow them.

The root of the cage has no socket, device or terminal to open, and its network no address. The filter is for what is
not reached by a path: the caller's keys, other families of sockets, other processes, and the doors to more of the
kernel. AF_UNIX stays, since `multiprocessing` connects its processes by it; in a private root and network it leads
nowhere.
"""

from __future__ import annotations

import errno
import struct

# By name: the numbers on x86-64 (syscall_64.tbl of the kernel) and on arm64 (its asm-generic/unistd.h).
REFUSED = {
    "acct": (163, 89), "add_key": (248, 217), "adjtimex": (159, 171), "bpf": (321, 280), "chroot": (161, 51),
    "clock_adjtime": (305, 266), "clock_settime": (227, 112), "delete_module": (176, 106), "fanotify_init": (300, 262),
    "finit_module": (313, 273), "fsconfig": (431, 431), "fsmount": (432, 432), "fsopen": (430, 430),
    "fspick": (433, 433), "init_module": (175, 105), "io_uring_enter": (426, 426), "io_uring_register": (427, 427),
    "io_uring_setup": (425, 425), "kcmp": (312, 272), "kexec_file_load": (320, 294), "kexec_load": (246, 104),
    "keyctl": (250, 219), "memfd_create": (319, 279), "memfd_secret": (447, 447), "mount": (165, 40),
    "mount_setattr": (442, 442), "move_mount": (429, 429), "msgget": (68, 186), "name_to_handle_at": (303, 264),
    "open_by_handle_at": (304, 265), "open_tree": (428, 428), "perf_event_open": (298, 241),
    "personality": (135, 92), "pidfd_getfd": (438, 438), "pivot_root": (155, 41), "process_vm_readv": (310, 270),
    "process_vm_writev": (311, 271), "ptrace": (101, 117), "quotactl": (179, 60), "quotactl_fd": (443, 443),
    "reboot": (169, 142), "request_key": (249, 218), "semget": (64, 190), "setdomainname": (171, 162),
    "sethostname": (170, 161), "setns": (308, 268), "settimeofday": (164, 170), "shmget": (29, 194),
    "swapoff": (168, 225), "swapon": (167, 224), "syslog": (103, 116), "umount2": (166, 39), "unshare": (272, 97),
    "userfaultfd": (323, 282), "vhangup": (153, 58),
}  # fmt: skip
CLONE, CLONE3, SOCKET, IOCTL = (56, 220), (435, 435), (41, 198), (16, 29)
ARCHITECTURES = {"x86_64": 0xC000003E, "aarch64": 0xC00000B7}
FAMILIES = (1, 2, 10)  # AF_UNIX, AF_INET, AF_INET6
TIOCSTI, TIOCLINUX = 0x5412, 0x541C
_NEW_NAMESPACE = 0x7E020080  # the CLONE_NEW* flags
_X32 = 0x40000000

_LOAD, _EQUAL, _ABOVE, _ANY_BIT, _RETURN = 0x20, 0x15, 0x35, 0x45, 0x06
_ALLOW, _ERRNO, _KILL = 0x7FFF0000, 0x00050000, 0x80000000
_NUMBER, _ARCHITECTURE, _FIRST, _SECOND = 0, 4, 16, 24  # offsets in struct seccomp_data, little-endian


def program(machine: str) -> bytes:
    """The filter as an array of struct sock_filter. Raises OSError on a machine whose numbers are not known."""
    if machine not in ARCHITECTURES:
        raise OSError(errno.ENOSYS, f"no table of system calls for {machine}")
    column = list(ARCHITECTURES).index(machine)
    rows = [
        _row(_LOAD, _ARCHITECTURE), _row(_EQUAL, ARCHITECTURES[machine], 1, 0), _row(_RETURN, _KILL),
        _row(_LOAD, _NUMBER), _row(_ABOVE, _X32, 0, 1), _refuse(errno.ENOSYS),
        # Whose flags lie in memory, where a filter cannot look: the C library then falls back to clone.
        _row(_EQUAL, CLONE3[column], 0, 1), _refuse(errno.ENOSYS),
    ]  # fmt: skip
    for numbers in REFUSED.values():
        rows += [_row(_EQUAL, numbers[column], 0, 1), _refuse(errno.EPERM)]
    rows += [
        _row(_EQUAL, CLONE[column], 0, 4), _row(_LOAD, _FIRST), _row(_ANY_BIT, _NEW_NAMESPACE, 0, 1),
        _refuse(errno.EPERM), _row(_RETURN, _ALLOW),
        _row(_EQUAL, IOCTL[column], 0, 5), _row(_LOAD, _SECOND), _row(_EQUAL, TIOCSTI, 1, 0),
        _row(_EQUAL, TIOCLINUX, 0, 1), _refuse(errno.EPERM), _row(_RETURN, _ALLOW),
        _row(_EQUAL, SOCKET[column], 0, len(FAMILIES) + 2), _row(_LOAD, _FIRST),
    ]  # fmt: skip
    rows += [_row(_EQUAL, family, len(FAMILIES) - at, 0) for at, family in enumerate(FAMILIES)]
    rows += [_refuse(errno.EAFNOSUPPORT), _row(_RETURN, _ALLOW)]
    return b"".join(rows)


def _row(code: int, value: int, then: int = 0, otherwise: int = 0) -> bytes:
    """One struct sock_filter; the jumps count the rows that are skipped."""
    return struct.pack("HBBI", code, then, otherwise, value)


def _refuse(number: int) -> bytes:
    return _row(_RETURN, _ERRNO | number)
