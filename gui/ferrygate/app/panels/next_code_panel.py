"""Asks for the next code of a session whose codes are typed, beside its files."""

from __future__ import annotations

from PySide6.QtCore import Slot
from PySide6.QtWidgets import QApplication, QLineEdit, QVBoxLayout, QWidget

from ferrygate.app.presenters.typed_code_presenter import TypedCodePresenter, TypedCodeView
from ferrygate.app.theme import Theme
from ferrygate.app.widgets.code_field import CodeField
from ferrygate.app.widgets.labels import label
from ferrygate.app.widgets.themed_button import ThemedButton
from ferrygate.common.i18n import _


class NextCodePanel(QWidget):
    """Hidden while no code is wanted. Takes the keyboard, unless something is being typed."""

    def __init__(self, theme: Theme, presenter: TypedCodePresenter) -> None:
        super().__init__()
        self._presenter = presenter
        self._field = CodeField(theme)
        self._field.entered.connect(self._give)
        go = ThemedButton(theme, _("Go on"), look="primary")
        go.clicked.connect(self._give)
        words = _("The connection was lost. What is under way waits for it.")
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        column.addWidget(label(_("Type the next code to go on"), "strong", wrap=True))
        column.addWidget(label(words, "caption", wrap=True))
        column.addWidget(self._field)
        column.addWidget(go)
        self.hide()

    def render_view(self, view: TypedCodeView) -> None:
        """Ask, or hide."""
        is_wanted = view.is_asked and view.goes_on
        self._field.render_view(view)
        appears = is_wanted and self.isHidden()
        self.setVisible(is_wanted)
        if appears and not isinstance(QApplication.focusWidget(), QLineEdit):
            self._field.setFocus()
        if not is_wanted:
            self._field.clear()

    @Slot()
    def _give(self) -> None:
        if self._presenter.answer(self._field.code):
            self._field.clear()
        else:
            self._field.setFocus()
