"""Shows the links of a batch that has ended, below the words for its end."""

from __future__ import annotations

from PySide6.QtCore import QSignalMapper, Signal, Slot
from PySide6.QtWidgets import QHBoxLayout, QWidget

from ferrygate.app.presenters.transfer_row import RowAction, RowLink
from ferrygate.app.theme import Theme
from ferrygate.app.widgets.copy_details_button import CopyDetailsButton
from ferrygate.app.widgets.themed_button import ThemedButton
from ferrygate.common.i18n import _

BESIDE_WORDS = 3
"""Pixels of a link's frame and padding, by which its words are out of line."""


class RowLinks(QWidget):
    """Shows :class:`RowLink` in a line; those that are not offered take no room.

    Signals:
        chosen: a link was pressed (its :class:`RowAction`).
    """

    chosen = Signal(object)

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._mapper = QSignalMapper(self)
        self._mapper.mappedInt.connect(self._choose)
        self._shown: tuple[tuple[RowLink, ...], str] = ((), "")
        self._buttons: dict[RowAction, ThemedButton] = {}
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(10)
        for at, action in enumerate(RowAction):
            button = self._make(theme, action)
            button.clicked.connect(self._mapper.map)
            self._mapper.setMapping(button, at)
            button.hide()
            row.addWidget(button)
            self._buttons[action] = button
        row.addStretch()

    def _make(self, theme: Theme, action: RowAction) -> ThemedButton:
        if action is RowAction.COPY_DETAILS:
            self._details = CopyDetailsButton(theme, words=_("Copy details"))
            return self._details
        return ThemedButton(theme, look="link")

    def show_links(self, links: tuple[RowLink, ...], details: str) -> None:
        """Offer these links; ``details`` is what "Copy details" copies."""
        if (links, details) == self._shown:
            return
        self._shown = (links, details)
        self._details.offer_text(details)
        offered = {link.action: link for link in links}
        for action, button in self._buttons.items():
            link = offered.get(action)
            button.setVisible(link is not None)
            if link is not None:
                button.show_words(link.words)
                button.setAccessibleName(link.name)
        self.setVisible(bool(links))

    @property
    def line_height(self) -> int:
        """Return how tall a line of links is, in pixels, whether there are any or not."""
        return self._details.sizeHint().height()

    @Slot(int)
    def _choose(self, at: int) -> None:
        self.chosen.emit(list(RowAction)[at])
