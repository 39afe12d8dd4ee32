"""The question about a server nobody has confirmed yet, in the card and not in a dialog."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import QFrame, QHBoxLayout, QVBoxLayout, QWidget

from ferrygate.app.presenters.question_views import HostKeyView
from ferrygate.app.theme import Theme
from ferrygate.app.widgets.labels import label
from ferrygate.app.widgets.themed_button import ThemedButton
from ferrygate.common.i18n import _


class HostKeyPanel(QFrame):
    """Hidden while nothing is asked.

    Signals:
        answered: whether the person trusts the server.
    """

    answered = Signal(bool)

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self.setProperty("look", "inset")
        self._title = label("", "heading")
        self._sentence = label("", wrap=True)
        self._details = label("", "caption", wrap=True)
        self._details.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self._more = ThemedButton(theme, _("Show the fingerprint"), look="link")
        self._more.clicked.connect(self._show_details)
        self._yes = ThemedButton(theme, _("Yes, connect"), look="primary")
        self._yes.clicked.connect(self._accept)
        self._no = ThemedButton(theme, _("Cancel"))
        self._no.clicked.connect(self._decline)
        buttons = QHBoxLayout()
        buttons.setSpacing(8)
        buttons.addWidget(self._more)
        buttons.addStretch()
        buttons.addWidget(self._no)
        buttons.addWidget(self._yes)
        column = QVBoxLayout(self)
        column.setContentsMargins(16, 16, 16, 16)
        column.setSpacing(12)
        for widget in (self._title, self._sentence, self._details):
            column.addWidget(widget)
        column.addLayout(buttons)
        self.hide()

    def first_focus(self) -> QWidget:
        """Name what has the keyboard first; a habitual Enter is no consent."""
        return self._no

    def render_question(self, view: HostKeyView | None) -> None:
        """Ask, or hide."""
        asks = view is not None and self.isHidden()
        self.setVisible(view is not None)
        if asks:
            self.first_focus().setFocus()
        if view is not None:
            self._title.setText(view.title)
            self._sentence.setText(view.sentence)
            self.setAccessibleName(f"{view.title} {view.sentence}")
            if self._details.text() != view.details:
                self._details.setText(view.details)
                self._details.hide()
                self._more.show()

    @Slot()
    def _show_details(self) -> None:
        self._details.show()
        self._more.hide()

    @Slot()
    def _accept(self) -> None:
        self.answered.emit(True)  # noqa: FBT003  a signal's value

    @Slot()
    def _decline(self) -> None:
        self.answered.emit(False)  # noqa: FBT003  a signal's value
