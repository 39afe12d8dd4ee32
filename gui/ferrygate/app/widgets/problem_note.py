"""Shows a problem in its place: a sentence, a next step, details for support."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QWidget

from ferrygate.app.presenters.problem_text import problem_text, said_text
from ferrygate.app.theme import Theme
from ferrygate.app.widgets.copy_details_button import CopyDetailsButton
from ferrygate.app.widgets.icon_label import IconLabel
from ferrygate.app.widgets.labels import label
from ferrygate.app.widgets.themed_button import ThemedButton
from ferrygate.common.errors import Kind, Problem

_BESIDE = 40  # pixels beside the words: the icon, and room to spare


class ProblemNote(QWidget):
    """Shows a problem; hidden while there is none.

    Signals:
        acted: the button with the caller's own words was pressed.
    """

    acted = Signal()

    def __init__(self, theme: Theme, action: str = "") -> None:
        super().__init__()
        self._words = label(wrap=True)
        self._words.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self._said = label("", "dim", wrap=True)
        self._said.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self._copy = CopyDetailsButton(theme)
        self._action = ThemedButton(theme, action, look="link")
        self._action.clicked.connect(self.acted)
        self._action.setVisible(bool(action))
        links = QHBoxLayout()
        links.setContentsMargins(0, 0, 0, 0)
        links.setSpacing(8)
        links.addWidget(self._copy)
        links.addWidget(self._action)
        links.addStretch()
        grid = self._grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(10)
        grid.setVerticalSpacing(2)
        warning = IconLabel(theme, "warning", "red")
        grid.addWidget(warning, 0, 0, Qt.AlignmentFlag.AlignTop)
        grid.addWidget(self._words, 0, 1)
        grid.addWidget(self._said, 1, 1)
        grid.addLayout(links, 2, 1)
        grid.setColumnStretch(1, 1)
        self.hide()

    def fit(self, widest: int) -> None:
        """Be as narrow as the words allow, and as tall as they need then.

        For a place without a layout, such as the middle of an empty list.
        """
        texts = (self._words.text(), self._said.text())
        longest = max(map(self._words.fontMetrics().horizontalAdvance, texts))
        width = min(widest, longest + _BESIDE)
        self.setFixedSize(width, self._grid.totalHeightForWidth(width))

    def render_problem(self, problem: Problem | None, *, can_act: bool = True) -> None:
        """Show a problem, or nothing."""
        self.setVisible(problem is not None)
        if problem is not None:
            self._words.setText(problem_text(problem))
            self._words.setAccessibleName(problem_text(problem))
            self._said.setText(said_text(problem))
            self._said.setVisible(bool(said_text(problem)))
            self._copy.setVisible(problem.kind is not Kind.USAGE)  # it is the person's to mend
        self._copy.offer(problem)
        self._action.setVisible(can_act and bool(self._action.text()))
