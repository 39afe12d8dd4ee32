"""Holds the fields of the sign-in card: user name, password, passphrase and a typed code."""

from __future__ import annotations

from PySide6.QtWidgets import QWidget

from ferrygate.app.presenters.sign_in_view import Form, SignInView, Stage
from ferrygate.app.presenters.typed_code_presenter import TypedCodeView
from ferrygate.app.theme import Theme
from ferrygate.app.widgets.code_field import CodeField
from ferrygate.app.widgets.field import Field
from ferrygate.app.widgets.secret_field import SecretField
from ferrygate.common.i18n import _
from ferrygate.common.message import message
from ferrygate.common.secret_text import without_unseen_ends


class SignInFields:
    """Shows which fields a sign-in needs, and reads them; the card lays them out."""

    def __init__(self, theme: Theme) -> None:
        self.user = Field(_("User name"))
        self.password = SecretField(theme, message("Your password"), _("Password"))
        self.passphrase = SecretField(
            theme, message("Your passphrase"), _("Passphrase of your private key")
        )
        self.code = CodeField(theme, _("Code from your phone or token"))
        self.lines = (self.user, self.password, self.passphrase)

    def render_view(self, view: SignInView, typed_code: TypedCodeView) -> None:
        """Show what the card asks for now; a sign-in that is under way takes nothing else."""
        is_form = view.stage is Stage.FORM
        is_shown = is_form or view.stage is Stage.OKTA_SETUP
        self.user.setVisible(is_shown)
        self.password.setVisible(is_shown and view.asks_password)
        self.passphrase.setVisible(is_form and view.asks_passphrase)
        self.password.edit.setPlaceholderText(view.password_hint)
        for field in self.lines:
            field.edit.setEnabled(not view.busy)
        self.code.render_view(typed_code)
        self.code.setVisible(is_form and view.ways.asks_typed_code)
        self.code.setEnabled(view.ways.waits_for_code or not view.busy)

    def form(self, *, remember: bool) -> Form:
        """Read what was typed.

        Raises:
            UsageError: a secret has more than one line, which :meth:`confirm` says.
        """
        return Form(
            username=without_unseen_ends(self.user.edit.text()),
            password=self.password.secret,
            passphrase=self.passphrase.secret,
            code=self.code.code,
            remember=remember,
        )

    def confirm(self) -> bool:
        """Tell whether the secrets may be used; if not, their fields say why."""
        return self.password.confirm() and self.passphrase.confirm()

    def forget_secrets(self) -> None:
        """Empty the fields of secrets."""
        self.password.clear()
        self.passphrase.clear()
        self.code.clear()

    @property
    def is_untouched(self) -> bool:
        """Tell whether no name and no password was typed since the card was turned to a site."""
        return not (self.user.edit.isModified() or self.password.edit.isModified())

    def missing(self, view: SignInView) -> QWidget | None:
        """Name the field that the person has to fill in, if any."""
        if view.asks_passphrase:
            return self.passphrase.edit
        if view.ways.waits_for_code:
            return self.code.edit
        if not self.user.edit.text():
            return self.user.edit
        has_password = bool(self.password.edit.text() or view.password_hint)
        if view.ways.asks_typed_code and (has_password or not view.asks_password):
            return self.code.edit
        # Where it is at hand, it is to be checked after refusals.
        is_to_be_typed = not view.password_hint or view.button.needs_word
        return self.password.edit if view.asks_password and is_to_be_typed else None
