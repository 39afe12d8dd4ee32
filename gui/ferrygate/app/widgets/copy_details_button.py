"""Copies a problem for support."""

from __future__ import annotations

from PySide6.QtCore import Slot
from PySide6.QtGui import QGuiApplication

from ferrygate.app.presenters.problem_text import support_text
from ferrygate.app.presenters.support_details import details_text
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
        self._is_whole = False  # it tells what runs, and what the log says
        self.clicked.connect(self._copy)

    def offer(self, problem: Problem | None) -> None:
        """Have this problem to copy, or none."""
        self.offer_text("" if problem is None else support_text(problem))

    def offer_text(self, text: str) -> None:
        """Have this text to copy, with what runs and the end of the log below it; or none."""
        self._offer_text(text, is_whole=False)

    def offer_report(self, text: str) -> None:
        """Have a report to copy, which tells all of that itself; or none."""
        self._offer_text(text, is_whole=True)

    def _offer_text(self, text: str, *, is_whole: bool) -> None:
        if text != self._text:
            self._text, self._is_whole = text, is_whole
            self.show_words(self._offer)

    @Slot()
    def _copy(self) -> None:
        if self._text:
            text = self._text if self._is_whole else details_text(self._text)
            QGuiApplication.clipboard().setText(text)
            self.show_words(_("Details copied"))
