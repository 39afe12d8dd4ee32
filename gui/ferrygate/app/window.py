"""The one window."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import QEvent, QPoint, QRect, QSize, Qt, QTimer, Signal, Slot
from PySide6.QtGui import QCloseEvent, QGuiApplication, QKeyEvent, QKeySequence, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QMainWindow, QStackedWidget, QVBoxLayout, QWidget

from ferrygate.app.drop_guide import DropGuide
from ferrygate.app.models.folder_model import FolderModel
from ferrygate.app.panels.check_page import CheckPage
from ferrygate.app.panels.connection_panel import ConnectionPanel
from ferrygate.app.panels.files_panel import FilesPanel
from ferrygate.app.panels.offer_panel import OfferPanel
from ferrygate.app.panels.side_panel import SidePanel
from ferrygate.app.panels.sign_in_panel import SignInPanel
from ferrygate.app.panels.sites_panel import SitesPanel
from ferrygate.app.panels.transfers_panel import TransfersPanel
from ferrygate.app.plain_text import plain_title
from ferrygate.app.presenters.drop_presenter import DropPart, DropPresenter, DropSpot
from ferrygate.app.presenters.leaving_presenter import Leaving
from ferrygate.app.presenters.run_in_background import RunInBackground
from ferrygate.app.presenters.workspace import Screen, Workspace
from ferrygate.app.render_pace import RenderPace
from ferrygate.app.scale import px
from ferrygate.app.system.code_clipboard import CodeClipboard
from ferrygate.app.theme import Theme
from ferrygate.app.widgets.drop_light import DropFrame
from ferrygate.app.widgets.focus_order import has_lost_keyboard, next_stop
from ferrygate.app.widgets.key_table import standard_keys
from ferrygate.app.widgets.leaving_bar import LeavingBar
from ferrygate.app.widgets.notice_bar import NoticeBar
from ferrygate.app.widgets.toast import Toast
from ferrygate.common.i18n import _

WIDTH, HEIGHT = 1152, 744
_LEAST_WIDTH, _LEAST_HEIGHT = 900, 520


class MainWindow(QMainWindow):
    """Puts the panels together and turns between them.

    Signals:
        painted: the window has shown itself for the first time.
    """

    painted = Signal()

    def __init__(
        self,
        theme: Theme,
        pace: RenderPace,
        workspace: Workspace,
        model: FolderModel,
        background: RunInBackground,
    ) -> None:
        super().__init__()
        self._workspace = workspace
        self._was_painted = False
        self._leaves = False
        self._card_turn = 0  # of the site that the card was shown for last
        self._take_size()
        self.clipboard = CodeClipboard(QGuiApplication.clipboard(), self)
        self.sites = SitesPanel(theme, pace, workspace.sites, background)
        self.sign_in = SignInPanel(theme, pace, workspace, background)
        self.files = FilesPanel(theme, pace, workspace.folder, workspace.transfers, model)
        self.offer = OfferPanel(theme, pace, workspace.sites)
        self.side = SidePanel(theme, pace, workspace)
        self.connection = ConnectionPanel(theme, pace, workspace)
        self.check = CheckPage(theme, pace, workspace)
        self.transfers = TransfersPanel(theme, pace, workspace.transfers)
        self._add_tab_keys()
        self._notice, self._files_notice = NoticeBar(theme), NoticeBar(theme)
        for notice in (self._notice, self._files_notice):
            notice.dismissed.connect(workspace.notices.dismiss)
        self._notice.setProperty("look", "head")
        self._stack = QStackedWidget()
        self._pages = self._fill_stack()
        self._leaving = LeavingBar(theme)
        self._leaving.stayed.connect(self._stay)
        self._leaving.left.connect(workspace.leaving.go)
        self.setCentralWidget(self._middle())
        self._toast = Toast(self, self.files.files)
        self._frame = DropFrame(theme, self)
        self._drops = DropGuide(self, theme, DropPresenter(workspace), self._take_focus)
        self._follow(theme, pace)
        self._render()
        self.sites.first_focus().setFocus()

    def _take_size(self) -> None:
        self.setMinimumSize(_LEAST_WIDTH, _LEAST_HEIGHT)
        design, room = QSize(WIDTH, HEIGHT), self.screen().availableSize()
        self.resize(QSize(px(WIDTH), px(HEIGHT)).boundedTo(room).expandedTo(design))

    def _fill_stack(self) -> dict[Screen, QWidget]:
        pages: dict[Screen, QWidget] = {
            Screen.SITES: self.sites,
            Screen.OFFER: self.offer,
            Screen.SIGN_IN: self.sign_in,
            Screen.FILES: self._files_page(),
            Screen.CONNECTION: self.connection,
            Screen.CHECK: self.check,
        }
        for page in pages.values():
            self._stack.addWidget(page)
        return pages

    def _follow(self, theme: Theme, pace: RenderPace) -> None:
        """Render what changes, at the pace for all; a code and the keyboard cannot wait for it."""
        workspace = self._workspace
        pace.add(self, self._render, workspace, workspace.transfers)
        pace.add(self, self._render_leaving, workspace.leaving)
        pace.add(self, self._render_notice, workspace, workspace.notices)
        pace.add(self, self._render_toast, workspace.code, workspace.notices)
        workspace.code.subscribe(self._hold_code)  # a dead code goes, whether it can be seen or not
        theme.application.focusChanged.connect(self._keep_keyboard)

    def _add_tab_keys(self) -> None:
        """Turn the tabs of the transfers from everywhere on the page of the files."""
        keys, turn = self.files.keys, self._workspace.transfers.turn
        standard = QKeySequence.StandardKey
        following = standard_keys(standard.NextChild, but=["Forward"])
        before = standard_keys(standard.PreviousChild, but=["Back"])
        keys.add(_("Next tab"), partial(turn, 1), following)
        keys.add(_("Previous tab"), partial(turn, -1), before)

    def _middle(self) -> QWidget:
        middle = QWidget()
        column = QVBoxLayout(middle)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self._leaving)
        column.addWidget(self._notice)
        column.addWidget(self._stack, 1)
        return middle

    def _files_page(self) -> QWidget:
        page = QWidget()
        right = QVBoxLayout()
        right.setSpacing(0)
        right.addWidget(self.files, 1)
        right.addWidget(self._files_notice)  # below the list, so that no row moves for it
        right.addWidget(self.transfers)
        row = QHBoxLayout(page)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(0)
        row.addWidget(self.side)
        row.addLayout(right, 1)
        return page

    def _render(self) -> None:
        self.setWindowTitle(plain_title(self._workspace.title))
        self._show_transfers(shown=self._workspace.transfers.has_batches)
        page = self._pages[self._workspace.screen]
        if self._stack.currentWidget() is not page:
            self._stack.setCurrentWidget(page)
            if page is self.sign_in and self._is_turned_to_site():
                self.sign_in.first_focus().setFocus()
            else:
                self._go_home()

    def _is_turned_to_site(self) -> bool:
        """Tell whether the card is there for a site that a person has turned to.

        A card that comes by itself, since a session has ended, finds them at work: the next Enter
        is meant for something else.
        """
        view = self._workspace.sign_in.view
        before, self._card_turn = self._card_turn, view.turn
        return view.turn != before and not view.busy

    def _home(self) -> QWidget:
        """Name what has the keyboard where the control is gone that had it; nothing spends a code.

        That is what a page begins with, but for the card, which may begin with "Sign in".
        """
        match self._workspace.screen:
            case Screen.SITES:
                return self.sites.first_focus()
            case Screen.OFFER:
                return self.offer.first_focus()
            case Screen.SIGN_IN:
                return self.sign_in.safe_focus()
            case Screen.FILES:
                return self.files.files
            case Screen.CONNECTION:
                return self.connection.first_focus()
            case Screen.CHECK:
                return self.check.first_focus()

    def _go_home(self) -> None:
        home = self._home()
        page = self._pages[self._workspace.screen]
        (page if has_lost_keyboard(home) else home).setFocus()

    def focusNextPrevChild(self, forward: bool) -> bool:  # noqa: FBT001, N802  Qt's name
        """Follow the eye; Qt calls this for Tab, and for a control that can take keys no more."""
        current = self.focusWidget()
        if has_lost_keyboard(current):
            self._go_home()
            return True
        stop = next_stop(self, current, forward=forward)
        if stop is None:
            return False
        reason = Qt.FocusReason.TabFocusReason if forward else Qt.FocusReason.BacktabFocusReason
        stop.setFocus(reason)
        return True

    def changeEvent(self, event: QEvent) -> None:
        """Be turned to with the keyboard in its place: Qt would take the first control there is."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.ActivationChange and self.isActiveWindow():
            self._keep_keyboard()

    @Slot(QWidget, QWidget)
    def _keep_keyboard(self, _old: QWidget | None = None, now: QWidget | None = None) -> None:
        """Bring the keyboard home from a control that is gone, or cannot take keys any more."""
        if now is None and self.isActiveWindow() and has_lost_keyboard(self.focusWidget()):
            self._go_home()

    def _show_transfers(self, *, shown: bool) -> None:
        """Show the panel, or hide it; the keyboard goes from it to the list."""
        focused: QWidget | None = self.focusWidget()
        had_focus = focused is not None and self.transfers.isAncestorOf(focused)
        self.transfers.setVisible(shown)
        if had_focus and not shown:
            self.files.files.setFocus()

    def _render_leaving(self) -> None:
        was_hidden = self._leaving.isHidden()
        self._leaving.render_view(self._workspace.leaving.view)
        if was_hidden:
            self._leaving.take_focus()

    @Slot()
    def _stay(self) -> None:
        self._workspace.leaving.stay()
        self._go_home()

    def _render_notice(self) -> None:
        """Say it below the list of files, and at the head of every other page."""
        problem = self._workspace.notices.problem
        self._notice.render_problem(None if self._workspace.screen is Screen.FILES else problem)
        self._files_notice.render_problem(problem)

    def _render_toast(self) -> None:
        self._toast.show_words(self._workspace.toast)

    def _hold_code(self) -> None:
        self.clipboard.hold(self._workspace.code.given_out)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Keys that no control wanted for itself."""
        if self._workspace.screen is not Screen.FILES or not self.files.keys.press(event):
            super().keyPressEvent(event)

    def drop_spot(self, _place: QPoint) -> DropSpot | None:
        """Return the whole page, before the sign-in; after it only what is in the page."""
        return None if self._workspace.is_at_work else DropSpot(DropPart.PAGE)

    def drop_rect(self, _spot: DropSpot) -> QRect:
        """Return the whole page."""
        return self._stack.geometry()

    def light_drop(self, spot: DropSpot | None) -> None:
        """Light up the whole page, or nothing."""
        if spot is None:
            self._frame.hide()
        else:
            self._frame.light(self.drop_rect(spot))

    def _take_focus(self) -> None:
        """After a drop: what is typed next is meant for this window, and the program left behind.

        A password that was typed after a drop went into the file manager.
        """
        self.activateWindow()
        if self._workspace.screen is Screen.FILES:
            self.files.files.setFocus()

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        if not self._was_painted:
            self._was_painted = True
            QTimer.singleShot(0, self.painted.emit)

    def leave(self) -> None:
        """Close without a question: the person has agreed, or nobody is there to be asked."""
        self._leaves = True
        self.close()

    def may_close(self) -> bool:
        """Tell whether closing loses nothing; else ask, where the person sees it."""
        if self._leaves or self._workspace.leaving.may_go(Leaving.CLOSE, self.leave):
            return True
        self.setWindowState(self.windowState() & ~Qt.WindowState.WindowMinimized)
        self.activateWindow()
        self._leaving.take_focus()
        return False

    def closeEvent(self, event: QCloseEvent) -> None:
        if not self.may_close():
            event.ignore()
            return
        self.clipboard.clear()
        super().closeEvent(event)
