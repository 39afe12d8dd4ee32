"""Asks one thing in a bar below the list: a name, or a yes."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLineEdit

from ferrygate.app.theme import Theme
from ferrygate.app.widgets.labels import label
from ferrygate.app.widgets.themed_button import ThemedButton
from ferrygate.common.i18n import _


class InlineBar(QFrame):
    """Asks a question; hidden until then; Escape means no.

    Signals:
        confirmed: the person agreed; the text typed, or empty where none was asked for. The bar
            stays until it is hidden, as the text may be one that cannot be used.
        dismissed: the person did not.
    """

    confirmed = Signal(str)
    dismissed = Signal()

    def __init__(self, theme: Theme, *, action: str, asks_text: bool) -> None:
        super().__init__()
        self.setObjectName("notice")
        self._words = label("", "strong")
        self._text = QLineEdit()
        self._text.setProperty("look", "inline")
        self._text.setVisible(asks_text)
        self._text.returnPressed.connect(self._confirm)
        self._yes = ThemedButton(theme, action)
        self._yes.clicked.connect(self._confirm)
        self._no = ThemedButton(theme, _("Cancel"), look="quiet")
        self._no.clicked.connect(self._dismiss)
        self._asks_text = asks_text
        row = QHBoxLayout(self)
        row.setContentsMargins(20, 8, 20, 8)
        row.setSpacing(8)
        row.addWidget(self._words, 0 if asks_text else 1)
        row.addWidget(self._text, 1)
        row.addWidget(self._yes)
        row.addWidget(self._no)
        self.hide()

    def ask(self, words: str, *, text: str = "", takes_keyboard: bool = True) -> None:
        """Ask; an empty question hides the bar.

        Args:
            words: the question.
            text: what its field begins with.
            takes_keyboard: the person is to go on there at once.
        """
        if not words:
            self.hide()
            return
        self._words.setText(words)
        self._text.setAccessibleName(words)
        if self.isHidden():
            self._text.setText(text)
            self.show()
            if takes_keyboard:
                (self._text if self._asks_text else self._no).setFocus()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self._dismiss()
        else:
            super().keyPressEvent(event)

    @Slot()
    def _confirm(self) -> None:
        text = self._text.text().strip()
        if text or not self._asks_text:
            self.confirmed.emit(text)

    @Slot()
    def _dismiss(self) -> None:
        self.hide()
        self.dismissed.emit()
