"""Lays out the foot of the sign-in card: its button, choices and links."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout

from ferrygate.app.presenters.sign_in_view import SignInView, Stage
from ferrygate.app.theme import Theme
from ferrygate.app.widgets.check_box import CheckBox
from ferrygate.app.widgets.labels import label
from ferrygate.app.widgets.site_menu import SiteMenuButton
from ferrygate.app.widgets.themed_button import ThemedButton
from ferrygate.common.i18n import _


class SignInFoot(QVBoxLayout):
    """Shows what can be pressed now.

    Attributes:
        button: signs in.
        needs_word: the button alone is the person's word after repeated refusals, as was rendered.
        other_way: turns from one way to have a code to another.
        by_hand: turns from Okta's setting up of the code.
        remember: the choice to keep the password.
        keep: the choice to keep the code secret.
        cancel: ends the sign-in.
        check: checks the access.
        others: goes to the choice of sites.
        menu: offers to forget what is kept.
    """

    def __init__(self, theme: Theme, spacing: int) -> None:
        """Make the foot; ``spacing`` is the card's, in pixels."""
        super().__init__()
        self.needs_word = False
        self.button = ThemedButton(theme, _("Sign in"), look="primary")
        self.button.setProperty("big", "true")
        self._note = label("", "caption", wrap=True)
        self.other_way = ThemedButton(theme, look="link")
        self.by_hand = ThemedButton(theme, _("Use a key or a picture instead"), look="link")
        self.remember = CheckBox(theme, _("Remember my password"))
        self.keep = CheckBox(theme, _("Remember my code set-up"))
        self.keep.setChecked(True)
        self.check = ThemedButton(theme, _("Check my access"), look="link")
        self.others = ThemedButton(theme, _("Other sites"), look="link")
        self.cancel = ThemedButton(theme, _("Cancel"), look="link", name=_("Cancel sign-in"))
        self.menu = SiteMenuButton(theme)
        self.setSpacing(spacing)
        self.addWidget(self.button)
        self.addLayout(self._under_button())
        last = QVBoxLayout()
        last.setSpacing(8)
        last.addLayout(self._choices())
        last.addLayout(self._last_line())
        self.addLayout(last)

    def _under_button(self) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setSpacing(8)
        row.addWidget(self._note, 1)
        for link in (self.by_hand, self.other_way):
            row.addWidget(link, 0, Qt.AlignmentFlag.AlignTop)
        return row

    def _choices(self) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setSpacing(12)
        for choice in (self.remember, self.keep):
            row.addWidget(choice)
        row.addStretch()
        row.addWidget(self.menu)
        return row

    def _last_line(self) -> QHBoxLayout:
        """Lay out where to go from here."""
        row = QHBoxLayout()
        row.setSpacing(12)
        row.addWidget(self.check)
        row.addStretch()
        for link in (self.cancel, self.others):
            row.addWidget(link)
        return row

    @property
    def remembers(self) -> bool:
        """Tell whether the person was offered to have the password kept, and has chosen it."""
        return not self.remember.isHidden() and self.remember.isChecked()

    def render_view(self, view: SignInView) -> None:
        """Show what the card offers now."""
        is_form, is_okta = view.stage is Stage.FORM, view.stage is Stage.OKTA_SETUP
        is_code = view.stage is Stage.CODE_SETUP
        self.needs_word = view.button.needs_word
        self.button.show_words(view.button.words)
        self.button.setEnabled(view.button.can_press)
        self.button.setVisible(is_form or is_okta)
        self._note.setText(view.note)
        self._note.setVisible(bool(view.note) and (is_form or is_okta or is_code))
        self.other_way.show_words(view.ways.other_way)
        self.other_way.setVisible(is_form and bool(view.ways.other_way))
        self.by_hand.setVisible(is_okta and not view.busy)
        self.remember.setVisible(view.can_remember and is_form)
        self.keep.setVisible(view.can_keep_code and (is_okta or is_code))
        self.cancel.setVisible(view.busy and (is_form or is_okta))
        self.others.setVisible(not view.busy)
        self.check.setVisible(not view.busy)
        self.menu.offer_for(view)
        self.menu.setVisible(is_form and not view.busy and self.menu.has_something)
