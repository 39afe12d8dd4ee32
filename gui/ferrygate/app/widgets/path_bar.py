"""Shows the path of the folder, each part a button that opens it."""

from __future__ import annotations

from PySide6.QtCore import QPoint, QRect, QSignalMapper, Signal, Slot
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QWidget

from ferrygate.app.plain_text import plain_tip
from ferrygate.app.presenters.drop_presenter import DropPart, DropSpot
from ferrygate.app.presenters.folder_view import Crumb
from ferrygate.app.theme import Theme
from ferrygate.app.widgets.icon_label import IconLabel
from ferrygate.app.widgets.labels import set_look
from ferrygate.app.widgets.layouts import clear
from ferrygate.app.widgets.themed_button import ThemedButton
from ferrygate.common.i18n import _

_MAX_CRUMB_CHARACTERS = 24  # of one part; the tip has the whole name


class PathBar(QWidget):
    """Shows the last few parts of a path.

    Signals:
        chosen: a part was clicked (its path, bytes).
    """

    chosen = Signal(bytes)

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._crumbs: tuple[Crumb, ...] = ()
        self._max_crumbs = 1
        self._shown: dict[int, ThemedButton] = {}  # by place in the path
        self._lit: int | None = None
        self._mapper = QSignalMapper(self)
        self._mapper.mappedInt.connect(self._choose)
        self.setAccessibleName(_("Path"))
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(0, 0, 0, 0)
        self._row.setSpacing(1)

    def render_crumbs(self, crumbs: tuple[Crumb, ...]) -> None:
        """Show a path."""
        if crumbs != self._crumbs:
            self._crumbs = crumbs
            self._rebuild()

    def set_max_crumbs(self, max_crumbs: int) -> None:
        """Show that many parts at most, the last ones."""
        if max_crumbs != self._max_crumbs:
            self._max_crumbs = max_crumbs
            self._rebuild()

    def drop_spot(self, place: QPoint) -> DropSpot | None:
        """Return the part of the path under the pointer."""
        for at, button in self._shown.items():
            if button.geometry().contains(place):
                return DropSpot(DropPart.CRUMB, self._crumbs[at].path)
        return None

    def drop_rect(self, spot: DropSpot) -> QRect:
        """Return the rectangle of one part."""
        at = self._place_of(spot)
        return self.rect() if at is None else self._shown[at].geometry()

    def light_drop(self, spot: DropSpot | None) -> None:
        """Light up one part, or none."""
        before, self._lit = self._lit, None if spot is None else self._place_of(spot)
        for at in {before, self._lit} - {None}:
            set_look(self._shown[at or 0], "drop", "true" if at == self._lit else "false")

    def _place_of(self, spot: DropSpot) -> int | None:
        return next((at for at in self._shown if self._crumbs[at].path == spot.path), None)

    def _rebuild(self) -> None:
        crumbs = self._crumbs
        clear(self._row)
        self._shown, self._lit = {}, None
        first = max(0, len(crumbs) - self._max_crumbs)
        for at, crumb in enumerate(crumbs[first:], start=first):
            if at > first:
                self._row.addWidget(IconLabel(self._theme, "chevron", "faint", 12))
            button = ThemedButton(self._theme, _short(crumb.label), look="crumb", name=crumb.label)
            button.setToolTip(plain_tip(crumb.label))
            button.setEnabled(at < len(crumbs) - 1)
            button.clicked.connect(self._mapper.map)
            self._mapper.setMapping(button, at)
            self._row.addWidget(button)
            self._shown[at] = button

    @Slot(int)
    def _choose(self, at: int) -> None:
        self.chosen.emit(self._crumbs[at].path)


def _short(text: str) -> str:
    return text if len(text) <= _MAX_CRUMB_CHARACTERS else f"{text[: _MAX_CRUMB_CHARACTERS - 1]}…"
