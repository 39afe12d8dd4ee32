"""Keys of a list or a page, each with the words that menus show for it.

The actions are no shortcuts in Qt's sense: those take a key before the control that has the
keyboard sees it, and two of the same key are both ignored. Here a key is looked up when nothing
nearer to the keyboard wanted it, so that Backspace in a field stays a matter of the field.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

from PySide6.QtCore import QKeyCombination, QObject, Qt
from PySide6.QtGui import QAction, QKeyEvent, QKeySequence

from ferrygate.app.plain_text import plain_words

_EXACT = QKeySequence.SequenceMatch.ExactMatch


class KeyTable(QObject):
    """Finds the action of a key."""

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._actions: list[QAction] = []

    def add(
        self, words: str, call: Callable[[], object], keys: Iterable[QKeySequence | str] = ()
    ) -> QAction:
        """Make an action.

        Args:
            words: for menus.
            call: does it.
            keys: what is pressed for it, such as ``Ctrl+L``; on a Mac, Ctrl is Command.
        """
        action = QAction(plain_words(words), self)
        action.setShortcuts([QKeySequence(key) for key in keys])
        action.setShortcutVisibleInContextMenu(True)
        action.triggered.connect(lambda _checked=False: call())
        self._actions.append(action)
        return action

    def add_way_back(self, words: str, call: Callable[[], object]) -> None:
        """Have Escape and the platform's keys for "back" leave a page."""
        standard = QKeySequence.StandardKey
        back = standard_keys(standard.Back, but=["Backspace"])
        self.add(words, call, [*standard_keys(standard.Cancel), *back])

    def press(self, event: QKeyEvent) -> bool:
        """Carry out a key's action; tell whether the key has an action here.

        A key that is held down does it once.
        """
        keypad = Qt.KeyboardModifier.KeypadModifier
        pressed = QKeySequence(QKeyCombination(event.modifiers() & ~keypad, Qt.Key(event.key())))
        for action in self._actions:
            if any(key.matches(pressed) is _EXACT for key in action.shortcuts()):
                if action.isEnabled() and not event.isAutoRepeat():
                    action.trigger()
                return True
        return False


def is_command(event: QKeyEvent) -> bool:
    """Tell whether a key was pressed together with one that makes a command of it.

    Qt's buttons take Alt+Left for Left, and pass the keyboard on to the next one.
    """
    held = Qt.KeyboardModifier
    makers = held.AltModifier | held.ControlModifier | held.MetaModifier
    return bool(event.modifiers() & makers)


def standard_keys(
    key: QKeySequence.StandardKey, *, but: Iterable[str] = ()
) -> tuple[QKeySequence, ...]:
    """Return the platform's keys for an action, without those that mean something else here."""
    left_out = [QKeySequence(each) for each in but]
    return tuple(each for each in QKeySequence.keyBindings(key) if each not in left_out)
