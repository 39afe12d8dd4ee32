"""Texts of servers, files and strangers on the window, shown as they are and never read as markup.

Qt guesses whether a tool tip or a label holds HTML, and would then open pictures from paths and
network shares that the text names. Buttons and menus take ``&`` for the sign of a shortcut, a
window's title takes ``[*]`` for the place of a sign of its own.
"""

from __future__ import annotations

from PySide6 import QtGui
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QWidget


def plain_tip(text: str) -> str:
    """Make a text fit for a tool tip; escape it if Qt would take it for HTML.

    Other texts stay untouched: screen readers read out a widget's tool tip.
    """
    if not QtGui.Qt.mightBeRichText(text):
        return text
    import html  # noqa: PLC0415  7 ms, which the first paint would wait for

    return f'<p style="white-space:pre-wrap">{html.escape(text)}</p>'


def plain_words(text: str) -> str:
    """Make a text fit for a button or a menu, so that ``&`` is shown."""
    return text.replace("&", "&&")


def plain_title(text: str) -> str:
    """Make a text fit for a window's title, so that ``[*]`` is shown."""
    return text.replace("[*]", "[*][*]")


class PlainLabel(QLabel):
    """A label that shows its text as it is."""

    def __init__(self, text: str = "", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setText(text)
