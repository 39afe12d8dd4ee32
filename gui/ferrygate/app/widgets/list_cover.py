"""Covers the list: loading, empty, an error with a retry, or the hint to drop files."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, Qt, Signal, Slot
from PySide6.QtGui import QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QTableView, QVBoxLayout, QWidget

from ferrygate.app import tokens as t
from ferrygate.app.plain_text import PlainLabel
from ferrygate.app.presenters.folder_view import FolderState, FolderView
from ferrygate.app.scale import px
from ferrygate.app.theme import Theme
from ferrygate.app.widgets.icon_label import IconLabel
from ferrygate.app.widgets.labels import label
from ferrygate.app.widgets.problem_note import ProblemNote
from ferrygate.app.widgets.themed_button import ThemedButton
from ferrygate.common.i18n import _

_HINT_HEIGHT = 54  # pixels, as the ones below
_MARGIN = 20
_GAP = 12
_MAX_WIDTH = 420


class DropHint(PlainLabel):
    """Shows what a drop does, in a dashed box."""

    def __init__(self, theme: Theme) -> None:
        super().__init__(_("Drop files or folders here to upload them"))
        self._theme = theme
        self.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.setProperty("look", "dim")
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        theme.changed.connect(self.update)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        pen = QPen(self._theme.colour("line"), 1.5, Qt.PenStyle.DashLine)
        painter.setPen(pen)
        painter.drawRoundedRect(self.rect().adjusted(1, 1, -1, -1), 10, 10)
        painter.end()
        super().paintEvent(event)


class ListCover(QWidget):
    """Follows the list's size; lets the mouse through where it only hints.

    Signals:
        retry_wanted: the person wants the folder read again.
    """

    retry_wanted = Signal()

    def __init__(self, theme: Theme, files: QTableView) -> None:
        super().__init__(files.viewport())
        self._files = files
        self._hint = DropHint(theme)
        self._hint.setParent(files.viewport())
        self._icon = IconLabel(theme, "folder", "faint", 40)
        self._title = label("", "heading")
        self._problem = ProblemNote(theme)
        self._retry = ThemedButton(theme, _("Try again"), icon="refresh")
        self._retry.clicked.connect(self.retry_wanted)
        middle = Qt.AlignmentFlag.AlignHCenter
        column = QVBoxLayout(self)
        column.setContentsMargins(24, 24, 24, 96)
        column.setSpacing(12)
        column.addStretch()
        column.addWidget(self._icon, 0, middle)
        column.addWidget(self._title, 0, middle)
        column.addWidget(self._failure(), 0, middle)
        column.addStretch()
        files.viewport().installEventFilter(self)
        self._state = FolderState.NOTHING
        self._takes_files = False
        self._gives_way = False
        self.hide()

    def _failure(self) -> QWidget:
        failure = QWidget()
        column = QVBoxLayout(failure)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(12)
        column.addWidget(self._problem)
        column.addWidget(self._retry, 0, Qt.AlignmentFlag.AlignHCenter)
        return failure

    def render_view(self, view: FolderView) -> None:
        """Show what the folder's state calls for."""
        self._state = view.state
        failed = view.state is FolderState.FAILED
        loading = view.state is FolderState.LOADING
        self.setVisible(view.state is not FolderState.READY)
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents, not failed)
        self._icon.setVisible(view.state is FolderState.EMPTY)
        self._title.setText(view.loading if loading else _empty_words(view))
        self._title.setVisible(view.state in {FolderState.LOADING, FolderState.EMPTY})
        self._problem.render_problem(view.problem if failed else None)
        if failed:
            self._problem.fit(_MAX_WIDTH)
        self._takes_files = view.can_upload
        self._retry.setVisible(failed)
        self.arrange()

    @Slot(bool)
    def give_way(self, lit: bool) -> None:  # noqa: FBT001  a signal's argument
        """Hide the hint while a drag is over the list, since the drop's words have its place."""
        self._gives_way = lit
        self.arrange()

    def arrange(self) -> None:
        """Take the place that the rows leave."""
        port = self._files.viewport()
        self.setGeometry(port.rect())
        model = self._files.model()
        end = model.rowCount() * px(t.ROW_HEIGHT)
        top = (
            end + _GAP
            if self._state is FolderState.READY
            else port.height() - _HINT_HEIGHT - _MARGIN
        )
        fits = port.height() - end >= _HINT_HEIGHT + 2 * _GAP
        self._hint.setVisible(fits and self._takes_files and not self._gives_way)
        self._hint.setGeometry(_MARGIN, top, port.width() - 2 * _MARGIN, _HINT_HEIGHT)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802  Qt's name
        if event.type() == QEvent.Type.Resize:
            self.arrange()
        return super().eventFilter(watched, event)


def _empty_words(view: FolderView) -> str:
    return _("Files are on their way here") if view.is_filling else _("This folder is empty")
