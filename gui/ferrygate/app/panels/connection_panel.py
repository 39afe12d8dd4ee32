"""The details of the connection, in place of the files until the person goes back."""

from __future__ import annotations

from PySide6.QtCore import Slot
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QVBoxLayout, QWidget

from ferrygate.app.presenters.workspace import Workspace
from ferrygate.app.render_pace import RenderPace
from ferrygate.app.scale import wide
from ferrygate.app.theme import Theme
from ferrygate.app.widgets.card import SiteHeader
from ferrygate.app.widgets.copy_details_button import CopyDetailsButton
from ferrygate.app.widgets.fact_sheet import FactSheet
from ferrygate.app.widgets.key_table import KeyTable
from ferrygate.app.widgets.labels import ElidedLabel, label
from ferrygate.app.widgets.themed_button import ThemedButton
from ferrygate.common.i18n import _

_WIDTH = 640  # pixels: some 90 characters a line, since names of algorithms are long


class ConnectionPanel(QWidget):
    """Shows a :class:`~ferrygate.app.presenters.connection_presenter.ConnectionView`."""

    def __init__(self, theme: Theme, pace: RenderPace, workspace: Workspace) -> None:
        super().__init__()
        self._workspace = workspace
        self.setObjectName("ground")
        self._state = ElidedLabel("dim")
        self._head = SiteHeader(self._state)
        self._sheet = FactSheet(theme, _("Connection details"))
        self._copy = CopyDetailsButton(theme, look="plain")
        self._back = ThemedButton(theme, _("Back to the files"), look="primary")
        self._back.clicked.connect(self._leave)
        self._keys = KeyTable(self)
        self._keys.add_way_back(_("Back to the files"), workspace.leave_connection)
        self._lay_out()
        pace.add(self, self._render, workspace, workspace.connection)

    def _lay_out(self) -> None:
        card = QFrame()
        card.setObjectName("card")
        card.setMaximumWidth(wide(_WIDTH))
        foot = QHBoxLayout()
        foot.setSpacing(8)
        foot.addWidget(self._copy)
        foot.addStretch()
        foot.addWidget(self._back)
        column = QVBoxLayout(card)
        column.setContentsMargins(28, 28, 28, 24)
        column.setSpacing(16)
        column.addWidget(self._head)
        column.addWidget(label(_("Connection details"), "title"))
        column.addWidget(self._sheet, 1)
        column.addLayout(foot)
        row = QHBoxLayout(self)
        row.setContentsMargins(24, 24, 24, 24)
        row.addStretch()
        row.addWidget(card, 1)
        row.addStretch()

    def first_focus(self) -> QWidget:
        """Name what has the keyboard first: the way back."""
        return self._back

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if not self._keys.press(event):
            super().keyPressEvent(event)

    def _render(self) -> None:
        site = self._workspace.site
        if site is None:
            return
        self._head.show_name(site.name)
        self._state.show_text(self._workspace.state.text)
        view = self._workspace.connection.view(site)
        self._sheet.show_facts(view.facts)
        self._copy.offer_text(view.details)

    @Slot()
    def _leave(self) -> None:
        self._workspace.leave_connection()
