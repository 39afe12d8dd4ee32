"""Copies a problem for support."""

from __future__ import annotations

from PySide6.QtCore import Slot
from PySide6.QtGui import QGuiApplication

from ferrygate.app.presenters.problem_text import support_text
from ferrygate.app.theme import Theme
from ferrygate.app.widgets.themed_button import ThemedButton
from ferrygate.common.errors import Problem
from ferrygate.common.i18n import _


class CopyDetailsButton(ThemedButton):
    """Says that it has copied, until there is something else to copy."""

    def __init__(self, theme: Theme, *, look: str = "link", words: str = "") -> None:
        """Offer nothing yet; ``words`` replaces the usual words on the button."""
        self._offer = words or _("Copy details for support")
        super().__init__(theme, self._offer, look=look)
        self._text = ""
        self.clicked.connect(self._copy)

    def offer(self, problem: Problem | None) -> None:
        """Have this problem to copy, or none."""
        self.offer_text("" if problem is None else support_text(problem))

    def offer_text(self, text: str) -> None:
        """Have this text to copy, or none."""
        if text != self._text:
            self._text = text
            self.show_words(self._offer)

    @Slot()
    def _copy(self) -> None:
        if self._text:
            QGuiApplication.clipboard().setText(self._text)
            self.show_words(_("Details copied"))
