"""PDF, by PDFium: one page as WebP, and its text."""

import encodings.utf_16_le  # noqa: F401 - for the texts of pages
from io import BytesIO

import pypdfium2 as pdfium
import pypdfium2.raw as raw
from PIL import Image, WebPImagePlugin  # noqa: F401 - the plug-in registers itself

from artifacts.previews.inside.drawer import CannotDraw, Order

PIXELS = 3_000_000  # of a page's picture
TEXT_CHARACTERS = 20_000
QUALITY = 80


def prepare(hint: str) -> None:
    """PDFium starts with its own fonts: those of the machine are behind the locks."""
    page = pdfium.PdfDocument.new().new_page(10, 10)
    page.render()
    page.get_textpage().get_text_bounded()
    Image.new("RGB", (2, 2)).save(BytesIO(), "WEBP")


def draw(order: Order, content: bytes) -> tuple[object, bytes]:
    """`order["page"]` counts from 1, `order["side"]` is the width of the picture in pixels."""
    number, wanted = int(str(order["page"])), int(str(order["side"]))
    try:
        document = pdfium.PdfDocument(content)
        count = len(document)
    except pdfium.PdfiumError as error:
        protected = raw.FPDF_GetLastError() == raw.FPDF_ERR_PASSWORD or "password" in str(error).lower()
        raise CannotDraw("it is protected by a password" if protected else "it is damaged") from None
    if not 1 <= number <= count:
        raise CannotDraw(f"it has no page {number}" if count else "it has no pages")
    try:
        page = document[number - 1]
        width, height = page.get_size()
        if not (0 < width < 1e5 and 0 < height < 1e5):
            raise CannotDraw("this page has no size that could be drawn")
        scale = min(wanted / width, (PIXELS / (width * height)) ** 0.5)
        picture = page.render(scale=scale, may_draw_forms=False).to_pil().convert("RGB")
        text = page.get_textpage().get_text_bounded(errors="ignore")[:TEXT_CHARACTERS]
    except pdfium.PdfiumError:
        raise CannotDraw("this page is damaged") from None
    buffer = BytesIO()
    picture.save(buffer, "WEBP", quality=QUALITY, method=2)
    facts = {"width": picture.width, "height": picture.height, "pages": count, "text": text}
    return facts, buffer.getvalue()
