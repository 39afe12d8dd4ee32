"""A connection file before anybody agreed to it: mail from a stranger."""

from __future__ import annotations

from PySide6.QtCore import Slot
from PySide6.QtWidgets import QFormLayout, QFrame, QHBoxLayout, QVBoxLayout, QWidget

from ferrygate.app.presenters.offer_view import OfferView
from ferrygate.app.presenters.sites_presenter import SitesPresenter
from ferrygate.app.render_pace import RenderPace
from ferrygate.app.theme import Theme
from ferrygate.app.widgets.card import CardPage, SiteHeader
from ferrygate.app.widgets.icon_label import IconLabel
from ferrygate.app.widgets.labels import ElidedLabel, label
from ferrygate.app.widgets.layouts import clear
from ferrygate.app.widgets.themed_button import ThemedButton
from ferrygate.common.i18n import _


class OfferPanel(CardPage):
    """Shows an :class:`OfferView` and takes the answer."""

    def __init__(self, theme: Theme, pace: RenderPace, presenter: SitesPresenter) -> None:
        super().__init__(theme)
        self._theme = theme
        self._presenter = presenter
        self._shown: OfferView | None = None
        second = ElidedLabel("dim")
        second.show_text(_("Connection file"))
        self._head = SiteHeader(second)
        self._facts = QFrame()
        self._facts.setProperty("look", "inset")
        self._form = QFormLayout(self._facts)
        self._form.setContentsMargins(16, 14, 16, 14)
        self._form.setHorizontalSpacing(16)
        self._form.setVerticalSpacing(8)
        self._warnings = QVBoxLayout()
        self._warnings.setSpacing(10)
        words = _(
            "Nothing has been sent to anybody yet. Use it only if you were expecting it, and from"
            " somebody you know."
        )
        self._use = ThemedButton(theme, _("Use this connection"), look="primary")
        self._use.clicked.connect(self._accept)
        self._leave = ThemedButton(theme, _("Not now"))
        self._leave.clicked.connect(self._decline)
        self.keys.add_way_back(_("Not now"), presenter.decline)
        self.column.addWidget(self._head)
        self.column.addWidget(label(_("Use this connection?"), "title"))
        self.column.addWidget(self._facts)
        self.column.addLayout(self._warnings)
        self.column.addWidget(label(words, "dim", wrap=True))
        foot = QHBoxLayout()
        foot.setSpacing(8)
        foot.addStretch()
        foot.addWidget(self._leave)
        foot.addWidget(self._use)
        self.column.addLayout(foot)
        pace.add(self, self._render, presenter)

    def first_focus(self) -> QWidget:
        """Name what has the keyboard first: the careful answer.

        The file is mail from a stranger, and what it leads to gets a password: a habitual Enter is
        no consent.
        """
        return self._leave

    def _render(self) -> None:
        offer = self._presenter.view.offer
        if offer is None or offer == self._shown:
            return
        self._shown = offer
        self._head.show_name(offer.name)
        while self._form.rowCount():
            self._form.removeRow(0)
        for caption, value in offer.facts:
            self._form.addRow(label(caption, "caption"), label(value, "strong", wrap=True))
        clear(self._warnings)
        for warning in offer.warnings:
            self._warnings.addWidget(self._warning(warning))

    def _warning(self, words: str) -> QFrame:
        frame = QFrame()
        row = QHBoxLayout(frame)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(10)
        row.addWidget(IconLabel(self._theme, "warning", "amber"))
        row.addWidget(label(words, wrap=True), 1)
        return frame

    @Slot()
    def _accept(self) -> None:
        self._presenter.accept()

    @Slot()
    def _decline(self) -> None:
        self._presenter.decline()
