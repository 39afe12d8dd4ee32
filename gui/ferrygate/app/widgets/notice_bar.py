"""A bar at the top for what went wrong beside the person's work."""

from __future__ import annotations

from PySide6.QtWidgets import QFrame, QHBoxLayout

from ferrygate.app.presenters.notice_presenter import NoticePresenter
from ferrygate.app.theme import Theme
from ferrygate.app.widgets.problem_note import ProblemNote
from ferrygate.common.i18n import _


class NoticeBar(QFrame):
    """Hidden while there is nothing to say."""

    def __init__(self, theme: Theme, presenter: NoticePresenter) -> None:
        super().__init__()
        self.setObjectName("notice")
        self._presenter = presenter
        self._note = ProblemNote(theme, _("Dismiss"))
        self._note.acted.connect(presenter.dismiss)
        row = QHBoxLayout(self)
        row.setContentsMargins(20, 10, 20, 8)
        row.addWidget(self._note)
        presenter.subscribe(self._render)
        self.hide()

    def _render(self) -> None:
        self.setVisible(self._presenter.problem is not None)
        self._note.render_problem(self._presenter.problem)
