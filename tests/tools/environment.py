"""What every test process sets up before Django reads its settings: a data directory, a database, quick passwords.

The controller of a run makes one temporary folder and, with `--database=postgresql`, one server; each xdist worker
has its own data directory in that folder and its own test database.
"""

import atexit
import os
import shutil
import sys
import tempfile
from argparse import ArgumentParser
from pathlib import Path

from tests.tools.postgres import PostgresServer

SETTINGS = "DJANGO_SETTINGS_MODULE"
FOLDER = "LLMSPELL_TESTS_FOLDER"
WORKER = os.environ.get("PYTEST_XDIST_WORKER", "")


def set_up() -> Path:
    """Returns the data directory of this process. Django is ready afterwards, so conftests may import models."""
    if not WORKER:
        _start_run()
    data_directory = Path(os.environ[FOLDER]) / (WORKER or "controller")
    os.environ["LLMSPELL_DATA_DIR"] = str(data_directory)
    os.environ[SETTINGS] = "llmspell_web.settings"
    _set_up_django(data_directory)
    # pytest-django would load the settings of a worker that inherits this before the worker's own environment is set.
    del os.environ[SETTINGS]
    return data_directory


def _start_run() -> None:
    if SETTINGS in os.environ or "--ds" in sys.argv:
        sys.exit(f"The tests choose the settings themselves: unset {SETTINGS} and leave out --ds.")
    for name in [name for name in os.environ if name == "DATABASE_URL" or name.startswith("LLMSPELL_")]:
        del os.environ[name]
    folder = tempfile.mkdtemp(prefix="llmspell-tests-")
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    os.environ[FOLDER] = folder
    options = ArgumentParser(add_help=False, allow_abbrev=False)
    options.add_argument("--database", default="sqlite")
    if options.parse_known_args()[0].database == "postgresql":
        server = PostgresServer()
        atexit.register(server.stop)
        os.environ["DATABASE_URL"] = server.url


def _set_up_django(data_directory: Path) -> None:
    import django
    from django.conf import settings

    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]  # real ones are slow on purpose
    settings.STATIC_ROOT = data_directory / "static"
    settings.STATIC_ROOT.mkdir()
    settings.STORAGES["staticfiles"] = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    database = settings.DATABASES["default"]
    if "sqlite" in database["ENGINE"]:
        # A file, as in production: several processes can open it, and WAL and the write lock are really in play.
        database.setdefault("TEST", {})["NAME"] = str(data_directory / "test.sqlite3")
    django.setup()
