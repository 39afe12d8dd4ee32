"""Draws a check box in the project's colours: the style's own is not visible on dark ground."""

from __future__ import annotations

from PySide6.QtCore import QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QCheckBox

from ferrygate.app.theme import Theme
from ferrygate.app.widgets.key_table import is_command

_BOX = 16  # pixels, as the ones below
_GAP = 8
_EDGE = 3
_RADIUS = 4
_TICK = 14


class CheckBox(QCheckBox):
    """Behaves as Qt's, paints itself; Space ticks.

    Signals:
        entered: Enter was pressed, which is for the page of the box, as in a field.
    """

    entered = Signal()

    def __init__(self, theme: Theme, text: str) -> None:
        super().__init__(text)
        self._theme = theme
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        theme.changed.connect(self.update)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if is_command(event):
            event.ignore()
        elif event.key() not in {Qt.Key.Key_Return, Qt.Key.Key_Enter}:
            super().keyPressEvent(event)
        elif not event.isAutoRepeat():
            self.entered.emit()

    def sizeHint(self) -> QSize:
        words = self.fontMetrics().size(Qt.TextFlag.TextSingleLine, self.text())
        return QSize(_BOX + _GAP + words.width() + _EDGE, max(_BOX, words.height()) + 2 * _EDGE)

    def hitButton(self, pos: object) -> bool:  # noqa: ARG002, N802  Qt's name; all of it is the button
        return True

    def paintEvent(self, _event: QPaintEvent) -> None:
        colour = self._theme.colour
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        box = QRect(1, (self.height() - _BOX) // 2, _BOX, _BOX)
        focused = self.hasFocus()
        ground = "accent" if self.isChecked() else "window"
        edge = "accent" if self.isChecked() or focused else "faint"
        painter.setPen(QPen(colour(edge), 1))
        painter.setBrush(colour(ground))
        painter.drawRoundedRect(QRectF(box).adjusted(0.5, 0.5, -0.5, -0.5), _RADIUS, _RADIUS)
        if self.isChecked():
            corner = box.topLeft()
            painter.drawPixmap(
                corner.x() + 1, corner.y() + 1, self._theme.pixmap("checked", "on_accent", _TICK)
            )
        painter.setPen(colour("text" if focused else "dim"))
        room = self.rect().adjusted(_BOX + _GAP, 0, 0, 0)
        painter.drawText(
            room, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, self.text()
        )
        if focused:
            width = self.fontMetrics().horizontalAdvance(self.text())
            base = room.center().y() + self.fontMetrics().height() // 2
            painter.setPen(QPen(colour("accent"), 1))
            painter.drawLine(room.left(), base, room.left() + width, base)
        painter.end()
