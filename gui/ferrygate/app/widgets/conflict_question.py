"""The question about names that are taken, in the row of its batch."""

from __future__ import annotations

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from ferrygate.app.presenters.conflict_view import ConflictView
from ferrygate.app.theme import Theme
from ferrygate.app.widgets.labels import ElidedLabel
from ferrygate.app.widgets.themed_button import ThemedButton
from ferrygate.common.i18n import _
from ferrygate.engine.messages import ConflictChoice


class ConflictQuestionWidget(QWidget):
    """Shows a :class:`ConflictView`, hidden where nothing is asked.

    Signals:
        answered: what to do about names that are taken (:class:`ConflictChoice`).
    """

    answered = Signal(object)

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._words = ElidedLabel()
        self._warning = ElidedLabel("caption")
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 8, 0, 2)
        row.setSpacing(8)
        words = QVBoxLayout()
        words.setSpacing(1)
        words.addWidget(self._words)
        words.addWidget(self._warning)
        row.addLayout(words, 1)
        for text, slot in (
            (_("Replace"), self._replace),
            (_("Keep both"), self._keep_both),
            (_("Skip"), self._skip),
        ):
            button = ThemedButton(theme, text)
            button.clicked.connect(slot)
            row.addWidget(button)

    def render_view(self, view: ConflictView | None) -> None:
        """Show the question; ``None`` hides it."""
        self.setVisible(view is not None)
        self._words.show_text(view.question if view else "")
        self._warning.show_text(view.warning if view else "")
        self._warning.setVisible(bool(view and view.warning))

    @Slot()
    def _replace(self) -> None:
        self.answered.emit(ConflictChoice.REPLACE)

    @Slot()
    def _keep_both(self) -> None:
        self.answered.emit(ConflictChoice.KEEP_BOTH)

    @Slot()
    def _skip(self) -> None:
        self.answered.emit(ConflictChoice.SKIP)
