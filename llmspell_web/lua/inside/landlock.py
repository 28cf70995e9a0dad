"""Landlock with an empty ruleset: no path, no port, no abstract socket, no signal outwards."""

import ctypes
import errno
import os
import struct

from . import kernel

CREATE_RULESET, RESTRICT_SELF = 444, 446
# The ABI since which the ruleset has each further mask (network ports, scopes), and the most bits tried for it.
LATER_MASKS = ((4, 8), (6, 8))


def abi() -> int:
    """The version that the running kernel speaks; 0 without Landlock."""
    try:
        return kernel.syscall(CREATE_RULESET, 0, 0, 1)
    except OSError:
        return 0


def deny_all() -> int:
    """Restricts this process for good and returns the ABI. Rights that newer kernels add are included: the masks are
    found by asking for ever fewer bits until the kernel knows them all."""
    version = abi()
    if version < 1:
        raise OSError(errno.ENOSYS, "no Landlock")
    masks = [_widest([], 24)]
    for since, bits in LATER_MASKS:
        if version >= since:
            masks.append(_widest(masks, bits))
    ruleset = _create(masks)
    try:
        kernel.syscall(RESTRICT_SELF, ruleset, 0)
    finally:
        os.close(ruleset)
    return version


def _create(masks: list[int]) -> int:
    attributes = struct.pack(f"={len(masks)}Q", *masks)
    buffer = ctypes.create_string_buffer(attributes, len(attributes))
    return kernel.syscall(CREATE_RULESET, ctypes.c_void_p(ctypes.addressof(buffer)), len(attributes), 0)


def _widest(before: list[int], most_bits: int) -> int:
    for bits in range(most_bits, 0, -1):
        try:
            os.close(_create([*before, (1 << bits) - 1]))
        except OSError as error:
            if error.errno not in (errno.EINVAL, errno.E2BIG):
                raise
        else:
            return (1 << bits) - 1
    return 0
