"""Downloads as RFC 9110 has them: exact bytes or parts of them, conditions, forms, names; damage breaks them off."""

import random
from collections.abc import Callable
from datetime import UTC, datetime
from email.message import Message
from email.parser import BytesParser
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import pytest
import zstandard
from django.conf import settings
from django.test import Client
from django.urls import reverse
from django.utils.http import http_date

from artifacts.blobs import BlobDamaged
from artifacts.models import Artifact, Blob, DamagedBlob
from artifacts.services import store_artifact
from llmspell_web.teams.models import User
from sessions.models import Session

pytestmark = pytest.mark.django_db
PROSE = b"".join(b"%d: all work and no play\n" % number for number in range(4000))
RANDOM = random.Random(5)
LARGE = b"".join(b"%d: all work and no play, %x\n" % (number, RANDOM.getrandbits(64)) for number in range(150_000))
NOISE = random.Random(3).randbytes(5 * 1024 * 1024)
ZSTD = "gzip, br, zstd"
Get = Callable[..., Any]  # Any: what Django's test client answers


@pytest.fixture
def store(session: Session, owner: User) -> Callable[..., Artifact]:
    def store(content: bytes, name: str = "a.txt", mime_type: str = "text/plain") -> Artifact:
        return store_artifact(session, actor=owner, artifact_type="x", name=name, content=content, mime_type=mime_type)

    return store


@pytest.fixture
def get(visitor: Client) -> Get:
    """`get(artifact, If_Match="…")`; a header's name with underscores."""

    def get(artifact: Artifact, method: str = "get", **headers: str) -> Any:
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return getattr(visitor, method)(reverse("artifacts:download", args=[artifact.pk]), headers=named)

    return get


def body(response: Any) -> bytes:
    return b"".join(response.streaming_content) if response.streaming else bytes(response.content)


def damage(blob: Blob) -> None:
    path = Path(settings.MEDIA_ROOT) / str(blob.file.name)
    stored = bytearray(path.read_bytes())
    stored[len(stored) // 2] ^= 1
    path.write_bytes(stored)


@pytest.mark.parametrize(
    "content", [b"", b"short", PROSE, LARGE, NOISE], ids=["empty", "short", "prose", "large", "noise"]
)
def test_the_stored_bytes_come_whole_in_the_form_that_is_taken(
    content: bytes, store: Callable[..., Artifact], get: Get
) -> None:
    artifact = store(content)
    plain = get(artifact)
    assert (plain.status_code, int(plain["Content-Length"]), body(plain)) == (200, len(content), content)
    assert (plain["ETag"], plain["Content-Type"]) == (f'"{artifact.blob.digest}"', "text/plain")
    assert "Content-Encoding" not in plain.headers
    head = get(artifact, "head", Range="bytes=0-3")
    assert (head.status_code, int(head["Content-Length"]), body(head)) == (200, len(content), b"")
    packed = get(artifact, Accept_Encoding=ZSTD)
    sent = body(packed)
    assert int(packed["Content-Length"]) == len(sent) == artifact.blob.stored_size
    if artifact.blob.is_compressed:
        assert (packed["Content-Encoding"], packed["ETag"]) == ("zstd", f'"{artifact.blob.digest}-zstd"')
        assert "Accept-Encoding" in packed["Vary"]
        assert "Accept-Encoding" in plain["Vary"]
        sent = zstandard.ZstdDecompressor().decompressobj().decompress(sent)
    assert sent == content


@pytest.mark.parametrize(
    ("accepted", "encoding"),
    [
        ("", None),
        ("gzip, br", None),
        ("*", None),
        ("zstd;q=0", None),
        ("zstd;q=0.000, *", None),
        ("zstd;q=0.3, identity;q=0.5", None),
        ("zstd;q=nonsense", None),
        ("ZSTD", "zstd"),
        ("gzip;q=1.0, zstd; q=0.1", "zstd"),
        ("identity;q=0.5, zstd;q=1", "zstd"),
    ],
)
def test_weights_choose_the_form(accepted: str, encoding: str | None, store: Callable[..., Artifact], get: Get) -> None:
    response = get(store(PROSE), Accept_Encoding=accepted)
    assert response.headers.get("Content-Encoding") == encoding
    body(response)


@pytest.mark.parametrize("content", [PROSE, LARGE, NOISE], ids=["prose", "large", "noise"])
@pytest.mark.parametrize(
    ("asked", "start", "stop"),
    [
        ("bytes=0-0", 0, 1),
        ("bytes=0-", 0, None),
        ("BYTES=700-1299", 700, 1300),
        ("bytes=-5", -5, None),
        ("bytes=-99999999999999999999999", 0, None),
        (f"bytes=90000-{'9' * 6000}", 90_000, None),
        ("bytes=, 5-9 ,", 5, 10),
        ("bytes=5-9,7-20,0-6", 0, 21),
        ("bytes=" + ",".join(f"{n}-{n + 900}" for n in range(2000)), 0, 2900),
    ],
)
def test_a_part(
    content: bytes, asked: str, start: int, stop: int | None, store: Callable[..., Artifact], get: Get
) -> None:
    response = get(store(content), Range=asked)
    wanted = content[start:stop]
    first = start % len(content)
    assert (response.status_code, body(response) == wanted) == (206, True)
    assert response["Content-Range"] == f"bytes {first}-{first + len(wanted) - 1}/{len(content)}"
    assert int(response["Content-Length"]) == len(wanted)


def test_several_parts_come_as_a_multipart_in_the_order_asked(store: Callable[..., Artifact], get: Get) -> None:
    response = get(store(LARGE), Range="bytes=5000-5099,0-9,-7,99999999999-")
    content = body(response)
    assert (response.status_code, int(response["Content-Length"])) == (206, len(content))
    assert "Content-Range" not in response.headers
    parsed: Any = BytesParser().parsebytes(
        f"Content-Type: {response['Content-Type']}\r\n".encode() + content
    )  # Any: typed as one that is no multipart
    parts = [(part["Content-Range"], part.get_payload(decode=True)) for part in parsed.get_payload()]
    size = len(LARGE)
    assert [(head, len(content)) for head, content in parts] == [
        (f"bytes 5000-5099/{size}", 100),
        (f"bytes 0-9/{size}", 10),
        (f"bytes {size - 7}-{size - 1}/{size}", 7),
    ]
    assert [content for _, content in parts][1] == LARGE[:10]


@pytest.mark.parametrize(
    "asked", [f"bytes={len(PROSE)}-", "bytes=-0", "bytes=99999999-999999999", f"bytes={'9' * 6000}-"]
)
def test_what_is_not_there_is_416_with_the_size(asked: str, store: Callable[..., Artifact], get: Get) -> None:
    response = get(store(PROSE), Range=asked)
    assert (response.status_code, response["Content-Range"]) == (416, f"bytes */{len(PROSE)}")


@pytest.mark.parametrize(
    "asked",
    ["bytes", "bytes=", "bytes=a-b", "bytes=5-4", "bytes=-", "lines=1-2", "bytes=1-2;3",
     "bytes=٣-٤".encode().decode("latin-1"),
     "bytes=" + ",".join(f"{n}-{n}" for n in range(0, 90_000, 1000))],
)  # fmt: skip
def test_a_range_that_means_nothing_gets_everything(asked: str, store: Callable[..., Artifact], get: Get) -> None:
    response = get(store(PROSE), Range=asked)
    assert (response.status_code, body(response) == PROSE) == (200, True)


def test_a_part_of_the_compressed_form_continues_it(store: Callable[..., Artifact], get: Get) -> None:
    artifact = store(LARGE)
    etag, total = f'"{artifact.blob.digest}-zstd"', artifact.blob.stored_size
    start = body(get(artifact, Accept_Encoding=ZSTD, Range="bytes=0-999"))
    rest = get(artifact, Accept_Encoding=ZSTD, Range="bytes=1000-", If_Range=etag)
    assert (rest.status_code, rest["Content-Encoding"], rest["ETag"]) == (206, "zstd", etag)
    assert rest["Content-Range"] == f"bytes 1000-{total - 1}/{total}"
    assert zstandard.ZstdDecompressor().decompressobj().decompress(start + body(rest)) == LARGE
    plain = get(artifact, Accept_Encoding=ZSTD, Range="bytes=1000-", If_Range=f'"{artifact.blob.digest}"')
    assert "Content-Encoding" not in plain.headers
    assert body(plain) == LARGE[1000:]


def test_conditions(store: Callable[..., Artifact], get: Get) -> None:
    artifact = store(PROSE)
    plain, packed = f'"{artifact.blob.digest}"', f'"{artifact.blob.digest}-zstd"'
    then = http_date(artifact.created_at.timestamp())
    before, after = (http_date(artifact.created_at.timestamp() + seconds) for seconds in (-60, 60))
    for status, headers in [
        (304, {"If_None_Match": plain}),
        (304, {"If_None_Match": f'"x", W/{plain}'}),
        (304, {"If_None_Match": "*"}),
        (200, {"If_None_Match": packed}),
        (304, {"If_None_Match": packed, "Accept_Encoding": ZSTD}),
        (304, {"If_None_Match": plain, "Accept_Encoding": ZSTD}),
        (200, {"If_None_Match": '"x"', "If_Modified_Since": then}),
        (304, {"If_Modified_Since": then}),
        (304, {"If_Modified_Since": after}),
        (200, {"If_Modified_Since": before}),
        (200, {"If_Modified_Since": "yesterday"}),
        (200, {"If_Match": f'"x", {plain}'}),
        (200, {"If_Match": "*", "If_Unmodified_Since": before}),
        (412, {"If_Match": '"x"'}),
        (412, {"If_Match": f"W/{plain}"}),
        (412, {"If_Unmodified_Since": before}),
        (200, {"If_Unmodified_Since": then}),
        (206, {"Range": "bytes=0-9", "If_Range": plain}),
        (206, {"Range": "bytes=0-9", "If_Range": then}),
        (200, {"Range": "bytes=0-9", "If_Range": after}),
        (200, {"Range": "bytes=0-9", "If_Range": '"x"'}),
        (200, {"Range": "bytes=0-9", "If_Range": f"W/{plain}"}),
        (304, {"Range": "bytes=0-9", "If_None_Match": plain}),
    ]:
        response = get(artifact, **headers)
        assert response.status_code == status, headers
        assert body(response) or status in {304, 412}
        assert response["Last-Modified"] == then


@pytest.mark.parametrize(
    "name",
    ["報告 2024.csv", 'a "b" c.txt', "line\nbreak\r.txt", "🌍" * 60, "../../etc/passwd", "%41;x=y.txt", "back\\slash"],
)
def test_any_name_arrives(name: str, store: Callable[..., Artifact], get: Get, session: Session, owner: User) -> None:
    artifact = store(b"x")
    Artifact.objects.filter(pk=artifact.pk).update(name=name)
    response = get(artifact)
    header = response["Content-Disposition"]
    assert header.isascii()
    assert "\n" not in header
    sent = header.removeprefix("attachment; filename")
    value = unquote(sent.removeprefix("*=utf-8''")) if sent.startswith("*") else Message()
    if isinstance(value, Message):
        value["Content-Disposition"] = header
        value = str(value.get_filename())
    assert (value, body(response)) == (name, b"x")
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["Content-Security-Policy"].startswith("sandbox")


@pytest.mark.parametrize("accepted", ["", ZSTD])
@pytest.mark.parametrize("content", [LARGE, NOISE], ids=["large", "noise"])
def test_wrong_bytes_never_end_cleanly_and_are_noted(
    content: bytes, accepted: str, store: Callable[..., Artifact], get: Get, visitor: Client
) -> None:
    artifact = store(content)
    damage(artifact.blob)
    with pytest.raises(BlobDamaged):
        body(get(artifact, Accept_Encoding=accepted))
    assert DamagedBlob.objects.get().digest == artifact.blob.digest
    page = visitor.get(reverse("workspace:status")).content.decode()
    assert artifact.blob.digest in page
    assert "a.txt" in page
    store(content)
    assert not DamagedBlob.objects.exists()
    assert body(get(artifact)) == content


@pytest.mark.parametrize("asked", ["", "bytes=5-9"])
def test_what_is_wrong_from_the_start_is_an_error_page(asked: str, store: Callable[..., Artifact], get: Get) -> None:
    artifact = store(PROSE)
    damage(artifact.blob)
    response = get(artifact, Range=asked)
    assert response.status_code == 500
    assert b"damaged" in response.content
    assert datetime.now(UTC) >= DamagedBlob.objects.get().found_at
