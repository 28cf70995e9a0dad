"""The host believes no byte: a sandbox that breaks the rules ends its own run, with a reason, and nothing else."""

import os
import random
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable

import msgpack
import pytest

from llmspell_web.lua import NULL, Caller, Limits, Outcome, Program, StopSwitch, Value, protocol
from llmspell_web.lua.conversation import Conversation
from llmspell_web.lua.helper import Death, Sandbox
from llmspell_web.lua.parts import SpooledParts
from llmspell_web.lua.protocol import HEADER, ProtocolError

from .conftest import MemoryHost

LAYERS = {"no_new_privileges": True, "resource_limits": True, "seccomp": True, "landlock": 6, "own_uid": True}
READY = protocol.pack([protocol.READY, LAYERS, 0])
DONE = protocol.pack([protocol.DONE, b"succeeded", b"", b"", None, 0])


def converse(
    sent: bytes, host: MemoryHost | None = None, limits: Limits | None = None, read_every: float = 0
) -> Outcome:
    """What the host makes of a process that sends these bytes and goes, reading 64 KiB every so many seconds."""
    ours, theirs = socket.socketpair()
    sandbox = Sandbox(ours, pidfd=os.pidfd_open(os.getpid()), death=Death(signal.SIGSYS, 0.0, 0))
    sandbox.dead.set()
    sandbox.kill = lambda: None  # type: ignore[method-assign]  # the process behind this pidfd is the test itself

    def speak() -> None:
        with theirs:
            try:
                theirs.sendall(sent)
                theirs.shutdown(socket.SHUT_WR)
                while theirs.recv(65536):
                    time.sleep(read_every)
            except OSError:
                return

    thread = threading.Thread(target=speak)
    thread.start()
    talk = Conversation(sandbox, limits or Limits(cpu_seconds=600, wall_seconds=3), host or MemoryHost(), StopSwitch())
    try:
        return talk.hold(Program(b""), {})
    finally:
        thread.join()


def frame(message: object) -> bytes:
    body: bytes = msgpack.packb(message)
    return HEADER.pack(len(body)) + body


def nested(levels: int) -> object:
    value: object = 1
    for _ in range(levels):
        value = [value]
    return value


BROKEN: dict[str, bytes] = {
    "not a list": frame({"a": 1}),
    "empty list": frame([]),
    "unknown name": frame([b"hello"]),
    "no name": frame([1, 2]),
    "wrong shape": frame([protocol.OUT, 3, b"x"]),
    "out of text": frame([protocol.OUT, 1, 5]),
    "call without arguments": frame([protocol.CALL, b"echo"]),
    "call by number": frame([protocol.CALL, 5, []]),
    "half a caller": frame([protocol.CALL, b"echo", [], b"main.lua"]),
    "more than a caller": frame([protocol.CALL, b"echo", [], b"main.lua", 1, 1]),
    "ready again": READY,
    "part nobody waits for": frame([protocol.PART, b"x"]),
    "unknown ending": frame([protocol.DONE, b"great", b"", b"", None, 0]),
    "result is no JSON": frame([protocol.DONE, b"succeeded", b"", b"", b"{", 0]),
    "result nested too deep": frame([protocol.DONE, b"succeeded", b"", b"", b"[" * 100_000, 0]),
    "extension type": HEADER.pack(4) + b"\x91\xd4\x05\x00",
    "empty extension": HEADER.pack(5) + b"\x92\xa1x\xc7\x00\x05",
    "deep nesting": frame([protocol.CALL, b"echo", [nested(400)]]) + b"",
    "node bomb": HEADER.pack(1 << 20) + b"\xdd\x00\x0f\xff\xfb" + b"\x90" * ((1 << 20) - 5),
    "huge frame": HEADER.pack(0xFFFFFFFF) + b"x" * 100,
    "list as key": frame([protocol.CALL, b"echo", []])[:-1] + b"\x91\x81\x90\x01",
    "negative part": frame([protocol.CALL, b"echo", [{None: ["parts", -5]}]]),
    "unknown tag": frame([protocol.CALL, b"echo", [{None: ["pickle", b"x"]}]]),
    "wrong part": frame([protocol.CALL, b"echo", [{None: ["parts", 5]}]]) + frame([protocol.OUT, 1, b"x"]),
    "too many parts": frame([protocol.CALL, b"echo", [{None: ["parts", 5]}] * 17]),
    "part too long": frame([protocol.CALL, b"echo", [{None: ["parts", 5]}]]) + frame([protocol.PART, b"123456"]),
    "empty part": frame([protocol.CALL, b"echo", [{None: ["parts", 5]}]]) + frame([protocol.PART, b""]),
}


@pytest.mark.parametrize("sent", BROKEN.values(), ids=BROKEN.keys())
def test_broken_frames_end_the_run_as_failed(sent: bytes) -> None:
    host = MemoryHost()
    outcome = converse(READY + sent, host)
    assert outcome.status == "failed"
    assert outcome.error
    assert outcome.error.message


CLAIMS: dict[str, tuple[list[object], Caller | None]] = {
    "none": ([], None),
    "the script itself": ([b"", 12], Caller("", 12)),
    "another chunk": ([b"lib/stats.lua", 2**31 - 1], Caller("lib/stats.lua", 2**31 - 1)),
    "cut in a letter": ([b"caf\xc3", 1], Caller("caf\ufffd", 1)),
    "not said": ([None, None], None),
    "line 0": ([b"", 0], None),
    "negative": ([b"", -1], None),
    "huge": ([b"", 2**31], None),
    "huger": ([b"", 2**64 - 1], None),
    "a string": ([b"", b"12"], None),
    "a float": ([b"", 12.0], None),
    "true": ([b"", True], None),
    "a table": ([b"", {b"line": 1}], None),
    "a list as chunk": ([[b"main.lua"], 1], None),
    "a number as chunk": ([5, 1], None),
    "a long chunk": ([b"x" * 60, 1], None),
    "NUL in the chunk": ([b"a\0b", 1], None),
    "null": ([{None: ["null"]}, 1], None),
}


@pytest.mark.parametrize(("sent", "understood"), CLAIMS.values(), ids=CLAIMS.keys())
def test_where_a_call_comes_from_is_a_claim(sent: list[object], understood: Caller | None) -> None:
    host = MemoryHost()
    outcome = converse(READY + frame([protocol.CALL, b"echo", [], *sent]) + DONE, host)
    assert outcome.status == "succeeded"
    assert host.callers == [understood]


class LavishHost(MemoryHost):
    def call(self, function: str, arguments: list[Value]) -> Value:
        return b"x" * (32 << 20)


def test_a_process_that_reads_ever_so_slowly_does_not_outlast_the_wall_limit() -> None:
    began = time.monotonic()
    limits = Limits(cpu_seconds=600, wall_seconds=0.5)
    outcome = converse(READY + frame([protocol.CALL, b"get", []]), LavishHost(), limits, read_every=0.01)
    assert outcome.limit == "wall_seconds"
    assert time.monotonic() - began < 2


@pytest.mark.parametrize("result", [b"{", b"NaN", b"1e999", b'"\\ud800"', b"[" * 200 + b"]" * 200, b"9" * 5000])
def test_a_result_that_no_page_could_show_is_not_kept(result: bytes) -> None:
    outcome = converse(READY + protocol.pack([protocol.DONE, b"succeeded", b"", b"", result, 0]))
    assert (outcome.status, outcome.result) == ("failed", None)


OUT_OF_BAND = """
import os, socket, sys
from llmspell_web.lua.inside import kernel, seccomp
ours, theirs = socket.socketpair()
kernel.prctl(kernel.PR_SET_NO_NEW_PRIVS, 1)
seccomp.install()
ours.sendall(b"in band")
theirs.recv(7)
ours.send(b"x", socket.MSG_OOB if sys.argv[1] == "out" else 0)
os._exit(0)
"""


@pytest.mark.parametrize(("band", "status"), [("in", 0), ("out", -signal.SIGSYS)])
def test_sockets_carry_nothing_out_of_band(band: str, status: int) -> None:
    assert subprocess.run([sys.executable, "-c", OUT_OF_BAND, band], check=False).returncode == status


def test_a_well_behaved_end_is_understood() -> None:
    assert converse(READY + DONE).status == "succeeded"


def test_a_sandbox_below_the_floor_never_sees_the_script() -> None:
    from llmspell_web.lua import SandboxRefused

    for missing in ("no_new_privileges", "resource_limits", "seccomp"):
        with pytest.raises(SandboxRefused, match=r"scripts cannot run: .*\."):
            converse(protocol.pack([protocol.READY, {**LAYERS, missing: False}, 0]))


def test_random_bytes_never_raise() -> None:
    for seed in range(150):
        chance = random.Random(seed)
        size = chance.randrange(1, 200)
        body = chance.randbytes(size)
        sent = READY + (HEADER.pack(size) if chance.random() < 0.8 else b"") + body
        assert converse(sent, limits=Limits(cpu_seconds=600, wall_seconds=0.5)).status in ("failed", "limit")


def test_bent_frames_never_raise() -> None:
    good = frame([protocol.CALL, b"echo", [{b"a": [1, 2.5, b"x", None, True]}]]) + frame([protocol.OUT, 1, b"hello"])
    for seed in range(150):
        chance = random.Random(seed)
        bent = bytearray(good)
        for _ in range(chance.randrange(1, 4)):
            bent[chance.randrange(len(bent))] = chance.randrange(256)
        assert converse(READY + bytes(bent) + DONE).status in ("failed", "succeeded", "limit")


def test_a_process_that_sends_too_much_is_ended() -> None:
    limits = Limits(cpu_seconds=600, wall_seconds=10, stored_bytes=0, output_bytes=0, api_calls=0)
    chunk = frame([protocol.PART, b"x" * 1_000_000])
    outcome = converse(
        READY + frame([protocol.CALL, b"echo", [{None: ["parts", 1 << 40]}]]) + chunk * 70, limits=limits
    )
    assert outcome.error
    assert "more bytes" in outcome.error.message


def test_values_survive_the_channel() -> None:
    value = {b"a": [1, -5, 1.5, True, None, b"\x00\xff"], 7: {}, b"null": NULL, 2.5: []}
    body = protocol.pack([b"x", value])[4:]
    assert protocol.unpack(body, SpooledParts) == [b"x", value]


@pytest.mark.parametrize(
    "unpacked", [lambda: protocol.unpack(b"", SpooledParts), lambda: protocol.unpack(b"\x91\xc1", SpooledParts)]
)
def test_unreadable_frames_are_protocol_errors(unpacked: Callable[[], object]) -> None:
    with pytest.raises(ProtocolError):
        unpacked()
