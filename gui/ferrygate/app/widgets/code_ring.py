"""Draws a ring that drains with the code's life, and the seconds in figures."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from ferrygate.app.presenters.code_presenter import CodeView
from ferrygate.app.scale import px
from ferrygate.app.theme import Theme
from ferrygate.common.i18n import ngettext

_STROKE, _FIGURES = 0.1, 0.31  # parts of the diameter
_FULL = 360 * 16  # sixteenths of a degree, as Qt draws arcs
_TOP = 90 * 16  # where the ring begins, from three o'clock


class CodeRing(QWidget):
    """Paints a :class:`CodeView`; ``diameter`` is the design's."""

    def __init__(self, theme: Theme, diameter: int) -> None:
        super().__init__()
        self._theme = theme
        self._view = CodeView()
        self.setFixedSize(QSize(px(diameter), px(diameter)))
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        theme.changed.connect(self.update)

    def render_view(self, view: CodeView) -> None:
        """Show a moment of the code's life."""
        self._view = view
        words = ngettext("{count} second left", "{count} seconds left", view.seconds)
        self.setAccessibleName(words.format(count=view.seconds))
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        stroke = _STROKE * self.width()
        margin = stroke / 2 + 1
        ring = QRectF(self.rect()).adjusted(margin, margin, -margin, -margin)
        painter.setPen(QPen(self._theme.colour("line"), stroke))
        painter.drawEllipse(ring)
        level = "faint" if self._view.spent else self._view.level.value
        pen = QPen(self._theme.colour(level), stroke)
        pen.setCapStyle(Qt.PenCapStyle.RoundCap)
        painter.setPen(pen)
        if self._view.fraction > 0:
            # Clockwise from the top, as clocks go; Qt counts the other way round.
            painter.drawArc(ring, _TOP, -round(_FULL * self._view.fraction))
        font = self.font()
        font.setBold(True)
        font.setPixelSize(round(_FIGURES * self.width()))
        painter.setFont(font)
        painter.setPen(self._theme.colour("text"))
        painter.drawText(self.rect(), Qt.AlignmentFlag.AlignCenter, str(self._view.seconds))
        painter.end()
