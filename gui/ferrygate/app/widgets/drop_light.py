"""Shows where a drop would go: a frame round what takes it, and words beside it."""

from __future__ import annotations

from PySide6.QtCore import QRect, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QFrame, QHBoxLayout, QWidget

from ferrygate.app.plain_text import PlainLabel
from ferrygate.app.theme import Theme
from ferrygate.app.widgets.icon_label import IconLabel
from ferrygate.app.widgets.labels import set_look

_INSET = 4  # pixels, as the ones below
_RADIUS = 8
_TINT = 0.07  # opacity of the colour over the rows, which stay readable
_MAX_WORDS_WIDTH = 360  # pixels of words
_GAP = 8
_FROM_EDGE = 24


class DropFrame(QWidget):
    """Lies over a widget and lights it up; the mouse goes through."""

    def __init__(self, theme: Theme, over: QWidget) -> None:
        super().__init__(over)
        self._theme = theme
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.hide()

    def light(self, rect: QRect) -> None:
        """Light up a part of the widget, in its own coordinates."""
        self.setGeometry(rect)
        self.show()
        self.raise_()

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        tint = self._theme.colour("accent")
        tint.setAlphaF(_TINT)
        painter.setBrush(tint)
        painter.setPen(QPen(self._theme.colour("accent"), 2))
        room = self.rect().adjusted(_INSET, _INSET, -_INSET, -_INSET)
        painter.drawRoundedRect(room, _RADIUS, _RADIUS)
        painter.end()


class DropChip(QFrame):
    """Says what a drop would do, beside what is under the pointer; the mouse goes through."""

    def __init__(self, theme: Theme, window: QWidget) -> None:
        super().__init__(window)
        self._window = window
        self.setObjectName("drop-chip")
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self._icon = IconLabel(theme)
        self._words = PlainLabel()
        row = QHBoxLayout(self)
        row.setContentsMargins(12, 8, 14, 8)
        row.setSpacing(8)
        row.addWidget(self._icon)
        row.addWidget(self._words)
        self.hide()

    def show_words(self, words: str, *, icon: str, is_welcome: bool) -> None:
        """Say what a drop would do, or what it cannot."""
        set_look(self, "refuses", "false" if is_welcome else "true")
        set_look(self._words, "refuses", "false" if is_welcome else "true")
        self._icon.show_icon(icon, "on_accent" if is_welcome else "amber")
        metrics = self._words.fontMetrics()
        self._words.setText(
            metrics.elidedText(words, Qt.TextElideMode.ElideMiddle, _MAX_WORDS_WIDTH)
        )
        self.setAccessibleName(words)
        self.adjustSize()
        self.show()
        self.raise_()

    def stand_inside(self, rect: QRect) -> None:
        """Move to the foot of a part of the window."""
        self._put(rect.center().x() - self.width() // 2, rect.bottom() - self.height() - _FROM_EDGE)

    def stand_right_of(self, rect: QRect) -> None:
        """Move to the right of a part of the window."""
        self._put(rect.right() + _GAP, rect.center().y() - self.height() // 2)

    def stand_below(self, rect: QRect) -> None:
        """Move below a part of the window."""
        self._put(rect.left(), rect.bottom() + _GAP)

    def _put(self, left: int, top: int) -> None:
        room = self._window.rect().adjusted(_GAP, _GAP, -_GAP, -_GAP)
        left = max(room.left(), min(left, room.right() - self.width()))
        self.move(left, max(room.top(), min(top, room.bottom() - self.height())))
