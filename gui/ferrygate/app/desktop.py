"""The app put together: application, theme, presenters, window, and the bridge to an engine."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Protocol

from PySide6.QtCore import QCoreApplication, QEvent, QObject, Qt, Slot
from PySide6.QtGui import QSessionManager

from ferrygate.app.application import make_application
from ferrygate.app.bridge.background_threads import BackgroundThreads
from ferrygate.app.bridge.engine_bridge import EngineBridge
from ferrygate.app.bridge.one_shot_timer import OneShotTimer
from ferrygate.app.bridge.ticker import Ticker
from ferrygate.app.dialogs.choosers import arrival_folders
from ferrygate.app.models.folder_model import FolderModel
from ferrygate.app.options import AppOptions
from ferrygate.app.presenters.outbox import Outbox
from ferrygate.app.presenters.workspace import Workspace
from ferrygate.app.presenters.workspace_dependencies import WorkspaceDependencies
from ferrygate.app.render_pace import RenderPace
from ferrygate.app.system.desktop_opener import DesktopOpener
from ferrygate.app.theme import Theme
from ferrygate.app.window import MainWindow
from ferrygate.common.text import load_formats
from ferrygate.engine.messages.event import Event
from ferrygate.engine.messages.session import HostKeyQuestion, PromptQuestion
from ferrygate.engine.messages.transfers import ConflictQuestion
from ferrygate.sites.arrived_files import arrived_files
from ferrygate.sites.known_hosts import KnownHosts
from ferrygate.sites.store import SiteStore

_QUESTIONS = (HostKeyQuestion, PromptQuestion, ConflictQuestion)


class SessionManager(Protocol):
    """The used part of QSessionManager, which only Qt can make."""

    def allowsInteraction(self) -> bool:  # noqa: N802  Qt's name
        """Tell whether the person may be asked now."""
        ...

    def cancel(self) -> None:
        """Keep the session from ending."""
        ...

    def release(self) -> None:
        """Let others ask."""
        ...


class Desktop(QObject):
    """Owns everything of one window; the engine starts when the window has shown itself."""

    def __init__(self, options: AppOptions, scheme: Qt.ColorScheme | None = None) -> None:
        self.application = make_application()
        super().__init__()
        self._options = options
        self._closed = False
        self.theme = Theme(self.application, scheme, self)
        self.bridge = EngineBridge(self._handle, OneShotTimer(self), self)
        self.background = BackgroundThreads(self)
        self.model = FolderModel(options.clock, self)
        dependencies = WorkspaceDependencies(
            sink=self.model,
            saved=SiteStore(options.home.sites),
            fingerprints=self._fingerprints,
            background=self.background,
            opener=options.opener or DesktopOpener(self),
            arrived=partial(arrived_files, options.arrivals or arrival_folders()),
        )
        self.workspace = Workspace(
            Outbox(self.bridge.send),
            options.clock,
            dependencies,
            is_demo=options.is_demo,
            given=options.given,
        )
        self.pace = RenderPace(options.clock, OneShotTimer(self), self)
        self.window = MainWindow(self.theme, self.pace, self.workspace, self.model, self.background)
        self.theme.apply()
        self._ticker = Ticker(options.clock, self)
        self._ticker.ticked.connect(self._tick)
        self.window.painted.connect(self._begin)
        self.application.commitDataRequest.connect(self._answer_session_end)

    def show(self) -> None:
        """Show the window; the rest follows its first paint."""
        self.window.show()

    def close(self) -> None:
        """Take the window down and wait for the engine's end; once is enough.

        Qt's objects are deleted here and now: left to Python they would go whenever its garbage
        is collected, on whatever thread that happens, and Qt does not survive that.
        """
        if self._closed:
            return
        self._closed = True
        self._ticker.stop()
        self.window.leave()
        self.background.close()
        self.bridge.close()
        self.window.deleteLater()
        self.deleteLater()
        QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete.value)

    @Slot(QSessionManager)
    def _answer_session_end(self, manager: SessionManager) -> None:
        """Ask for the end of the desktop's session what closing asks, where it lets us ask."""
        if not self.window.may_close() and manager.allowsInteraction():
            manager.cancel()
            manager.release()

    def _fingerprints(self, host: str, port: int) -> tuple[str, ...]:
        keys = KnownHosts(self._options.home.known_hosts).keys_for(host, port)
        return tuple(key.fingerprint for key in keys)

    def _handle(self, events: Sequence[Event]) -> None:
        with self.pace.turn(at_once=any(isinstance(event, _QUESTIONS) for event in events)):
            self.workspace.handle(*events)

    @Slot()
    def _begin(self) -> None:
        self.bridge.start(self._options.make_engine)
        self._ticker.start()
        self.workspace.start(self._options.opened, self._options.came_from)
        now = self._options.clock.now()
        self.background(lambda: load_formats(now), lambda _none: None, self.workspace.notices.show)

    @Slot()
    def _tick(self) -> None:
        with self.pace.turn():
            self.workspace.tick()
