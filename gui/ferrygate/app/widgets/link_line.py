"""Shows a quiet sentence, and the link that changes its subject."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QWidget

from ferrygate.app.theme import Theme
from ferrygate.app.widgets.labels import label
from ferrygate.app.widgets.themed_button import ThemedButton


class LinkLine(QWidget):
    """Shows the sentence and its link in one line.

    Signals:
        acted: the link was pressed.
    """

    acted = Signal()

    def __init__(self, theme: Theme, words: str, action: str) -> None:
        super().__init__()
        link = ThemedButton(theme, action, look="link")
        link.clicked.connect(self.acted)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(8)
        row.addWidget(label(words, "caption"))
        row.addWidget(link)
        row.addStretch()
