"""What a process that holds secrets does first."""

import ctypes
import os
import resource
import sys
from collections.abc import Iterator
from contextlib import contextmanager

PR_SET_PDEATHSIG, PR_SET_DUMPABLE = 1, 4


def guard_process() -> None:
    """Keep other processes of the same account, sandboxes among them, from reading this one's memory, and other
    accounts from reading the files it makes, whatever the rights of the data folder."""
    os.umask(0o077)
    _prctl(PR_SET_DUMPABLE, 0)


def allow_open_files(wanted: int) -> None:
    """Let this process hold so many descriptors, or as many as the machine grants."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    most = wanted if hard == resource.RLIM_INFINITY else min(wanted, hard)
    if soft != resource.RLIM_INFINITY and soft < most:
        resource.setrlimit(resource.RLIMIT_NOFILE, (most, hard))


def die_with_parent(signal_number: int) -> None:
    """Have the kernel send this signal when the parent ends, however it ends: no process is left behind."""
    _prctl(PR_SET_PDEATHSIG, signal_number)


@contextmanager
def leaving_quietly() -> Iterator[None]:
    """Where nobody reads any more, the exit code still tells how the run ended: Python's last flush must not fail."""
    try:
        yield
        sys.stdout.flush()
    except BrokenPipeError:
        nowhere = os.open(os.devnull, os.O_WRONLY)
        for file in (sys.stdout, sys.stderr):
            os.dup2(nowhere, file.fileno())


def _prctl(option: int, value: int) -> None:
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(option, value, 0, 0, 0)
