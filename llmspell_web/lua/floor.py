"""What must be in force before a script is let in, and the attempts that prove it."""

from collections.abc import Mapping

from .interface import SandboxRefused

PROBES = ("open", "socket", "fork")


def merged(helper: Mapping[str, object], child: Mapping[object, object]) -> dict[str, object]:
    """One table of layers, for the outcome and for status pages."""
    own = {key.decode(): _plain(value) for key, value in child.items() if isinstance(key, bytes)}
    layers = {**helper, **own}
    layers.pop("address_bytes", None)
    layers["warnings"] = _warnings(layers)
    return layers


def check(layers: Mapping[str, object]) -> None:
    """Raises SandboxRefused if what is missing leaves a hole that nothing else covers."""
    if not layers.get("no_new_privileges") or not layers.get("resource_limits"):
        raise SandboxRefused("scripts cannot run: this machine refused to limit the resources of a process.")
    if not layers.get("seccomp"):
        raise SandboxRefused(
            "scripts cannot run: this kernel offers no seccomp filter; use Linux on x86_64 or aarch64 and a container "
            "profile that allows seccomp."
        )
    if layers.get("root") and not layers.get("own_uid"):
        raise SandboxRefused("scripts cannot run: the server runs as root and cannot drop to another user id.")
    if not layers.get("landlock") and not layers.get("namespaces"):
        raise SandboxRefused(
            "scripts cannot run: this machine offers neither Landlock (Linux 5.13) nor user namespaces; enable one."
        )


def _warnings(layers: Mapping[str, object]) -> list[str]:
    warnings = []
    if not layers.get("landlock"):
        warnings.append("Landlock is not available; namespaces and seccomp hold files and network.")
    if not layers.get("namespaces"):
        warnings.append("Namespaces are not available; Landlock and seccomp hold files and network.")
    elif not layers.get("empty_root"):
        warnings.append("The helper could not give up the file system; Landlock and seccomp hold it.")
    return warnings


def _plain(value: object) -> object:
    return value.decode("utf-8", "replace") if isinstance(value, bytes) else value
