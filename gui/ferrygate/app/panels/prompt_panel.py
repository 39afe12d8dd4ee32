"""Shows what a server asks in words of its own."""

from __future__ import annotations

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QFrame, QHBoxLayout, QVBoxLayout, QWidget

from ferrygate.app.presenters.question_views import PromptView
from ferrygate.app.theme import Theme
from ferrygate.app.widgets.labels import label
from ferrygate.app.widgets.secret_field import SecretField
from ferrygate.app.widgets.themed_button import ThemedButton
from ferrygate.common.i18n import _
from ferrygate.common.message import message


class PromptPanel(QFrame):
    """Hidden while nothing is asked.

    Signals:
        answered: a :class:`Secret`, or none where the person does not answer.
    """

    answered = Signal(object)

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self.setProperty("look", "inset")
        self._question = 0
        self._instruction = label("", "dim", wrap=True)
        self._words = label("", wrap=True)
        self._field = SecretField(theme, message("Your answer"))
        self._answer = self._field.edit
        self._answer.setProperty("look", "inline")
        self._answer.returnPressed.connect(self._give)
        self._left = label("", "caption")
        send = ThemedButton(theme, _("Answer"), look="primary")
        send.clicked.connect(self._give)
        leave = ThemedButton(theme, _("Cancel"), name=_("Cancel the question"))
        leave.clicked.connect(self._decline)
        buttons = QHBoxLayout()
        buttons.setSpacing(8)
        buttons.addWidget(self._left)
        buttons.addStretch()
        buttons.addWidget(leave)
        buttons.addWidget(send)
        column = QVBoxLayout(self)
        column.setContentsMargins(16, 16, 16, 16)
        column.setSpacing(12)
        column.addWidget(label(_("The server asks"), "heading"))
        column.addWidget(self._instruction)
        column.addWidget(self._words)
        column.addWidget(self._field)
        column.addLayout(buttons)
        self.hide()

    def first_focus(self) -> QWidget:
        """Name what has the keyboard first: the answer."""
        return self._answer

    def render_view(self, view: PromptView | None) -> None:
        """Ask, or hide."""
        self.setVisible(view is not None)
        if view is None:
            self._field.clear()
            self._question = 0
            return
        self._instruction.setText(view.instruction)
        self._instruction.setVisible(bool(view.instruction))
        self._words.setText(view.text)
        self._left.setText(view.left)
        if view.question != self._question:
            self._question = view.question
            self._field.clear()
            self._answer.hide_text(wanted=not view.echo)
            self._answer.name(view.text)
            self._answer.setAccessibleDescription(view.instruction)
            self.first_focus().setFocus()

    @Slot()
    def _give(self) -> None:
        if self._field.confirm():
            self.answered.emit(self._field.secret)

    @Slot()
    def _decline(self) -> None:
        self.answered.emit(None)
