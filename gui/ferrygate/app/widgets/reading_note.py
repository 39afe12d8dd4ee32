"""Says at the foot of the list that it is not whole, above the rows, so that none moves for it."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, Qt, QTimer
from PySide6.QtWidgets import QWidget

from ferrygate.app.plain_text import PlainLabel

_DELAY_MS = 300  # a listing that is shorter needs no words
_RIGHT, _BOTTOM = 28, 16  # pixels from the edges of the list


class ReadingNote(PlainLabel):
    """Follows the size of the list below it."""

    def __init__(self, files: QWidget) -> None:
        super().__init__(parent=files)
        self._files = files
        self.setObjectName("note")
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self._delay = QTimer(self)
        self._delay.setSingleShot(True)
        self._delay.setInterval(_DELAY_MS)
        self._delay.timeout.connect(self.show)
        files.installEventFilter(self)
        self.hide()

    def render_words(self, words: str) -> None:
        """Say how far the listing is; say nothing without words."""
        if not words:
            self._delay.stop()
            self.hide()
            return
        self.setText(words)
        self._arrange()
        if self.isHidden() and not self._delay.isActive():
            self._delay.start()

    def _arrange(self) -> None:
        self.adjustSize()
        self.move(
            self._files.width() - self.width() - _RIGHT,
            self._files.height() - self.height() - _BOTTOM,
        )

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802  Qt's name
        if event.type() == QEvent.Type.Resize:
            self._arrange()
        return super().eventFilter(watched, event)
