"""The look as data: colours of the light and the dark scheme, sizes and spacing."""

from __future__ import annotations

import msgspec


class Tokens(msgspec.Struct, frozen=True, kw_only=True):
    """Colours of one scheme, as ``#rrggbb``.

    Attributes:
        window: ground behind bars and cards.
        side: ground of the side panel.
        surface: lists, cards and fields.
        text: words.
        dim: secondary words.
        faint: hints only, never information.
        line: hairlines.
        accent: the one primary action, progress, links.
        on_accent: words on the accent.
        selection: ground of selected rows.
        hover: ground under the pointer.
        ok: good news, always with a word or an icon.
        amber: a wait or a warning, always with a word or an icon.
        red: trouble, always with a word or an icon.
    """

    window: str
    side: str
    surface: str
    text: str
    dim: str
    faint: str
    line: str
    accent: str
    on_accent: str
    selection: str
    hover: str
    ok: str
    amber: str
    red: str


LIGHT = Tokens(
    window="#f6f7f5",
    side="#eef0ed",
    surface="#ffffff",
    text="#1b2220",
    dim="#5d6864",
    faint="#8b9591",
    line="#dfe3e0",
    accent="#0d6b6b",
    on_accent="#ffffff",
    selection="#dcefed",
    hover="#e9eeeb",
    ok="#1c7843",
    amber="#9a5b00",
    red="#b3261e",
)

DARK = Tokens(
    window="#151819",
    side="#191d1e",
    surface="#1d2223",
    text="#e7ecea",
    dim="#a0aaa6",
    faint="#77827e",
    line="#2b3233",
    accent="#52bab1",
    on_accent="#0c2322",
    selection="#203a38",
    hover="#252b2c",
    ok="#67c48c",
    amber="#e0a24a",
    red="#f0857d",
)

CAPTION = 12
TEXT = 13
BIG = 14
HEADING = 15
TITLE = 20
CODE = 25
ROW_HEIGHT = 36
ICON = 18


def contrast(first: str, second: str) -> float:
    """Contrast of two colours, from 1 to 21 (WCAG 2.2, relative luminance)."""
    lighter, darker = sorted((_luminance(first), _luminance(second)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def _luminance(colour: str) -> float:
    parts = (int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5))
    red, green, blue = (
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4  # noqa: PLR2004  the formula's own numbers
        for part in parts
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
