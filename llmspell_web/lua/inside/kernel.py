"""The few system calls that Python does not offer."""

import ctypes
import os
import platform

PR_SET_PDEATHSIG, PR_SET_DUMPABLE, PR_SET_NO_NEW_PRIVS, PR_SET_SECCOMP = 1, 4, 38, 22
MACHINE = platform.machine()

libc = ctypes.CDLL(None, use_errno=True)


def failure(what: str) -> OSError:
    number = ctypes.get_errno()
    return OSError(number, f"{what}: {os.strerror(number)}")


def prctl(option: int, value: int) -> None:
    if libc.prctl(ctypes.c_int(option), *[ctypes.c_ulong(word) for word in (value, 0, 0, 0)]):
        raise failure(f"prctl {option}")


def syscall(number: int, *words: "ctypes.c_void_p | int") -> int:
    result: int = libc.syscall(
        ctypes.c_long(number), *[ctypes.c_long(word) if isinstance(word, int) else word for word in words]
    )
    if result < 0:
        raise failure(f"system call {number}")
    return result
