"""Checks that no file of the repository names a package registry or the place where somebody's checkout lies."""

import re
import subprocess
import sys
from pathlib import Path

REGISTRIES = r"pypi[.]org|pythonhosted[.]org|npmjs[.](org|com)|deb[.]debian[.]org|crates[.]io|proxy[.]golang[.]org"
CONTENT_NETWORKS = r"cdn[.]jsdelivr|unpkg[.]com|cdnjs[.]|googleapis[.]com|gstatic[.]com"


def main() -> int:
    root = Path.cwd()
    unwanted = re.compile(rf"{REGISTRIES}|{CONTENT_NETWORKS}|{re.escape(str(root))}/")
    names = subprocess.run(["git", "ls-files", "-z"], check=True, capture_output=True, text=True).stdout
    found = 0
    for name in filter(None, names.split("\0")):
        path = root / name
        if not path.is_file():
            continue
        for number, line in enumerate(path.read_text(errors="replace").splitlines(), 1):
            if match := unwanted.search(line):
                print(f"{name}:{number}: names {match.group()!r}")
                found += 1
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
