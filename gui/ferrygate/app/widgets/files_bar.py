"""Shows the bar above the list: back, path, filter, and the three actions."""

from __future__ import annotations

from PySide6.QtCore import Signal, Slot
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout

from ferrygate.app.presenters.folder_view import FolderView
from ferrygate.app.scale import wide
from ferrygate.app.theme import Theme
from ferrygate.app.widgets.line_field import LineField
from ferrygate.app.widgets.path_bar import PathBar
from ferrygate.app.widgets.themed_button import ThemedButton
from ferrygate.common.i18n import _

_FILTER_WIDTH = 190  # pixels
_ROOM_FOR_WORDS = 840  # pixels of the bar from which its buttons have words
_FEW_CRUMBS, _MANY_CRUMBS = 2, 4  # parts of the path that are shown


class FilesBar(QFrame):
    """Shows where one is and what can be done.

    Signals:
        back_wanted, folder_wanted, download_wanted, upload_wanted: a button was pressed.
        path_chosen: a part of the path was clicked (bytes).
        path_typed: a path was typed (str).
        filter_changed: the text typed into the filter.
    """

    back_wanted = Signal()
    folder_wanted = Signal()
    download_wanted = Signal()
    upload_wanted = Signal()
    path_chosen = Signal(bytes)
    path_typed = Signal(str)
    filter_changed = Signal(str)

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self.setObjectName("bar")
        self._back = ThemedButton(theme, look="quiet", icon="back", name=_("Back"))
        self._back.clicked.connect(self.back_wanted)
        self._path = PathBar(theme)
        self._path.chosen.connect(self.path_chosen)
        self.location = LineField(_("Path of a folder"))
        self.location.entered.connect(self._take_path)
        self.location.hide()
        self.filter = LineField(_("Filter this folder"))
        self.filter.setPlaceholderText(_("Filter this folder"))
        self.filter.setClearButtonEnabled(True)
        self.filter.setMinimumWidth(wide(110))
        self.filter.setMaximumWidth(wide(_FILTER_WIDTH))
        self.filter.textChanged.connect(self.filter_changed)
        self._folder = ThemedButton(theme, _("New folder"), icon="new-folder")
        self._folder.clicked.connect(self.folder_wanted)
        self._download = ThemedButton(theme, _("Download"), icon="download")
        self._download.clicked.connect(self.download_wanted)
        self._upload = ThemedButton(theme, _("Upload"), look="primary", icon="upload")
        self._upload.clicked.connect(self.upload_wanted)
        row = QHBoxLayout(self)
        row.setContentsMargins(16, 14, 20, 14)
        row.setSpacing(8)
        row.addWidget(self._back)
        row.addWidget(self._path)
        row.addWidget(self.location, 4)
        row.addStretch(1)
        row.addWidget(self.filter, 2)
        for button in (self._folder, self._download, self._upload):
            row.addWidget(button)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Hide the buttons' words if the bar is narrow: the path matters more."""
        super().resizeEvent(event)
        narrow = event.size().width() < wide(_ROOM_FOR_WORDS)
        self._folder.show_text(shown=not narrow)
        self._download.show_text(shown=not narrow)
        self._path.set_max_crumbs(_FEW_CRUMBS if narrow else _MANY_CRUMBS)

    def ask_for_path(self, shown: str) -> None:
        """Turn the path into a field, which begins with the one that is shown."""
        self.location.setText(shown)
        self._path.hide()
        self.location.show()
        self.location.setFocus()
        self.location.selectAll()

    def show_path(self) -> None:
        """Turn the field into the path."""
        self.location.hide()
        self._path.show()

    @Slot()
    def _take_path(self) -> None:
        self.path_typed.emit(self.location.text())

    def render_view(self, view: FolderView) -> None:
        """Show a folder's place and what it allows."""
        self._back.setEnabled(view.can_go_back)
        self._path.render_crumbs(view.crumbs)
        self._folder.setEnabled(view.can_change)
        self._upload.setEnabled(view.can_upload)

    def allow_download(self, *, allowed: bool) -> None:
        """Let the button for downloads be pressed, or not."""
        self._download.setEnabled(allowed)
