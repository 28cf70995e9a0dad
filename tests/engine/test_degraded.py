"""Machines that give less: what is still run, and what is refused, each told in a sentence."""

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from llmspell_web.lua.inside import kernel

ROOT = Path(__file__).parents[2]
PR_CAPBSET_DROP = 24
SETGID, SETUID, SYS_ADMIN = 6, 7, 21  # capability numbers of linux/capability.h
NEW_USER = 0x10000000
REPORT = """
import json
from llmspell_web.lua import Engine, SandboxRefused
try:
    engine = Engine()
except SandboxRefused as refusal:
    print(json.dumps({"refused": str(refusal)}))
else:
    print(json.dumps(dict(engine.layers)))
    engine.close()
"""

needs_root = pytest.mark.skipif(os.geteuid() != 0, reason="only root has rights to take away")


def start_engine(before: Callable[[], None] | None = None) -> dict[str, Any]:
    """The layers of an engine in a process that `before` has weakened, or its refusal."""
    command = [sys.executable, "-c", REPORT]
    ended = subprocess.run(command, cwd=ROOT, stdout=subprocess.PIPE, timeout=60, check=True, preexec_fn=before)
    report: dict[str, Any] = json.loads(ended.stdout)
    return report


def without(*capabilities: int) -> Callable[[], None]:
    def drop() -> None:
        for number in capabilities:
            kernel.prctl(PR_CAPBSET_DROP, number)

    return drop


def in_user_namespace_of(count: int) -> Callable[[], None]:
    """As root of a namespace that maps `count` user ids, as containers without a real root do."""

    def enter() -> None:
        readable, writable = os.pipe()
        parent = os.getpid()
        helper = os.fork()
        if helper == 0:
            os.read(readable, 1)
            for name in ("uid_map", "gid_map"):
                Path(f"/proc/{parent}/{name}").write_text(f"0 0 {count}")
            os._exit(0)
        if kernel.libc.unshare(NEW_USER):
            raise kernel.failure("unshare")
        os.write(writable, b"!")
        os.waitpid(helper, 0)
        os.setresgid(0, 0, 0)
        os.setresuid(0, 0, 0)

    return enter


@needs_root
def test_a_container_without_namespaces_runs_scripts_and_says_what_is_missing() -> None:
    layers = start_engine(without(SYS_ADMIN))
    assert layers["namespaces"] is False
    assert layers["own_uid"] is True
    assert layers["warnings"] == ["Namespaces are not available; Landlock and seccomp hold files and network."]


@needs_root
def test_root_that_cannot_become_another_user_is_refused() -> None:
    refused = start_engine(without(SETUID, SETGID))
    assert refused == {"refused": "scripts cannot run: the server runs as root and cannot drop to another user id."}


@needs_root
@pytest.mark.parametrize(("count", "runs"), [(300_000, True), (65_536, True), (1, False)])
def test_root_of_a_namespace_uses_the_user_ids_that_it_has(count: int, runs: bool) -> None:
    layers = start_engine(in_user_namespace_of(count))
    assert layers.get("own_uid", False) is runs, layers
    assert ("refused" in layers) is not runs
