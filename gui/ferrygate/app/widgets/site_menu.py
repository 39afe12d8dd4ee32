"""What else can be done with the site: forget what is kept for it."""

from __future__ import annotations

from PySide6.QtCore import QPoint, Qt, Signal, Slot
from PySide6.QtWidgets import QMenu

from ferrygate.app.theme import Theme
from ferrygate.app.widgets.themed_button import ThemedButton
from ferrygate.common.i18n import _
from ferrygate.engine.messages import SecretKind


class SiteMenuButton(ThemedButton):
    """Opens a small menu.

    Signals:
        forget_wanted: drop this secret (:class:`SecretKind`).
    """

    forget_wanted = Signal(object)

    def __init__(self, theme: Theme) -> None:
        super().__init__(theme, _("Forget…"), look="link", name=_("Forget what is remembered"))
        self._password = self._code = False
        self.clicked.connect(self._open)

    @property
    def has_something(self) -> bool:
        """Whether there is anything to forget."""
        return self._password or self._code

    def offer(self, *, password: bool, code: bool) -> None:
        """Say what is at hand."""
        self._password, self._code = password, code

    @Slot()
    def _open(self) -> None:
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.addAction(_("Forget my password"), self._forget_password).setEnabled(self._password)
        menu.addAction(_("Forget my code set-up"), self._forget_code).setEnabled(self._code)
        menu.popup(self.mapToGlobal(QPoint(0, -menu.sizeHint().height())))

    @Slot()
    def _forget_password(self) -> None:
        self.forget_wanted.emit(SecretKind.PASSWORD)

    @Slot()
    def _forget_code(self) -> None:
        self.forget_wanted.emit(SecretKind.CODE_SECRET)
