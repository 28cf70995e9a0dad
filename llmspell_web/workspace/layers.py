"""What each layer of the sandbox means, in a sentence for whoever runs the server."""

from collections.abc import Mapping
from dataclasses import dataclass

# name: (label, what it does, what to do when it is missing)
KNOWN = {
    "seccomp": (
        "System call filter",
        "A script's process may make some thirty harmless system calls; any other ends it.",
        "Scripts are refused without it: use a Linux kernel with seccomp filters, outside of emulation.",
    ),
    "landlock": (
        "Landlock",
        "The kernel denies the process every file and every TCP connection.",
        "Scripts run without it if namespaces are there: use Linux 5.13 or newer with Landlock enabled.",
    ),
    "namespaces": (
        "Namespaces",
        "The process sees an empty, read-only file system, no network and no other process.",
        "Many containers refuse them, and scripts run without: allow unprivileged user namespaces to have them.",
    ),
    "empty_root": (
        "Empty root",
        "The process's file system is an empty folder that cannot be written.",
        "It comes with namespaces; Landlock and the system call filter deny files without it.",
    ),
    "own_uid": (
        "Own user id",
        "Each run has a user id of its own, so that runs cannot signal or read each other.",
        "It needs a server started as root; without, the system call filter holds runs apart.",
    ),
    "no_new_privileges": (
        "No new privileges",
        "Nothing that the process could start would gain rights.",
        "Scripts are refused without it: use Linux 3.5 or newer.",
    ),
    "resource_limits": (
        "Resource limits",
        "No files, no processes, no core dumps, bounded memory and CPU time, by the kernel.",
        "Scripts are refused without them: raise the hard limits of the server's account.",
    ),
}
# What the engine reports beside its layers: that it was started as root, and warnings in words.
NOT_LAYERS = {"root", "warnings"}


@dataclass(frozen=True)
class Layer:
    """`detail` says how much of it, where a layer has degrees."""

    label: str
    in_force: bool
    detail: str
    meaning: str
    advice: str


def describe_layers(reported: Mapping[str, object]) -> list[Layer]:
    return [describe_layer(name, value) for name, value in reported.items() if name not in NOT_LAYERS]


def describe_layer(name: str, value: object) -> Layer:
    label, meaning, advice = KNOWN.get(name, (name.replace("_", " ").capitalize(), "", ""))
    return Layer(label, bool(value), describe_value(value), meaning, advice)


def describe_value(value: object) -> str:
    if isinstance(value, bool) or not value:
        return ""
    if isinstance(value, list | tuple | set):
        return ", ".join(map(str, value))
    if isinstance(value, Mapping):
        return ", ".join(f"{key} {item}" for key, item in value.items())
    return str(value)
