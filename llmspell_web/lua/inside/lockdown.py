"""How one forked process gives up its rights. The order matters: several steps fail if moved."""

import os
import resource
import signal
from collections.abc import Mapping

from . import kernel, landlock, seccomp

SOCKET = 3  # where the one open descriptor ends up
NICE = 5  # the web server goes first
CPU_GRACE_SECONDS = 1  # the host counts fractions; the kernel's whole seconds stand behind it


def drop_rights(control: int, spec: Mapping[str, int | None]) -> dict[str, object]:
    """All steps that come before the script's memory is built. Returns which of them are in force."""
    layers: dict[str, object] = {}
    for number in signal.valid_signals():
        try:
            signal.signal(number, signal.SIG_DFL)
        except (OSError, ValueError):
            continue  # KILL and STOP
    os.setsid()
    os.nice(NICE)
    if control != SOCKET:
        os.dup2(control, SOCKET, inheritable=False)
    os.dup2(0, 1)  # descriptor 0 of the helper is /dev/null, open for both
    os.dup2(0, 2)
    os.closerange(SOCKET + 1, 65536)
    uid = spec["uid"]
    if uid is not None:
        layers["own_uid"] = _become(uid)
    kernel.prctl(kernel.PR_SET_PDEATHSIG, signal.SIGKILL)  # after the uid: a change of uid clears it
    kernel.prctl(kernel.PR_SET_DUMPABLE, 0)
    kernel.prctl(kernel.PR_SET_NO_NEW_PRIVS, 1)
    layers["no_new_privileges"] = True
    try:
        layers["landlock"] = landlock.deny_all()
    except OSError as error:
        layers["landlock"] = 0
        layers["landlock_error"] = str(error)
    layers["resource_limits"] = _limit_resources(spec)  # after Landlock, which needs one spare descriptor
    return layers


def _become(uid: int) -> bool:
    """Root gives itself up for a user that owns nothing. Where that fails the host refuses to send a script."""
    try:
        os.setgroups([])
        os.setresgid(uid, uid, uid)
        os.setresuid(uid, uid, uid)
    except OSError:
        return False
    return True


def filter_calls(layers: dict[str, object]) -> None:
    """The last step: nothing that needs another system call may come after it."""
    try:
        seccomp.install()
        layers["seccomp"] = True
    except OSError as error:
        layers["seccomp"] = False
        layers["seccomp_error"] = str(error)


def _limit_resources(spec: Mapping[str, int | None]) -> bool:
    cpu_seconds, address_bytes = spec["cpu_seconds"], spec["address_bytes"]
    assert cpu_seconds is not None
    assert address_bytes is not None
    wanted = {
        resource.RLIMIT_CORE: (0, 0),
        resource.RLIMIT_FSIZE: (0, 0),
        resource.RLIMIT_NOFILE: (0, 0),
        resource.RLIMIT_NPROC: (0, 0),
        resource.RLIMIT_MEMLOCK: (0, 0),
        resource.RLIMIT_MSGQUEUE: (0, 0),
        resource.RLIMIT_SIGPENDING: (32, 32),
        resource.RLIMIT_CPU: (cpu_seconds + CPU_GRACE_SECONDS, cpu_seconds + CPU_GRACE_SECONDS + 1),
        resource.RLIMIT_AS: (address_bytes, address_bytes),
    }
    try:
        for name, pair in wanted.items():
            resource.setrlimit(name, pair)
    except (OSError, ValueError):
        return False
    return True
