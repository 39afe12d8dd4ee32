"""A program with something to drag, such as a file manager; a process of its own.

``python drag_source.py ADDRESS...`` shows a window, tells the place of its handle, how each drag
ended, and what is typed into it.
"""

from __future__ import annotations

import sys

from PySide6.QtCore import QMimeData, Qt, QTimer, QUrl
from PySide6.QtGui import QDrag, QMouseEvent
from PySide6.QtWidgets import QApplication, QLineEdit, QVBoxLayout, QWidget

_SETTLED_MS = 300


class Handle(QWidget):
    """Begins a drag when it is pulled."""

    def mouseMoveEvent(self, _event: QMouseEvent) -> None:
        drag = QDrag(self)
        data = QMimeData()
        data.setUrls([QUrl(address) for address in sys.argv[1:]])
        drag.setMimeData(data)
        tell("taken" if drag.exec(Qt.DropAction.CopyAction) is Qt.DropAction.CopyAction else "no")

    def tell_place(self) -> None:
        """Tell where on the screen the handle is."""
        place = self.mapToGlobal(self.rect().center())
        tell(f"at {place.x()} {place.y()}")


def tell(words: str) -> None:
    """Tell the test a line."""
    sys.stdout.write(f"{words}\n")
    sys.stdout.flush()


def main() -> None:
    """Show the window until the process is ended."""
    application = QApplication(sys.argv[:1])
    window = QWidget()
    window.setGeometry(4, 24, 160, 90)
    typed = QLineEdit()
    typed.textChanged.connect(lambda text: tell(f"typed {text}"))
    handle = Handle()
    column = QVBoxLayout(window)
    column.addWidget(handle, 1)
    column.addWidget(typed)
    window.show()
    window.activateWindow()
    typed.setFocus()
    QTimer.singleShot(_SETTLED_MS, handle.tell_place)
    application.exec()


if __name__ == "__main__":
    main()
