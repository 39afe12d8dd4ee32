"""Takes a password, a passphrase or an answer, and remarks on the text in it."""

from __future__ import annotations

from PySide6.QtCore import Slot
from PySide6.QtWidgets import QVBoxLayout, QWidget

from ferrygate.app.presenters.secret_check import SecretCheck, SecretNote
from ferrygate.app.theme import Theme
from ferrygate.app.widgets.icon_note import IconNote
from ferrygate.app.widgets.labels import label
from ferrygate.app.widgets.secret_line import SecretLine
from ferrygate.common.i18n import _
from ferrygate.common.message import Message
from ferrygate.common.secret import Secret
from ferrygate.common.secret_text import given_secret, without_unseen_ends

_TYPED = 1  # characters that one key adds; where more come at once, they were pasted


class SecretField(QWidget):
    """Reports invisible characters at the ends of a text, offers to remove them; shows Caps Lock.

    A pasted text is looked at as soon as it is there, a typed one when it is to be used: more may
    follow a blank that is typed.
    """

    def __init__(self, theme: Theme, source: Message, caption: str = "") -> None:
        """Make a field.

        Args:
            theme: the colours.
            source: what the secret is, to begin sentences with, such as "Your password".
            caption: the words above the line, if any.
        """
        super().__init__()
        self._source = source
        self._check = SecretCheck(source)
        self._length = 0
        self.edit = SecretLine(theme)
        self.edit.textChanged.connect(self._follow)
        self.edit.caps_lock_told.connect(self._tell_caps_lock)
        self.setFocusProxy(self.edit)
        self._caps_lock = IconNote(theme)
        self._note = IconNote(theme, _("Remove it"))
        self._note.acted.connect(self._take_away)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(5)
        if caption:
            above = label(caption, "caption", wrap=True)
            above.setBuddy(self.edit)
            self.edit.name(caption)
            column.addWidget(above)
        column.addWidget(self.edit)
        column.addWidget(self._caps_lock)
        column.addWidget(self._note)

    @property
    def secret(self) -> Secret:
        """Return the text, without a line end at its very end.

        Raises:
            UsageError: it is more than a line, which :meth:`confirm` says.
        """
        return given_secret(self.edit.text(), self._source)

    def confirm(self) -> bool:
        """Tell whether the text may be used; if not, say why: of a strange one only once."""
        text = self.edit.text()
        passes = self._check.lets_pass(text)
        if not passes:
            self._show(self._check.look(text))
            self.edit.setFocus()
        return passes

    def clear(self) -> None:
        """Forget the text, which Ctrl+Z would bring back after ``QLineEdit.clear``."""
        self._check.forget()
        self.edit.setText("")

    def _show(self, note: SecretNote) -> None:
        self._note.show_words(note.words, can_act=note.can_remove)
        self.edit.setAccessibleDescription(note.words)

    @Slot(bool)
    def _tell_caps_lock(self, is_on: bool) -> None:  # noqa: FBT001  a slot
        self._caps_lock.show_words(_("Caps Lock is on.") if is_on else "")

    @Slot(str)
    def _follow(self, text: str) -> None:
        pasted = len(text) - self._length > _TYPED
        self._length = len(text)
        self._show(self._check.look(text) if pasted else SecretNote())

    @Slot()
    def _take_away(self) -> None:
        self.edit.setText(without_unseen_ends(self.edit.text()))
        self.edit.setFocus()
