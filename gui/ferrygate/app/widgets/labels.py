"""Words on the window, in the looks the stylesheet knows."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from ferrygate.app.plain_text import PlainLabel, plain_tip

_MIN_WIDTH = 24  # pixels: an ellipsis, so that any row can shrink


def label(text: str = "", look: str = "", *, wrap: bool = False) -> PlainLabel:
    """Make a plain-text label; ``look`` is a name from the stylesheet."""
    made = PlainLabel(text)
    made.setWordWrap(wrap)
    if look:
        made.setProperty("look", look)
    return made


def set_look(widget: QWidget, name: str, value: str) -> None:
    """Set a property the stylesheet looks at, and have it looked at again."""
    if widget.property(name) != value:
        widget.setProperty(name, value)
        widget.style().unpolish(widget)
        widget.style().polish(widget)


class ElidedLabel(PlainLabel):
    """Shows one line, cut with an ellipsis if it is too long, and whole in its tip."""

    def __init__(self, look: str = "") -> None:
        super().__init__()
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self.setMinimumWidth(_MIN_WIDTH)
        self._shown = ("", "")
        if look:
            self.setProperty("look", look)

    def show_text(self, text: str, *, tip: str = "") -> None:
        """Show a line; its tip has more to say where ``tip`` is given."""
        if (text, tip) == self._shown:
            return
        self._shown = (text, tip)
        self.setText(text)
        self.setToolTip(plain_tip(tip or text))

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        text = self.fontMetrics().elidedText(
            self.text(), Qt.TextElideMode.ElideRight, self.contentsRect().width()
        )
        alignment = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft
        painter.drawText(self.contentsRect(), alignment, text)
        painter.end()
