"""Asks at the head of the window whether what is under way is to be left."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QVBoxLayout

from ferrygate.app.presenters.leaving_presenter import LeavingView
from ferrygate.app.theme import Theme
from ferrygate.app.widgets.icon_label import IconLabel
from ferrygate.app.widgets.labels import label
from ferrygate.app.widgets.themed_button import ThemedButton

_ICON = 24  # pixels


class LeavingBar(QFrame):
    """Asks before work is left; hidden until then; Escape changes nothing.

    Signals:
        stayed: the person goes on.
        left: the person leaves.
    """

    stayed = Signal()
    left = Signal()

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self.setObjectName("leaving")
        self._title = label("", "heading")
        self._words = label("", wrap=True)
        self._stay = ThemedButton(theme, look="primary")
        self._stay.clicked.connect(self.stayed)
        self._leave = ThemedButton(theme)
        self._leave.clicked.connect(self.left)
        texts = QVBoxLayout()
        texts.setSpacing(2)
        texts.addWidget(self._title)
        texts.addWidget(self._words)
        row = QHBoxLayout(self)
        row.setContentsMargins(20, 14, 20, 14)
        row.setSpacing(12)
        row.addWidget(IconLabel(theme, "warning", "amber", _ICON), 0, Qt.AlignmentFlag.AlignTop)
        row.addLayout(texts, 1)
        row.addWidget(self._leave)
        row.addWidget(self._stay)
        self.hide()

    def render_view(self, view: LeavingView | None) -> None:
        """Show the question, or none."""
        if view is not None:
            self._title.setText(view.title)
            self._words.setText(view.words)
            self._words.setVisible(bool(view.words))
            self._stay.show_words(view.stay)
            self._leave.show_words(view.leave)
            self.setAccessibleName(f"{view.title} {view.words}")
        self.setVisible(view is not None)

    def take_focus(self) -> None:
        """Give the keyboard to the answer that loses nothing."""
        self._stay.setFocus()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.stayed.emit()
        else:
            super().keyPressEvent(event)
