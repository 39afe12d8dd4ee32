"""Asks about files whose names are taken, in the row of their batch."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import QPoint, QSize, Qt, Signal, Slot
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import (
    QGridLayout,
    QHBoxLayout,
    QMenu,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from ferrygate.app.plain_text import plain_tip, plain_words
from ferrygate.app.presenters.conflict_view import ConflictView
from ferrygate.app.theme import Theme
from ferrygate.app.widgets.labels import ElidedLabel
from ferrygate.app.widgets.themed_button import ThemedButton
from ferrygate.common.i18n import _
from ferrygate.transfers.views import ConflictChoice, ConflictScope

_MAX_EXAMPLES = 3  # files that are shown with both sides; the others are counted
_EXAMPLE_COLUMNS = 3
_MIN_SCOPE_WIDTH = 96  # pixels: the shortest of the choices, with its arrow
_OPENS = " ▾"  # a list opens


class ConflictQuestionWidget(QWidget):
    """Shows a :class:`ConflictView`, hidden where nothing is asked.

    The buttons that overwrite come last, so that none takes another's place when they go or come.
    None has the focus by itself, and none is pressed by Enter elsewhere.

    Signals:
        answered: what to do about names that are taken (:class:`ConflictChoice`).
        scope_chosen: the files that the answer is to hold for (:class:`ConflictScope`).
    """

    answered = Signal(object)
    scope_chosen = Signal(object)

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._view: ConflictView | None = None
        self._words = ElidedLabel()
        self._cost = ElidedLabel("caption")
        self._examples = [
            [_example_label() for _column in range(_EXAMPLE_COLUMNS)]
            for _line in range(_MAX_EXAMPLES)
        ]
        self._skip = ThemedButton(theme, _("Skip"))
        self._skip.clicked.connect(self._want_skip)
        self._keep = ThemedButton(theme, _("Keep both"))
        self._keep.clicked.connect(self._want_both)
        self._replace = ThemedButton(theme, _("Replace"))
        self._replace.clicked.connect(self._want_replaced)
        self._changed = ThemedButton(theme, _("Replace if changed"))
        self._changed.clicked.connect(self._want_changed_replaced)
        self._scope = _ScopeButton(theme)
        self._scope.clicked.connect(self._open_scopes)
        self._lay_out()

    def _lay_out(self) -> None:
        examples = QGridLayout()
        examples.setHorizontalSpacing(16)
        examples.setVerticalSpacing(1)
        examples.setColumnStretch(_EXAMPLE_COLUMNS, 1)
        for line, labels in enumerate(self._examples):
            for at, label in enumerate(labels):
                examples.addWidget(label, line, at)
        buttons = QHBoxLayout()
        buttons.setSpacing(8)
        for button in (self._skip, self._keep, self._replace, self._changed):
            buttons.addWidget(button)
        buttons.addStretch()
        buttons.addWidget(self._scope)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 8, 0, 2)
        column.setSpacing(1)
        column.addWidget(self._words)
        column.addWidget(self._cost)
        column.addSpacing(3)
        column.addLayout(examples)
        column.addSpacing(6)
        column.addLayout(buttons)

    def render_view(self, view: ConflictView | None) -> None:
        """Show the question; ``None`` hides it."""
        if view == self._view:
            self.setVisible(view is not None)
            return
        self._view = view
        self.setVisible(view is not None)
        if view is None:
            return
        self._words.show_text(view.question)
        self._cost.show_text(view.cost)
        for line, labels in enumerate(self._examples):
            example = view.examples[line] if line < len(view.examples) else None
            words = (example.name, example.new, example.existing) if example else ("", "", "")
            for label, text in zip(labels, words, strict=True):
                label.show_text(text)
                label.setVisible(bool(text))
        self._replace.setVisible(view.can_replace)
        self._changed.setVisible(view.can_compare)
        self._scope.show_scope(view.scope_words)
        self._scope.setVisible(bool(view.scopes))

    @Slot()
    def _want_skip(self) -> None:
        self.answered.emit(ConflictChoice.SKIP)

    @Slot()
    def _want_both(self) -> None:
        self.answered.emit(ConflictChoice.KEEP_BOTH)

    @Slot()
    def _want_replaced(self) -> None:
        self.answered.emit(ConflictChoice.REPLACE)

    @Slot()
    def _want_changed_replaced(self) -> None:
        self.answered.emit(ConflictChoice.CHANGED)

    @Slot()
    def _open_scopes(self) -> None:
        if self._view is None:
            return
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        for scope, words in self._view.scopes:
            action = menu.addAction(plain_words(words), partial(self._choose_scope, scope))
            action.setCheckable(True)
            action.setChecked(scope is self._view.scope)
            if scope is self._view.scope:
                menu.setActiveAction(action)
        menu.popup(self._scope.mapToGlobal(QPoint(0, -menu.sizeHint().height())))

    def _choose_scope(self, scope: ConflictScope) -> None:
        self.scope_chosen.emit(scope)


class _ScopeButton(ThemedButton):
    """Says which files are meant; its words end in an ellipsis where there is no room for them."""

    def __init__(self, theme: Theme) -> None:
        super().__init__(theme, look="link")
        self._whole = ""
        self.setMinimumWidth(_MIN_SCOPE_WIDTH)

    def show_scope(self, words: str) -> None:
        """Show them, with a sign that a list opens."""
        self._whole = words
        self.setAccessibleName(words)
        self.setToolTip(plain_tip(words))
        self._fit()

    def sizeHint(self) -> QSize:
        """Want as much room as the whole words need."""
        metrics = self.fontMetrics()
        whole = metrics.horizontalAdvance(self._whole + _OPENS)
        return super().sizeHint() + QSize(whole - metrics.horizontalAdvance(self.text()), 0)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    def _fit(self) -> None:
        metrics = self.fontMetrics()
        beside = super().sizeHint().width() - metrics.horizontalAdvance(self.text())
        room = self.width() - beside - metrics.horizontalAdvance(_OPENS)
        words = metrics.elidedText(self._whole, Qt.TextElideMode.ElideRight, room)
        self.setText(plain_words(words + _OPENS))


def _example_label() -> ElidedLabel:
    """Make a label as wide as its words where there is room."""
    made = ElidedLabel("caption")
    made.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
    return made
