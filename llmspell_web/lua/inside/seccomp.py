"""The list of system calls a locked process may make. Everything else kills it."""

import ctypes
import errno
import struct

from . import kernel

ARCHITECTURES = {"x86_64": 0xC000003E, "aarch64": 0xC00000B7}
X32_CALLS = 0x40000000
PROT_EXEC = 4
MSG_OOB = 1
KILL, FAIL, PASS = 0x80000000, 0x00050000, 0x7FFF0000
LOAD, EQUAL, AT_LEAST, BITS, RETURN = 0x20, 0x15, 0x35, 0x45, 0x06  # BPF instructions
OFFSET_NUMBER, OFFSET_ARCHITECTURE, OFFSET_THIRD_ARGUMENT, OFFSET_FOURTH_ARGUMENT = 0, 4, 32, 40

# Numbers on x86_64 and aarch64; None where the call does not exist.
ALLOWED: dict[str, tuple[int, int | None]] = {
    "read": (0, 63), "write": (1, 64), "close": (3, 57), "fstat": (5, 80), "lseek": (8, 62), "munmap": (11, 215),
    "brk": (12, 214), "rt_sigaction": (13, 134), "rt_sigprocmask": (14, 135), "rt_sigreturn": (15, 139),
    "sched_yield": (24, 124), "mremap": (25, 216), "madvise": (28, 233), "nanosleep": (35, 101), "getpid": (39, 172),
    "exit": (60, 93), "gettimeofday": (96, 169), "getrusage": (98, 165),
    "sigaltstack": (131, 132), "gettid": (186, 178), "time": (201, None), "futex": (202, 98),
    "restart_syscall": (219, 128), "clock_gettime": (228, 113), "clock_getres": (229, 114),
    "clock_nanosleep": (230, 115), "exit_group": (231, 94), "getrandom": (318, 278), "rseq": (334, 293),
}  # fmt: skip
# Out-of-band data on unix sockets has been a way out of a sandbox before (CVE-2025-38236), and nothing here uses it.
IN_BAND = {"sendto": (44, 206), "recvfrom": (45, 207)}
NOT_EXECUTABLE = {"mmap": (9, 222), "mprotect": (10, 226)}
# CPython and glibc may try these on a lazy import or a time zone: they are told no instead of being killed.
REFUSED: dict[str, tuple[int, int | None]] = {
    "open": (2, None), "stat": (4, None), "lstat": (6, None), "access": (21, None), "getcwd": (79, 17),
    "readlink": (89, None), "openat": (257, 56), "newfstatat": (262, 79), "readlinkat": (267, 78),
    "faccessat": (269, 48), "statx": (332, 291), "faccessat2": (439, 439), "getdents64": (217, 61), "ioctl": (16, 29),
    "fcntl": (72, 25), "uname": (63, 160),
}  # fmt: skip


class _Program(ctypes.Structure):
    _fields_ = [("length", ctypes.c_ushort), ("filter", ctypes.c_void_p)]


def install() -> None:
    """Filters this process for good. Needs NO_NEW_PRIVS. Raises OSError on other machines and without seccomp."""
    if kernel.MACHINE not in ARCHITECTURES:
        raise OSError(errno.ENOSYS, f"no list of system calls for {kernel.MACHINE}")
    program = _program(kernel.MACHINE)
    code = ctypes.create_string_buffer(b"".join(program))
    block = _Program(len(program), ctypes.addressof(code))
    mode_filter = 2
    if kernel.libc.prctl(ctypes.c_int(kernel.PR_SET_SECCOMP), ctypes.c_ulong(mode_filter), ctypes.byref(block), 0, 0):
        raise kernel.failure("seccomp")


def _program(machine: str) -> list[bytes]:
    column = 0 if machine == "x86_64" else 1
    code = [_op(LOAD, OFFSET_ARCHITECTURE), _op(EQUAL, ARCHITECTURES[machine], 1, 0), _op(RETURN, KILL)]
    code.append(_op(LOAD, OFFSET_NUMBER))
    if machine == "x86_64":
        code += [_op(AT_LEAST, X32_CALLS, 0, 1), _op(RETURN, KILL)]
    code += _each(ALLOWED, column, PASS)
    for numbers in NOT_EXECUTABLE.values():
        code += [
            _op(EQUAL, numbers[column], 0, 4),
            _op(LOAD, OFFSET_THIRD_ARGUMENT),
            _op(BITS, PROT_EXEC, 0, 1),
            _op(RETURN, FAIL | errno.EPERM),
            _op(RETURN, PASS),
        ]
    for numbers in IN_BAND.values():
        code += [
            _op(EQUAL, numbers[column], 0, 4),
            _op(LOAD, OFFSET_FOURTH_ARGUMENT),
            _op(BITS, MSG_OOB, 0, 1),
            _op(RETURN, KILL),
            _op(RETURN, PASS),
        ]
    code += _each(REFUSED, column, FAIL | errno.EACCES)
    return [*code, _op(RETURN, KILL)]


def _each(calls: dict[str, tuple[int, int | None]], column: int, verdict: int) -> list[bytes]:
    code = []
    for numbers in calls.values():
        number = numbers[column]
        if number is not None:
            code += [_op(EQUAL, number, 0, 1), _op(RETURN, verdict)]
    return code


def _op(instruction: int, constant: int, if_true: int = 0, if_false: int = 0) -> bytes:
    return struct.pack("=HBBI", instruction, if_true, if_false, constant)
