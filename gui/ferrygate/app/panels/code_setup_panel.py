"""Setting up the code: paste the key or the address, or choose a picture."""

from __future__ import annotations

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLineEdit, QVBoxLayout

from ferrygate.app.presenters.sign_in_view import SignInView
from ferrygate.app.theme import Theme
from ferrygate.app.widgets.check_box import CheckBox
from ferrygate.app.widgets.labels import label
from ferrygate.app.widgets.problem_note import ProblemNote
from ferrygate.app.widgets.themed_button import ThemedButton
from ferrygate.common.i18n import _


class CodeSetupPanel(QFrame):
    """Shown while no code secret is at hand.

    Signals:
        text_given: a pasted key or address, and whether to keep it.
        picture_wanted: the person wants to choose a picture.
    """

    text_given = Signal(str, bool)
    picture_wanted = Signal()

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self.setProperty("look", "inset")
        self._text = QLineEdit()
        self._text.setProperty("look", "inline")
        self._text.setEchoMode(QLineEdit.EchoMode.Password)
        self._text.setPlaceholderText(_("Paste the key or the otpauth address"))
        self._text.setAccessibleName(_("Key of your code"))
        self._text.returnPressed.connect(self._give)
        use = ThemedButton(theme, _("Use"), name=_("Use this key"))
        use.clicked.connect(self._give)
        picture = ThemedButton(
            theme,
            _("QR picture"),
            look="quiet",
            icon="picture",
            tip=_("Choose a picture of your QR code"),
        )
        picture.clicked.connect(self.picture_wanted)
        self._keep = CheckBox(theme, _("Keep it in the keychain"))
        self._keep.setChecked(True)
        self._problem = ProblemNote(theme)
        column = QVBoxLayout(self)
        column.setContentsMargins(14, 12, 14, 10)
        column.setSpacing(8)
        column.addWidget(label(_("Set up your code"), "strong"))
        words = _("You were given a key or a QR code once. With it, codes are made here for you.")
        column.addWidget(label(words, "caption", wrap=True))
        first = QHBoxLayout()
        first.setSpacing(8)
        first.addWidget(self._text, 1)
        first.addWidget(use)
        column.addLayout(first)
        column.addWidget(self._problem)
        second = QHBoxLayout()
        second.addWidget(self._keep)
        second.addStretch()
        second.addWidget(picture)
        column.addLayout(second)

    @property
    def wants_keeping(self) -> bool:
        """Whether the secret is to be kept."""
        return not self._keep.isHidden() and self._keep.isChecked()

    def render_view(self, view: SignInView) -> None:
        """Show what the card knows."""
        if not view.asks_code:
            self._text.clear()
        self.setVisible(view.asks_code)
        self._keep.setVisible(view.can_keep_code)
        self._problem.render_problem(view.code_problem)

    @Slot()
    def _give(self) -> None:
        if self._text.text().strip():
            self.text_given.emit(self._text.text(), self.wants_keeping)
