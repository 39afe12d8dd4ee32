"""Runs the engine: commands in, events out, all state owned by one thread."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress

from ferrygate.common.errors import Cancelled, FerrygateError, Problem, error_for, problem_of
from ferrygate.common.inbox import Inbox
from ferrygate.common.message import message
from ferrygate.engine.background_tasks import BackgroundTasks
from ferrygate.engine.breakdown import breakdown, with_cause
from ferrygate.engine.browsing.file_requests import FileCommands
from ferrygate.engine.dependencies import EngineDependencies
from ferrygate.engine.log import note
from ferrygate.engine.messages.checks import CheckRequest
from ferrygate.engine.messages.codes import CodeRequest, OktaRequest
from ferrygate.engine.messages.command import CancelRequest, Command, Request, Shutdown
from ferrygate.engine.messages.event import Done, Event, Failed, Listener
from ferrygate.engine.messages.files import FileCommand
from ferrygate.engine.messages.records import ResetLock
from ferrygate.engine.messages.session import (
    Notice,
    SecretsChanged,
    SessionChanged,
    SessionCommand,
    SessionState,
)
from ferrygate.engine.messages.transfers import TransferCommand
from ferrygate.engine.queue.transfer_queue import TransferCommands
from ferrygate.engine.records import RecordRequests
from ferrygate.engine.reply import Later, Reply
from ferrygate.engine.session.access_checks import AccessChecks
from ferrygate.engine.session.code_display import CodeDisplay
from ferrygate.engine.session.code_requests import CodeRequests
from ferrygate.engine.session.current_site import CurrentSite
from ferrygate.engine.session.okta_requests import OktaRequests
from ferrygate.engine.session.refusal_count import RefusalCount
from ferrygate.engine.session.session_commands import SessionCommands
from ferrygate.engine.session.session_secrets import SessionSecrets
from ferrygate.engine.session.site_opening import SiteOpening
from ferrygate.engine.session.supervisor import SessionSupervisor
from ferrygate.engine.unanswered import Unanswered
from ferrygate.transfers.schedule.rate_limiter import RateLimiter

_TICK_SECONDS = 1.0  # between two looks at the connection
_JOIN_SECONDS = 10.0  # to wait for a thread at the end


class Engine:
    """Runs one site's session at a time. ``send`` and ``close`` may be called from any thread.

    Events go to ``listener`` on the engine's own thread, which must not be kept waiting.
    """

    def __init__(self, dependencies: EngineDependencies, listener: Listener) -> None:
        self._clock = dependencies.clock
        self._listener = listener
        self._unanswered = Unanswered()
        self._inbox = Inbox(dependencies.clock, dependencies.threads)
        self._tasks = BackgroundTasks(self._later, dependencies.threads)
        self._current = CurrentSite()
        self._codes = CodeDisplay(dependencies.ledger, dependencies.clock, self._emit)
        self._refusals = RefusalCount(dependencies.ledger, dependencies.known_hosts)
        # Over all sessions: a person's wish.
        limiter = RateLimiter(dependencies.clock, dependencies.threads, None)
        secrets = SessionSecrets(
            dependencies.open_vault,
            dependencies.known_hosts,
            dependencies.live_secrets,
            self._emit,
        )
        shared = dependencies, self._tasks, self._current, secrets
        self._supervisor = SessionSupervisor(
            dependencies, self._emit, self._later, self._tasks, secrets, limiter
        )
        self._code_requests = CodeRequests(
            *shared,
            display=self._codes,
            emit=self._emit,
            post=self._later,
            changed=self._supervisor.sign_ins.code_secret_came,
        )
        self._opening = SiteOpening(
            *shared,
            codes=self._code_requests,
            supervisor=self._supervisor,
            emit=self._emit,
        )
        self._okta_requests = OktaRequests(
            *shared,
            emit=self._emit,
            correct_code=self._code_requests.correct,
            with_typed=self._opening.with_typed,
        )
        self._session_commands = SessionCommands(
            *shared,
            opening=self._opening,
            supervisor=self._supervisor,
            emit=self._emit,
        )
        self._access_checks = AccessChecks(
            dependencies,
            self._current,
            supervisor=self._supervisor,
            emit=self._emit,
            post=self._later,
        )
        session, required = lambda: self._supervisor.session, self._supervisor.require_session
        self._file_commands = FileCommands(session, required)
        self._transfer_commands = TransferCommands(session, required, limiter)
        self._record_requests = RecordRequests(dependencies.ledger)
        self._running = True
        self._ended: Problem | None = None  # answers what is asked from the end on, once it came
        self._breakdown = breakdown()
        self._thread = dependencies.threads.spawn(self._run, "engine")

    # ------------------------------------------------------------ from any thread

    def send(self, command: Command) -> None:
        """Take in a command; after :meth:`close` it is answered at once, on this thread."""
        if not self._inbox.post(lambda: self._obey(command)) and isinstance(command, Request):
            self._listener(Failed(command.request, self._ended or self._breakdown))

    def close(self) -> None:
        """Shut down; waits for the engine's threads, but never for a hung keychain."""
        self.send(Shutdown())
        self._thread.join(_JOIN_SECONDS)
        self._supervisor.join()

    def _run(self) -> None:
        try:
            self._obey_until_closed()
        except BaseException as error:  # noqa: BLE001  whatever it is, there are those who wait
            self._break_down(with_cause(self._breakdown, error))

    def _break_down(self, problem: Problem) -> None:
        """Tell everybody that this thread ends; no further failure keeps any of them from it."""
        self._ended = problem
        told: list[Event] = [SessionChanged(SessionState.OFFLINE, problem=problem)]
        told += self._unanswered.ends(problem, None)  # it may be the clock that broke
        for event in told:
            with suppress(BaseException):
                self._listener(event)
        for act in (*self._inbox.close(), self._tasks.cancel_all, self._supervisor.end):
            with suppress(BaseException):
                act()

    def _obey_until_closed(self) -> None:
        while self._running:
            act = self._inbox.take(
                min(
                    _TICK_SECONDS,
                    self._codes.seconds_to_change(),
                    self._supervisor.seconds_to_retry(),
                )
            )
            if act is not None:
                self._guard(act)
            self._guard(self._codes.refresh)
            self._guard(self._supervisor.look)
        for act in self._inbox.close():  # commands that came too late, and reports nobody needs
            self._guard(act)

    def _later(self, act: Callable[[], None]) -> None:
        """Have something done on the engine's thread, unless it has ended; from any thread."""
        self._inbox.post(act)

    def _guard(self, act: Callable[[], None]) -> None:
        """Do something that may fail. What nobody foresaw ends the session, but not the engine."""
        try:
            act()
        except FerrygateError as error:
            self._emit(Notice(error.problem))
        except Exception as error:  # noqa: BLE001  nobody above this thread could answer for it
            problem = problem_of(error)
            self._opening.leave(error_for(problem))
            self._emit(SessionChanged(SessionState.OFFLINE, problem=problem))
            self._end_all(problem)

    def _end_all(self, problem: Problem) -> None:
        for event in self._unanswered.ends(problem, self._clock.now()):
            self._tell(event)

    def _obey(self, command: Command) -> None:
        """Have a command carried out, and tell how its request ends."""
        if not isinstance(command, Request):
            self._carry_out(command)
            return
        if self._ended is not None:
            self._listener(Failed(command.request, self._ended))
            return
        request = command.request
        self._unanswered.add(request)
        try:
            reply = self._carry_out(command)
        except FerrygateError as error:
            self._answer(request, error.problem)
            return
        if reply is None:
            self._answer(request, None)
        elif isinstance(reply, Later):
            reply.on_end(lambda problem: self._answer(request, problem))

    def _answer(self, request: int, problem: Problem | None) -> None:
        self._emit(Done(request) if problem is None else Failed(request, problem))

    def _carry_out(self, command: Command) -> Reply:
        """Hand a command to what serves its subject."""
        if isinstance(command, FileCommand):
            return self._file_commands.obey(command)
        if isinstance(command, TransferCommand):
            return self._transfer_commands.obey(command)
        if isinstance(command, SessionCommand):
            return self._session_commands.obey(command)
        if isinstance(command, CodeRequest | OktaRequest | CheckRequest):
            return self._carry_out_beside(command)
        match command:
            case ResetLock():
                self._record_requests.obey(command)
            case CancelRequest():
                if not self._tasks.cancel(command.target):
                    self._supervisor.cancel(command.target)
            case Shutdown():
                self._shut_down()
        return None

    def _carry_out_beside(self, command: CodeRequest | OktaRequest | CheckRequest) -> Reply:
        """Hand over a command about the open site that needs no session."""
        if isinstance(command, CodeRequest):
            return self._code_requests.obey(command)
        if isinstance(command, OktaRequest):
            return self._okta_requests.obey(command)
        return self._access_checks.obey(command)

    def _emit(self, event: Event) -> None:
        if not self._unanswered.takes(event):  # answered before, when everything was ended
            return
        for told in (*self._refusals.news_before(event, self._current.site), event):
            self._tell(told)
        if isinstance(event, SecretsChanged) and not event.has_code_secret:
            self._codes.show(None)
        if isinstance(event, SessionChanged):  # a sign-in spends a code
            self._codes.refresh(at_once=True)

    def _tell(self, event: Event) -> None:
        note(event)
        self._listener(event)

    def _shut_down(self) -> None:
        self._opening.leave()
        self._tasks.cancel_all()
        self._running = False
        self._ended = Cancelled(message("Ferrygate is closing.")).problem
        self._end_all(Cancelled().problem)
