"""Takes a code from a phone or a token: digits alone, forgotten once they were used."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import QLineEdit, QVBoxLayout, QWidget

from ferrygate.app.presenters.problem_text import problem_text
from ferrygate.app.presenters.typed_code_presenter import TypedCodeView
from ferrygate.app.theme import Theme
from ferrygate.app.widgets.icon_note import IconNote
from ferrygate.app.widgets.labels import label
from ferrygate.common.i18n import _, ngettext
from ferrygate.common.secret import Secret

_HINTS = (
    Qt.InputMethodHint.ImhDigitsOnly
    | Qt.InputMethodHint.ImhSensitiveData
    | Qt.InputMethodHint.ImhNoPredictiveText
)


class CodeField(QWidget):
    """Takes digits, and blanks between them; says why the last code did not do.

    Signals:
        entered: Enter was pressed.
    """

    entered = Signal()

    def __init__(self, theme: Theme, caption: str = "") -> None:
        """Make a field with words above it, or with its place alone to tell what it is for."""
        super().__init__()
        self._question = 0
        self._digits = 0
        self._typed = ""
        self.edit = QLineEdit()
        self.edit.setProperty("look", "digits")
        self.edit.setInputMethodHints(_HINTS)
        self.edit.setAccessibleName(_("Code from your phone or token"))
        self.edit.textEdited.connect(self._keep_digits)
        self.edit.returnPressed.connect(self.entered)
        self.setFocusProxy(self.edit)
        self._note = IconNote(theme)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(5)
        if caption:
            above = label(caption, "caption", wrap=True)
            above.setBuddy(self.edit)
            column.addWidget(above)
        column.addWidget(self.edit)
        column.addWidget(self._note)

    @property
    def code(self) -> Secret:
        """Give what was typed, blanks and all."""
        return Secret(self.edit.text())

    def clear(self) -> None:
        """Forget the code, which Ctrl+Z would bring back after ``QLineEdit.clear``."""
        self._typed = ""
        self.edit.setText("")

    def render_view(self, view: TypedCodeView) -> None:
        """Show how many digits are wanted, and what was wrong; another question empties it."""
        if view.digits != self._digits:
            self._digits = view.digits
            words = ngettext("{count} digit", "{count} digits", view.digits)
            self.edit.setPlaceholderText(words.format(count=view.digits))
        if view.question != self._question:
            self._question = view.question
            self.clear()
        words = "" if view.problem is None else problem_text(view.problem)
        self._note.show_words(words)
        self.edit.setAccessibleDescription(words)

    @Slot(str)
    def _keep_digits(self, text: str) -> None:
        """Leave out at once what no code has; a digit too many only where a key typed it."""
        kept = "".join(char for char in text if (char.isascii() and char.isdigit()) or char == " ")
        count = len(kept.replace(" ", ""))
        was_typed = len(text) - len(self._typed) == 1
        is_more = count > self._digits or (count == self._digits and kept.endswith(" "))
        if was_typed and is_more:
            kept = self._typed
        if kept != text:
            at = self.edit.cursorPosition() - (len(text) - len(kept))
            self.edit.setText(kept)
            self.edit.setCursorPosition(max(0, at))
        self._typed = kept
