"""Asks for a person's consent, in a box among other things."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QVBoxLayout

from ferrygate.app.presenters.question_views import ConsentView
from ferrygate.app.theme import Theme
from ferrygate.app.widgets.labels import label
from ferrygate.app.widgets.themed_button import ThemedButton
from ferrygate.common.i18n import _


class Question(QFrame):
    """One sentence and a button; a question that follows a click can be declined, and takes focus.

    Signals:
        agreed: yes.
        declined: no.
    """

    agreed = Signal()
    declined = Signal()

    def __init__(self, theme: Theme, *, can_decline: bool) -> None:
        super().__init__()
        self._can_decline = can_decline
        self.setProperty("look", "inset")
        self._words = label("", wrap=True)
        self._yes = ThemedButton(theme)
        self._yes.clicked.connect(self.agreed)
        self._no = ThemedButton(theme, _("Not now"), look="quiet")
        self._no.clicked.connect(self.declined)
        self._no.setVisible(can_decline)
        buttons = QHBoxLayout()
        buttons.setSpacing(8)
        buttons.addStretch()
        buttons.addWidget(self._no)
        buttons.addWidget(self._yes)
        column = QVBoxLayout(self)
        column.setContentsMargins(14, 12, 14, 12)
        column.setSpacing(10)
        column.addWidget(self._words)
        column.addLayout(buttons)
        self.hide()

    def ask(self, question: ConsentView | None) -> None:
        """Ask, or hide; a habitual Enter is no consent."""
        if question is not None:
            self._words.setText(question.sentence)
            self._yes.show_words(question.button)
            if self.isHidden() and self._can_decline:
                self.show()
                self._no.setFocus()
        self.setVisible(question is not None)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Take Escape for no, where that can be said; on the card it means more."""
        if event.key() == Qt.Key.Key_Escape and self._can_decline:
            self.declined.emit()
        else:
            super().keyPressEvent(event)
