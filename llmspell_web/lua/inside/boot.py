"""The helper's first file, run by path: python -I -S -B boot.py SOCKET PACKAGE SITE…

It makes `llmspell_web.lua` importable without running either package's own `__init__`, which belong to the host.
"""

import sys
import types
from pathlib import Path


def main() -> None:
    control, package, *sites = sys.argv[1:]
    sys.path[:0] = sites
    for name, folder in (("llmspell_web", Path(package).parent), ("llmspell_web.lua", Path(package))):
        module = types.ModuleType(name)
        module.__path__ = [str(folder)]
        sys.modules[name] = module
    from llmspell_web.lua.inside import zygote

    zygote.main(int(control))


if __name__ == "__main__":
    main()
