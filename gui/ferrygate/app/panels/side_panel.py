"""Shows who is signed in, the code, the places."""

from __future__ import annotations

from PySide6.QtCore import QPoint, QRect, QSignalMapper, Qt, Slot
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QButtonGroup, QFrame, QHBoxLayout, QVBoxLayout, QWidget

from ferrygate.app.panels.next_code_panel import NextCodePanel
from ferrygate.app.presenters.drop_presenter import DropPart, DropSpot
from ferrygate.app.presenters.folder_view import Crumb
from ferrygate.app.presenters.session_words import Mood
from ferrygate.app.presenters.workspace import Workspace
from ferrygate.app.render_pace import RenderPace
from ferrygate.app.scale import wide
from ferrygate.app.theme import Theme
from ferrygate.app.widgets.card import SiteHeader
from ferrygate.app.widgets.code_card import CodeCard
from ferrygate.app.widgets.labels import ElidedLabel, label, set_look
from ferrygate.app.widgets.layouts import clear
from ferrygate.app.widgets.site_menu import SiteMenuButton
from ferrygate.app.widgets.themed_button import ThemedButton
from ferrygate.common.i18n import _

_WIDTH = 264
_DOT = 8


class Dot(QWidget):
    """A spot of colour beside the state's words."""

    def __init__(self, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._mood = Mood.OFF
        self.setFixedSize(_DOT, _DOT)
        theme.changed.connect(self.update)

    def show_mood(self, mood: Mood) -> None:
        """Show a colour."""
        self._mood = mood
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(self._theme.colour(self._mood.value))
        painter.drawEllipse(self.rect())
        painter.end()


class SidePanel(QFrame):
    """Shows the workspace's state, code and places."""

    def __init__(self, theme: Theme, pace: RenderPace, workspace: Workspace) -> None:
        super().__init__()
        self._theme = theme
        self._workspace = workspace
        self._places: tuple[Crumb, ...] = ()
        self._lit: bytes | None = None  # the place that something hangs over
        self.setObjectName("side")
        self.setFixedWidth(wide(_WIDTH))
        self._dot = Dot(theme)
        self._state = ElidedLabel("dim")
        state = QWidget()
        row = QHBoxLayout(state)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(6)
        row.addWidget(self._dot)
        row.addWidget(self._state, 1)
        self._details = ThemedButton(theme, _("Connection details"), look="link")
        self._details.clicked.connect(workspace.show_connection)
        self._head = SiteHeader(self._with_details(state))
        self._reason = label("", "caption", wrap=True)
        self._ways_back = self._make_ways_back()
        self._try_now = ThemedButton(theme, _("Try now"))
        self._try_now.clicked.connect(workspace.try_now)
        self._menu = SiteMenuButton(theme)
        self._menu.forget_wanted.connect(workspace.forget)
        self._next_code = NextCodePanel(theme, workspace.typed_code)
        self._code = CodeCard(theme)
        self._code.copy_wanted.connect(self._copy_code)
        self._group = QButtonGroup(self)
        self._mapper = QSignalMapper(self)
        self._mapper.mappedInt.connect(self._go)
        self._list = QVBoxLayout()
        self._list.setSpacing(1)
        self._sign_out = ThemedButton(theme, _("Sign out"), look="quiet", icon="sign-out")
        self._sign_out.clicked.connect(self._leave)
        self._lay_out()
        pace.add(self, self._render_state, workspace, workspace.connection)
        pace.add(self, self._render_code, workspace.code)
        pace.add(self, self._render_next_code, workspace.typed_code)
        pace.add(self, self._render_places, workspace.folder)

    def drop_spot(self, place: QPoint) -> DropSpot | None:
        """Find the place under the pointer."""
        for at, folder in enumerate(self._places):
            if self._group.button(at).geometry().contains(place):
                return DropSpot(DropPart.PLACE, folder.path)
        return None

    def drop_rect(self, spot: DropSpot) -> QRect:
        """Return the room of one place."""
        for at, folder in enumerate(self._places):
            if folder.path == spot.path:
                return self._group.button(at).geometry()
        return self.rect()

    def light_drop(self, spot: DropSpot | None) -> None:
        """Light up one place, or none."""
        self._lit = None if spot is None else spot.path
        self._light()

    def _light(self) -> None:
        for at, folder in enumerate(self._places):
            lit = "true" if folder.path == self._lit else "false"
            set_look(self._group.button(at), "drop", lit)

    def _with_details(self, state: QWidget) -> QWidget:
        """Put the link to the details below the state's words."""
        both = QWidget()
        column = QVBoxLayout(both)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(state)
        column.addWidget(self._details, 0, Qt.AlignmentFlag.AlignLeft)
        return both

    def _make_ways_back(self) -> QWidget:
        """Make what is offered while the session is offline."""
        sign_in = ThemedButton(self._theme, _("Sign in"), look="primary")
        sign_in.clicked.connect(self._workspace.sign_in_again)
        check = ThemedButton(self._theme, _("Check my access"))
        check.clicked.connect(self._check_access)
        both = QWidget()
        column = QVBoxLayout(both)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        column.addWidget(sign_in)
        column.addWidget(check)
        return both

    def _lay_out(self) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(16, 20, 16, 16)
        column.setSpacing(16)
        column.addWidget(self._head)
        column.addWidget(self._reason)
        column.addWidget(self._ways_back)
        column.addWidget(self._try_now)
        column.addWidget(self._next_code)
        column.addWidget(self._code)
        places = QVBoxLayout()
        places.setSpacing(4)
        places.addWidget(label(_("Places"), "group"))
        places.addLayout(self._list)
        column.addLayout(places)
        column.addStretch()
        foot = QHBoxLayout()
        foot.addWidget(self._menu)
        foot.addStretch()
        foot.addWidget(self._sign_out)
        column.addLayout(foot)

    def _render_state(self) -> None:
        words = self._workspace.state
        self._head.show_name(self._workspace.title)
        self._state.show_text(words.text)
        self._dot.show_mood(words.mood)
        self._reason.setText(words.reason)
        self._reason.setVisible(bool(words.reason))
        self._ways_back.setVisible(self._workspace.is_offline)
        self._details.setVisible(self._workspace.connection.has_details)
        self._try_now.setVisible(self._workspace.can_try_now)
        self._menu.offer_for(self._workspace.sign_in.view)
        self._menu.setVisible(self._menu.has_something)

    def _render_code(self) -> None:
        view = self._workspace.code.view
        self._code.setVisible(bool(view.digits))
        self._code.render_view(view)

    def _render_next_code(self) -> None:
        self._next_code.render_view(self._workspace.typed_code.view)

    def _render_places(self) -> None:
        view = self._workspace.folder.view
        if view.places != self._places:
            self._places = view.places
            self._rebuild()
        for at, place in enumerate(self._places):
            button = self._group.button(at)
            if button is not None:
                button.setChecked(view.stands_in(place))

    def _rebuild(self) -> None:
        clear(self._list)
        for button in self._group.buttons():
            self._group.removeButton(button)
        self._group.setExclusive(False)
        for at, place in enumerate(self._places):
            icon = "folder" if at else "home"
            made = ThemedButton(self._theme, place.label, look="place", icon=icon)
            made.setCheckable(True)
            made.clicked.connect(self._mapper.map)
            self._mapper.setMapping(made, at)
            self._group.addButton(made, at)
            self._list.addWidget(made)
        self._light()

    @Slot(int)
    def _go(self, at: int) -> None:
        self._workspace.folder.open(self._places[at].path)
        self._render_places()

    @Slot()
    def _copy_code(self) -> None:
        self._workspace.code.copy()

    @Slot()
    def _check_access(self) -> None:
        self._workspace.check_access()

    @Slot()
    def _leave(self) -> None:
        self._workspace.sign_out()
