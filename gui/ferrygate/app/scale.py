"""Lengths of the design in pixels: it is made for text of 13, and follows the person's font."""

from __future__ import annotations

from PySide6.QtGui import QFont, QFontInfo, QFontMetricsF, QGuiApplication

from ferrygate.app import tokens as t

_MOST = 2  # times: 200 %
_WORDS = "The quick brown fox jumps over 0123456789"
_WORDS_WIDTH = 282.0  # pixels: Inter of 13 takes 277, with digits of one width some more


def px(length: int) -> int:
    """Give the pixels of a length of the design, for the size of the application's font."""
    return round(length * _size_ratio())


def wide(length: int) -> int:
    """Give the pixels of a length that words must fit into: some fonts are wider in one size."""
    words = QFontMetricsF(QGuiApplication.font()).horizontalAdvance(_WORDS)
    return round(length * max(_size_ratio(), words / _WORDS_WIDTH))


def text_size(font: QFont) -> int:
    """Give the pixels of the text for a font that a person chose; not below the design's."""
    return max(t.TEXT, min(t.TEXT * _MOST, QFontInfo(font).pixelSize()))


def _size_ratio() -> float:
    return text_size(QGuiApplication.font()) / t.TEXT
