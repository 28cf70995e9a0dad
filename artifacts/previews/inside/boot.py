"""The drawing process's first file, run by path: python -I -S -B boot.py SOCKET TASK HINT ROOT UID SITE…

It makes our own packages importable without running their `__init__`, which belong to the host, and never imports
Django.
"""

import sys
import types
from pathlib import Path

PACKAGES = ("llmspell_web", "llmspell_web.lua", "artifacts", "artifacts.previews")


def main() -> None:
    control, task, hint, root, uid, *sites = sys.argv[1:]
    sys.path[:0] = sites
    for name in PACKAGES:
        module = types.ModuleType(name)
        module.__path__ = [str(Path(root, *name.split(".")))]
        sys.modules[name] = module
    from artifacts.previews.inside import drawer

    drawer.main(int(control), task, hint, int(uid) if uid else None)


if __name__ == "__main__":
    main()
