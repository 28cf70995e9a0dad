"""The six file functions behind `io` and `os`: the account's files, and `/tmp` of the run."""

import errno
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from typing import BinaryIO, NoReturn

from artifacts.blobs import open_blob
from llmspell_web.lua import Refused, Value
from llmspell_web.web.problems import InvalidField, NotFound
from llmspell_web.workspace import files
from llmspell_web.workspace.host.context import RunContext
from llmspell_web.workspace.host.open_files import MAX_OPEN_FILES
from llmspell_web.workspace.host.options import content_size
from llmspell_web.workspace.host.private_files import PrivateFile
from llmspell_web.workspace.host.session_calls import Arguments, Function
from llmspell_web.workspace.models import UserFile
from llmspell_web.workspace.paths import clean_path, is_private, normal_path

MAX_READ_BYTES = 4 * 1024 * 1024


def fail(path: str, code: int) -> NoReturn:
    """As the C library words it: `chart.png: No such file or directory`."""
    raise Refused(f"{path}: {os.strerror(code)}", code)


def _path(value: Value) -> tuple[str, str]:
    """The path as given, for messages, and its normal form."""
    if not isinstance(value, bytes):
        raise Refused("a file name must be a string", errno.EINVAL)
    given = value.decode("utf-8", "backslashreplace")
    try:
        return given, normal_path(value.decode())
    except UnicodeDecodeError:
        fail(given, errno.ENOENT)


def open_(run: RunContext, arguments: Arguments) -> Value:
    given, path = _path(arguments[0])
    if len(run.open_files) >= MAX_OPEN_FILES:
        fail(given, errno.EMFILE)
    source: BinaryIO | PrivateFile
    if is_private(path):
        private = run.private_files.find(path)
        if private is None:
            fail(given, errno.ENOENT)
        source, size = private, private.size
    else:
        file = files.find_file(run.user, path)
        if file is None:
            fail(given, errno.EISDIR if files.is_folder(run.user, path) else errno.ENOENT)
        source, size = open_blob(file.blob), file.blob.size
        run.uses.read_file(file)
    return {"handle": run.open_files.add(source), "size": size}


def read(run: RunContext, arguments: Arguments) -> Value:
    handle, offset, length = arguments
    source = run.open_files.get(handle)
    if source is None or type(offset) is not int or type(length) is not int or offset < 0 or length < 0:
        raise Refused("Bad file descriptor", errno.EBADF)
    length = min(length, MAX_READ_BYTES)
    if isinstance(source, PrivateFile):
        return source.read_at(offset, length)
    source.seek(offset)
    return source.read(length)


def close(run: RunContext, arguments: Arguments) -> Value:
    run.open_files.remove(arguments[0])
    return None


def write(run: RunContext, arguments: Arguments) -> Value:
    path_value, content, append = arguments
    given, path = _writable(path_value)
    size = content_size(content)
    if size is None:
        raise Refused("content must be a string", errno.EINVAL)
    if is_private(path):
        with run.storing(size), _refusing_full_disks(given):
            run.private_files.write(path, content, append=append is True)  # type: ignore[arg-type]  # it has a size
        return None
    old = files.find_file(run.user, path) if append is True else None
    # Appending stores the whole anew, and counts so: many small additions to a large file fill the disk as well.
    with run.storing(size + (old.blob.size if old else 0)):
        _save(run, given, path, content, old)
    return None


@contextmanager
def _refusing_full_disks(given: str) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        fail(given, error.errno or errno.EIO)


def _save(run: RunContext, given: str, path: str, content: Value, old: UserFile | None) -> None:
    try:
        if old is None:
            run.uses.wrote_file(files.save_file(run.user, path, content))  # type: ignore[arg-type]  # it has a size
            return
        with tempfile.TemporaryFile() as joined, open_blob(old.blob) as before:
            for piece in (before, content):
                _copy(piece, joined)  # type: ignore[arg-type]  # it has a size
            joined.seek(0)
            run.uses.wrote_file(files.save_file(run.user, path, joined))
    except InvalidField as problem:
        _refuse_write(given, problem)


def _copy(source: BinaryIO | bytes, target: BinaryIO) -> None:
    if isinstance(source, bytes):
        target.write(source)
        return
    while piece := source.read(1024 * 1024):
        target.write(piece)


def _writable(value: Value) -> tuple[str, str]:
    given, normal = _path(value)
    try:
        return given, clean_path(normal)
    except InvalidField as problem:
        _refuse_write(given, problem)


def _refuse_write(given: str, problem: InvalidField) -> NoReturn:
    """Folders, names and sizes that the account's files refuse, as `io` words them."""
    if problem.field != "file name":
        fail(given, errno.EFBIG)
    if problem.given.endswith("which is a folder"):
        fail(given, errno.EISDIR)
    if problem.given.endswith("which is a file"):
        fail(given, errno.ENOTDIR)
    fail(given, errno.EINVAL)


def remove(run: RunContext, arguments: Arguments) -> Value:
    given, path = _path(arguments[0])
    if is_private(path):
        if not run.private_files.remove(path):
            fail(given, errno.ENOENT)
        return None
    try:
        files.delete_file(run.user, path)
    except NotFound:
        fail(given, errno.EISDIR if files.is_folder(run.user, path) else errno.ENOENT)
    return None


def rename(run: RunContext, arguments: Arguments) -> Value:
    given, old = _path(arguments[0])
    new_given, new = _writable(arguments[1])
    try:
        if is_private(old) and is_private(new):
            if not run.private_files.rename(old, new):
                fail(given, errno.ENOENT)
        elif is_private(old):
            private = run.private_files.find(old)
            if private is None:
                fail(given, errno.ENOENT)
            with run.storing(private.size):  # as below: across this border a rename is a copy
                run.uses.wrote_file(files.save_file(run.user, new, private.reader()))
            run.private_files.remove(old)
        elif is_private(new):
            file = files.get_file(run.user, old)
            with _refusing_full_disks(new_given), run.storing(file.blob.size), open_blob(file.blob) as source:
                run.private_files.write(new, source, append=False)
            run.uses.read_file(file)
            files.delete_file(run.user, old)
        else:
            files.rename_file(run.user, old, new)
    except NotFound:
        fail(given, errno.ENOENT)
    except InvalidField as problem:
        _refuse_write(new_given, problem)
    return None


FUNCTIONS: dict[str, Function] = {
    "file.open": open_,
    "file.read": read,
    "file.close": close,
    "file.write": write,
    "file.remove": remove,
    "file.rename": rename,
}
