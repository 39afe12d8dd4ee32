"""The choice of sites: saved ones, a connection file, or an address."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QSignalMapper, Slot
from PySide6.QtWidgets import QVBoxLayout, QWidget

from ferrygate.app.dialogs.choosers import choose_connection_file
from ferrygate.app.panels.address_panel import AddressPanel
from ferrygate.app.presenters.run_in_background import RunInBackground
from ferrygate.app.presenters.sites_presenter import SitesPresenter
from ferrygate.app.render_pace import RenderPace
from ferrygate.app.theme import Theme
from ferrygate.app.widgets.card import CardPage
from ferrygate.app.widgets.labels import label
from ferrygate.app.widgets.layouts import clear
from ferrygate.app.widgets.problem_note import ProblemNote
from ferrygate.app.widgets.themed_button import ThemedButton
from ferrygate.common.display import display_text
from ferrygate.common.i18n import _
from ferrygate.sites.site import Site


class SitesPanel(CardPage):
    """Shows the chooser and hands the choice to the presenter."""

    def __init__(
        self,
        theme: Theme,
        pace: RenderPace,
        presenter: SitesPresenter,
        background: RunInBackground,
    ) -> None:
        super().__init__(theme)
        self._theme = theme
        self._background = background
        self._presenter = presenter
        self._listed: tuple[Site | Path, ...] | None = None
        self._mapper = QSignalMapper(self)
        self._mapper.mappedInt.connect(self._choose)
        self._title = label("", "title")
        self._words = label("", "dim", wrap=True)
        self._list = QVBoxLayout()
        self._list.setSpacing(8)
        self._problem = ProblemNote(theme)
        self._open = ThemedButton(theme, _("Open a connection file"), icon="file")
        self._open.clicked.connect(self._choose_file)
        self._address = AddressPanel(theme, presenter)
        for widget in (self._title, self._words):
            self.column.addWidget(widget)
        self.column.addLayout(self._list)
        self.column.addWidget(self._problem)
        self.column.addWidget(self._open)
        self.column.addWidget(self._address)
        pace.add(self, self._render, presenter)

    def first_focus(self) -> QWidget:
        """Name what has the keyboard first: the first saved site, else what a newcomer has."""
        first = self._list.itemAt(0)
        site = first.widget() if first is not None else None
        return site if isinstance(site, ThemedButton) else self._open

    def _render(self) -> None:
        view = self._presenter.view
        self._problem.render_problem(view.problem)
        self._address.render_problem(view.address_problem)
        listed: tuple[Site | Path, ...] = (*view.sites, *view.arrived)
        if listed == self._listed:
            return
        self._listed = listed
        self._title.setText(_("Your sites") if view.sites else _("Welcome"))
        self._words.setText(
            _("Choose where to sign in.")
            if view.sites
            else _("Open the connection file you were sent, or type the server's address.")
        )
        clear(self._list)
        for at, each in enumerate(listed):
            button = self._offer_file(each) if isinstance(each, Path) else self._offer_site(each)
            button.clicked.connect(self._mapper.map)
            self._mapper.setMapping(button, at)
            self._list.addWidget(button)
            button.show()  # else later, and the keyboard is to go there now
        if self.isVisible() and not self._address.has_text:
            self.first_focus().setFocus()

    def _offer_site(self, site: Site) -> ThemedButton:
        words = f"{site.name}   {site.host}"
        return ThemedButton(self._theme, words, look="site", icon="server", name=site.name)

    def _offer_file(self, file: Path) -> ThemedButton:
        name = display_text(file.name)
        words = _("{file} in {folder}").format(file=name, folder=display_text(file.parent.name))
        name = _("Open {file}").format(file=name)
        return ThemedButton(self._theme, words, look="site", icon="file", name=name)

    @Slot(int)
    def _choose(self, at: int) -> None:
        view = self._presenter.view
        if at < len(view.sites):
            self._presenter.choose(view.sites[at])
        else:
            self._presenter.open_file(str(view.arrived[at - len(view.sites)]))

    @Slot()
    def _choose_file(self) -> None:
        choose_connection_file(self, self._background, self._presenter.open_file)
