"""The engine: commands in, events out, all state owned by one thread."""

from __future__ import annotations

import threading
from collections.abc import Callable
from contextlib import suppress
from typing import Any, get_args

import msgspec

from ferrygate.common.errors import (
    Cancelled,
    FerrygateError,
    Problem,
    UsageError,
    error_for,
    problem_of,
)
from ferrygate.common.inbox import Inbox
from ferrygate.common.message import message
from ferrygate.common.secret import SecretKind
from ferrygate.engine.background_tasks import BackgroundTasks
from ferrygate.engine.breakdown import breakdown, with_cause
from ferrygate.engine.browsing.failure_reasons import FileOperation
from ferrygate.engine.browsing.file_operations import refuse_to_lose_account
from ferrygate.engine.dependencies import EngineDependencies
from ferrygate.engine.log import note
from ferrygate.engine.messages.codes import (
    OktaCommand,
    ShowCode,
    UseCodeSecret,
)
from ferrygate.engine.messages.command import CancelRequest, Command, Request, Shutdown
from ferrygate.engine.messages.event import Done, Event, Failed
from ferrygate.engine.messages.files import (
    TakeMore,
)
from ferrygate.engine.messages.session import (
    AnswerCode,
    AnswerHostKey,
    AnswerPrompt,
    ForgetHostKeys,
    ForgetSecret,
    Notice,
    OpenSite,
    ProvideSecrets,
    ResetLock,
    SecretsDropped,
    SessionChanged,
    SessionState,
    SignIn,
    SignOut,
    UsePassphrase,
    UsePassword,
)
from ferrygate.engine.messages.transfers import (
    AnswerConflict,
    CancelBatch,
    Download,
    LimitRate,
    RetryBatch,
    Upload,
)
from ferrygate.engine.session.code_display import CodeDisplay
from ferrygate.engine.session.code_requests import CodeRequests
from ferrygate.engine.session.okta_requests import OktaRequests
from ferrygate.engine.session.refusal_count import RefusalCount
from ferrygate.engine.session.session import Session
from ferrygate.engine.session.session_secrets import FIELDS, KeychainSecrets, SessionSecrets
from ferrygate.engine.session.start_secrets import StartSecrets
from ferrygate.engine.session.supervisor import SessionSupervisor
from ferrygate.engine.unanswered import Unanswered
from ferrygate.sign_in.credentials import Credentials
from ferrygate.sites.site import Site

_TICK = 1.0  # seconds between two looks at the connection
_JOIN = 10.0  # seconds to wait for a thread at the end


class Engine:
    """One site's session at a time. ``send`` and ``close`` may be called from any thread.

    Events go to ``listener`` on the engine's own thread, which must not be kept waiting.
    """

    def __init__(self, dependencies: EngineDependencies, listener: Callable[[Event], None]) -> None:
        self._dependencies = dependencies
        self._listener = listener
        self._unanswered = Unanswered()
        self._inbox = Inbox(dependencies.clock)
        self._tasks = BackgroundTasks(self._later)
        self._secrets = SessionSecrets(
            dependencies.open_vault, dependencies.known_hosts, dependencies.live_secrets
        )
        self._start = StartSecrets()
        self._codes = CodeDisplay(dependencies.ledger, dependencies.clock, self._emit)
        self._code_requests = CodeRequests(
            dependencies, self._tasks, self._secrets, self._codes, self._emit, self._later
        )
        self._refusals = RefusalCount(dependencies.ledger, dependencies.known_hosts)
        self._supervisor = SessionSupervisor(
            dependencies, self._emit, self._later, self._tasks, self._secrets
        )
        self._site: Site | None = None
        self._looking_up: int | None = None  # the request whose site's secrets are looked up
        self._okta = OktaRequests(
            dependencies, self._tasks, self._secrets, self._emit, self._correct_code
        )
        self._handlers = self._handler_table()
        self._running = True
        self._ended: Problem | None = None  # answers what is asked from the end on, once it came
        self._breakdown = breakdown()
        self._thread = threading.Thread(target=self._run, name="engine", daemon=True)
        self._thread.start()

    # ------------------------------------------------------------ from any thread

    def send(self, command: Command) -> None:
        """Take in a command; after :meth:`close` it is answered at once, on this thread."""
        if not self._inbox.post(lambda: self._obey(command)) and isinstance(command, Request):
            self._listener(Failed(command.request, self._ended or self._breakdown))

    def close(self) -> None:
        """Shut down; waits for the engine's threads, but never for a hung keychain."""
        self.send(Shutdown())
        self._thread.join(_JOIN)
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
                min(_TICK, self._codes.seconds_to_change(), self._supervisor.seconds_to_retry())
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
            self._forget(error_for(problem))
            self._emit(SessionChanged(SessionState.OFFLINE, problem=problem))
            self._end_all(problem)

    def _end_all(self, problem: Problem) -> None:
        for event in self._unanswered.ends(problem, self._dependencies.clock.now()):
            self._tell(event)

    def _obey(self, command: Command) -> None:
        handle = self._handlers[type(command)]
        if not isinstance(command, Request):
            handle(command)
            return
        if self._ended is not None:
            self._listener(Failed(command.request, self._ended))
            return
        self._unanswered.add(command.request)
        try:
            handle(command)
        except FerrygateError as error:
            self._fail(command.request, error)

    def _emit(self, event: Event) -> None:
        if not self._unanswered.takes(event):  # answered before, when everything was ended
            return
        for told in (*self._refusals.news_before(event, self._site), event):
            self._tell(told)
        if isinstance(event, SecretsDropped) and SecretKind.CODE_SECRET in event.kinds:
            self._codes.show(None)
        if isinstance(event, SessionChanged):  # a sign-in spends a code
            self._codes.refresh(at_once=True)

    def _tell(self, event: Event) -> None:
        note(event)
        self._listener(event)

    def _handler_table(self) -> dict[type[Command], Callable[[Any], None]]:
        return {
            OpenSite: self._open_site,
            ProvideSecrets: self._provide,
            UseCodeSecret: self._use_code_secret,
            UsePassword: self._use,
            UsePassphrase: self._use,
            ForgetSecret: self._forget_secret,
            ForgetHostKeys: self._forget_host_keys,
            ResetLock: self._reset_lock,
            SignIn: lambda command: self._supervisor.sign_in(command, self._site),
            AnswerHostKey: lambda told: self._supervisor.sign_ins.answer(
                told.question, told.accept
            ),
            AnswerCode: lambda told: self._supervisor.answer_code(told.question, told.code),
            AnswerPrompt: lambda told: self._supervisor.sign_ins.answer(told.question, told.answer),
            SignOut: self._sign_out,
            ShowCode: self._code_requests.show,
            **dict.fromkeys(get_args(FileOperation), self._browse),
            Upload: self._transfer,
            Download: self._transfer,
            RetryBatch: self._retry,
            AnswerConflict: self._answer_conflict,
            CancelBatch: self._cancel_batch,
            **dict.fromkeys(get_args(OktaCommand), self._ask_okta),
            TakeMore: self._take_more,
            LimitRate: self._limit_rate,
            CancelRequest: self._cancel,
            Shutdown: self._shut_down,
        }

    def _provide(self, command: ProvideSecrets) -> None:
        given = Credentials(
            password=command.password,
            code_secret=command.code_secret,
            passphrase=command.passphrase,
        )
        self._start.provide(command.site, given)
        self._emit(Done(command.request))

    def _open_site(self, command: OpenSite) -> None:
        self._forget()
        self._site = command.site
        self._secrets.credentials = self._start.for_site(command.site)
        self._looking_up = command.request

        def found(found: KeychainSecrets) -> None:
            if self._looking_up != command.request:  # another site was opened, or all forgotten
                self._fail(command.request, Cancelled())
                return
            self._secrets.adopt(found.credentials)
            self._correct_code(command.site)
            self._emit(
                self._secrets.at_hand(found.event, self._dependencies.skews.read(command.site))
            )
            self._emit(Done(command.request))

        self._tasks.do(
            command.request,
            lambda _cancel: self._secrets.look_up(command.site, command.given),
            found,
            lambda error: self._fail(command.request, error),
        )

    def _use_code_secret(self, command: UseCodeSecret) -> None:
        self._secrets.use_code_secret(command.secret, save=command.save)
        self._correct_code(self._site)
        self._emit(Done(command.request))

    def _correct_code(self, site: Site | None) -> None:
        """Show the code that the server expects now, by the person's agreement on clocks."""
        if site is not None:
            self._secrets.correct_code(site, self._dependencies.skews)
        self._codes.show(self._secrets.credentials.code_secret)
        self._supervisor.sign_ins.code_secret_came()

    def _ask_okta(self, command: OktaCommand) -> None:
        site = self._opened_site(command.request)
        if site is not None:
            self._okta.obey(command, site, lambda: self._site is site)

    def _use(self, command: UsePassword | UsePassphrase) -> None:
        if isinstance(command, UsePassword):
            self._secrets.use_password(command.password, save=command.save)
        else:
            self._secrets.use_passphrase(command.passphrase, save=command.save)
        self._emit(Done(command.request))

    def _sign_out(self, command: SignOut) -> None:
        self._forget()
        self._emit(SessionChanged(SessionState.OFFLINE))
        self._emit(Done(command.request))

    def _forget(self, reason: FerrygateError | None = None) -> None:
        self._looking_up = None
        self._code_requests.cancel()
        self._supervisor.end(reason)
        self._secrets.forget()
        self._codes.show(None)

    def _forget_secret(self, command: ForgetSecret) -> None:
        site = self._opened_site(command.request)
        if site is None:
            return
        self._secrets.drop(command.kind)
        self._start.drop(FIELDS[command.kind])
        if command.kind is SecretKind.CODE_SECRET:
            self._codes.show(None)
        self._tasks.do(
            command.request,
            lambda _cancel: self._secrets.forget_saved(site, command.kind),
            lambda _none: self._emit(Done(command.request)),
            lambda error: self._fail(command.request, error),
        )

    def _forget_host_keys(self, command: ForgetHostKeys) -> None:
        site = self._opened_site(command.request)
        if site is not None:
            self._dependencies.known_hosts.forget(site.host, site.port)
            self._site = msgspec.structs.replace(site, host_key_fingerprints=())
            self._emit(Done(command.request))

    def _reset_lock(self, command: ResetLock) -> None:
        site = self._opened_site(command.request)
        if site is not None:
            self._dependencies.ledger.reset(site.account)
            self._emit(Done(command.request))

    def _opened_site(self, request: int) -> Site | None:
        """The open site, or none after telling the request so."""
        if self._site is None:
            self._fail(request, UsageError(message("Choose a site first.")))
        return self._site

    def _browse(self, command: FileOperation) -> None:
        session = self._session_for(command.request)
        if session is not None:
            refuse_to_lose_account(session.site, command)
            session.browse(command)

    def _take_more(self, command: TakeMore) -> None:
        if self._supervisor.session is not None:
            self._supervisor.session.browser.take_more(command.target)

    def _limit_rate(self, command: LimitRate) -> None:
        self._supervisor.limit_rate(command.bytes_per_second)
        self._emit(Done(command.request))

    def _transfer(self, command: Upload | Download) -> None:
        session = self._session_for(command.request)
        if session is not None:
            session.queue.take(command)

    def _answer_conflict(self, command: AnswerConflict) -> None:
        if self._supervisor.session is not None:
            self._supervisor.session.queue.answer_conflict(command)

    def _cancel_batch(self, command: CancelBatch) -> None:
        if self._supervisor.session is not None:
            self._supervisor.session.queue.cancel(command.batch)

    def _retry(self, command: RetryBatch) -> None:
        session = self._session_for(command.request)
        if session is not None:
            session.queue.retry(command.batch)
            self._emit(Done(command.request))

    def _cancel(self, command: CancelRequest) -> None:
        if not self._tasks.cancel(command.target):
            self._supervisor.cancel(command.target)

    def _shut_down(self, _command: Shutdown) -> None:
        self._forget()
        self._tasks.cancel_all()
        self._running = False
        self._ended = Cancelled(message("Ferrygate is closing.")).problem
        self._end_all(Cancelled().problem)

    def _session_for(self, request: int) -> Session | None:
        """The session, or none after telling the request so."""
        if self._supervisor.session is None:
            self._emit(Failed(request, self._supervisor.why_none))
        return self._supervisor.session

    def _fail(self, request: int, error: BaseException) -> None:
        self._emit(Failed(request, problem_of(error)))
