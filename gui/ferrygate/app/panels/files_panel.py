"""The files: path bar, actions, the list, and the local pane beside it."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import QPoint, Qt, Slot
from PySide6.QtWidgets import QMenu, QSplitter, QVBoxLayout, QWidget

from ferrygate.app.dialogs.choosers import choose_download_folder, choose_uploads
from ferrygate.app.models.folder_model import FolderModel
from ferrygate.app.panels.local_panel import LocalPanel
from ferrygate.app.presenters.folder_presenter import FolderPresenter
from ferrygate.app.render_pace import RenderPace
from ferrygate.app.theme import Theme
from ferrygate.app.widgets.file_list import FileList
from ferrygate.app.widgets.files_bar import FilesBar
from ferrygate.app.widgets.inline_bar import InlineBar
from ferrygate.app.widgets.list_cover import ListCover
from ferrygate.app.widgets.notice_bar import NoticeBar
from ferrygate.app.widgets.reading_note import ReadingNote
from ferrygate.common.entry import Entry, EntryKind
from ferrygate.common.i18n import _
from ferrygate.common.remote_path import join


class FilesPanel(QWidget):
    """Shows the folder presenter's view and hands it what the person wants."""

    def __init__(
        self, theme: Theme, pace: RenderPace, presenter: FolderPresenter, model: FolderModel
    ) -> None:
        super().__init__()
        self._presenter = presenter
        self._model = model
        self._path = presenter.view.path
        self.bar = FilesBar(theme)
        self.files = FileList(theme, model)
        self.local = LocalPanel(theme)
        self._cover = ListCover(theme, self.files)
        self._note = ReadingNote(self.files)
        self._name = InlineBar(theme, action=_("Create"), asks_text=True)
        self._removal = InlineBar(theme, action=_("Remove"), asks_text=False)
        self._refused = NoticeBar(theme)
        self._lay_out()
        self._connect()
        pace.add(self, self._render, presenter)

    def _lay_out(self) -> None:
        split = QSplitter(Qt.Orientation.Horizontal)
        split.addWidget(self.files)
        split.addWidget(self.local)
        split.setStretchFactor(0, 3)
        split.setStretchFactor(1, 2)
        split.setCollapsible(0, False)  # noqa: FBT003  Qt's signature
        split.setHandleWidth(1)
        self.local.hide()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        for widget in (self.bar, self._name, self._removal, self._refused):
            column.addWidget(widget)
        column.addWidget(split, 1)

    def _connect(self) -> None:
        bar, files, presenter = self.bar, self.files, self._presenter
        bar.back_wanted.connect(self._go_back)
        bar.path_chosen.connect(self._go)
        bar.filter_changed.connect(self._filter)
        bar.folder_wanted.connect(self._ask_for_name)
        bar.download_wanted.connect(self.download)
        bar.upload_wanted.connect(self._choose_uploads)
        files.opened.connect(self._open)
        files.up_wanted.connect(self._go_up)
        files.remove_wanted.connect(self._ask_to_remove)
        files.refresh_wanted.connect(self._refresh)
        files.lit.connect(self._cover.give_way)
        files.picked.connect(self._render_actions)
        files.customContextMenuRequested.connect(self._show_menu)
        self._model.begun.connect(bar.filter.clear)  # however long it was shown
        self._model.renamed.connect(self._rename)
        self._model.layoutChanged.connect(self._cover.arrange)
        self._model.modelReset.connect(self._cover.arrange)
        self._model.rowsInserted.connect(self._cover.arrange)
        self._cover.retry_wanted.connect(self._refresh)
        self._name.confirmed.connect(self._make_folder)
        self._removal.confirmed.connect(self._remove)
        self._removal.dismissed.connect(self._keep)
        self._refused.dismissed.connect(self._keep)
        self.local.names_dropped.connect(self._download_names)
        self.local.upload_wanted.connect(presenter.upload)

    # ------------------------------------------------------------ showing

    def _render(self) -> None:
        view = self._presenter.view
        self.bar.render_view(view)
        self._cover.render_view(view)
        self._note.render_words(view.reading)
        if view.path != self._path or view.question:
            self._path = view.path
            self._name.hide()
        self._removal.ask(view.question)
        self._refused.render_problem(view.refused)
        self._render_actions()

    @Slot()
    def _render_actions(self) -> None:
        self.bar.allow_download(allowed=bool(self.files.selectionModel().hasSelection()))

    @Slot(QPoint)
    def _show_menu(self, place: QPoint) -> None:
        """The menu of the selection, or of the folder itself; deleted when it closes."""
        picked = self.files.selected_entries()
        menu = QMenu(self.files)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        if picked:
            menu.addAction(_("Open"), self._open_current).setEnabled(
                len(picked) == 1 and picked[0].kind is not EntryKind.FILE
            )
            menu.addAction(_("Download"), self.download)
            menu.addAction(_("Rename"), self.files.rename_current).setEnabled(len(picked) == 1)
            menu.addAction(_("Remove"), self._ask_to_remove)
            menu.addSeparator()
        menu.addAction(_("Upload"), self._choose_uploads)
        menu.addAction(_("New folder"), self._ask_for_name)
        menu.addAction(_("Refresh"), self._refresh)
        menu.popup(self.files.viewport().mapToGlobal(place))

    # ------------------------------------------------------------ going about

    @Slot()
    def _go_back(self) -> None:
        self._presenter.back()

    @Slot()
    def _go_up(self) -> None:
        self._presenter.up()

    @Slot(bytes)
    def _go(self, path: bytes) -> None:
        self._presenter.open(path)

    @Slot()
    def _refresh(self) -> None:
        self._presenter.refresh()

    @Slot(object)
    def _open(self, entry: Entry) -> None:
        if entry.kind is EntryKind.FILE:
            self._fetch(entry.name)
        elif entry.kind is EntryKind.FOLDER:
            self._presenter.open(join(self._presenter.view.path, entry.name))
            self.files.setFocus()
        else:
            self._presenter.find_out(entry, partial(self._fetch, entry.name))
            self.files.setFocus()

    @Slot()
    def _open_current(self) -> None:
        for entry in self.files.selected_entries()[:1]:
            self._open(entry)

    @Slot(str)
    def _filter(self, text: str) -> None:
        self._model.set_filter(text)

    # ------------------------------------------------------------ moving files

    @Slot()
    def download(self) -> None:
        """Fetch the selection into the local pane's folder, or ask where to."""
        if not self.files.selectionModel().hasSelection():
            return
        if self.local.isVisible():
            self._download_to(self.local.folder)
        else:
            choose_download_folder(self, self._download_to)

    def _fetch(self, name: bytes) -> None:
        """Fetch one entry, wherever downloads go."""
        if self.local.isVisible():
            self._download_names([name], self.local.folder)
        else:
            choose_download_folder(self, partial(self._download_names, [name]))

    @Slot(str)
    def _download_to(self, folder: str) -> None:
        self._presenter.download(self.files.selected_names(), folder)

    @Slot(list, str)
    def _download_names(self, names: list[bytes], folder: str) -> None:
        self._presenter.download(names, folder)

    @Slot()
    def _choose_uploads(self) -> None:
        choose_uploads(self, self._presenter.upload)

    # ------------------------------------------------------------ changing the folder

    @Slot()
    def _ask_for_name(self) -> None:
        if self._presenter.view.can_change:
            self._presenter.keep()
            self._name.ask(_("Name of the new folder"))

    @Slot(str)
    def _make_folder(self, name: str) -> None:
        self._presenter.make_folder(name)
        self.files.setFocus()

    @Slot(bytes, str)
    def _rename(self, old: bytes, name: str) -> None:
        self._presenter.rename(old, name)

    @Slot()
    def _ask_to_remove(self) -> None:
        self._presenter.ask_to_remove(self.files.selected_entries())

    @Slot()
    def _remove(self) -> None:
        self._presenter.remove()
        self.files.setFocus()

    @Slot()
    def _keep(self) -> None:
        self._presenter.keep()
        self.files.setFocus()
