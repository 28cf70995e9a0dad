"""Whatever is stored comes back unchanged: through scripts, uploads and downloads, from the file system and from S3."""

import hashlib
import json

import pytest
import zstandard
from django.test import Client
from django.urls import reverse
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from artifacts.models import Artifact
from llmspell_web.lua import StopSwitch
from llmspell_web.teams.models import User
from llmspell_web.workspace.execution import execute, start_engine
from llmspell_web.workspace.models import Run
from llmspell_web.workspace.runs import create_run
from sessions.services import create_session

pytestmark = pytest.mark.django_db(transaction=True)
FEW = hypothesis_settings(
    suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=8, database=None
)
CONTENT = st.binary(max_size=300) | st.builds(
    lambda a, n: a * n, st.binary(min_size=1, max_size=40), st.integers(1, 9000)
)
CHARACTERS = st.characters(exclude_categories=["Cc", "Cs"])
NAMES = st.text(CHARACTERS, min_size=1, max_size=63).filter(lambda name: len(name.encode()) <= 255)
FILE_NAMES = NAMES.filter(lambda name: not {"/", "\\"} & set(name) and name.strip() == name and name not in {".", ".."})
CUSTOM = st.dictionaries(
    st.text(st.characters(categories=["Ll", "Lo"]), min_size=1, max_size=9),
    st.text(CHARACTERS, max_size=20) | st.booleans() | st.integers(-(2**31), 2**31),
    max_size=4,
)
RESERVED = {"tags", "description", "mime_type"}


@pytest.fixture(params=["files", "bucket"])
def storage(request: pytest.FixtureRequest) -> None:
    if request.param == "bucket":
        request.getfixturevalue("bucket")


def lua(value: bytes | str) -> str:
    content = value.encode() if isinstance(value, str) else value
    return '"' + "".join(f"\\{byte:03d}" for byte in content) + '"'


def check(visitor: Client, artifact: Artifact, content: bytes) -> None:
    """Downloaded as it is and as it lies, and in two parts."""
    address = reverse("artifacts:download", args=[artifact.pk])
    plain = visitor.get(address)
    assert b"".join(plain.streaming_content) == content  # type: ignore[attr-defined]  # it streams
    assert plain["ETag"] == f'"{hashlib.sha256(content).hexdigest()}"'
    packed = visitor.get(address, headers={"accept-encoding": "zstd"})
    sent = b"".join(packed.streaming_content)  # type: ignore[attr-defined]  # it streams
    if "Content-Encoding" in packed.headers:
        sent = zstandard.ZstdDecompressor().decompressobj().decompress(sent)
    assert sent == content
    if content:
        half = len(content) // 2
        part = visitor.get(address, headers={"range": f"bytes={half}-"})
        assert b"".join(part.streaming_content) == content[half:]  # type: ignore[attr-defined]  # it streams


def test_through_a_script(storage: None, owner: User, visitor: Client) -> None:
    session = create_session(owner)
    engine = start_engine()

    @FEW
    @given(content=CONTENT, name=NAMES, custom=CUSTOM.map(lambda d: {k: v for k, v in d.items() if k not in RESERVED}))
    def round_trip(content: bytes, name: str, custom: dict[str, object]) -> None:
        source = f"""
            local custom = json.decode({lua(json.dumps(custom))})
            local session = {lua(str(session.pk))}
            local content, name = ({lua(content[:40])}):rep({len(content) // 40 or 1}), {lua(name)}
            local id = Artifact.store(session, "tool_result", name, content, custom)
            local got = Artifact.get(session, id)
            assert(got.content == content and got.metadata.name == name)
            return id.id
        """
        run = create_run(owner, source=source, runner="test")
        execute(run, engine, StopSwitch())
        run.refresh_from_db()
        assert run.status == Run.Status.SUCCEEDED, run.error_message
        artifact = Artifact.objects.get(pk=json.loads(run.result))
        assert (artifact.name, artifact.custom) == (name, custom)
        check(visitor, artifact, content[:40] * (len(content) // 40 or 1))

    try:
        round_trip()
    finally:
        engine.close()


def test_through_the_form_as_a_browser_sends_it(storage: None, owner: User, visitor: Client) -> None:
    session = create_session(owner)

    @FEW
    @given(content=CONTENT, name=FILE_NAMES, description=st.text(CHARACTERS, max_size=50))
    def round_trip(content: bytes, name: str, description: str) -> None:
        boundary = "----boundary-of-nothing-else"
        fields = {"type": "user_input", "description": description}
        body = "".join(
            f'--{boundary}\r\nContent-Disposition: form-data; name="{key}"\r\n\r\n{value}\r\n'
            for key, value in fields.items()
        ).encode()
        quoted = name.replace('"', "%22")  # as the HTML standard has it
        body += f'--{boundary}\r\nContent-Disposition: form-data; name="content"; filename="{quoted}"\r\n'.encode()
        body += b"Content-Type: application/octet-stream\r\n\r\n" + content + f"\r\n--{boundary}--\r\n".encode()
        address = reverse("artifacts:store", args=[session.pk])
        response = visitor.post(address, body, content_type=f"multipart/form-data; boundary={boundary}")
        assert response.status_code == 302, response.content.decode()[-4000:]
        artifact = Artifact.objects.filter(session=session).latest("pk")
        assert (artifact.name, artifact.description.strip()) == (name, description.strip())
        check(visitor, artifact, content)

    round_trip()
