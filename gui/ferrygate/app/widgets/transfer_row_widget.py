"""Shows one batch in the transfers panel."""

from __future__ import annotations

from PySide6.QtCore import QEvent, Qt, Signal, Slot
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import (
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QProgressBar,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from ferrygate.app.presenters.batch_outcome import RowTone
from ferrygate.app.presenters.transfer_row import RowAction, RowView
from ferrygate.app.theme import Theme
from ferrygate.app.widgets.conflict_question import ConflictQuestionWidget
from ferrygate.app.widgets.icon_label import IconLabel
from ferrygate.app.widgets.labels import ElidedLabel, set_look
from ferrygate.app.widgets.row_links import BESIDE_WORDS, RowLinks
from ferrygate.app.widgets.themed_button import ThemedButton
from ferrygate.common.i18n import _
from ferrygate.transfers.views import BatchId, ConflictChoice, ConflictScope

_STEPS = 1000  # of the bar: finer than its pixels
# Pixels around and between the columns, which are the same in every row: icon, title, bar with
# status, and the button to cancel. The end of a batch has the place of the bar.
_LEFT, _RIGHT, _GAP, _CANCEL_WIDTH = 20, 16, 16, 36
_TOP = 9
_MIN_BAR, _MAX_BAR = 72, 200  # pixels
_SHARE_OF_BAR, _SHARE_OF_STATUS = 0.26, 0.36  # of what icon, button and gaps leave
_LONG_STATUS = "88 % · 888.8 MB of 88.88 GB"


class TransferRowWidget(QFrame):
    """Shows a :class:`RowView`.

    Attributes:
        batch: the name of the batch shown; empty before there was any.

    Signals:
        cancel_wanted: stop this batch (its name towards the engine).
        acted: do what a link says (batch, :class:`RowAction`).
        scope_chosen: the files that the next answer is to hold for (batch, :class:`ConflictScope`).
        answered: what to do about names that are taken (batch, :class:`ConflictChoice`).
    """

    cancel_wanted = Signal(str)
    acted = Signal(str, object)
    answered = Signal(str, object)
    scope_chosen = Signal(str, object)

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self.setObjectName("transfer")
        self.batch = BatchId("")
        self._shown: RowView | None = None
        self._beside = 0  # pixels of a scroll bar beside it
        self._icon = IconLabel(theme)
        self._title = ElidedLabel("strong")
        self._sub = ElidedLabel("caption")
        self._about = ElidedLabel("caption")
        self._said = ElidedLabel("caption")
        self._left = ElidedLabel("caption")
        self._bar = QProgressBar()
        self._bar.setRange(0, _STEPS)
        self._bar.setTextVisible(False)
        self._outcome = ElidedLabel()
        self._status = ElidedLabel()
        self._cancel = ThemedButton(theme, look="quiet", icon="close", tip=_("Cancel"))
        self._cancel.clicked.connect(self._want_cancel)
        self._links = RowLinks(theme)
        self._links.chosen.connect(self._act)
        self._ended = self._make_ended()
        self._question = ConflictQuestionWidget(theme)
        self._question.answered.connect(self._answer)
        self._question.scope_chosen.connect(self._choose_scope)
        self._lay_out()

    def _lay_out(self) -> None:
        words = QVBoxLayout()
        words.setSpacing(1)
        words.addWidget(self._title)
        words.addWidget(self._sub)
        moving = QHBoxLayout()
        moving.setContentsMargins(BESIDE_WORDS, 0, 0, 0)
        moving.setSpacing(_GAP)
        moving.addWidget(self._bar)
        moving.addWidget(self._status)
        moving.addStretch()
        grid = self._grid = QGridLayout(self)
        grid.setContentsMargins(_LEFT, _TOP, _RIGHT, _TOP)
        grid.setHorizontalSpacing(_GAP)
        grid.setVerticalSpacing(0)
        middle = Qt.AlignmentFlag.AlignVCenter
        grid.addWidget(self._icon, 0, 0, middle)
        grid.addLayout(words, 0, 1, middle)
        grid.addLayout(moving, 0, 2, middle)
        grid.addWidget(self._cancel, 0, 3, middle)
        grid.addWidget(self._ended, 0, 2, 1, 2, middle)
        grid.addWidget(self._about, 1, 1, 1, 3)
        grid.addWidget(self._said, 2, 1, 1, 3)
        grid.addWidget(self._left, 3, 1, 1, 3)
        grid.addWidget(self._question, 4, 1, 1, 3)
        grid.setColumnStretch(1, 1)
        grid.setColumnMinimumWidth(3, _CANCEL_WIDTH)

    def _make_ended(self) -> QWidget:
        """Put what has become of a batch above its links, from where the bar of others begins."""
        ended = QWidget()
        ended.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        ended.setMinimumWidth(1)  # else a long link would move the columns of its row
        column = QVBoxLayout(ended)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(1)
        self._outcome.setContentsMargins(BESIDE_WORDS, 0, 0, 0)
        column.addWidget(self._outcome)
        column.addWidget(self._links)
        return ended

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._share_out()

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() in {QEvent.Type.FontChange, QEvent.Type.StyleChange}:
            self._share_out()

    def leave_room(self, beside: int) -> None:
        """Keep the columns where they are beside a scroll bar, ``beside`` pixels wide."""
        if beside != self._beside:
            self._beside = beside
            self._grid.setContentsMargins(_LEFT, _TOP, max(0, _RIGHT - beside), _TOP)
            self._share_out()

    def _share_out(self) -> None:
        """Give the columns their room by width and font alone, so that it is that of each row."""
        beside = _LEFT + self._icon.width() + 4 * _GAP + _CANCEL_WIDTH + _RIGHT
        room = max(0, self.width() + self._beside - beside)
        bar = round(min(_MAX_BAR, max(_MIN_BAR, room * _SHARE_OF_BAR)))
        wanted = self.fontMetrics().horizontalAdvance(_LONG_STATUS)
        status = round(min(wanted, room * _SHARE_OF_STATUS))
        self._bar.setFixedWidth(bar)
        self._status.setFixedWidth(status)
        self._grid.setColumnMinimumWidth(2, BESIDE_WORDS + bar + _GAP + status)
        self._grid.setRowMinimumHeight(0, self._first_height)

    @property
    def min_height(self) -> int:
        """Return how tall a row is at least, in pixels, whatever is to be said of its batch."""
        frame = self.contentsMargins()
        return self._first_height + 2 * _TOP + frame.top() + frame.bottom()

    @property
    def line_height(self) -> int:
        """Return how tall each line is that a row has more, in pixels."""
        return self._about.sizeHint().height()

    @property
    def _first_height(self) -> int:
        words = self._title.sizeHint().height() + 1 + self._sub.sizeHint().height()
        ended = self._outcome.sizeHint().height() + 1 + self._links.line_height
        return max(words, ended)

    def render_view(self, view: RowView) -> None:
        """Show the state of the batch.

        Each call of Qt waits for the engine's threads, so only what is new is told: while files
        are moved, that is the bar and the words beside it.
        """
        shown, self._shown = self._shown, view
        if shown is None or view.at_rest != shown.at_rest:
            self._render_rest(view)
        if view != shown:
            self._render_progress(view)

    def _render_progress(self, view: RowView) -> None:
        words = (view.title, view.sub, view.about, view.said, view.left, view.status)
        self.setAccessibleName(", ".join(filter(None, words)))
        self._bar.setUpdatesEnabled(False)  # else Qt would paint the window here and now
        self._bar.setValue(round((view.fraction or 0.0) * _STEPS))
        self._bar.setUpdatesEnabled(True)
        self._status.show_text(view.status)
        self._outcome.show_text(view.status)

    def _render_rest(self, view: RowView) -> None:
        self.batch = view.batch
        self._icon.show_icon(view.icon, view.tone.value)
        self._title.show_text(view.title)
        self._sub.show_text(view.sub, tip=_sub_tip(view))
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
        self._ended.setVisible(not moving)
        set_look(self._outcome, "tone", view.tone.value)
        self._cancel.setVisible(view.can_cancel)
        self._cancel.setAccessibleName(view.cancel_name)
        self._links.show_links(view.links, view.details)
        self._links.setVisible(bool(view.links))
        self._question.render_view(view.conflict)

    @Slot()
    def _want_cancel(self) -> None:
        self.cancel_wanted.emit(self.batch)

    @Slot(object)
    def _act(self, action: RowAction) -> None:
        self.acted.emit(self.batch, action)

    @Slot(object)
    def _answer(self, choice: ConflictChoice) -> None:
        self.answered.emit(self.batch, choice)

    @Slot(object)
    def _choose_scope(self, scope: ConflictScope) -> None:
        self.scope_chosen.emit(self.batch, scope)


def _sub_tip(view: RowView) -> str:
    """Say in the tip what has no room in the line: the whole path."""
    return f"{view.sub}\n{view.place}" if view.place else view.sub
