"""The choice of sites: saved ones, a connection file, or an address."""

from __future__ import annotations

from PySide6.QtCore import QSignalMapper, Slot
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout

from ferrygate.app.dialogs.choosers import choose_connection_file
from ferrygate.app.panels.card import CardGround
from ferrygate.app.panels.field import Field
from ferrygate.app.presenters.sites_presenter import SitesPresenter
from ferrygate.app.render_pace import RenderPace
from ferrygate.app.theme import Theme
from ferrygate.app.widgets.labels import label
from ferrygate.app.widgets.layouts import clear
from ferrygate.app.widgets.problem_note import ProblemNote
from ferrygate.app.widgets.themed_button import ThemedButton
from ferrygate.common.i18n import _
from ferrygate.sites.site import Site


class SitesPanel(CardGround):
    """Shows the chooser and hands the choice to the presenter."""

    def __init__(self, theme: Theme, pace: RenderPace, presenter: SitesPresenter) -> None:
        super().__init__(theme)
        self._theme = theme
        self._presenter = presenter
        self._sites: tuple[Site, ...] | None = None
        self._mapper = QSignalMapper(self)
        self._mapper.mappedInt.connect(self._choose)
        self._title = label("", "title")
        self._words = label("", "dim", wrap=True)
        self._list = QVBoxLayout()
        self._list.setSpacing(8)
        self._problem = ProblemNote(theme)
        self._open = ThemedButton(theme, _("Open a connection file"), icon="file")
        self._open.clicked.connect(self._choose_file)
        self._address = Field(_("Or the server's address"))
        self._address.edit.setPlaceholderText("sftp.example.org")
        self._address.edit.returnPressed.connect(self._open_address)
        go = ThemedButton(theme, _("Continue"))
        go.clicked.connect(self._open_address)
        for widget in (self._title, self._words):
            self.column.addWidget(widget)
        self.column.addLayout(self._list)
        self.column.addWidget(self._problem)
        self.column.addWidget(self._open)
        self.column.addWidget(self._address)
        foot = QHBoxLayout()
        foot.addStretch()
        foot.addWidget(go)
        self.column.addLayout(foot)
        pace.add(self, self._render, presenter)

    def _render(self) -> None:
        view = self._presenter.view
        self._problem.render_problem(view.problem)
        if view.sites == self._sites:
            return
        self._sites = view.sites
        self._title.setText(_("Your sites") if view.sites else _("Welcome"))
        self._words.setText(
            _("Choose where to sign in.")
            if view.sites
            else _("Open the connection file you were sent, or type the server's address.")
        )
        clear(self._list)
        for at, site in enumerate(view.sites):
            words = f"{site.name}   {site.host}"
            button = ThemedButton(self._theme, words, look="site", icon="server", name=site.name)
            button.clicked.connect(self._mapper.map)
            self._mapper.setMapping(button, at)
            self._list.addWidget(button)

    @Slot(int)
    def _choose(self, at: int) -> None:
        self._presenter.choose(self._presenter.view.sites[at])

    @Slot()
    def _choose_file(self) -> None:
        choose_connection_file(self, self._presenter.open_file)

    @Slot()
    def _open_address(self) -> None:
        self._presenter.open_address(self._address.edit.text())
