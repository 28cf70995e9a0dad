"""The helper leaves the machine: own namespaces, and an empty read-only tmpfs as its only file system."""

import ctypes
import os
from pathlib import Path

from . import kernel

NEW_MOUNT, NEW_UTS, NEW_IPC, NEW_USER, NEW_PID, NEW_NET = (
    0x20000,
    0x4000000,
    0x8000000,
    0x10000000,
    0x20000000,
    0x40000000,
)
READ_ONLY, NO_SUID, NO_DEVICES, NO_EXEC, REMOUNT, RECURSIVE, PRIVATE = 1, 2, 4, 8, 32, 0x4000, 1 << 18
PIVOT_ROOT = {"x86_64": 155, "aarch64": 41}
DETACH = 2


def enter() -> None:
    """New namespaces for the processes that this one forks from now on. Raises OSError where they are not allowed."""
    uid, gid = os.geteuid(), os.getegid()
    flags = NEW_MOUNT | NEW_UTS | NEW_IPC | NEW_PID | NEW_NET
    if uid == 0:
        _unshare(flags)
        return
    _unshare(flags | NEW_USER)
    Path("/proc/self/setgroups").write_text("deny")
    Path("/proc/self/uid_map").write_text(f"{uid} {uid} 1")
    Path("/proc/self/gid_map").write_text(f"{gid} {gid} 1")


def empty_root() -> None:
    """Replaces / for this process and its children. To be called after the last import."""
    sealed = NO_SUID | NO_DEVICES | NO_EXEC
    _mount(None, b"/", None, RECURSIVE | PRIVATE)
    _mount(b"none", b"/tmp", b"tmpfs", sealed, b"size=4k,nr_inodes=4,mode=755")
    os.chdir("/tmp")  # noqa: S108
    here = ctypes.c_char_p(b".")
    if kernel.libc.syscall(ctypes.c_long(PIVOT_ROOT[kernel.MACHINE]), here, here):
        raise kernel.failure("pivot_root")
    if kernel.libc.umount2(b".", DETACH):
        raise kernel.failure("umount")
    os.chdir("/")
    _mount(None, b"/", None, REMOUNT | READ_ONLY | sealed)


def _unshare(flags: int) -> None:
    if kernel.libc.unshare(ctypes.c_int(flags)):
        raise kernel.failure("unshare")


def _mount(source: bytes | None, target: bytes, kind: bytes | None, flags: int, data: bytes | None = None) -> None:
    if kernel.libc.mount(source, target, kind, ctypes.c_ulong(flags), data):
        raise kernel.failure("mount")
