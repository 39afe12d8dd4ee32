"""Shows a problem that does not stop the person's work."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout

from ferrygate.app.theme import Theme
from ferrygate.app.widgets.problem_note import ProblemNote
from ferrygate.common.errors import Problem
from ferrygate.common.i18n import _


class NoticeBar(QFrame):
    """Shows a notice; hidden while there is none.

    Signals:
        dismissed: it has been read.
    """

    dismissed = Signal()

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self.setObjectName("notice")
        self._note = ProblemNote(theme, _("Dismiss"))
        self._note.acted.connect(self.dismissed)
        row = QHBoxLayout(self)
        row.setContentsMargins(20, 10, 20, 8)
        row.addWidget(self._note)
        self.hide()

    def render_problem(self, problem: Problem | None) -> None:
        """Show a problem, or nothing."""
        self.setVisible(problem is not None)
        self._note.render_problem(problem)
