"""The button that copies a problem for support."""

from __future__ import annotations

from PySide6.QtCore import Slot
from PySide6.QtGui import QGuiApplication

from ferrygate.app.presenters.problem_text import support_text
from ferrygate.app.theme import Theme
from ferrygate.app.widgets.themed_button import ThemedButton
from ferrygate.common.errors import Problem
from ferrygate.common.i18n import _


class CopyDetailsButton(ThemedButton):
    """Says that it has copied, until the problem is another."""

    def __init__(self, theme: Theme, *, look: str = "link") -> None:
        super().__init__(theme, _("Copy details for support"), look=look)
        self._problem: Problem | None = None
        self.clicked.connect(self._copy)

    def offer(self, problem: Problem | None) -> None:
        """Have this problem to copy, or none."""
        if problem != self._problem:
            self._problem = problem
            self.show_words(_("Copy details for support"))

    @Slot()
    def _copy(self) -> None:
        if self._problem is not None:
            QGuiApplication.clipboard().setText(support_text(self._problem))
            self.show_words(_("Details copied"))
