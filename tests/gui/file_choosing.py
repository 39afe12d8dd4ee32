"""Works Qt's own file dialog as a person does: types names and presses its button."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QDialogButtonBox, QFileDialog, QLineEdit


def choose(dialog: QFileDialog, *names: str) -> None:
    """Choose files of the folder that is shown, or others by their whole path."""
    QTest.qWaitForWindowExposed(dialog)
    field = dialog.findChild(QLineEdit)
    assert field is not None
    field.setText(" ".join(f'"{name}"' for name in names) if len(names) > 1 else names[0])
    box = dialog.findChild(QDialogButtonBox)
    assert box is not None
    button = next(b for b in box.buttons() if box.buttonRole(b) is box.ButtonRole.AcceptRole)
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)
