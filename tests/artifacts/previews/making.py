"""Real content of every kind, made when it is needed."""

import gzip
import io
import math
import struct
import tarfile
import wave
import zipfile

from PIL import Image

PDF = b"""%PDF-1.4
1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj
2 0 obj<</Type/Pages/Kids[3 0 R 6 0 R]/Count 2>>endobj
3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 300 200]/Contents 4 0 R/Resources<</Font<</F 5 0 R>>>>>>endobj
6 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 300 200]/Contents 7 0 R/Resources<</Font<</F 5 0 R>>>>>>endobj
4 0 obj<</Length 42>>stream
BT /F 24 Tf 20 100 Td (First page) Tj ET
endstream endobj
7 0 obj<</Length 43>>stream
BT /F 24 Tf 20 100 Td (Second page) Tj ET
endstream endobj
5 0 obj<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>endobj
trailer<</Root 1 0 R>>
"""
SVG = b'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9"><script>alert(1)</script><circle r="4"/></svg>'
HTML = b"<!doctype html><title>Report</title><h1>Report</h1><script>alert(1)</script>"
# A WebM of nothing but its first element: enough to be known by, too little to be played.
WEBM = b"\x1a\x45\xdf\xa3\x93\x42\x82\x84webm\x42\x87\x81\x04\x42\x85\x81\x02" + b"\0" * 8
MP4 = b"\0\0\0\x18ftypisom\0\0\0\0isommp41" + b"\0\0\0\x08free" + b"\0" * 8


def make_image(kind: str, size: tuple[int, int] = (60, 40), mode: str = "RGB") -> bytes:
    buffer = io.BytesIO()
    Image.new(mode, size, 3 if mode in {"P", "L"} else "teal").save(buffer, kind)
    return buffer.getvalue()


def make_wav() -> bytes:
    buffer = io.BytesIO()
    with wave.open(buffer, "wb") as sound:
        sound.setnchannels(1)
        sound.setsampwidth(2)
        sound.setframerate(8000)
        sound.writeframes(b"".join(struct.pack("<h", int(9000 * math.sin(at / 9))) for at in range(8000)))
    return buffer.getvalue()


def make_zip(files: dict[str, bytes]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return buffer.getvalue()


def make_tar(files: dict[str, bytes], mode: str = "") -> bytes:
    """`mode` as tarfile has it: gz, bz2 or xz."""
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode=f"w:{mode}") as archive:  # type: ignore[call-overload]  # one of its literals
        for name, content in files.items():
            member = tarfile.TarInfo(name)
            member.size = len(content)
            archive.addfile(member, io.BytesIO(content))
    return buffer.getvalue()


def make_bomb(size: int = 200 * 1024 * 1024) -> bytes:
    """A tar.gz whose first file is so many zeros."""
    member = tarfile.TarInfo("zeros")
    member.size = size
    return gzip.compress(member.tobuf() + b"\0" * 1024, 1) + gzip.compress(b"\0" * 1024 * 1024, 9) * (size >> 20)
