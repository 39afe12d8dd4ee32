"""Setting up the code: from a key, a picture, an export, or with Okta directly."""

from __future__ import annotations

from PySide6.QtCore import QSignalMapper, Signal, Slot
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QFrame, QGridLayout, QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from ferrygate.app.dialogs.choosers import choose_picture
from ferrygate.app.presenters.run_in_background import RunInBackground
from ferrygate.app.presenters.sign_in_view import SignInView, Stage
from ferrygate.app.presenters.workspace import Workspace
from ferrygate.app.render_pace import RenderPace
from ferrygate.app.system.qr_reader import QrReader
from ferrygate.app.system.screen_grabber import ScreenGrabber, can_grab_screens
from ferrygate.app.theme import Theme
from ferrygate.app.widgets.drop_zone import DropZone
from ferrygate.app.widgets.labels import label
from ferrygate.app.widgets.layouts import clear
from ferrygate.app.widgets.link_line import LinkLine
from ferrygate.app.widgets.problem_note import ProblemNote
from ferrygate.app.widgets.themed_button import ThemedButton
from ferrygate.common.i18n import _


class CodeSetupPanel(QFrame):
    """Stands on the card while no code secret is at hand.

    Signals:
        skipped: the person says that the server wants no code.
        okta_wanted: the person wants Okta to set it up.
        typing_wanted: the person has the code elsewhere, and types it.
    """

    skipped = Signal()
    okta_wanted = Signal()
    typing_wanted = Signal()

    def __init__(
        self,
        theme: Theme,
        pace: RenderPace,
        workspace: Workspace,
        background: RunInBackground,
    ) -> None:
        super().__init__()
        self._theme = theme
        self._presenter = workspace.setup
        self._sites = workspace.sites
        self._background = background
        self._choices: tuple[str, ...] = ()
        self._reader = QrReader(background, self)
        self._grabber = ScreenGrabber(self)
        self._text = QLineEdit()
        self._text.setEchoMode(QLineEdit.EchoMode.Password)
        self._text.setPlaceholderText(_("Key, or address that starts with otpauth"))
        self._text.setAccessibleName(_("Key of your code"))
        self._use = ThemedButton(theme, _("Use"), name=_("Use this key"))
        self._drop = DropZone()
        self._reading = label(_("Looking for a QR code…"), "caption")
        self._problem = ProblemNote(theme)
        self._mapper = QSignalMapper(self)
        self._list = QVBoxLayout()
        self._list.setSpacing(6)
        self._choose_words = label(_("Several accounts were found. Which one is it?"), "strong")
        self._okta = ThemedButton(theme, _("Set it up with Okta directly"), look="primary")
        phone = _("The code is on your phone or token?")
        self._type = LinkLine(theme, phone, _("Type a code instead"))
        self._skip = LinkLine(theme, _("The server wants no code?"), _("I have no code"))
        self._ways = self._make_ways()
        self._lay_out()
        self._connect()
        pace.add(self, self._render, self._presenter)

    def _make_ways(self) -> QWidget:
        ways = QWidget()
        first = QHBoxLayout()
        first.setSpacing(8)
        first.addWidget(self._text, 1)
        first.addWidget(self._use)
        column = QVBoxLayout(ways)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(12)
        column.addWidget(self._okta)
        column.addWidget(self._drop)
        column.addLayout(first)
        return ways

    def _lay_out(self) -> None:
        grid = QGridLayout(self._drop)
        grid.setContentsMargins(14, 12, 14, 12)
        grid.setHorizontalSpacing(8)
        grid.setVerticalSpacing(10)
        words = label(_("Drop a picture of your QR code here, or take it from"), "dim", wrap=True)
        grid.addWidget(words, 0, 0, 1, 3)
        self._sources = [
            ThemedButton(self._theme, _("A file"), icon="picture", name=_("QR code from a file")),
            ThemedButton(
                self._theme, _("Clipboard"), icon="copy", name=_("QR code from the clipboard")
            ),
            ThemedButton(
                self._theme, _("Screen"), icon="screen", name=_("QR code from the screen")
            ),
        ]
        for at, button in enumerate(self._sources):
            grid.addWidget(button, 1, at)
        self._sources[2].setVisible(can_grab_screens())
        intro = _("You were given a key or a QR code once. With it, codes are made here for you.")
        apps = _(
            "An export of Google Authenticator works as well. Okta Verify's own picture holds no"
            " key: in Okta, choose “Google Authenticator”."
        )
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(12)
        column.addWidget(label(intro, "dim", wrap=True))
        column.addWidget(self._ways)
        column.addWidget(self._choose_words)
        column.addLayout(self._list)
        column.addWidget(self._reading)
        column.addWidget(self._problem)
        column.addWidget(label(apps, "caption", wrap=True))
        links = QVBoxLayout()
        links.setSpacing(4)
        links.addWidget(self._type)
        links.addWidget(self._skip)
        column.addLayout(links)

    def _connect(self) -> None:
        self._text.returnPressed.connect(self._give)
        self._use.clicked.connect(self._give)
        for button, slot in zip(
            self._sources, (self._choose_file, self._take_clipboard, self._grab), strict=True
        ):
            button.clicked.connect(slot)
        self._drop.dropped.connect(self._reader.read_mime)
        self._reader.started.connect(self._presenter.read)
        self._reader.found.connect(self._presenter.found)
        self._reader.failed.connect(self._presenter.not_readable)
        self._grabber.grabbed.connect(self._reader.read_images)
        self._mapper.mappedInt.connect(self._presenter.choose)
        self._okta.clicked.connect(self.okta_wanted)
        self._type.acted.connect(self.typing_wanted)
        self._skip.acted.connect(self.skipped)

    def first_focus(self) -> QWidget:
        """Name what has the keyboard first: the key, or the first of several accounts."""
        first = self._list.itemAt(0)
        account = first.widget() if first is not None else None
        return account if account is not None else self._text

    def render_view(self, view: SignInView) -> None:
        """Show what the card knows."""
        shown = view.stage is Stage.CODE_SETUP
        if shown and self.isHidden():
            self.first_focus().setFocus()
        self.setVisible(shown)
        if not view.asks_code:
            self._text.clear()
        self.setEnabled(not view.busy)
        self._skip.setVisible(view.ways.can_skip_code)

    def _render(self) -> None:
        view = self._presenter.view
        self._problem.render_problem(view.problem)
        self._reading.setVisible(view.reading)
        self._okta.setVisible(bool(view.okta))
        self._sources[0].show_look("plain" if view.okta else "primary")
        self._ways.setVisible(not view.choices)
        self._choose_words.setVisible(bool(view.choices))
        if view.choices != self._choices:
            self._choices = view.choices
            self._rebuild()

    def _rebuild(self) -> None:
        clear(self._list)
        for at, name in enumerate(self._choices):
            button = ThemedButton(self._theme, name, look="site", icon="key", name=name)
            button.clicked.connect(self._mapper.map)
            self._mapper.setMapping(button, at)
            self._list.addWidget(button)
            button.show()  # else later, and the keyboard is to go there now
        if self._choices:
            self.first_focus().setFocus()

    @Slot()
    def _give(self) -> None:
        if self._text.text().strip():
            self._presenter.take([self._text.text()])

    @Slot()
    def _choose_file(self) -> None:
        beside = self._sites.came_from  # the same mail may have brought the picture
        choose_picture(self, self._background, self._reader.read_file, beside=beside)

    @Slot()
    def _take_clipboard(self) -> None:
        """Take a picture, a picture file, or a text from the clipboard."""
        data = QGuiApplication.clipboard().mimeData()
        if not self._reader.read_mime(data):
            self._presenter.take([data.text()])

    @Slot()
    def _grab(self) -> None:
        self._grabber.grab(self.window())
