"""The one place where the QApplication is made."""

from __future__ import annotations

import sys

from PySide6.QtCore import QCoreApplication
from PySide6.QtGui import QFont, QFontDatabase
from PySide6.QtWidgets import QApplication

from ferrygate.app.scale import text_size

_NO_CHOICE = {"", "Sans", "Sans Serif", "Sans-serif", "DejaVu Sans", "Bitstream Vera Sans"}
_GOOD = ("Inter", "Noto Sans", "Cantarell", "Ubuntu")


def make_application() -> QApplication:
    """Make the application with its name, style and font; in tests there is one already."""
    running = QCoreApplication.instance()
    application = running if isinstance(running, QApplication) else QApplication(sys.argv[:1])
    application.setApplicationName("ferrygate")
    application.setApplicationDisplayName("Ferrygate")
    application.setDesktopFileName("ferrygate")
    if sys.platform.startswith("linux"):
        application.setStyle("Fusion")
    application.setFont(_font(application.font()))
    return application


def _font(system: QFont) -> QFont:
    """Return the system's font in its size with tabular digits, or a good one if it has none."""
    font = QFont(system)
    if sys.platform.startswith("linux") and system.family() in _NO_CHOICE:
        there = set(QFontDatabase.families())
        font.setFamilies([name for name in _GOOD if name in there] + [system.family()])
    font.setPixelSize(text_size(system))
    font.setFeature(QFont.Tag("tnum"), 1)
    return font
