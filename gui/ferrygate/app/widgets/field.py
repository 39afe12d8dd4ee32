"""Labels a line to type in."""

from __future__ import annotations

from PySide6.QtWidgets import QLineEdit, QVBoxLayout, QWidget

from ferrygate.app.widgets.labels import label


class Field(QWidget):
    """Shows a caption above an edit."""

    def __init__(self, caption: str) -> None:
        super().__init__()
        self.edit = QLineEdit()
        self.edit.setAccessibleName(caption)
        self._words = label(caption, "caption", wrap=True)
        self._words.setBuddy(self.edit)
        self.setFocusProxy(self.edit)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(5)
        column.addWidget(self._words)
        column.addWidget(self.edit)

    def show_caption(self, caption: str) -> None:
        """Show other words above the field."""
        self._words.setText(caption)
        self.edit.setAccessibleName(caption)
