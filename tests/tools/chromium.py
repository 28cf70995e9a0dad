"""The Chromium that the browser tests drive: one of this machine, else Debian's, else Playwright's own.

`python -m tests.tools.chromium` makes sure that there is one, or says which command to run.
"""

import os
import shutil
import subprocess
import sys
from pathlib import Path

from playwright.sync_api import Error, sync_playwright

NAMES = ("chromium", "chromium-browser", "google-chrome")
ADMINISTRATION = "/usr/local/sbin:/usr/sbin:/sbin"  # dpkg wants these on PATH
# No window, no calls home, no first-run pages.
FLAGS = [
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    # Chromium's own sandbox refuses to work for root, as which containers run tests.
    *(["--no-sandbox"] if os.geteuid() == 0 else []),
]


def find() -> str | None:
    """The path of an installed Chromium, or None."""
    for name in NAMES:
        if path := shutil.which(name):
            return path
    with sync_playwright() as playwright:
        own = playwright.chromium.executable_path
    return own if Path(own).exists() else None


def install() -> None:
    administrator = _administrator()
    if administrator is not None and shutil.which("apt-get"):
        print("Installing Chromium with apt-get …", flush=True)
        environment = ["env", "DEBIAN_FRONTEND=noninteractive", f"PATH={os.environ.get('PATH', '')}:{ADMINISTRATION}"]
        for words in (["update", "-qq"], ["install", "-qq", "-y", "--no-install-recommends", "chromium"]):
            if not _succeeds([*administrator, *environment, "apt-get", *words]):
                break
    if find() is None:
        print("Installing Chromium with Playwright …", flush=True)
        _succeeds([sys.executable, "-m", "playwright", "install", "chromium"])


def _administrator() -> list[str] | None:
    """What to put before a command so that it runs as root without a question; None when that can't be."""
    if os.geteuid() == 0:
        return []
    if shutil.which("sudo") and _succeeds(["sudo", "-n", "true"], quiet=True):
        return ["sudo", "-n"]
    return None


def _succeeds(command: list[str], *, quiet: bool = False) -> bool:
    output = subprocess.DEVNULL if quiet else None
    return subprocess.run(command, check=False, stdin=subprocess.DEVNULL, stdout=output, stderr=output).returncode == 0


if __name__ == "__main__":
    try:
        if find() is None:
            install()
        if find() is None:
            sys.exit(
                "The browser tests need a Chromium: run `apt-get install chromium` as root, then `make test` again."
            )
    except Error as error:
        sys.exit(f"Playwright does not start: {error}")
