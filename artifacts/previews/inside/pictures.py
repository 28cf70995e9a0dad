"""Images, by Pillow: their dimensions, and a smaller picture of them as WebP."""

from io import BytesIO

from PIL import AvifImagePlugin, Image, ImageOps

from artifacts.previews.inside.drawer import CannotDraw, Order

# Only what a browser or a scanner makes. Pillow knows fifty more, each of them more code for hostile bytes to meet.
FORMATS = ("PNG", "JPEG", "GIF", "WEBP", "AVIF", "BMP", "TIFF")
DECODED_PIXELS = 40_000_000  # at once: 160 MB. JPEG is decoded smaller than it is, so it may have more
SIDE_PIXELS = 65_535
QUALITY = 80


def prepare(hint: str) -> None:
    """One of each kind is written and read: that imports and starts whatever a locked process no longer could."""
    Image.MAX_IMAGE_PIXELS = None  # decided below, for each format
    AvifImagePlugin.DEFAULT_MAX_THREADS = 1  # a locked process cannot start another
    for name in FORMATS:
        buffer = BytesIO()
        Image.new("RGB", (2, 2)).save(buffer, name)
        _shrink(Image.open(buffer, formats=FORMATS), 1)


def draw(order: Order, content: bytes) -> tuple[object, bytes]:
    """`order["side"]` is the most pixels of either side of the picture."""
    side = int(str(order["side"]))
    try:
        with Image.open(BytesIO(content), formats=FORMATS) as image:
            facts: dict[str, object] = {"format": image.format, "mode": image.mode}
            picture, facts["width"], facts["height"] = _shrink(image, side)
    except (OSError, SyntaxError):  # what Pillow's decoders raise, and UnidentifiedImageError
        raise CannotDraw("its image data is damaged") from None
    return facts, picture


def _shrink(image: Image.Image, side: int) -> tuple[bytes, int, int]:
    """The picture, and the size of the whole as it is seen: after the turn that a camera noted."""
    width, height = image.size
    if width > SIDE_PIXELS or height > SIDE_PIXELS:
        raise CannotDraw(f"it has {width:,} × {height:,} pixels, more than can be drawn here")
    image.draft("RGB", (side, side))
    if image.width * image.height > DECODED_PIXELS:
        raise CannotDraw(
            f"it has {width:,} × {height:,} pixels ({width * height / 1e6:,.0f} megapixels); up to "
            f"{DECODED_PIXELS // 10**6} megapixels are drawn here"
        )
    turned = image.getexif().get(0x0112, 1) in {5, 6, 7, 8}
    if image.mode in {"I;16", "I;16B", "I;16L", "I", "F"}:
        image = _spread(image)
    if image.mode not in {"RGB", "RGBA", "L", "LA"}:
        image = image.convert("RGBA" if image.mode in {"P", "PA", "La", "RGBa"} else "RGB")
    image.thumbnail((side, side))
    image = ImageOps.exif_transpose(image)
    buffer = BytesIO()
    image.save(buffer, "WEBP", quality=QUALITY, method=2)
    return buffer.getvalue(), *((height, width) if turned else (width, height))


def _spread(image: Image.Image) -> Image.Image:
    """Samples of 16 or 32 bits, the darkest black and the brightest white."""
    image = image.convert("F")
    low, high = image.getextrema()
    assert isinstance(low, float)
    assert isinstance(high, float)
    scale = 255 / (high - low) if high > low else 1.0
    return image.point(lambda sample: sample * scale - low * scale).convert("L")
