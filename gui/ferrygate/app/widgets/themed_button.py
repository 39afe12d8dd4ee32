"""Draws a button with an icon that follows the colour scheme."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt, Slot
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QPushButton

from ferrygate.app import tokens as t
from ferrygate.app.plain_text import plain_tip, plain_words
from ferrygate.app.theme import Theme
from ferrygate.app.widgets.key_table import is_command
from ferrygate.app.widgets.labels import set_look

_GAP = 4  # pixels between icon and words
_TINTS = {"primary": "on_accent", "quiet": "dim"}


class ThemedButton(QPushButton):
    """Looks are names from the stylesheet: primary, plain, quiet, link, crumb, place, tab, site.

    Its words are shown as they are; none of these buttons has a shortcut.
    """

    def __init__(
        self,
        theme: Theme,
        text: str = "",
        *,
        look: str = "plain",
        icon: str = "",
        tint: str = "",
        name: str = "",
        tip: str = "",
    ) -> None:
        super().__init__(plain_words(text))
        self._theme = theme
        self._icon = icon
        self._tint_name = tint or _TINTS.get(look, "text")
        self.setProperty("look", look)
        self.setAccessibleName(name or text)
        self.setToolTip(plain_tip(tip or ("" if text else name)))
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setAutoDefault(False)
        self._words = text
        if icon:
            theme.changed.connect(self._tint)
            self._tint()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Be pressed by Enter too, which Qt grants to buttons of dialogs only.

        A key that is held down presses once: what it did may have put the keyboard elsewhere.
        """
        if is_command(event):
            event.ignore()
        elif event.key() not in {Qt.Key.Key_Return, Qt.Key.Key_Enter}:
            super().keyPressEvent(event)
        elif not event.isAutoRepeat():
            self.click()

    def show_text(self, *, shown: bool) -> None:
        """Show the words beside the icon, or the icon alone with the words as its tip."""
        self.setText(plain_words(self._words) if shown else "")
        self.setToolTip(plain_tip("" if shown else self._words))
        self._tint()

    def show_words(self, words: str) -> None:
        """Show other words, and tell them to screen readers."""
        self._words = words
        self.setText(plain_words(words))
        self.setAccessibleName(words)

    def show_look(self, look: str) -> None:
        """Take another look, with its own tint."""
        if look != self.property("look"):
            set_look(self, "look", look)
            self._tint_name = _TINTS.get(look, "text")
            if self._icon:
                self._tint()

    @Slot()
    def _tint(self) -> None:
        gap = _GAP if self.text() else 0
        self.setIconSize(QSize(t.ICON + gap, t.ICON))
        self.setIcon(self._theme.icon(self._icon, self._tint_name, gap))
