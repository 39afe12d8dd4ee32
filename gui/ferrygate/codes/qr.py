"""QR codes in pictures."""

from __future__ import annotations

import io

import zxingcpp
from PIL import Image

from ferrygate.common.errors import CodeSecretError
from ferrygate.common.i18n import _

MAX_BYTES = 32 * 1024 * 1024
MAX_PIXELS = 40_000_000
"""Above 8K screens and phone cameras; a small file can claim far more."""

_FORMATS = ("PNG", "JPEG", "GIF", "BMP", "WEBP", "TIFF")


def read_qr(picture: bytes) -> tuple[str, ...]:
    """The texts of all QR codes in a picture; empty where there is none.

    Args:
        picture: a PNG, JPEG, GIF, BMP, WebP or TIFF file.

    Raises:
        CodeSecretError: the picture is too large or cannot be read.
    """
    grey = _grey(picture)
    found = zxingcpp.read_barcodes(
        grey,
        formats=zxingcpp.BarcodeFormats(zxingcpp.BarcodeFormat.QRCode),
        text_mode=zxingcpp.TextMode.Plain,
    )
    return tuple(barcode.text for barcode in found)


def _grey(picture: bytes) -> Image.Image:
    if len(picture) > MAX_BYTES:
        raise _too_large()
    try:
        with Image.open(io.BytesIO(picture), formats=_FORMATS) as image:
            if image.width * image.height > MAX_PIXELS:
                raise _too_large()
            coloured = image.convert("RGBA")
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        raise _too_large() from None
    except (OSError, ValueError, SyntaxError, EOFError) as error:
        raise CodeSecretError(
            _("This picture cannot be read."),
            next_step=_("Save it as a PNG file and try again."),
            detail=type(error).__name__,
        ) from None
    # What is transparent looks white on a page, and is often stored as black.
    page = Image.new("RGBA", coloured.size, "white")
    return Image.alpha_composite(page, coloured).convert("L")


def _too_large() -> CodeSecretError:
    return CodeSecretError(
        _("This picture is too large."), next_step=_("Cut it down to the QR code and try again.")
    )
