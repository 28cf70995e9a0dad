"""The whole product with its content in a bucket: an upload, a script, downloads. Nothing lies in the data folder."""

import os
from collections.abc import Iterator
from http.client import HTTPConnection
from pathlib import Path
from typing import TYPE_CHECKING
from uuid import uuid4

import pytest

from tests.serve.test_uploads import BODY_BYTES, END, FORM, MAKE_SESSION, begin, manage
from tests.tools.server import Server

if TYPE_CHECKING:
    from tests.tools.s3 import S3Server

KEYS = "from artifacts.models import Artifact; print(*Artifact.objects.order_by('name').values_list('pk', flat=True))"
SCRIPT = 'Artifact.store("", "tool_result", "made.txt", ("word "):rep(100000))'


@pytest.fixture
def server(tmp_path: Path, s3_server: "S3Server") -> Iterator[Server]:
    bucket = f"test-{uuid4().hex}"
    s3_server.make_bucket(bucket)
    with Server(tmp_path / "data", s3_server.environment(bucket)) as server:
        yield server


def download(server: Server, cookie: str, key: str, **headers: str) -> tuple[int, bytes]:
    connection = HTTPConnection("127.0.0.1", server.port, timeout=60)
    connection.request("GET", f"/artifacts/{key}/download", headers={"Cookie": cookie, **headers})
    response = connection.getresponse()
    content = response.read()
    connection.close()
    return response.status, content


def test_content_lies_in_the_bucket_alone(server: Server, tmp_path: Path) -> None:
    cookie, session = manage(server, "shell", "-v0", "-c", MAKE_SESSION).split()
    content = os.urandom(BODY_BYTES)
    with begin(server, cookie, session, length=len(FORM) + BODY_BYTES + len(END), sent=0) as sending:
        sending.sendall(content + END)
        assert sending.recv(1000).split()[1] == b"302"
    (tmp_path / "script.lua").write_text(SCRIPT)
    manage(server, "run_script", str(tmp_path / "script.lua"), "--user", "ada", "--session", session)
    uploaded, made = manage(server, "shell", "-v0", "-c", KEYS).split()
    assert download(server, cookie, uploaded) == (200, content)
    assert download(server, cookie, uploaded, Range="bytes=20000000-20000009") == (206, content[20_000_000:20_000_010])
    assert download(server, cookie, made) == (200, b"word " * 100_000)
    assert [path for path in (server.data_directory / "files").rglob("*") if path.is_file()] == []
    assert manage(server, "verify_blobs") == "2 contents checked, 0 damaged.\n"
