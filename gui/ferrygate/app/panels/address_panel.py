"""The address of a server, for a person who was sent no connection file."""

from __future__ import annotations

from PySide6.QtCore import Qt, Slot
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from ferrygate.app.presenters.problem_text import problem_text
from ferrygate.app.presenters.sites_presenter import SitesPresenter
from ferrygate.app.theme import Theme
from ferrygate.app.widgets.field import Field
from ferrygate.app.widgets.icon_note import IconNote
from ferrygate.app.widgets.themed_button import ThemedButton
from ferrygate.common.errors import Problem
from ferrygate.common.i18n import _
from ferrygate.sites.site import DEFAULT_PORT

_PORT_WIDTH = 72


class AddressPanel(QWidget):
    """Asks for the port as well, of those alone who type an address."""

    def __init__(self, theme: Theme, presenter: SitesPresenter) -> None:
        super().__init__()
        self._presenter = presenter
        self._address = Field(_("Or the server's address"))
        self._address.edit.setPlaceholderText("sftp.example.org")
        self._address.edit.returnPressed.connect(self._open)
        self._address.edit.textChanged.connect(self._offer_port)
        self._port = Field(_("Port"))
        self._port.edit.setPlaceholderText(str(DEFAULT_PORT))
        self._port.edit.setInputMethodHints(Qt.InputMethodHint.ImhDigitsOnly)
        self._port.edit.returnPressed.connect(self._open)
        self._port.setFixedWidth(_PORT_WIDTH)
        self._port.hide()
        self._wrong = IconNote(theme)
        go = ThemedButton(theme, _("Continue"))
        go.clicked.connect(self._open)
        where = QHBoxLayout()
        where.setSpacing(8)
        where.addWidget(self._address, 1)
        where.addWidget(self._port)
        foot = QHBoxLayout()
        foot.addStretch()
        foot.addWidget(go)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(12)
        column.addLayout(where)
        column.addWidget(self._wrong)
        column.addLayout(foot)

    @property
    def has_text(self) -> bool:
        """Tell whether an address is being typed."""
        return bool(self._address.edit.text())

    def render_problem(self, problem: Problem | None) -> None:
        """Say beside the fields what is wrong with them."""
        words = "" if problem is None else problem_text(problem)
        self._wrong.show_words(words)
        self._address.edit.setAccessibleDescription(words)

    @Slot()
    def _open(self) -> None:
        if self._presenter.open_address(self._address.edit.text(), self._port.edit.text()):
            for field in (self._address, self._port):
                field.edit.setText("")  # an address may hold a password
        else:
            self._address.setFocus()

    @Slot(str)
    def _offer_port(self, address: str) -> None:
        self._port.setVisible(bool(address.strip()))
