"""The engine: commands in, events out, all state owned by one thread."""

from __future__ import annotations

import threading
from collections.abc import Callable
from contextlib import suppress
from typing import Any

import msgspec

from ferrygate.codes.totp import live_code
from ferrygate.common.cancel import CancelToken
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
from ferrygate.engine import messages as m
from ferrygate.engine.background_tasks import BackgroundTasks
from ferrygate.engine.breakdown import breakdown, with_cause
from ferrygate.engine.code_display import CodeDisplay
from ferrygate.engine.jobs import refuse_to_lose_account
from ferrygate.engine.keeper import SessionKeeper
from ferrygate.engine.log import note
from ferrygate.engine.okta_requests import OktaRequests
from ferrygate.engine.parts import Parts
from ferrygate.engine.refusal_count import RefusalCount
from ferrygate.engine.refusals import FileOperation
from ferrygate.engine.session import Session
from ferrygate.engine.session_secrets import FIELDS, Found, SessionSecrets
from ferrygate.engine.start_secrets import StartSecrets
from ferrygate.engine.unanswered import Unanswered
from ferrygate.sign_in.codes import PASTE_SECONDS, take_step
from ferrygate.sign_in.credentials import Credentials, no_code_secret
from ferrygate.sites.site import Site

_TICK = 1.0  # seconds between two looks at the connection
_JOIN = 10.0  # seconds to wait for a thread at the end


class Engine:
    """One site's session at a time. ``send`` and ``close`` may be called from any thread.

    Events go to ``listener`` on the engine's own thread, which must not be kept waiting.
    """

    def __init__(self, parts: Parts, listener: Callable[[m.Event], None]) -> None:
        self._parts = parts
        self._listener = listener
        self._unanswered = Unanswered()
        self._inbox = Inbox(parts.clock)
        self._tasks = BackgroundTasks(self._later)
        self._secrets = SessionSecrets(parts.open_vault, parts.known_hosts, parts.live_secrets)
        self._start = StartSecrets()
        self._codes = CodeDisplay(parts.ledger, parts.clock, self._emit)
        self._refusals = RefusalCount(parts.ledger, parts.known_hosts)
        self._keeper = SessionKeeper(parts, self._emit, self._later, self._tasks, self._secrets)
        self._site: Site | None = None
        self._showing: int | None = None  # the request that waited for a code last
        self._looking_up: int | None = None  # the request whose site's secrets are looked up
        self._okta = OktaRequests(parts, self._tasks, self._secrets, self._emit, self._correct_code)
        self._handlers = self._handler_table()
        self._running = True
        self._ended: Problem | None = None  # answers what is asked from the end on, once it came
        self._breakdown = breakdown()
        self._thread = threading.Thread(target=self._run, name="engine", daemon=True)
        self._thread.start()

    # ------------------------------------------------------------ from any thread

    def send(self, command: m.Command) -> None:
        """Take in a command; after :meth:`close` it is answered at once, on this thread."""
        if not self._inbox.post(lambda: self._obey(command)) and isinstance(command, m.Request):
            self._listener(m.Failed(command.request, self._ended or self._breakdown))

    def close(self) -> None:
        """Shut down; waits for the engine's threads, but never for a hung keychain."""
        self.send(m.Shutdown())
        self._thread.join(_JOIN)
        self._keeper.join()

    # ------------------------------------------------------------ the thread

    def _run(self) -> None:
        try:
            self._obey_until_closed()
        except BaseException as error:  # noqa: BLE001  whatever it is, there are those who wait
            self._break_down(with_cause(self._breakdown, error))

    def _break_down(self, problem: Problem) -> None:
        """Tell everybody that this thread ends; no further failure keeps any of them from it."""
        self._ended = problem
        told: list[m.Event] = [m.SessionChanged(m.SessionState.OFFLINE, problem=problem)]
        told += self._unanswered.ends(problem, None)  # it may be the clock that broke
        for event in told:
            with suppress(BaseException):
                self._listener(event)
        for act in (*self._inbox.close(), self._tasks.cancel_all, self._keeper.end):
            with suppress(BaseException):
                act()

    def _obey_until_closed(self) -> None:
        while self._running:
            act = self._inbox.take(
                min(_TICK, self._codes.seconds_to_change(), self._keeper.seconds_to_retry())
            )
            if act is not None:
                self._guard(act)
            self._guard(self._codes.refresh)
            self._guard(self._keeper.look)
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
            self._emit(m.Notice(error.problem))
        except Exception as error:  # noqa: BLE001  nobody above this thread could answer for it
            problem = problem_of(error)
            self._forget(error_for(problem))
            self._emit(m.SessionChanged(m.SessionState.OFFLINE, problem=problem))
            self._end_all(problem)

    def _end_all(self, problem: Problem) -> None:
        for event in self._unanswered.ends(problem, self._parts.clock.now()):
            self._tell(event)

    def _obey(self, command: m.Command) -> None:
        handle = self._handlers[type(command)]
        if not isinstance(command, m.Request):
            handle(command)
            return
        if self._ended is not None:
            self._listener(m.Failed(command.request, self._ended))
            return
        self._unanswered.add(command.request)
        try:
            handle(command)
        except FerrygateError as error:
            self._fail(command.request, error)

    def _emit(self, event: m.Event) -> None:
        if not self._unanswered.takes(event):  # answered before, when everything was ended
            return
        for told in (*self._refusals.news_before(event, self._site), event):
            self._tell(told)
        if isinstance(event, m.SecretsDropped) and m.SecretKind.CODE_SECRET in event.kinds:
            self._codes.show(None)
        if isinstance(event, m.SessionChanged):  # a sign-in spends a code
            self._codes.refresh(at_once=True)

    def _tell(self, event: m.Event) -> None:
        note(event)
        self._listener(event)

    def _handler_table(self) -> dict[type[m.Command], Callable[[Any], None]]:
        return {
            m.OpenSite: self._open_site,
            m.ProvideSecrets: self._provide,
            m.UseCodeSecret: self._use_code_secret,
            m.UsePassword: self._use_password,
            m.UsePassphrase: self._use_passphrase,
            m.ForgetSecret: self._forget_secret,
            m.ForgetHostKeys: self._forget_host_keys,
            m.ResetLock: self._reset_lock,
            m.SignIn: lambda command: self._keeper.sign_in(command, self._site),
            m.AnswerHostKey: lambda told: self._keeper.sign_ins.answer(told.question, told.accept),
            m.AnswerCode: lambda told: self._keeper.answer_code(told.question, told.code),
            m.AnswerPrompt: lambda told: self._keeper.sign_ins.answer(told.question, told.answer),
            m.SignOut: self._sign_out,
            m.ShowCode: self._show_code,
            m.StatPath: self._browse,
            m.ListFolder: self._browse,
            m.MakeFolder: self._browse,
            m.RenamePath: self._browse,
            m.RemovePath: self._browse,
            m.Upload: self._transfer,
            m.Download: self._transfer,
            m.RetryBatch: self._retry,
            m.AnswerConflict: self._answer_conflict,
            m.CancelBatch: self._cancel_batch,
            m.ExplainRefusal: self._ask_okta,
            m.EnrolWithOkta: self._ask_okta,
            m.MeasureSkew: self._ask_okta,
            m.ApplySkew: self._ask_okta,
            m.TakeMore: self._take_more,
            m.LimitRate: self._limit_rate,
            m.CancelRequest: self._cancel,
            m.Shutdown: self._shut_down,
        }

    # ------------------------------------------------------------ the site and its code

    def _provide(self, command: m.ProvideSecrets) -> None:
        given = Credentials(
            password=command.password,
            code_secret=command.code_secret,
            passphrase=command.passphrase,
        )
        self._start.provide(command.site, given)
        self._emit(m.Done(command.request))

    def _open_site(self, command: m.OpenSite) -> None:
        self._forget()
        self._site = command.site
        self._secrets.credentials = self._start.for_site(command.site)
        self._looking_up = command.request

        def found(found: Found) -> None:
            if self._looking_up != command.request:  # another site was opened, or all forgotten
                self._fail(command.request, Cancelled())
                return
            self._secrets.take_found(found.credentials)
            self._correct_code(command.site)
            self._emit(self._secrets.at_hand(found.event, self._parts.skews.read(command.site)))
            self._emit(m.Done(command.request))

        self._tasks.do(
            command.request,
            lambda _cancel: self._secrets.look_up(command.site, command.given),
            found,
            lambda error: self._fail(command.request, error),
        )

    def _use_code_secret(self, command: m.UseCodeSecret) -> None:
        self._secrets.use_code_secret(command.secret, save=command.save)
        self._correct_code(self._site)
        self._emit(m.Done(command.request))

    def _correct_code(self, site: Site | None) -> None:
        """Show the code that the server expects now, by the person's agreement on clocks."""
        if site is not None:
            self._secrets.correct_code(site, self._parts.skews)
        self._codes.show(self._secrets.credentials.code_secret)
        self._keeper.sign_ins.code_secret_came()

    def _ask_okta(self, command: m.OktaCommand) -> None:
        site = self._opened_site(command.request)
        if site is not None:
            self._okta.obey(command, site, lambda: self._site is site)

    def _use_password(self, command: m.UsePassword) -> None:
        self._secrets.use_password(command.password, save=command.save)
        self._emit(m.Done(command.request))

    def _use_passphrase(self, command: m.UsePassphrase) -> None:
        self._secrets.use_passphrase(command.passphrase, save=command.save)
        self._emit(m.Done(command.request))

    def _sign_out(self, command: m.SignOut) -> None:
        self._forget()
        self._emit(m.SessionChanged(m.SessionState.OFFLINE))
        self._emit(m.Done(command.request))

    def _forget(self, reason: FerrygateError | None = None) -> None:
        self._looking_up = None
        if self._showing is not None:  # a code that is waited for belongs to who is leaving
            self._tasks.cancel(self._showing)
        self._keeper.end(reason)
        self._secrets.forget()
        self._codes.show(None)

    def _forget_secret(self, command: m.ForgetSecret) -> None:
        site = self._opened_site(command.request)
        if site is None:
            return
        self._secrets.drop(command.kind)
        self._start.drop(FIELDS[command.kind])
        if command.kind is m.SecretKind.CODE_SECRET:
            self._codes.show(None)
        self._tasks.do(
            command.request,
            lambda _cancel: self._secrets.forget_saved(site, command.kind),
            lambda _none: self._emit(m.Done(command.request)),
            lambda error: self._fail(command.request, error),
        )

    def _forget_host_keys(self, command: m.ForgetHostKeys) -> None:
        site = self._opened_site(command.request)
        if site is not None:
            self._parts.known_hosts.forget(site.host, site.port)
            self._site = msgspec.structs.replace(site, host_key_fingerprints=())
            self._emit(m.Done(command.request))

    def _reset_lock(self, command: m.ResetLock) -> None:
        site = self._opened_site(command.request)
        if site is not None:
            self._parts.ledger.reset(site.account)
            self._emit(m.Done(command.request))

    def _opened_site(self, request: int) -> Site | None:
        """The open site, or none after telling the request so."""
        if self._site is None:
            self._fail(request, UsageError(message("Choose a site first.")))
        return self._site

    def _show_code(self, command: m.ShowCode) -> None:
        request, secret = command.request, self._secrets.credentials.code_secret
        if secret is None:
            raise no_code_secret()
        self._showing = request

        def take(cancel: CancelToken) -> int:
            return take_step(
                secret,
                lambda step: self._parts.ledger.claim(secret, step),
                self._parts.clock,
                cancel,
                lambda until: self._later(lambda: self._emit(m.CodeAwaited(request, until))),
                PASTE_SECONDS,
            )

        def given(step: int) -> None:
            if self._secrets.credentials.code_secret is not secret:  # signed out meanwhile
                self._fail(request, Cancelled())
                return
            self._codes.refresh(at_once=True)
            self._emit(m.CodeGivenOut(request, live_code(secret, secret.start_of(step))))
            self._emit(m.Done(request))

        self._tasks.do(request, take, given, lambda error: self._fail(request, error))

    # ------------------------------------------------------------ files

    def _browse(self, command: FileOperation) -> None:
        session = self._session_for(command.request)
        if session is not None:
            refuse_to_lose_account(session.site, command)
            session.browse(command)

    def _take_more(self, command: m.TakeMore) -> None:
        if self._keeper.session is not None:
            self._keeper.session.browser.take_more(command.target)

    def _limit_rate(self, command: m.LimitRate) -> None:
        if command.bytes_per_second is not None and command.bytes_per_second < 1:
            raise UsageError(message("A rate is at least one byte a second."))
        self._keeper.limit_rate(command.bytes_per_second)
        self._emit(m.Done(command.request))

    def _transfer(self, command: m.Upload | m.Download) -> None:
        session = self._session_for(command.request)
        if session is not None:
            session.queue.take(command)

    def _answer_conflict(self, command: m.AnswerConflict) -> None:
        if self._keeper.session is not None:
            self._keeper.session.queue.answer_conflict(command)

    def _cancel_batch(self, command: m.CancelBatch) -> None:
        if self._keeper.session is not None:
            self._keeper.session.queue.cancel(command.batch)

    def _retry(self, command: m.RetryBatch) -> None:
        session = self._session_for(command.request)
        if session is not None:
            session.queue.retry(command.batch)
            self._emit(m.Done(command.request))

    def _cancel(self, command: m.CancelRequest) -> None:
        if not self._tasks.cancel(command.target):
            self._keeper.cancel(command.target)

    def _shut_down(self, _command: m.Shutdown) -> None:
        self._forget()
        self._tasks.cancel_all()
        self._running = False
        self._ended = Cancelled(message("Ferrygate is closing.")).problem
        self._end_all(Cancelled().problem)

    # ------------------------------------------------------------ inside

    def _session_for(self, request: int) -> Session | None:
        """The session, or none after telling the request so."""
        if self._keeper.session is None:
            self._emit(m.Failed(request, self._keeper.why_none))
        return self._keeper.session

    def _fail(self, request: int, error: BaseException) -> None:
        self._emit(m.Failed(request, problem_of(error)))
