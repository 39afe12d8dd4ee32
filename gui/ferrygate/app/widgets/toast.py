"""Shows a short message for a moment, at the foot of the list or of the window."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, QPoint, Qt
from PySide6.QtWidgets import QWidget

from ferrygate.app.plain_text import PlainLabel

_ABOVE_FOOT = 28  # pixels


class Toast(PlainLabel):
    """Floats over its window, and lets the mouse through.

    While the list is visible, it floats over that, so that no question or notice below is covered.
    """

    def __init__(self, window: QWidget, files: QWidget) -> None:
        super().__init__(parent=window)
        self._window = window
        self._files = files
        self.setObjectName("toast")
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        for each in (window, files):
            each.installEventFilter(self)
        self.hide()

    def show_words(self, words: str) -> None:
        """Show a word, or none."""
        self.setVisible(bool(words))
        if words and words != self.text():
            self.setText(words)
            self.setAccessibleName(words)
        if words:
            self._place()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802  Qt's name
        if event.type() == QEvent.Type.Resize:
            self._place()
        return super().eventFilter(watched, event)

    def _place(self) -> None:
        self.adjustSize()
        left = (self._window.width() - self.width()) // 2
        foot = self._window.height()
        if self._files.isVisible():
            foot = self._files.mapTo(self._window, QPoint(0, self._files.height())).y()
        self.move(left, foot - self.height() - _ABOVE_FOOT)
        self.raise_()
