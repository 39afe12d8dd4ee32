from __future__ import annotations

import contextlib
import io
import struct
import zlib

import pytest
import segno
from PIL import Image

from ferrygate.codes.qr import MAX_BYTES, MAX_SIDE, read_qr
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


@pytest.mark.parametrize("kind", ["JPEG", "GIF", "BMP", "WEBP"])
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


def png_of(width: int, height: int, rows: bytes = b"") -> bytes:
    """Make a grey picture that claims a size, and holds the rows that it is given."""

    def chunk(name: bytes, data: bytes) -> bytes:
        body = name + data
        return struct.pack(">I", len(data)) + body + struct.pack(">I", zlib.crc32(body))

    header = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0))
    data = chunk(b"IDAT", zlib.compress(rows))
    return b"\x89PNG\r\n\x1a\n" + header + data + chunk(b"IEND", b"")


@pytest.mark.parametrize(
    ("width", "height"),
    [
        (8_000, 8_000),
        (60_000, 60_000),
        (1, 40_000_000),
        (40_000_000, 1),
        (MAX_SIDE + 1, 1),
        (1, MAX_SIDE + 1),
    ],
)
def test_a_small_file_that_claims_to_be_huge_is_refused_unread(width: int, height: int) -> None:
    with pytest.raises(CodeSecretError, match="too large"):
        read_qr(png_of(width, height))


def test_the_longest_picture_that_is_read_has_no_code() -> None:
    assert read_qr(png_of(1, MAX_SIDE, bytes(2 * MAX_SIDE))) == ()


@pytest.mark.parametrize("colours", [("white", None), ("#eee", None), ("black", None)])
def test_a_code_on_transparent_in_any_colour(colours: tuple[str, str | None]) -> None:
    assert read_qr(qr_png(dark=colours[0], light=colours[1])) == (URI,)


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "GIF", "BMP", "WEBP", "TIFF"])
def test_a_damaged_picture_prints_nothing(kind: str, capfd: pytest.CaptureFixture[str]) -> None:
    image = Image.open(io.BytesIO(qr_png())).convert("L")
    whole = bytearray(as_file(image, kind))
    for at in range(0, len(whole), max(1, len(whole) // 300)):
        for picture in (whole[:at], whole[:at] + b"\xff\xd8\0" + whole[at + 3 :]):
            with contextlib.suppress(CodeSecretError):
                read_qr(bytes(picture))
    assert capfd.readouterr() == ("", "")


def test_a_tiff_is_refused_with_a_way_on() -> None:
    image = Image.open(io.BytesIO(qr_png())).convert("L")
    with pytest.raises(CodeSecretError, match="cannot be read") as caught:
        read_qr(as_file(image, "TIFF"))
    assert str(caught.value.problem.next_step) == "Save it as a PNG file and try again."


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGB", "RGBA", "I;16"])
def test_every_way_to_store_a_pixel(mode: str) -> None:
    image = Image.open(io.BytesIO(qr_png())).convert("L")
    if mode == "I;16":  # of 65,535 levels
        image = image.convert("I").point(lambda level: level * 257)
    assert read_qr(as_file(image.convert(mode), "PNG")) == (URI,)


def test_a_large_file_is_refused() -> None:
    with pytest.raises(CodeSecretError, match="too large"):
        read_qr(b"\x89PNG" + bytes(MAX_BYTES))
