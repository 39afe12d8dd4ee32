"""All presenters of one window, fed from one stream of events."""

from __future__ import annotations

from contextlib import ExitStack
from enum import Enum
from functools import partial
from pathlib import Path

from ferrygate.app.presenters.check_presenter import CheckPresenter
from ferrygate.app.presenters.code_presenter import CodePresenter
from ferrygate.app.presenters.code_setup_presenter import CodeSetupPresenter
from ferrygate.app.presenters.connection_presenter import ConnectionPresenter
from ferrygate.app.presenters.fetched_files import FetchedFiles
from ferrygate.app.presenters.folder_presenter import FolderPresenter
from ferrygate.app.presenters.leaving_presenter import Leaving, LeavingPresenter
from ferrygate.app.presenters.notice_presenter import NoticePresenter
from ferrygate.app.presenters.observable import Observable
from ferrygate.app.presenters.outbox import Outbox
from ferrygate.app.presenters.session_words import StateWords, forgotten, seconds_until, state_words
from ferrygate.app.presenters.sign_in_presenter import SignInPresenter
from ferrygate.app.presenters.sign_in_problem_presenter import SignInProblemPresenter
from ferrygate.app.presenters.sign_in_view import Form
from ferrygate.app.presenters.sites_presenter import SitesPresenter
from ferrygate.app.presenters.start_secrets import StartSecrets
from ferrygate.app.presenters.transfers_presenter import TransfersPresenter
from ferrygate.app.presenters.typed_code_presenter import TypedCodePresenter
from ferrygate.app.presenters.workspace_dependencies import WorkspaceDependencies
from ferrygate.common.clock import Clock
from ferrygate.common.environment import GivenSecrets
from ferrygate.common.errors import Problem
from ferrygate.common.i18n import _
from ferrygate.common.remedies import TRANSIENT
from ferrygate.common.remote_path import normalise
from ferrygate.common.secret import SecretKind
from ferrygate.engine.messages.checks import CheckEnded, CheckStageEnded
from ferrygate.engine.messages.event import Done, Event, Failed
from ferrygate.engine.messages.session import (
    CodeQuestion,
    ForgetSecret,
    HostKeyQuestion,
    PromptQuestion,
    SessionChanged,
    SessionState,
    SignIn,
    SignOut,
)
from ferrygate.sites.site import Site

_NOTHING = GivenSecrets()


class Screen(Enum):
    """Names what fills the window."""

    SITES = "sites"
    OFFER = "offer"
    SIGN_IN = "sign-in"
    FILES = "files"
    CONNECTION = "connection"
    CHECK = "check"


_AT_WORK = {Screen.FILES, Screen.CONNECTION}  # of a session that has shown its files
_FILES_HELP = {SessionState.OFFLINE, SessionState.ASKING_FOR_CODE}  # what to do is beside them


class Workspace(Observable):
    """The window's state: which screen, which site, which session.

    Args:
        outbox: the way to the engine.
        clock: the time.
        dependencies: what lies outside of presenters.
        is_demo: the site to start with is our own, and is not kept.
        given: the secrets of this start, for the site that it begins with.
    """

    def __init__(
        self,
        outbox: Outbox,
        clock: Clock,
        dependencies: WorkspaceDependencies,
        *,
        is_demo: bool = False,
        given: GivenSecrets = _NOTHING,
    ) -> None:
        super().__init__()
        self._outbox = outbox
        self._clock = clock
        self._is_demo = is_demo
        self._session = SessionChanged(state=SessionState.OFFLINE)
        self._entered = False  # the session has shown its files
        self._checked_from = Screen.SIGN_IN
        self._forgetting: dict[int, SecretKind] = {}
        self.screen = Screen.SITES
        self.notices = NoticePresenter(clock)
        self._start_secrets = StartSecrets(outbox, given, self.notices.show)
        self.code = CodePresenter(outbox, clock)
        self.setup = CodeSetupPresenter(outbox)
        self.sign_in_problem = SignInProblemPresenter(outbox, clock, self.notices.say)
        self.typed_code = TypedCodePresenter(outbox)
        self.sign_in = SignInPresenter(
            outbox, clock, self.setup, self.sign_in_problem, self.typed_code
        )
        self.leaving = LeavingPresenter()
        self.connection = ConnectionPresenter()
        self.check = CheckPresenter(outbox, clock, self.notices, dependencies.background)
        self.sites = SitesPresenter(
            dependencies.saved,
            dependencies.fingerprints,
            self._switch_to,
            dependencies.background,
            arrived=dependencies.arrived,
            keeps=not is_demo,
        )
        self.sites.subscribe(self._follow_offer)
        self.folder = FolderPresenter(outbox, clock, dependencies.sink)
        background = dependencies.background
        fetched = FetchedFiles(dependencies.opener, background, self.notices.show)
        self.transfers = TransfersPresenter(outbox, clock, fetched, self.notices.show)
        self._followers = (
            self.code,
            self.setup,
            self.sign_in_problem,
            self.typed_code,
            self.sign_in,
            self.folder,
            self.transfers,
            self.notices,
            self.leaving,
            self.connection,
            self.check,
        )
        self._handlers = (*(each.handle for each in self._followers), self._handle)

    @property
    def site(self) -> Site | None:
        """Return the site in use."""
        return self.sign_in.site

    @property
    def title(self) -> str:
        """Return the window's title."""
        return self.site.name if self.site else _("Ferrygate")

    @property
    def state(self) -> StateWords:
        """Put the session in words."""
        user = self.site.username if self.site else ""
        return state_words(self._session, user, self._clock.now())

    @property
    def is_offline(self) -> bool:
        """There is no session, nor one on its way."""
        return self._session.state is SessionState.OFFLINE

    @property
    def is_at_work(self) -> bool:
        """Tell whether the window is at a session that has shown its files."""
        return self.screen in _AT_WORK

    @property
    def can_try_now(self) -> bool:
        """Tell whether a lost connection waits for its next try, which could be made at once."""
        session = self._session
        return session.can_try_now and seconds_until(session.until, self._clock.now()) > 0

    @property
    def toast(self) -> str:
        """Return a word in passing, or none."""
        return self.code.toast or self.notices.words

    def start(self, opened: Site | Problem | None, came_from: Path | None = None) -> None:
        """Show what the app was opened with, the only site saved, or the choice.

        Args:
            opened: the site of a connection file, or what is wrong with that.
            came_from: the folder of that file.
        """
        self.sites.came_from = came_from
        self.sites.load(lambda: self._begin(opened))

    def _begin(self, opened: Site | Problem | None) -> None:
        saved = self.sites.view.sites
        if isinstance(opened, Problem):
            self._start_secrets.provide(None)
            self.sites.report(opened)
        elif opened is not None:
            self._start_secrets.provide(opened)
            (self._turn_to if self._is_demo else self.sites.offer)(opened)
        elif len(saved) == 1:
            self._start_secrets.provide(saved[0])
            self._turn_to(saved[0])
        else:
            self._start_secrets.provide(None)

    def _switch_to(self, site: Site) -> None:
        """Turn to the site that a person chose; what is under way at another one would end."""
        self.leaving.leave(Leaving.SWITCH, partial(self._turn_to, site))

    def _turn_to(self, site: Site) -> None:
        """Show a site's sign-in card; a person's choice comes through :attr:`sites`."""
        self._entered = False
        self.screen = Screen.SIGN_IN
        self.check.turn_to(site)
        self.sign_in.choose(site, self.sites.take_typed(site))
        self._changed()

    def show_sites(self) -> None:
        """Back to the choice of sites."""
        self.screen = Screen.SITES
        self.sites.load()
        self._changed()

    def sign_out(self) -> None:
        """End the session, once the person agrees that what is under way ends with it."""
        self.leaving.leave(Leaving.SIGN_OUT, partial(self._outbox.ask, SignOut))

    def try_now(self) -> None:
        """Try at once to bring a lost connection back, with what is at hand."""
        self._outbox.ask(SignIn)

    def sign_in_again(self) -> None:
        """After a connection that did not come back."""
        self.screen = Screen.SIGN_IN
        self._changed()
        self.sign_in.sign_in_again()

    def show_connection(self) -> None:
        """Show how the connection came about, in place of the files."""
        self.screen = Screen.CONNECTION
        self._changed()

    def leave_connection(self) -> None:
        """Back to the files."""
        self.screen = Screen.FILES
        self._changed()

    def check_access(self, form: Form | None = None) -> None:
        """Check the account's access, with what was typed where the card is asked for it."""
        has_typed_password = form is not None and self.sign_in.take_form(form)
        if self.site is not None:
            self._checked_from, self.screen = self.screen, Screen.CHECK
            self.check.start(self.site, has_typed_password=has_typed_password)
            self._changed()

    def leave_check(self) -> None:
        """Back to where the check was asked for; what is left of it is stopped."""
        self.check.stop()
        self.screen = self._checked_from
        self._changed()

    def forget(self, kind: SecretKind) -> None:
        """Drop a secret of the site, from memory and from the keychain."""
        number = self._outbox.ask(lambda number: ForgetSecret(request=number, kind=kind))
        self._forgetting[number] = kind

    def tick(self) -> None:
        """Pass on that the wall clock has entered another second."""
        self.code.tick()
        self.sign_in.tick()
        self.sign_in_problem.tick()
        self.folder.tick()
        self.transfers.tick()
        self.notices.tick()
        self.check.tick()
        self._changed()

    def handle(self, *events: Event) -> None:
        """Pass the events of one turn to all who may want them, then tell observers, once.

        All take an event before the next one is passed on, since one may turn another to another
        site.

        Raises:
            ExceptionGroup: what went wrong in some presenters; the others have taken all events.
        """
        errors: list[Exception] = []
        with ExitStack() as holds:
            for presenter in (self, *self._followers):
                holds.enter_context(presenter.held())
            for event in events:
                errors += self._pass_on(event)
        if errors:
            raise ExceptionGroup("Events could not be followed", errors)

    def _pass_on(self, event: Event) -> list[Exception]:
        errors: list[Exception] = []
        if self.sign_in.is_opening and _is_of_a_session(event):
            return errors  # the site was just left: the event was on its way when a person chose
        for handle in self._handlers:
            try:
                handle(event)
            except Exception as error:  # noqa: BLE001  whatever it is, the others take the event
                errors.append(error)
        return errors

    def _handle(self, event: Event) -> None:
        match event:
            case SessionChanged():
                self._session = event
                self._follow(event)
            case HostKeyQuestion() | PromptQuestion() | CodeQuestion(goes_on=False):
                self.screen = Screen.SIGN_IN
            case CheckStageEnded() | CheckEnded() if self.screen is Screen.SIGN_IN:
                if self.check.is_running:
                    self.screen = Screen.CHECK  # after a question that came up on its way
            case Done(request=request) | Failed(request=request) if request in self._forgetting:
                self._forgot(event, self._forgetting.pop(request))
            case _:
                return
        self._changed()

    def _follow(self, event: SessionChanged) -> None:
        """Signed in opens the files; a person's sign-out, or trouble to mend, closes them."""
        state = event.state
        if self.screen is Screen.CONNECTION and state in _FILES_HELP:
            self.screen = Screen.FILES
        if state is SessionState.SIGNED_IN and self.site is not None:
            self.screen = self.screen if self.is_at_work else Screen.FILES
            self._keep(self.site)
            if self._entered:
                self.folder.refresh()
            else:
                self._entered = True
                self.sites.decline()
                self.folder.start(normalise(self.site.start_folder))
        elif state is SessionState.OFFLINE and self.screen is Screen.FILES:
            if event.problem is None and self.site is not None:
                self._turn_to(self.site)  # what was in memory is gone, what is kept is found again
            elif event.problem is None or event.problem.kind not in TRANSIENT:
                self.screen = Screen.SIGN_IN
        elif event.problem is not None and self.site is None:
            self.notices.show(event.problem)  # the engine did not start, and no card is there

    def _keep(self, site: Site) -> None:
        """Keep what a sign-in proves: a site by the first one, a new key of it by any."""
        outdated = self.sign_in.take_outdated()
        if outdated is not None or not self._entered:
            self.sites.keep(site, self.notices.show, outdated=outdated)

    def _follow_offer(self) -> None:
        if self.sites.view.offer is not None:
            self.screen = Screen.OFFER
        elif not self.is_at_work and self._shows_sites():
            self.screen = Screen.SITES
        self._changed()

    def _shows_sites(self) -> bool:
        return self.screen is Screen.OFFER or self.sites.view.problem is not None

    def _forgot(self, event: Done | Failed, kind: SecretKind) -> None:
        if isinstance(event, Failed):
            self.notices.show(event.problem)
            return
        self.notices.say(forgotten(kind))


def _is_of_a_session(event: Event) -> bool:
    """Tell whether an event tells of a session that there is or may be."""
    if isinstance(event, SessionChanged):
        return event.state is not SessionState.OFFLINE  # an engine's that did not start
    return isinstance(event, HostKeyQuestion | PromptQuestion | CodeQuestion)
