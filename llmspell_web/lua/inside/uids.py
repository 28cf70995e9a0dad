"""The user ids of root's locked children."""

from pathlib import Path

# Beyond all accounts, or, in a container that maps only 65,536 ids, the end of the range that systemd hands out to
# services for a while. Either way they own no file.
FIRST_UIDS = (200_000, 65_400)


def mapped_uids(count: int) -> range:
    """So many user ids that exist in this user namespace; if none of the ranges does, the children say so."""
    mapped = [line.split() for line in Path("/proc/self/uid_map").read_text().splitlines()]
    for first in FIRST_UIDS:
        if any(int(start) <= first and first + count <= int(start) + int(size) for start, _, size in mapped):
            break
    return range(first, first + count)
