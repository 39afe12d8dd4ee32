"""The stop in front of a server that shows another key than before."""

from __future__ import annotations

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QFrame, QHBoxLayout, QVBoxLayout, QWidget

from ferrygate.app.presenters.question_views import ChangedKeyView
from ferrygate.app.theme import Theme
from ferrygate.app.widgets.copy_details_button import CopyDetailsButton
from ferrygate.app.widgets.field import Field
from ferrygate.app.widgets.icon_label import IconLabel
from ferrygate.app.widgets.labels import label
from ferrygate.app.widgets.themed_button import ThemedButton
from ferrygate.common.errors import Problem
from ferrygate.common.i18n import _


class ChangedKeyPanel(QFrame):
    """Hidden while the server is the one it was.

    Signals:
        trusted: the fingerprint that the person was given for the new key.
    """

    trusted = Signal(str)

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self.setProperty("look", "alarm")
        self._problem: Problem | None = None
        self._title = label("", "heading", wrap=True)
        self._sentence = label("", wrap=True)
        self._copy = CopyDetailsButton(theme, look="plain")
        self._more = ThemedButton(theme, _("Details"), look="link")
        self._more.clicked.connect(self._show_more)
        self._act = QFrame()
        self._field = Field(_("Fingerprint of the new key"))
        self._field.edit.setPlaceholderText("SHA256:")
        self._field.edit.returnPressed.connect(self._trust)
        self._wrong = label(
            _("The server showed another fingerprint than this one. Do not sign in."), wrap=True
        )
        self._wrong.setProperty("tone", "red")
        self._trust_button = ThemedButton(theme, _("Forget the old key"))
        self._trust_button.clicked.connect(self._trust)
        self._lay_out(theme)
        self.hide()

    def _lay_out(self, theme: Theme) -> None:
        head = QHBoxLayout()
        head.setSpacing(10)
        head.addWidget(IconLabel(theme, "warning", "red"))
        head.addWidget(self._title, 1)
        buttons = QHBoxLayout()
        buttons.addWidget(self._copy)
        buttons.addStretch()
        buttons.addWidget(self._more)
        act = QVBoxLayout(self._act)
        act.setContentsMargins(0, 4, 0, 0)
        act.setSpacing(8)
        foot = QHBoxLayout()
        foot.addStretch()
        foot.addWidget(self._trust_button)
        act.addWidget(self._field)
        act.addWidget(self._wrong)
        act.addLayout(foot)
        column = QVBoxLayout(self)
        column.setContentsMargins(16, 16, 16, 16)
        column.setSpacing(12)
        column.addLayout(head)
        column.addWidget(self._sentence)
        column.addLayout(buttons)
        column.addWidget(self._act)

    def first_focus(self) -> QWidget:
        """Name what has the keyboard first: nothing that trusts the server."""
        return self._field.edit if self._act.isVisible() else self._copy

    def render_view(self, view: ChangedKeyView | None) -> None:
        """Stop, or hide."""
        if view is not None:
            self._title.setText(view.title)
            self._sentence.setText(view.sentence)
            self._field.show_caption(view.caption)
            self._wrong.setVisible(view.wrong)
            if view.problem != self._problem:
                self._problem = view.problem
                self._field.edit.clear()
                self._act.hide()
                self._more.show()
                self._copy.offer(view.problem)
            if self.isHidden():
                self.show()
                self.first_focus().setFocus()
        else:
            self._problem = None
            self.hide()

    @Slot()
    def _show_more(self) -> None:
        self._act.show()
        self._more.hide()
        self._field.edit.setFocus()

    @Slot()
    def _trust(self) -> None:
        self.trusted.emit(self._field.edit.text())
