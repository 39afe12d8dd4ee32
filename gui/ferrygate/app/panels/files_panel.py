"""The files: path bar, actions, the list, the local pane beside it, and what is asked below."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import QPoint, Qt, QTimer, Slot
from PySide6.QtGui import QKeySequence
from PySide6.QtWidgets import QMenu, QSplitter, QVBoxLayout, QWidget

from ferrygate.app.dialogs.choosers import choose_download_folder, choose_uploads
from ferrygate.app.models.folder_model import FolderModel
from ferrygate.app.panels.local_panel import LocalPanel
from ferrygate.app.presenters.folder_presenter import FolderPresenter
from ferrygate.app.presenters.folder_view import TypedName
from ferrygate.app.presenters.transfers_presenter import TransfersPresenter
from ferrygate.app.render_pace import RenderPace
from ferrygate.app.theme import Theme
from ferrygate.app.widgets.file_list import FileList
from ferrygate.app.widgets.files_bar import FilesBar
from ferrygate.app.widgets.inline_bar import InlineBar
from ferrygate.app.widgets.key_table import KeyTable, standard_keys
from ferrygate.app.widgets.list_cover import ListCover
from ferrygate.app.widgets.notice_bar import NoticeBar
from ferrygate.app.widgets.reading_note import ReadingNote
from ferrygate.common.display import display_name
from ferrygate.common.entry import Entry, EntryKind
from ferrygate.common.i18n import _


class FilesPanel(QWidget):
    """Shows the folder presenter's view and hands it what the person wants."""

    def __init__(
        self,
        theme: Theme,
        pace: RenderPace,
        presenter: FolderPresenter,
        transfers: TransfersPresenter,
        model: FolderModel,
    ) -> None:
        super().__init__()
        self._presenter = presenter
        self._transfers = transfers
        self._model = model
        self._path = presenter.view.path
        self._refused_name: TypedName | None = None
        self.bar = FilesBar(theme)
        self.files = FileList(theme, model)
        self.local = LocalPanel(theme)
        self._cover = ListCover(theme, self.files)
        self._note = ReadingNote(self.files)
        self._name = InlineBar(theme, action=_("Create"), asks_text=True)
        self._removal = InlineBar(theme, action=_("Remove"), asks_text=False)
        self._refused = NoticeBar(theme)
        self.keys = KeyTable(self)
        self._lay_out()
        self._add_list_keys()
        self._add_page_keys()
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
        column.addWidget(self.bar)
        column.addWidget(split, 1)
        for widget in (self._name, self._removal, self._refused):
            column.addWidget(widget)  # below the list, so that no row moves when it comes or goes

    def _add_list_keys(self) -> None:
        """Keys of the list alone, which mean something else in a field, or are about rows."""
        files, keys = self.files, self.files.keys
        delete = QKeySequence.StandardKey.Delete
        self._open_action = keys.add(_("Open"), files.open_current, ["Return", "Enter"])
        keys.add(_("Folder above"), self._go_up, ["Backspace"])
        self._rename_action = keys.add(_("Rename"), self._edit_name, ["F2"])
        self._remove_action = keys.add(
            _("Remove"), self._ask_to_remove, standard_keys(delete, but=["Ctrl+D"])
        )
        keys.add(_("Show all again"), self._clear_filter, ["Esc"])
        headings = [_("Sort by name"), _("Sort by size"), _("Sort by date"), _("Sort by kind")]
        self._sort_actions = [
            keys.add(words, partial(files.sort_by, column), [f"Ctrl+{column + 1}"])
            for column, words in enumerate(headings)
        ]
        files.add_menu_keys()

    def _add_page_keys(self) -> None:
        """Keys that do the same from everywhere on the page."""
        keys, standard = self.keys, QKeySequence.StandardKey
        self._download_action = keys.add(_("Download"), self.download, ["Ctrl+D"])
        self._upload_action = keys.add(_("Upload"), self._choose_uploads, ["Ctrl+U"])
        self._folder_action = keys.add(_("New folder"), self._ask_for_name, ["Ctrl+Shift+N"])
        self._refresh_action = keys.add(
            _("Refresh"), self._refresh, standard_keys(standard.Refresh)
        )
        keys.add(_("Back"), self._go_back, standard_keys(standard.Back, but=["Backspace"]))
        forward = standard_keys(standard.Forward, but=["Shift+Backspace"])
        keys.add(_("Forward"), self._go_forward, forward)
        keys.add(_("Folder above"), self._go_up, ["Alt+Up"])
        keys.add(_("Type a path"), self._ask_for_path, ["Ctrl+L"])
        keys.add(_("Filter this folder"), self._filter_field, standard_keys(standard.Find))
        keys.add(_("This computer's files"), self._toggle_local, ["F8"])

    def _connect(self) -> None:
        bar, files = self.bar, self.files
        bar.back_wanted.connect(self._go_back)
        bar.path_chosen.connect(self._go)
        bar.filter_changed.connect(self._filter)
        bar.folder_wanted.connect(self._ask_for_name)
        bar.download_wanted.connect(self.download)
        bar.upload_wanted.connect(self._choose_uploads)
        files.opened.connect(self._open)
        files.lit.connect(self._cover.give_way)
        files.picked.connect(self._render_actions)
        files.menu_wanted.connect(self._show_menu)
        bar.filter.entered.connect(files.go_to_first)
        bar.filter.dismissed.connect(self._clear_filter)
        bar.path_typed.connect(self._go_to)
        bar.location.dismissed.connect(self._leave_path)
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
        self.local.paths_dropped.connect(self._download)
        self.local.upload_wanted.connect(self._upload)

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
        if view.refused_name is not self._refused_name:
            self._refused_name = view.refused_name
            self._ask_again(view.refused_name)
        self._render_actions()

    @Slot()
    def _render_actions(self) -> None:
        ranges = self.files.selected_ranges()
        count = sum(last - first + 1 for first, last in ranges)
        self.bar.allow_download(allowed=bool(count))
        for action in (self._download_action, self._remove_action):
            action.setEnabled(bool(count))
        for action in (self._open_action, self._rename_action):
            action.setEnabled(count <= 1)
        view = self._presenter.view
        self._folder_action.setEnabled(view.can_change)
        self._upload_action.setEnabled(view.can_upload)

    @Slot(QPoint)
    def _show_menu(self, place: QPoint) -> None:
        """Show the menu of the selection, or of the folder itself; delete it when it closes."""
        menu = QMenu(self.files)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        if self.files.selectionModel().hasSelection():
            menu.addActions([self._open_action, self._download_action])
            menu.addActions([self._rename_action, self._remove_action])
            menu.addSeparator()
        menu.addActions([self._upload_action, self._folder_action, self._refresh_action])
        menu.addMenu(_("Sort")).addActions(self._sort_actions)
        menu.popup(place)

    # ------------------------------------------------------------ going about

    @Slot()
    def _go_back(self) -> None:
        self._presenter.back()

    @Slot()
    def _go_forward(self) -> None:
        self._presenter.back(forward=True)

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
            self._fetch([entry.name])
        elif entry.kind is EntryKind.FOLDER:
            self._presenter.open(self._presenter.path_of(entry.name))
            self.files.setFocus()
        else:
            self._presenter.find_out(entry, partial(self._fetch, [entry.name]))
            self.files.setFocus()

    def _ask_for_path(self) -> None:
        self.bar.ask_for_path(display_name(self._presenter.view.path))

    @Slot(str)
    def _go_to(self, text: str) -> None:
        """Go to a typed path; one that cannot be used stays, and it is said why."""
        if self._presenter.go_to(text):
            self._leave_path()

    @Slot()
    def _leave_path(self) -> None:
        self.bar.show_path()
        self.files.setFocus()

    @Slot(str)
    def _filter(self, text: str) -> None:
        self._model.set_filter(text)

    def _filter_field(self) -> None:
        self.bar.filter.setFocus()
        self.bar.filter.selectAll()

    @Slot()
    def _clear_filter(self) -> None:
        self.bar.filter.clear()
        self.files.setFocus()

    def _toggle_local(self) -> None:
        """Show the local pane, or hide it; the list has the keyboard if the pane had it."""
        if self.local.isHidden():
            self.local.open_folder(self.local.folder)
        self.local.setVisible(self.local.isHidden())

    # ------------------------------------------------------------ moving files

    @Slot()
    def download(self) -> None:
        """Fetch the selection into the local pane's folder, or ask where to."""
        if self.files.selectionModel().hasSelection():
            self._fetch(self.files.selected_names())

    def _fetch(self, names: list[bytes]) -> None:
        """Fetch entries of the folder shown now, whichever is shown once it is known where to."""
        paths = [self._presenter.path_of(name) for name in names]
        if self.local.isVisible():
            self._download(paths, self.local.folder)
        else:
            choose_download_folder(self, partial(self._transfers.download, paths))

    @Slot(list, str)
    def _download(self, paths: list[bytes], folder: str) -> None:
        self._transfers.download(paths, folder)

    @Slot(list)
    def _upload(self, sources: list[str]) -> None:
        self._transfers.upload(sources, self._presenter.view.path)

    @Slot()
    def _choose_uploads(self) -> None:
        """Ask for files; they go to the folder shown now, whichever is shown at the answer."""
        choose_uploads(self, partial(self._transfers.upload, folder=self._presenter.view.path))

    # ------------------------------------------------------------ changing the folder

    @Slot()
    def _ask_for_name(self) -> None:
        if self._presenter.view.can_change:
            self._presenter.keep()
            self._name.ask(_("Name of the new folder"))

    def _ask_again(self, name: TypedName | None) -> None:
        """Put a name that the server refused back where it was typed.

        The keyboard goes there from the list alone: elsewhere a person is at something else, and
        F2 brings a name back.
        """
        if name is None:
            return
        is_waiting = self.window().focusWidget() is self.files
        if not name.old:
            words = _("Name of the new folder")
            self._name.ask(words, text=name.text, takes_keyboard=is_waiting)
        elif is_waiting:
            self.files.rename_again(name.old, name.text)

    @Slot(str)
    def _make_folder(self, name: str) -> None:
        """Make a folder; a name that cannot be used stays in its field, beneath it why."""
        if self._presenter.make_folder(name):
            self._name.hide()
            self.files.setFocus()

    def _edit_name(self) -> None:
        """Edit the current row's name; while it is said why a new one was refused, that one."""
        refused, row = self._presenter.view.refused_name, self.files.currentIndex().row()
        if refused is not None and row >= 0 and self._model.name(row) == refused.old:
            self.files.rename_again(refused.old, refused.text)
        else:
            self.files.rename_current()

    @Slot(bytes, str)
    def _rename(self, old: bytes, name: str) -> None:
        if not self._presenter.rename(old, name):
            again = partial(self.files.rename_again, old, name)
            QTimer.singleShot(0, self.files, again)  # once Qt has closed the editor

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
