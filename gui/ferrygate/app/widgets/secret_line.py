"""Takes a line of hidden text, and shows it while the person wants to see it."""

from __future__ import annotations

from PySide6.QtCore import QEvent, Qt, Signal, Slot
from PySide6.QtGui import QFocusEvent, QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QLineEdit

from ferrygate.app.plain_text import plain_tip
from ferrygate.app.presenters.caps_lock import CapsLock
from ferrygate.app.theme import Theme
from ferrygate.app.widgets.themed_button import ThemedButton
from ferrygate.common.i18n import _

_EYE_ROOM = 34  # pixels at the end of the line

# Seen or not, it is for no word list of an input method (Qt takes these hints away with the dots).
_HINTS = (
    Qt.InputMethodHint.ImhSensitiveData
    | Qt.InputMethodHint.ImhNoPredictiveText
    | Qt.InputMethodHint.ImhNoAutoUppercase
)


class SecretLine(QLineEdit):
    """Shows dots. An eye at its end shows the text until the line is left, emptied or disabled.

    The eye is no stop of Tab: who goes on to the next line by Tab, and types there without a look,
    would type behind the secret and show it by Enter. Alt+F8 does the same as the eye, as it does
    in password fields of Windows.

    Signals:
        caps_lock_told: whether Caps Lock is on, as far as the last key tells.
    """

    caps_lock_told = Signal(bool)

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._caps_lock = CapsLock()
        self._hides = True
        self._eye = ThemedButton(theme, look="eye", icon="eye", tint="dim", name=_("Show"))
        self._eye.setCheckable(True)
        self._eye.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._eye.setToolTip(plain_tip(_("Show (Alt+F8)")))
        self._eye.setCursor(Qt.CursorShape.ArrowCursor)
        self._eye.toggled.connect(self._show_text)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 4, 0)
        row.addStretch()
        row.addWidget(self._eye)
        self.textChanged.connect(self._follow)
        self.hide_text(wanted=True)

    def name(self, caption: str) -> None:
        """Name the line, and its eye, for screen readers."""
        self.setAccessibleName(caption)
        self._eye.setAccessibleName(_("Show: {what}").format(what=caption))

    def hide_text(self, *, wanted: bool) -> None:
        """Hide what is typed, or show it at all times, where it is no secret."""
        self._hides = wanted
        self._eye.setChecked(False)
        self._show_text(shown=False)
        self._follow(self.text())

    def keyPressEvent(self, event: QKeyEvent) -> None:
        keys = event.modifiers()
        if event.key() == Qt.Key.Key_F8 and keys == Qt.KeyboardModifier.AltModifier:
            if not self._eye.isHidden():
                self._eye.toggle()
            return
        if event.key() == Qt.Key.Key_CapsLock:
            self._caps_lock.pressed()
        elif not keys & (Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.MetaModifier):
            shift = bool(keys & Qt.KeyboardModifier.ShiftModifier)
            self._caps_lock.typed(event.text(), shift=shift)
        super().keyPressEvent(event)
        self._tell_caps_lock()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        if event.reason() is not Qt.FocusReason.PopupFocusReason:
            self._eye.setChecked(False)

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.EnabledChange:
            self._eye.setChecked(False)

    def _tell_caps_lock(self) -> None:
        self.caps_lock_told.emit(self._hides and bool(self._caps_lock.is_on))

    @Slot(bool)
    def _show_text(self, shown: bool) -> None:  # noqa: FBT001  a slot
        echo = QLineEdit.EchoMode
        self.setEchoMode(echo.Normal if shown or not self._hides else echo.Password)
        if self._hides:
            self.setInputMethodHints(self.inputMethodHints() | _HINTS)

    @Slot(str)
    def _follow(self, text: str) -> None:
        can_show = bool(text) and self._hides
        if not text:
            self._caps_lock.forget()
            self._tell_caps_lock()
        if not can_show:
            self._eye.setChecked(False)
        self._eye.setVisible(can_show)
        self.setTextMargins(0, 0, _EYE_ROOM if can_show else 0, 0)
