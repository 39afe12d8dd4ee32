from __future__ import annotations

import io
import struct
import zlib

import pytest
import segno
from PIL import Image

from ferrygate.codes.qr import MAX_BYTES, read_qr
from ferrygate.common.errors import CodeSecretError

URI = "otpauth://totp/Acme:jo?secret=JBSWY3DPEHPK3PXP&issuer=Acme"


def qr_png(text: str = URI, **options: str | None) -> bytes:
    out = io.BytesIO()
    segno.make_qr(text).save(out, kind="png", scale=6, **options)
    return out.getvalue()


def as_file(image: Image.Image, kind: str) -> bytes:
    out = io.BytesIO()
    image.save(out, kind)
    return out.getvalue()


def test_a_qr_code_in_a_png() -> None:
    assert read_qr(qr_png()) == (URI,)


@pytest.mark.parametrize("kind", ["JPEG", "GIF", "BMP", "WEBP", "TIFF"])
def test_other_kinds_of_file(kind: str) -> None:
    image = Image.open(io.BytesIO(qr_png())).convert("L")
    assert read_qr(as_file(image, kind)) == (URI,)


def test_black_on_transparent() -> None:
    assert read_qr(qr_png(light=None)) == (URI,)


def test_inverted_and_turned() -> None:
    image = Image.open(io.BytesIO(qr_png(dark="white", light="black"))).rotate(90)
    assert read_qr(as_file(image, "PNG")) == (URI,)


def test_several_in_one_picture() -> None:
    left = Image.open(io.BytesIO(qr_png("one"))).convert("L")
    right = Image.open(io.BytesIO(qr_png("two"))).convert("L")
    both = Image.new("L", (left.width + right.width, max(left.height, right.height)), "white")
    both.paste(left, (0, 0))
    both.paste(right, (left.width, 0))
    assert sorted(read_qr(as_file(both, "PNG"))) == ["one", "two"]


def test_a_picture_without_one() -> None:
    assert read_qr(as_file(Image.new("L", (200, 200), "white"), "PNG")) == ()


@pytest.mark.parametrize(
    "picture", [b"", b"hello", qr_png()[:100], b"%PDF-1.4", b"<svg/>"], ids=range(5)
)
def test_what_is_no_picture_is_refused(picture: bytes) -> None:
    with pytest.raises(CodeSecretError, match="cannot be read"):
        read_qr(picture)


@pytest.mark.parametrize("side", [8_000, 12_000, 60_000])
def test_a_small_file_that_claims_to_be_huge_is_refused_unread(side: int) -> None:
    def chunk(name: bytes, data: bytes) -> bytes:
        body = name + data
        return struct.pack(">I", len(data)) + body + struct.pack(">I", zlib.crc32(body))

    header = chunk(b"IHDR", struct.pack(">IIBBBBB", side, side, 8, 0, 0, 0, 0))
    bomb = b"\x89PNG\r\n\x1a\n" + header + chunk(b"IDAT", zlib.compress(b"")) + chunk(b"IEND", b"")
    with pytest.raises(CodeSecretError, match="too large"):
        read_qr(bomb)


def test_a_large_file_is_refused() -> None:
    with pytest.raises(CodeSecretError, match="too large"):
        read_qr(b"\x89PNG" + bytes(MAX_BYTES))
