"""What a process that holds secrets does first."""

import ctypes
import sys

PR_SET_PDEATHSIG, PR_SET_DUMPABLE = 1, 4


def guard_process() -> None:
    """Keep other processes of the same account, sandboxes among them, from reading this one's memory."""
    _prctl(PR_SET_DUMPABLE, 0)


def die_with_parent(signal_number: int) -> None:
    """Have the kernel send this signal when the parent ends, however it ends: no process is left behind."""
    _prctl(PR_SET_PDEATHSIG, signal_number)


def _prctl(option: int, value: int) -> None:
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(option, value, 0, 0, 0)
