"""A button with an icon of the project's family that follows the scheme."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt, Slot
from PySide6.QtWidgets import QPushButton

from ferrygate.app import tokens as t
from ferrygate.app.theme import Theme

_GAP = 4


class ThemedButton(QPushButton):
    """Looks are names from the stylesheet: primary, plain, quiet, link, crumb, place, tab, site."""

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
        super().__init__(text)
        self._theme = theme
        self._icon = icon
        self._tint_name = tint or {"primary": "on_accent", "quiet": "dim"}.get(look, "text")
        self.setProperty("look", look)
        self.setAccessibleName(name or text)
        self.setToolTip(tip or ("" if text else name))
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setAutoDefault(False)
        self._words = text
        if icon:
            theme.changed.connect(self._tint)
            self._tint()

    def show_text(self, *, shown: bool) -> None:
        """Show the words beside the icon, or the icon alone with the words as its tip."""
        self.setText(self._words if shown else "")
        self.setToolTip("" if shown else self._words)
        self._tint()

    @Slot()
    def _tint(self) -> None:
        gap = _GAP if self.text() else 0
        self.setIconSize(QSize(t.ICON + gap, t.ICON))
        self.setIcon(self._theme.icon(self._icon, self._tint_name, gap))
