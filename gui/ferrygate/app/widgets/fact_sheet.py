"""Shows captions with values below them: a text to read, to select and to scroll."""

from __future__ import annotations

from PySide6.QtCore import Qt, Slot
from PySide6.QtGui import QKeyEvent, QTextCharFormat, QTextCursor, QTextFormat, QTextOption
from PySide6.QtWidgets import QPlainTextEdit

from ferrygate.app import tokens as t
from ferrygate.app.scale import px
from ferrygate.app.theme import Theme

_GAP = 6  # pixels of the empty line between two facts
_PIXELS = QTextFormat.Property.FontPixelSize


class FactSheet(QPlainTextEdit):
    """Wraps long values anywhere, such as fingerprints; Tab leaves it."""

    def __init__(self, theme: Theme, name: str) -> None:
        """Begin empty; ``name`` is for screen readers."""
        super().__init__()
        self._theme = theme
        self._facts: tuple[tuple[str, str], ...] = ()
        self.setAccessibleName(name)
        self.setReadOnly(True)
        keys, mouse = (
            Qt.TextInteractionFlag.TextSelectableByKeyboard,
            Qt.TextInteractionFlag.TextSelectableByMouse,
        )
        self.setTextInteractionFlags(keys | mouse)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)  # no wheel takes the keyboard
        self.setTabChangesFocus(True)
        self.setAcceptDrops(False)
        self.setWordWrapMode(QTextOption.WrapMode.WrapAtWordBoundaryOrAnywhere)
        theme.changed.connect(self._write)

    def show_facts(self, facts: tuple[tuple[str, str], ...]) -> None:
        """Show these, from the first one on; what is shown already stays where it is."""
        if facts != self._facts:
            self._facts = facts
            self._write()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Leave keys with Alt to the page: Qt's text would take Alt+Left for a word to the left."""
        if event.modifiers() & Qt.KeyboardModifier.AltModifier:
            event.ignore()
        else:
            super().keyPressEvent(event)

    @Slot()
    def _write(self) -> None:
        self.clear()
        cursor = self.textCursor()
        small, gap, plain = QTextCharFormat(), QTextCharFormat(), QTextCharFormat()
        small.setForeground(self._theme.colour("dim"))
        small.setProperty(_PIXELS, px(t.CAPTION))
        gap.setProperty(_PIXELS, px(_GAP))
        plain.setForeground(self._theme.colour("text"))
        for at, (caption, value) in enumerate(self._facts):
            if at:
                self._begin_line(cursor, gap)
                self._begin_line(cursor, small)
            cursor.insertText(caption, small)
            self._begin_line(cursor, plain)
            cursor.insertText(value, plain)
        self.moveCursor(QTextCursor.MoveOperation.Start)

    @staticmethod
    def _begin_line(cursor: QTextCursor, look: QTextCharFormat) -> None:
        """Begin a line that is as tall as its letters are, even if there are none."""
        cursor.insertBlock(cursor.blockFormat(), look)
