"""Transfers at the bottom of the window: three tabs, one row a batch."""

from __future__ import annotations

from PySide6.QtCore import QSignalMapper, Qt, QTimer, Slot
from PySide6.QtWidgets import QButtonGroup, QFrame, QHBoxLayout, QScrollArea, QVBoxLayout, QWidget

from ferrygate.app.presenters.transfer_row import RowView
from ferrygate.app.presenters.transfers_presenter import Tab, TransfersPresenter, TransfersView
from ferrygate.app.render_pace import RenderPace
from ferrygate.app.theme import Theme
from ferrygate.app.widgets.labels import label
from ferrygate.app.widgets.themed_button import ThemedButton
from ferrygate.app.widgets.transfer_row_widget import TransferRowWidget
from ferrygate.engine.messages import BatchId, ConflictChoice

_SHOWN = 3


class TransfersPanel(QFrame):
    """Grows to three rows, then scrolls; the window shows it from the first transfer on."""

    def __init__(self, theme: Theme, pace: RenderPace, presenter: TransfersPresenter) -> None:
        super().__init__()
        self._theme = theme
        self._presenter = presenter
        self.setObjectName("transfers")
        self._group = QButtonGroup(self)
        self._mapper = QSignalMapper(self)
        self._mapper.mappedInt.connect(self._show_tab)
        self._summary = label("", "dim")
        self._empty = label("", "dim")
        self._rows: list[TransferRowWidget] = []
        self._shown: tuple[RowView, ...] = ()
        self._tabs: tuple[Tab, tuple[tuple[Tab, str], ...]] | None = None
        self._asked: BatchId | None = None
        self._area = QScrollArea()
        self._area.setObjectName("rows")
        self._area.setWidgetResizable(True)
        self._area.setFrameShape(QFrame.Shape.NoFrame)
        self._area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        inside = QWidget()
        self._column = QVBoxLayout(inside)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(0)
        self._column.addStretch()
        self._area.setWidget(inside)
        self._lay_out()
        pace.add(self, self._render, presenter)
        self.hide()

    def _lay_out(self) -> None:
        head = QHBoxLayout()
        head.setContentsMargins(20, 0, 20, 0)
        head.setSpacing(18)
        for at, (_tab, words) in enumerate(self._presenter.view.labels):
            button = ThemedButton(self._theme, words, look="tab")
            button.setCheckable(True)
            button.clicked.connect(self._mapper.map)
            self._mapper.setMapping(button, at)
            self._group.addButton(button, at)
            head.addWidget(button)
        head.addStretch()
        head.addWidget(self._summary)
        self._empty.setContentsMargins(20, 10, 20, 14)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(head)
        column.addWidget(self._empty)
        column.addWidget(self._area)

    def _render(self) -> None:
        view = self._presenter.view
        if (view.tab, view.labels) != self._tabs:
            self._tabs = (view.tab, view.labels)
            self._render_tabs(view)
        self._summary.setText(view.summary)
        self._empty.setText(view.empty)
        self._empty.setVisible(not view.rows)
        self._area.setVisible(bool(view.rows))
        self._render_rows(view)

    def _render_tabs(self, view: TransfersView) -> None:
        for at, (tab, words) in enumerate(view.labels):
            button = self._group.button(at)
            if isinstance(button, ThemedButton):
                button.show_words(words)
                button.setChecked(tab is view.tab)

    def _render_rows(self, view: TransfersView) -> None:
        self._shown = view.rows
        while len(self._rows) < len(view.rows):
            self._rows.append(self._make_row())
        for at, widget in enumerate(self._rows):
            widget.setVisible(at < len(view.rows))
            if at < len(view.rows):
                widget.render_view(view.rows[at])
        first = self._rows[: min(len(view.rows), _SHOWN)]
        self._area.setFixedHeight(sum(widget.sizeHint().height() for widget in first))
        if view.asked != self._asked:
            self._asked = view.asked
            QTimer.singleShot(0, self._show_question)  # once the rows have their places

    def _make_row(self) -> TransferRowWidget:
        widget = TransferRowWidget(self._theme)
        widget.cancel_wanted.connect(self._cancel)
        widget.retry_wanted.connect(self._retry)
        widget.answered.connect(self._answer)
        self._column.insertWidget(len(self._rows), widget)
        return widget

    @Slot()
    def _show_question(self) -> None:
        for at, row in enumerate(self._shown):
            if row.batch == self._asked:
                self._area.ensureWidgetVisible(self._rows[at])

    @Slot(int)
    def _show_tab(self, at: int) -> None:
        self._presenter.show(list(Tab)[at])

    @Slot(str)
    def _cancel(self, batch: BatchId) -> None:
        self._presenter.cancel(batch)

    @Slot(str)
    def _retry(self, batch: BatchId) -> None:
        self._presenter.retry(batch)

    @Slot(str, object)
    def _answer(self, batch: BatchId, choice: ConflictChoice) -> None:
        self._presenter.answer(batch, choice)
