"""Makes the sign-ins of a session, one at a time, and asks the person what they need."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any, TypeVar

import msgspec

from ferrygate.common.cancel import CancelToken
from ferrygate.common.errors import Cancelled, Kind, Problem, UsageError, problem_of
from ferrygate.common.inbox import Callback
from ferrygate.common.message import message
from ferrygate.common.secret import Secret
from ferrygate.engine.background_tasks import BackgroundTasks
from ferrygate.engine.dependencies import EngineDependencies
from ferrygate.engine.messages.codes import CodeAwaited
from ferrygate.engine.messages.event import Event
from ferrygate.engine.messages.session import SessionChanged, SessionState, SignIn
from ferrygate.engine.reply import Later
from ferrygate.engine.session.session_secrets import SessionSecrets
from ferrygate.engine.session.sign_in_observer import (
    PendingAnswer,
    Question,
    Shown,
    SignInObserver,
    StaleSecrets,
)
from ferrygate.engine.session.typed_codes import SignInRequest, TypedCodes, code_needed
from ferrygate.sftp.connection import SftpConnection
from ferrygate.sign_in.attempt import Observer
from ferrygate.sign_in.credentials import Credentials, TypedCode
from ferrygate.sign_in.first_channel import start_sftp
from ferrygate.sign_in.step_line import StepLine
from ferrygate.sign_in.step_record import StepRecord
from ferrygate.sign_in.steps import ReportStep
from ferrygate.sites.site import Site

T = TypeVar("T")


class SignIns:
    """Makes one attempt, or asks for one code, at a time. Owned by the engine's thread."""

    def __init__(
        self,
        dependencies: EngineDependencies,
        emit: Callable[[Event], None],
        post: Callable[[Callback], None],
        tasks: BackgroundTasks,
        secrets: SessionSecrets,
        *,
        accepted: Callable[[SignInRequest, SftpConnection], None],
        failed: Callable[[SignInRequest, Problem], None],
        end_in_background: Callable[[Callable[[], None]], None],
    ) -> None:
        """Take what is needed; ``accepted`` or ``failed`` is told of each attempt's end."""
        self._dependencies = dependencies
        self._emit = emit
        self._post = post
        self._tasks = tasks
        self._secrets = secrets
        self._accepted = accepted
        self._failed = failed
        self._end_in_background = end_in_background
        self._codes = TypedCodes(secrets, dependencies.clock, emit)
        self._code_refusal: Problem | None = None  # of the code that was typed last
        self._attempt: int | None = None  # the request that signs in just now
        self._questions: dict[int, PendingAnswer[Any]] = {}
        self._asked = 0
        self.steps: tuple[StepLine, ...] = ()  # of the last sign-in that was accepted

    @property
    def is_under_way(self) -> bool:
        """Tell whether an attempt is made, or waits for a code."""
        return self._attempt is not None

    @property
    def is_asking(self) -> bool:
        """Tell whether a code is waited for that a person has to type."""
        return self._codes.asked is not None

    def lacks_code(self, site: Site) -> bool:
        """Tell whether the next sign-in needs a code, and no person is there to type one."""
        return self._codes.must_end(site)

    def begin_first(self, command: SignIn, site: Site) -> Later:
        """Begin a session; the request ends as its attempt does.

        Raises:
            UsageError: what was typed is no code.
        """
        code = command.typed_code
        typed = None if code is None else self._codes.read(code, site)
        self._codes.begin(is_interactive=command.ask_code)
        self._emit(SessionChanged(SessionState.CONNECTING))
        later = Later()
        self.begin(SignInRequest(command.request, site, later, command.try_anyway), typed)
        return later

    def begin(
        self, sign_in: SignInRequest, typed: TypedCode | None, *, is_answer: bool = False
    ) -> None:
        """Make an attempt in the background; if a code has to be typed first, reach the server.

        Args:
            sign_in: what it is made for.
            typed: the code that was typed, if one was.
            is_answer: it was asked for, and is again where it does not do.
        """
        site = sign_in.site
        credentials = msgspec.structs.replace(self._secrets.credentials, typed_code=typed)

        def failed(problem: Problem) -> None:
            if is_answer and problem.kind is Kind.CODE_NEEDED:
                self._ask_code(sign_in, problem)
            elif typed and sign_in.goes_on and problem.kind is Kind.SIGN_IN_REFUSED:
                self._code_refusal = problem  # told once the breaker lets another one through
                self._emit(SessionChanged(SessionState.RECONNECTING, problem=problem))
                self.begin(sign_in, None)
            else:
                self._failed(sign_in, problem)

        record = StepRecord(self._dependencies.live_secrets.redact)

        def reach(cancel: CancelToken) -> None:
            observer = self._observer(sign_in, cancel)
            with record.failing():
                self._dependencies.attempts.reach(
                    site,
                    credentials,
                    observer,
                    cancel,
                    try_anyway=sign_in.try_anyway,
                    report=record.add,
                )

        def attempt(cancel: CancelToken) -> SftpConnection:
            with self._secrets.in_use(typed), record.failing():
                return self._sign_in(sign_in, credentials, cancel, record.add)

        def accepted(connection: SftpConnection) -> None:
            self.steps = record.lines
            self._accepted(sign_in, connection)

        if typed is None and self._codes.must_ask(site):
            self._do(sign_in, reach, lambda _none: self._ask_code(sign_in), failed)
        else:
            self._do(
                sign_in,
                attempt,
                accepted,
                failed,
                thrown_away=lambda connection: self._end_in_background(connection.ssh.close),
            )

    def _sign_in(
        self,
        sign_in: SignInRequest,
        credentials: Credentials,
        cancel: CancelToken,
        report: ReportStep,
    ) -> SftpConnection:
        """Sign in, up to the first SFTP channel; called in the background."""
        ssh = self._dependencies.attempts.sign_in(
            sign_in.site,
            credentials,
            self._observer(sign_in, cancel),
            cancel,
            try_anyway=sign_in.try_anyway,
            report=report,
        )
        return start_sftp(
            ssh,
            self._dependencies.clock,
            self._dependencies.threads,
            cancel,
            report,
            reply_seconds=self._dependencies.reply_seconds,
        )

    def _do(
        self,
        sign_in: SignInRequest,
        work: Callable[[CancelToken], T],
        done: Callable[[T], None],
        failed: Callable[[Problem], None],
        *,
        thrown_away: Callable[[T], None] = lambda _result: None,
    ) -> None:
        """Do part of a sign-in in the background; a result after :meth:`end` is thrown away."""
        request = self._attempt = sign_in.request

        def succeeded(result: T) -> None:
            if self._attempt != request:
                thrown_away(result)
                _throw_away(sign_in)
                return
            self._attempt = None
            done(result)

        def ended(error: BaseException) -> None:
            if self._attempt != request:
                _throw_away(sign_in)
                return
            self._attempt = None
            self._questions.clear()
            failed(problem_of(error))

        self._tasks.do(request, work, succeeded, ended)

    def check(
        self,
        request: int,
        site: Site,
        code: Secret | None,
        work: Callable[[Credentials, Observer, CancelToken], T],
        done: Callable[[T], None],
    ) -> Later:
        """Have an access check made in the background; it tells no state of a session.

        ``code`` was typed for it, if one was. ``done`` takes what ``work`` returns.

        Raises:
            UsageError: a sign-in is under way, or what was typed is no code.
        """
        if self.is_under_way:
            raise UsageError(message("A sign-in is under way."))
        typed = None if code is None else self._codes.read(code, site)
        credentials = msgspec.structs.replace(self._secrets.credentials, typed_code=typed)
        checked = SignInRequest(request, site, Later())

        def show(change: Shown) -> None:
            if not isinstance(change, SessionChanged):
                self._show(checked, change)
            elif change.state is SessionState.WAITING_FOR_CODE and change.until is not None:
                self._emit(CodeAwaited(request, change.until))

        def run(cancel: CancelToken) -> T:
            with self._secrets.in_use(typed):
                return work(credentials, self._observer(checked, cancel, show), cancel)

        def ended(result: T) -> None:
            done(result)
            checked.reply.done()

        self._do(checked, run, ended, checked.reply.end)
        return checked.reply

    def end(self) -> None:
        """End the attempt, and take back what was asked."""
        asked = self._codes.take()
        if asked is not None:
            _throw_away(asked)
        elif self._attempt is not None:
            self._tasks.cancel(self._attempt)
        self._attempt = None
        self._code_refusal = None
        self._questions.clear()

    # ------------------------------------------------------------ questions

    def answer(self, question: int, answer: bool | Secret | None) -> None:  # noqa: FBT001  a person's yes or no
        """Pass on a person's answer; one whose question is gone is late and changes nothing."""
        waiting = self._questions.pop(question, None)
        if waiting is not None:
            waiting.give(answer)

    def answer_code(self, question: int | None, code: Secret | None) -> None:
        """Sign in with the code that a person has typed, or end what needs one where none was."""
        sign_in = self._codes.take(question)
        if sign_in is None:  # late
            return
        self._attempt = None
        if code is None:
            self._failed(sign_in, code_needed(goes_on=sign_in.goes_on).problem)
            return
        try:
            typed = self._codes.read(code, sign_in.site)
        except UsageError as error:
            self._ask_code(sign_in, error.problem)
        else:
            self._emit(SessionChanged(sign_in.connecting))
            self.begin(sign_in, typed, is_answer=True)

    def code_secret_came(self) -> None:
        """Go on by itself where a code was to be typed, if one can be made now."""
        asked = self._codes.asked
        if asked is not None and not self._codes.must_ask(asked.site):
            self._codes.take()
            self._emit(SessionChanged(asked.connecting))
            self.begin(asked, None)

    def cancel(self, request: int) -> bool:
        """Take back a sign-in that waits for a code; false where none of that number does."""
        asked = self._codes.asked
        if asked is None or asked.request != request:
            return False
        self._codes.take()
        self._attempt = None
        self._failed(asked, Cancelled().problem)
        return True

    def _ask_code(self, sign_in: SignInRequest, problem: Problem | None = None) -> None:
        """Ask for a code; until it comes the sign-in counts as one that is under way."""
        if not self._codes.must_ask(sign_in.site):  # one can be made by now
            self.begin(sign_in, None)
            return
        self._attempt = sign_in.request
        self._asked += 1
        refusal, self._code_refusal = self._code_refusal, None
        self._codes.ask(self._asked, sign_in, problem or refusal)

    def _observer(
        self,
        sign_in: SignInRequest,
        cancel: CancelToken,
        show: Callable[[Shown], None] | None = None,
    ) -> SignInObserver:
        """Make an observer; ``show`` takes what it shows, in place of :meth:`_show`."""
        shown = show or partial(self._show, sign_in)
        return SignInObserver(
            sign_in.site.host,
            lambda change: self._post(lambda: shown(change)),
            lambda question, answer: self._post(lambda: self._ask(sign_in, question, answer)),
            lambda at_prompt: self._post(lambda: self._typed(sign_in, at_prompt=at_prompt)),
            self._dependencies.clock,
            cancel,
            threads=self._dependencies.threads,
        )

    def _show(self, sign_in: SignInRequest, change: Shown) -> None:
        if self._attempt != sign_in.request:
            return
        if isinstance(change, StaleSecrets):
            self._secrets.drop_stale(change.kinds, changed=change.is_changed)
            return
        if isinstance(change, SessionChanged) and sign_in.goes_on:
            change = SessionChanged(SessionState.RECONNECTING, change.until)
        self._emit(change)

    def _typed(self, sign_in: SignInRequest, *, at_prompt: bool) -> None:
        if self._attempt == sign_in.request:  # not of a session that has ended since
            self._codes.has_left(at_prompt=at_prompt)

    def _ask(self, sign_in: SignInRequest, question: Question, answer: PendingAnswer[Any]) -> None:
        if self._attempt != sign_in.request:
            return
        self._asked += 1
        self._questions[self._asked] = answer
        self._emit(question(self._asked))


def _throw_away(sign_in: SignInRequest) -> None:
    """End an attempt that was left behind: it says nothing of the session."""
    sign_in.reply.fail(signed_out())


def signed_out() -> Cancelled:
    """Make the reason for which everything ends with its session."""
    return Cancelled(message("Signed out."))
