"""What bytes are, told by the bytes. A name only chooses among the kinds of text that bytes alone do not tell apart."""

import re
from dataclasses import dataclass


@dataclass(frozen=True)
class Kind:
    """`name` is a row of `readers.VIEWS`. With a `mime_type` a browser may show the content itself, in that type."""

    name: str
    label: str
    mime_type: str = ""


BYTES = Kind("bytes", "Bytes")
EMPTY = Kind("empty", "Empty")
AVIF = Kind("image", "AVIF image", "image/avif")
WAV = Kind("audio", "WAV audio", "audio/wav")
MP3 = Kind("audio", "MP3 audio", "audio/mpeg")
TAR = Kind("tar", "tar archive")

# (offset, the bytes there, kind)
SIGNATURES = (
    (0, b"\x89PNG\r\n\x1a\n", Kind("image", "PNG image", "image/png")),
    (0, b"\xff\xd8\xff", Kind("image", "JPEG image", "image/jpeg")),
    (0, b"GIF87a", Kind("image", "GIF image", "image/gif")),
    (0, b"GIF89a", Kind("image", "GIF image", "image/gif")),
    (0, b"II*\0", Kind("image", "TIFF image")),
    (0, b"MM\0*", Kind("image", "TIFF image")),
    (0, b"%PDF-", Kind("pdf", "PDF")),
    (0, b"fLaC\0", Kind("audio", "FLAC audio", "audio/flac")),
    (0, b"ID3\2", MP3),
    (0, b"ID3\3", MP3),
    (0, b"ID3\4", MP3),
    (0, b"\xff\xfb", MP3),
    (0, b"\xff\xfa", MP3),
    (0, b"\xff\xf3", MP3),
    (0, b"\xff\xf2", MP3),
    (0, b"PK\x03\x04", Kind("zip", "ZIP archive")),
    (0, b"PK\x05\x06", Kind("zip", "ZIP archive")),
    (0, b"\x1f\x8b\x08", Kind("packed", "gzip")),
    (4, b"1AY&SY", Kind("packed", "bzip2")),
    (0, b"\xfd7zXZ\0", Kind("packed", "xz")),
    (0, b"\x28\xb5\x2f\xfd", Kind("packed", "zstd")),
    (257, b"ustar", TAR),
)
# By what follows the size of a file's first box (ISO/IEC 14496-12), and by the form of a RIFF file.
BRANDS = {
    b"avif": AVIF,
    b"avis": AVIF,
    b"M4A ": Kind("audio", "MPEG-4 audio", "audio/mp4"),
    b"M4B ": Kind("audio", "MPEG-4 audio", "audio/mp4"),
    **dict.fromkeys(
        (b"isom", b"iso2", b"iso4", b"iso5", b"iso6", b"mp41", b"mp42", b"avc1", b"M4V ", b"dash", b"MSNV"),
        Kind("video", "MPEG-4 video", "video/mp4"),
    ),
}
FORMS = {b"WEBP": Kind("image", "WebP image", "image/webp"), b"WAVE": WAV}
BMP_HEADERS = {12, 40, 52, 56, 64, 108, 124}  # the lengths that a BMP's second header can have

_PROLOGUE = r"\s*(?:<\?xml[^>]*\?>\s*|<!--(?:[^-]|-[^-])*-->\s*|<!doctype svg[^>]*>\s*)*"
_HTML = re.compile(rf"{_PROLOGUE}<(?:!doctype\s+html|html|head|body)[\s>]", re.IGNORECASE)
_SVG = re.compile(rf"{_PROLOGUE}<svg[\s>]", re.IGNORECASE)
MARKUP_CHARACTERS = 4096  # within which the first tag has to come


def find_binary_kind(head: bytes) -> Kind | None:
    """None for text, and for what nothing here knows."""
    if not head:
        return EMPTY
    for offset, signature, kind in SIGNATURES:
        if head.startswith(signature, offset):
            return kind
    if head.startswith(b"BM") and int.from_bytes(head[14:18], "little") in BMP_HEADERS and head[6:10] == b"\0" * 4:
        return Kind("image", "BMP image", "image/bmp")
    if head.startswith(b"RIFF"):
        return FORMS.get(head[8:12])
    if head.startswith(b"ftyp", 4):
        return BRANDS.get(head[8:12])
    if head.startswith(b"OggS"):
        is_video = b"\x80theora" in head[:256]
        return Kind("video", "Ogg video", "video/ogg") if is_video else Kind("audio", "Ogg audio", "audio/ogg")
    if head.startswith(b"\x1a\x45\xdf\xa3") and b"webm" in head[:64]:
        return Kind("video", "WebM video", "video/webm")
    return None


def find_markup_kind(text: str) -> Kind | None:
    beginning = text[:MARKUP_CHARACTERS]
    if _SVG.match(beginning):
        return Kind("svg", "SVG image", "image/svg+xml")
    if _HTML.match(beginning):
        return Kind("html", "HTML")
    return None
