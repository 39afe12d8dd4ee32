"""Reads QR codes in pictures."""

from __future__ import annotations

import io
from collections.abc import Iterator

import zxingcpp
from PIL import Image

from ferrygate.common.errors import CodeSecretError
from ferrygate.common.message import message

MAX_BYTES = 32 * 1024 * 1024  # of a picture file; a photograph has some 10 MiB
MAX_PIXELS = 40_000_000
"""Above 8K screens and phone cameras; a small file can claim far more."""
MAX_SIDE = 16_384
"""Pixels, as in WebP. Four 4K screens side by side have less, and decoders keep something a row."""

# Not TIFF: its library prints to standard error, and QR codes are not kept in that format.
_FORMATS = ("PNG", "JPEG", "GIF", "BMP", "WEBP")


def read_qr(picture: bytes) -> tuple[str, ...]:
    """Read the texts of all QR codes in a picture; empty if there is none.

    Args:
        picture: a PNG, JPEG, GIF, BMP or WebP file.

    Raises:
        CodeSecretError: the picture is too large or cannot be read.
    """
    for page in _pages(picture):
        found = zxingcpp.read_barcodes(
            page,
            formats=zxingcpp.BarcodeFormats(zxingcpp.BarcodeFormat.QRCode),
            text_mode=zxingcpp.TextMode.Plain,
        )
        if found:
            return tuple(barcode.text for barcode in found)
    return ()


def _pages(picture: bytes) -> Iterator[Image.Image]:
    """Decode a picture to grey; one that is transparent is laid on white, and then on black.

    Dark pages have codes of white on transparent. What is transparent is stored as any colour.
    """
    grey, opacity = _decoded(picture)
    if opacity is None:
        yield grey
        return
    for colour in ("white", "black"):
        page = Image.new("L", grey.size, colour)
        page.paste(grey, mask=opacity)
        yield page


def _decoded(picture: bytes) -> tuple[Image.Image, Image.Image | None]:
    """Decode a picture to its grey and, where it is transparent, its opacity."""
    if len(picture) > MAX_BYTES:
        raise _too_large()
    try:
        with Image.open(io.BytesIO(picture), formats=_FORMATS) as image:
            if max(image.size) > MAX_SIDE or image.width * image.height > MAX_PIXELS:
                raise _too_large()
            if not image.has_transparency_data:
                return image.convert("L"), None
            coloured = image if image.mode == "RGBA" else image.convert("RGBA")
            return coloured.convert("L"), coloured.getchannel("A")
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        raise _too_large() from None
    except (OSError, ValueError, SyntaxError, EOFError) as error:
        raise CodeSecretError(
            message("This picture cannot be read."),
            next_step=message("Save it as a PNG file and try again."),
            detail=type(error).__name__,
        ) from None


def _too_large() -> CodeSecretError:
    return CodeSecretError(
        message("This picture is too large."),
        next_step=message("Cut it down to the QR code and try again."),
    )
