"""Shows a sentence beside a warning icon, with a link if something can be done."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QWidget

from ferrygate.app.theme import Theme
from ferrygate.app.widgets.icon_label import IconLabel
from ferrygate.app.widgets.labels import label
from ferrygate.app.widgets.themed_button import ThemedButton


class IconNote(QWidget):
    """Shows a note; hidden while there is none.

    Signals:
        acted: the link was pressed.
    """

    acted = Signal()

    def __init__(self, theme: Theme, action: str = "") -> None:
        """Make a note; ``action`` is what its link says, where it has one."""
        super().__init__()
        self._words = label("", "caption", wrap=True)
        self._action = ThemedButton(theme, action, look="link")
        self._action.clicked.connect(self.acted)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(10)  # as ProblemNote: their words stand in one column
        row.addWidget(IconLabel(theme, "warning", "amber"), 0, Qt.AlignmentFlag.AlignTop)
        row.addWidget(self._words, 1)
        row.addWidget(self._action, 0, Qt.AlignmentFlag.AlignTop)
        self._action.hide()
        self.hide()

    def show_words(self, words: str, *, can_act: bool = False) -> None:
        """Show a sentence, or nothing; its link where something ``can_act`` on it."""
        self._words.setText(words)
        self._action.setVisible(can_act)
        self.setVisible(bool(words))
