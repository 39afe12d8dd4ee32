"""Puts codes on the clipboard, marked secret, and removes them when they expire."""

from __future__ import annotations

from PySide6.QtCore import QMimeData, QObject, Slot
from PySide6.QtGui import QClipboard

from ferrygate.app.presenters.code_presenter import GivenOutCode

_SECRET_MARKS = (
    ("x-kde-passwordManagerHint", b"secret"),
    ("application/x-nspasteboard-concealed-type", b"1"),
    ('application/x-qt-windows-mime;value="Clipboard Viewer Ignore"', b"1"),
    ('application/x-qt-windows-mime;value="CanIncludeInClipboardHistory"', bytes(4)),
    ('application/x-qt-windows-mime;value="CanUploadToCloudClipboard"', bytes(4)),
    ('application/x-qt-windows-mime;value="ExcludeClipboardContentFromMonitorProcessing"', b"1"),
)


class CodeClipboard(QObject):
    """Puts codes on the clipboard and takes them off again."""

    def __init__(self, clipboard: QClipboard, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._clipboard = clipboard
        self._held: GivenOutCode | None = None

    def hold(self, code: GivenOutCode | None) -> None:
        """Put a code on the clipboard, or remove the one that was put there."""
        if code == self._held:
            return
        if code is None:
            self.clear()
            return
        self._held = code
        data = QMimeData()
        data.setText(code.digits)
        for name, value in _SECRET_MARKS:
            data.setData(name, value)
        self._clipboard.setMimeData(data)

    @Slot()
    def clear(self) -> None:
        """Take our code off, unless something else was copied since."""
        if self._held is not None and self._clipboard.text() == self._held.digits:
            self._clipboard.clear()
        self._held = None
