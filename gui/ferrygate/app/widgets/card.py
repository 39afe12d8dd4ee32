"""Draws the card in the middle of the window, with the sign-in or the choice of sites."""

from __future__ import annotations

from PySide6.QtCore import QEvent, Qt, Slot
from PySide6.QtGui import QColor, QKeyEvent
from PySide6.QtWidgets import (
    QFrame,
    QGraphicsDropShadowEffect,
    QGridLayout,
    QHBoxLayout,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from ferrygate.app import tokens as t
from ferrygate.app.scale import wide
from ferrygate.app.theme import Theme
from ferrygate.app.widgets.key_table import KeyTable
from ferrygate.app.widgets.labels import ElidedLabel, label

_WIDTH = 420  # pixels: some 60 characters a line, easy to read
_MARK = 34  # pixels of the square with the site's letter
_SHADOW = 22  # pixels of blur
# Qt posts no request for a layout while a card is hidden, and lays it out as it is shown.
_NEEDS_MAY_DIFFER = {QEvent.Type.LayoutRequest, QEvent.Type.Show}


class Card(QFrame):
    """Grows as tall as its words need at its width, so that wrapped lines are not cut."""

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("card")
        self.setFixedWidth(wide(_WIDTH))
        self.column = QVBoxLayout(self)
        self.column.setContentsMargins(28, 28, 28, 24)
        self.column.setSpacing(16)

    def event(self, event: QEvent) -> bool:
        handled = super().event(event)
        if event.type() in _NEEDS_MAY_DIFFER:
            self.setFixedHeight(self.column.totalHeightForWidth(wide(_WIDTH)))
        return handled


class CardPage(QScrollArea):
    """Centres one card; scrolls where the window is too small for it."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self.keys = KeyTable(self)
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)  # Tab scrolls it; alone it is no stop
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        ground = QWidget()
        ground.setObjectName("ground")
        self._card = Card()
        self.column = self._card.column
        grid = QGridLayout(ground)
        grid.setContentsMargins(24, 24, 24, 24)
        grid.addWidget(self._card, 0, 0, Qt.AlignmentFlag.AlignCenter)
        self.setWidget(ground)
        self._shadow = QGraphicsDropShadowEffect(self._card)
        self._shadow.setBlurRadius(_SHADOW)
        self._shadow.setOffset(0, 6)
        self._card.setGraphicsEffect(self._shadow)
        theme.changed.connect(self._shade)
        self._shade()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Look here first: Qt's area would scroll by Left, whatever is held with it."""
        if not self.keys.press(event):
            super().keyPressEvent(event)

    @Slot()
    def _shade(self) -> None:
        """Show a shadow on a light background only, since a dark one hides it."""
        self._shadow.setColor(QColor(20, 30, 28, 30))
        self._shadow.setEnabled(self._theme.tokens == t.LIGHT)


class SiteDetail(QWidget):
    """Shows the server, and below it the place that checks the code, each with its own room."""

    def __init__(self) -> None:
        super().__init__()
        self._server = ElidedLabel("dim")
        self._checked_by = ElidedLabel("caption")
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self._server)
        column.addWidget(self._checked_by)

    def show_lines(self, server: str, checked_by: str) -> None:
        """Show what there is of both."""
        self._server.show_text(server)
        self._server.setVisible(bool(server))
        self._checked_by.show_text(checked_by)
        self._checked_by.setVisible(bool(checked_by))


class SiteHeader(QWidget):
    """Shows the site's letter, its name and one quiet line."""

    def __init__(self, second: QWidget) -> None:
        super().__init__()
        self._mark = label("", "mark")
        self._mark.setFixedSize(_MARK, _MARK)
        self._mark.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._name = ElidedLabel("heading")
        words = QVBoxLayout()
        words.setSpacing(0)
        words.addWidget(self._name)
        words.addWidget(second)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(10)
        row.addWidget(self._mark)
        row.addLayout(words, 1)

    def show_name(self, name: str) -> None:
        """Show a site's name."""
        self._mark.setText(name.strip()[:1].upper())
        self._name.show_text(name)
