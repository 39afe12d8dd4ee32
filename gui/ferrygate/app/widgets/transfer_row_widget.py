"""One batch in the transfers panel."""

from __future__ import annotations

import msgspec
from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QFrame, QGridLayout, QHBoxLayout, QProgressBar, QVBoxLayout

from ferrygate.app.presenters.transfer_row import RowTone, RowView
from ferrygate.app.theme import Theme
from ferrygate.app.widgets.conflict_question import ConflictQuestionWidget
from ferrygate.app.widgets.copy_details_button import CopyDetailsButton
from ferrygate.app.widgets.icon_label import IconLabel
from ferrygate.app.widgets.labels import ElidedLabel, label, set_look
from ferrygate.app.widgets.themed_button import ThemedButton
from ferrygate.common.i18n import _
from ferrygate.engine.messages import BatchId, ConflictChoice

_STEPS = 1000
_BAR_WIDTH, _SHORT_BAR_WIDTH = 200, 96
_ROOM_FOR_BAR = 800
_STATUS_WIDTH = 176
_CANCEL_WIDTH = 36


class TransferRowWidget(QFrame):
    """Shows a :class:`RowView`.

    Signals:
        cancel_wanted: stop this batch (its name towards the engine).
        retry_wanted: try again what it did not deliver (likewise).
        answered: what to do about names that are taken (batch, :class:`ConflictChoice`).
    """

    cancel_wanted = Signal(str)
    retry_wanted = Signal(str)
    answered = Signal(str, object)

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self.setObjectName("transfer")
        self._batch = BatchId("")
        self._shown: RowView | None = None
        self._icon = IconLabel(theme)
        self._title = ElidedLabel("strong")
        self._sub = ElidedLabel("caption")
        self._about = ElidedLabel("caption")
        self._said = ElidedLabel("caption")
        self._left = ElidedLabel("caption")
        self._bar = QProgressBar()
        self._bar.setRange(0, _STEPS)
        self._bar.setTextVisible(False)
        self._outcome = label()
        self._outcome.setIndent(0)
        self._status = label()
        self._cancel = ThemedButton(theme, look="quiet", icon="close", name=_("Cancel transfer"))
        self._cancel.clicked.connect(self._want_cancel)
        self._details = CopyDetailsButton(theme)
        self._retry = ThemedButton(
            theme, _("Try again"), look="link", name=_("Try again to transfer")
        )
        self._retry.clicked.connect(self._want_retry)
        self._question = ConflictQuestionWidget(theme)
        self._question.answered.connect(self._answer)
        self._lay_out()

    def _lay_out(self) -> None:
        words = QVBoxLayout()
        words.setSpacing(1)
        words.addWidget(self._title)
        words.addWidget(self._sub)
        actions = QHBoxLayout()
        actions.setSpacing(12)
        actions.addWidget(self._retry)
        actions.addWidget(self._details)
        grid = QGridLayout(self)
        grid.setContentsMargins(20, 9, 16, 9)
        grid.setHorizontalSpacing(16)
        grid.setVerticalSpacing(0)
        middle = Qt.AlignmentFlag.AlignVCenter
        grid.addWidget(self._icon, 0, 0, middle)
        grid.addLayout(words, 0, 1)
        grid.addWidget(self._bar, 0, 2, middle)
        grid.addWidget(self._outcome, 0, 2, middle)
        grid.addWidget(self._status, 0, 3, middle)
        grid.addLayout(actions, 0, 3, 1, 2, middle | Qt.AlignmentFlag.AlignLeft)
        grid.addWidget(self._cancel, 0, 4, middle)
        grid.addWidget(self._about, 1, 1, 1, 4)
        grid.addWidget(self._said, 2, 1, 1, 4)
        grid.addWidget(self._left, 3, 1, 1, 4)
        grid.addWidget(self._question, 4, 1, 1, 4)
        grid.setColumnStretch(1, 1)
        grid.setColumnMinimumWidth(3, _STATUS_WIDTH)
        grid.setColumnMinimumWidth(4, _CANCEL_WIDTH)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Where there is little room, the title matters more than the bar."""
        super().resizeEvent(event)
        width = _BAR_WIDTH if event.size().width() >= _ROOM_FOR_BAR else _SHORT_BAR_WIDTH
        self._bar.setFixedWidth(width)
        self._outcome.setMinimumWidth(width)

    def render_view(self, view: RowView) -> None:
        """Show how the batch stands.

        Each call of Qt waits for the engine's threads, so only what is new is told: while files
        are moved, that is the bar and the words beside it.
        """
        shown, self._shown = self._shown, view
        if shown is None or _at_rest(view) != _at_rest(shown):
            self._render_rest(view)
        if view != shown:
            self._render_progress(view)

    def _render_progress(self, view: RowView) -> None:
        words = (view.title, view.sub, view.about, view.said, view.left, view.status)
        self.setAccessibleName(", ".join(filter(None, words)))
        self._bar.setUpdatesEnabled(False)  # else Qt would paint the window here and now
        self._bar.setValue(round((view.fraction or 0.0) * _STEPS))
        self._bar.setUpdatesEnabled(True)
        self._status.setText(view.status)
        self._outcome.setText(view.status)

    def _render_rest(self, view: RowView) -> None:
        self._batch = view.batch
        self._icon.show_icon(view.icon, view.tone.value)
        self._title.show_text(view.title)
        self._sub.show_text(view.sub)
        self._about.show_text(view.about)
        self._about.setVisible(bool(view.about))
        self._said.show_text(view.said, tip=view.each)
        self._said.setVisible(bool(view.said))
        self._left.show_text(view.left)
        self._left.setVisible(bool(view.left))
        self._bar.setVisible(view.fraction is not None)
        set_look(self._bar, "tone", view.tone.value)
        moving = view.fraction is not None
        set_look(self._status, "tone", "amber" if view.tone is RowTone.AMBER else "")
        self._status.setVisible(moving)
        self._outcome.setVisible(not moving)
        set_look(self._outcome, "tone", view.tone.value)
        self._cancel.setVisible(view.can_cancel)
        self._retry.setVisible(view.can_retry)
        self._details.setVisible(bool(view.details))
        self._details.offer_text(view.details)
        self._question.render_view(view.conflict)

    @Slot()
    def _want_cancel(self) -> None:
        self.cancel_wanted.emit(self._batch)

    @Slot()
    def _want_retry(self) -> None:
        self.retry_wanted.emit(self._batch)

    @Slot(object)
    def _answer(self, choice: ConflictChoice) -> None:
        self.answered.emit(self._batch, choice)


def _at_rest(view: RowView) -> RowView:
    """Give a row without what changes while files are moved."""
    fraction = None if view.fraction is None else 0.0
    return msgspec.structs.replace(view, fraction=fraction, status="")
