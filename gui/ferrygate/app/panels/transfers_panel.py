"""Transfers at the bottom of the window: three tabs, one row a batch."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QSignalMapper, Qt, QTimer, Slot
from PySide6.QtWidgets import (
    QButtonGroup,
    QFrame,
    QHBoxLayout,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from ferrygate.app.presenters.batch_outcome import Tab
from ferrygate.app.presenters.transfer_row import RowAction, RowView
from ferrygate.app.presenters.transfers_presenter import (
    ROWS_AT_ONCE,
    TabView,
    TransfersPresenter,
    TransfersView,
)
from ferrygate.app.render_pace import RenderPace
from ferrygate.app.theme import Theme
from ferrygate.app.widgets.labels import label, set_look
from ferrygate.app.widgets.themed_button import ThemedButton
from ferrygate.app.widgets.transfer_row_widget import TransferRowWidget
from ferrygate.transfers.views import BatchId, ConflictChoice, ConflictScope


class TransfersPanel(QFrame):
    """Grows to three rows, then scrolls; the window shows it while there are rows.

    Its height is that of the tab with most rows, so that neither the tabs nor the list above move
    when another one is shown. Each row has a widget for as long as it is shown, so that neither the
    keyboard's place nor a click on its way meets another batch than was meant.
    """

    def __init__(self, theme: Theme, pace: RenderPace, presenter: TransfersPresenter) -> None:
        super().__init__()
        self._theme = theme
        self._presenter = presenter
        self.setObjectName("transfers")
        self._group = QButtonGroup(self)
        self._mapper = QSignalMapper(self)
        self._mapper.mappedInt.connect(self._show_tab)
        self._summary = label("", "dim")
        self._rows: list[TransferRowWidget] = []  # as they stand, those that show nothing last
        self._shown: tuple[RowView, ...] = ()
        self._tabs: tuple[Tab, tuple[TabView, ...]] | None = None
        self._shape: tuple[int, tuple[tuple[int, int], ...], list[RowView]] | None = None
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
        for at, tab in enumerate(self._presenter.view.tabs):
            button = ThemedButton(self._theme, tab.words, look="tab")
            button.setCheckable(True)
            button.clicked.connect(self._mapper.map)
            self._mapper.setMapping(button, at)
            self._group.addButton(button, at)
            head.addWidget(button)
        head.addStretch()
        head.addWidget(self._summary)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(head)
        column.addWidget(self._area)

    def _render(self) -> None:
        view = self._presenter.view
        if (view.tab, view.tabs) != self._tabs:
            self._tabs = (view.tab, view.tabs)
            self._render_tabs(view)
        self._summary.setText(view.summary)
        self._render_rows(view)

    def _render_tabs(self, view: TransfersView) -> None:
        for at, tab in enumerate(view.tabs):
            button = self._group.button(at)
            if isinstance(button, ThemedButton):
                button.show_words(tab.words)
                button.setEnabled(tab.can_open)
                set_look(button, "tone", "amber" if tab.calls else "")
                button.setChecked(tab.tab is view.tab)

    def _render_rows(self, view: TransfersView) -> None:
        focused: QWidget | None = self.window().focusWidget()
        self._shown = view.rows
        self._place_rows(view.rows)
        for widget, row in zip(self._rows, view.rows, strict=False):
            widget.render_view(row)
        shape = len(view.rows), view.sizes, [row.at_rest for row in view.rows[:ROWS_AT_ONCE]]
        if shape != self._shape:  # each call of Qt waits for the engine's threads
            self._shape = shape
            self._fit(view)
        if focused is not None and self._area.isAncestorOf(focused):
            self._keep_focus(focused, view)
        if view.asked != self._asked:
            self._asked = view.asked
            QTimer.singleShot(0, self._show_question)  # once the rows have their places

    def _place_rows(self, rows: tuple[RowView, ...]) -> None:
        """Put the widget of each batch in its place; a batch without one takes one that is free."""
        shown = {row.batch for row in rows}
        of_batch = {widget.batch: widget for widget in self._rows if widget.batch in shown}
        free = [widget for widget in self._rows if widget.batch not in shown]
        placed = [
            of_batch.get(row.batch) or (free.pop(0) if free else self._make_row()) for row in rows
        ]
        if [*placed, *free] != self._rows:
            self._rows = [*placed, *free]
            for at, widget in enumerate(self._rows):
                self._column.removeWidget(widget)
                self._column.insertWidget(at, widget)

    def _fit(self, view: TransfersView) -> None:
        """Take the height of the rows that have room, in whichever tab they need most."""
        for at, widget in enumerate(self._rows):
            widget.setVisible(at < len(view.rows))
        first = self._rows[: min(len(view.rows), ROWS_AT_ONCE)]
        height = sum(widget.sizeHint().height() for widget in first)
        for widget in first[:1]:
            row, line = widget.min_height, widget.line_height
            height = max(height, *(rows * row + lines * line for rows, lines in view.sizes))
        self._area.setFixedHeight(height)
        bar = self._area.verticalScrollBar().sizeHint().width()
        for widget in self._rows:
            widget.leave_room(bar if len(view.rows) > ROWS_AT_ONCE else 0)

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() is QEvent.Type.FontChange:
            self._shape = None  # with the next render

    def _keep_focus(self, focused: QWidget, view: TransfersView) -> None:
        """Put the keyboard on the tab where the control that had it is gone.

        Qt would put it on whatever comes next: a link that begins a transfer, a button outside.
        """
        if not focused.isVisibleTo(self):
            self._group.button(list(Tab).index(view.tab)).setFocus()

    def _make_row(self) -> TransferRowWidget:
        widget = TransferRowWidget(self._theme)
        widget.cancel_wanted.connect(self._cancel)
        widget.acted.connect(self._act)
        widget.answered.connect(self._answer)
        widget.scope_chosen.connect(self._choose_scope)
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

    @Slot(str, object)
    def _act(self, batch: BatchId, action: RowAction) -> None:
        self._presenter.act(batch, action)

    @Slot(str, object)
    def _choose_scope(self, batch: BatchId, scope: ConflictScope) -> None:
        self._presenter.choose_scope(batch, scope)

    @Slot(str, object)
    def _answer(self, batch: BatchId, choice: ConflictChoice) -> None:
        self._presenter.answer(batch, choice)
