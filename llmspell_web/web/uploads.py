"""Names of uploaded files as they were sent. Django drops control characters from them, and cuts long ones, without a
word; here the domain sees them, and refuses the file by name. Files of strangers are read past and never reach the
disk."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from io import BytesIO
from pathlib import Path
from typing import IO, Any, cast

from django.conf import settings
from django.core.files.uploadedfile import TemporaryUploadedFile, UploadedFile
from django.core.files.uploadhandler import (
    FileUploadHandler,
    MemoryFileUploadHandler,
    TemporaryFileUploadHandler,
)
from django.http import QueryDict
from django.http.multipartparser import MultiPartParser
from django.utils.datastructures import MultiValueDict


class ExactNameParser(MultiPartParser):
    def sanitize_file_name(self, file_name: str) -> str | None:
        """The last part of the path, as Django's own method, but with control characters, and with nothing taken for
        HTML. Browsers send a quote as %22 and leave a percent sign as it is (HTML standard, multipart/form-data)."""
        name = file_name.rpartition("/")[2].rpartition("\\")[2].replace("%22", '"')
        return None if name in {"", ".", ".."} else name


class ExactNames(FileUploadHandler):
    """First in FILE_UPLOAD_HANDLERS: parses the body itself, for the handlers behind it."""

    def handle_raw_input(
        self,
        input_data: IO[bytes],
        META: Mapping[str, Any],  # noqa: N803  # Django's own name
        content_length: int,  # noqa: ARG002
        boundary: str,  # noqa: ARG002
        encoding: str | None = None,
    ) -> tuple[QueryDict, MultiValueDict[str, Any]]:
        assert self.request is not None
        # The CSRF check reads every form, also those that the log-in page turns away afterwards.
        is_known = self.request.user.is_authenticated
        others = [handler for handler in self.request.upload_handlers if handler is not self]
        if not is_known:
            others = [Nowhere(self.request)]
        parser = ExactNameParser(META, cast(BytesIO, input_data), others, encoding or "utf-8")  # it only reads
        return parser.parse()

    def receive_data_chunk(self, raw_data: bytes, start: int) -> bytes:  # noqa: ARG002
        return raw_data

    def file_complete(self, file_size: int) -> None:  # noqa: ARG002
        return None


class Nowhere(FileUploadHandler):
    """Reads past a file in small chunks; with no handler at all, Django would take it into memory whole."""

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:  # noqa: ARG002
        return None

    def file_complete(self, file_size: int) -> None:  # noqa: ARG002
        return None


class SmallFiles(MemoryFileUploadHandler):
    """Keeps the files of a small request in memory: to make one on the disk takes a tenth of storing 1 KB."""

    def file_complete(self, file_size: int) -> "UploadedFile[bytes] | None":
        return _with_whole_name(super().file_complete(file_size), self.file_name)


class TemporaryFiles(TemporaryFileUploadHandler):
    """Writes each file of other requests to the disk as it comes, under a name that has nothing of its own."""

    def new_file(self, *arguments: Any, **facts: Any) -> None:  # Any: passed through
        FileUploadHandler.new_file(self, *arguments, **facts)
        self.file = TemporaryUploadedFile("file", self.content_type, 0, self.charset, self.content_type_extra)

    def file_complete(self, file_size: int) -> "UploadedFile[bytes] | None":
        return _with_whole_name(super().file_complete(file_size), self.file_name)


def _with_whole_name(file: "UploadedFile[bytes] | None", name: str | None) -> "UploadedFile[bytes] | None":
    if file is not None:
        vars(file)["_name"] = name  # the setter of `name` would cut it to 255 characters
    return file


def sweep_uploads(before: datetime, *, dry_run: bool = False) -> Iterator[int]:
    """Remove the files of uploads that were last written before then; the bytes of each. An upload that is still going
    on holds its files open: it keeps what it has, and whole, where it is so slow that its names are taken."""
    for path in sorted(Path(settings.FILE_UPLOAD_TEMP_DIR).iterdir()):
        try:
            facts = path.stat()
            if facts.st_mtime >= before.timestamp():
                continue
            if not dry_run:
                path.unlink()
        except FileNotFoundError:  # its upload has just ended
            continue
        yield facts.st_size
