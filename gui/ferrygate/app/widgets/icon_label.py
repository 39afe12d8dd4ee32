"""Shows an icon beside words."""

from __future__ import annotations

from PySide6.QtCore import Slot

from ferrygate.app import tokens as t
from ferrygate.app.plain_text import PlainLabel
from ferrygate.app.theme import Theme


class IconLabel(PlainLabel):
    """Shows one icon in one token's colour; says nothing to a screen reader, the words do."""

    def __init__(
        self, theme: Theme, icon: str = "", tint: str = "text", size: int = t.ICON
    ) -> None:
        super().__init__()
        self._theme = theme
        self._icon, self._tint_name, self._size = icon, tint, size
        self.setFixedSize(size, size)
        theme.changed.connect(self._draw)
        self._draw()

    def show_icon(self, icon: str, tint: str) -> None:
        """Show another one."""
        if (icon, tint) != (self._icon, self._tint_name):
            self._icon, self._tint_name = icon, tint
            self._draw()

    @Slot()
    def _draw(self) -> None:
        if self._icon:
            self.setPixmap(self._theme.pixmap(self._icon, self._tint_name, self._size))
