"""Offers what else can be done with the site: forget what is kept for it."""

from __future__ import annotations

from PySide6.QtCore import QPoint, Qt, Signal, Slot
from PySide6.QtWidgets import QMenu

from ferrygate.app.presenters.sign_in_view import SignInView
from ferrygate.app.theme import Theme
from ferrygate.app.widgets.themed_button import ThemedButton
from ferrygate.common.i18n import _
from ferrygate.common.secret import SecretKind


class SiteMenuButton(ThemedButton):
    """Opens a small menu.

    Signals:
        forget_wanted: drop this secret (:class:`SecretKind`).
    """

    forget_wanted = Signal(object)

    def __init__(self, theme: Theme) -> None:
        super().__init__(theme, _("Forget…"), look="link", name=_("Forget what is remembered"))
        self._view = SignInView()
        self.clicked.connect(self._open)

    @property
    def has_something(self) -> bool:
        """Tell whether there is anything to forget."""
        view = self._view
        return bool(view.password_hint) or view.shows_code or view.has_private_key

    def offer_for(self, view: SignInView) -> None:
        """Offer what is at hand for the site."""
        self._view = view

    @Slot()
    def _open(self) -> None:
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        password = menu.addAction(_("Forget my password"), self._forget_password)
        password.setEnabled(bool(self._view.password_hint))
        code = menu.addAction(_("Forget my code set-up"), self._forget_code)
        code.setEnabled(self._view.shows_code)
        if self._view.has_private_key:
            menu.addAction(_("Forget the passphrase of my key"), self._forget_passphrase)
        menu.popup(self.mapToGlobal(QPoint(0, -menu.sizeHint().height())))

    @Slot()
    def _forget_password(self) -> None:
        self.forget_wanted.emit(SecretKind.PASSWORD)

    @Slot()
    def _forget_code(self) -> None:
        self.forget_wanted.emit(SecretKind.CODE_SECRET)

    @Slot()
    def _forget_passphrase(self) -> None:
        self.forget_wanted.emit(SecretKind.PASSPHRASE)
