"""Keeps the session: signs in, watches the connection, brings it back, and ends it."""

from __future__ import annotations

import math
import threading
from collections.abc import Callable
from typing import Any, NamedTuple

from ferrygate.common.cancel import CancelToken
from ferrygate.common.errors import (
    PASSING,
    Cancelled,
    ConnectionLostError,
    FerrygateError,
    Problem,
    UsageError,
    error_for,
    problem_of,
)
from ferrygate.common.message import message
from ferrygate.common.secret import Secret
from ferrygate.common.unforeseen import logged
from ferrygate.engine import messages as m
from ferrygate.engine.background_tasks import BackgroundTasks
from ferrygate.engine.ended_batches import EndedBatches
from ferrygate.engine.given_up import Gone, given_up
from ferrygate.engine.growth import Tally
from ferrygate.engine.inbox import Callback
from ferrygate.engine.liveness import Liveness
from ferrygate.engine.load import ServerLimits
from ferrygate.engine.parts import Parts
from ferrygate.engine.reconnect import BackOff
from ferrygate.engine.session import Session
from ferrygate.engine.session_secrets import SessionSecrets
from ferrygate.engine.signing_in import PendingAnswer, Question, Shown, SignInObserver
from ferrygate.sftp.connection import Connection
from ferrygate.sites.site import Site
from ferrygate.transfers.late_parts import LateParts
from ferrygate.transfers.rate_limiter import RateLimiter

_STEADY = 30.0  # seconds after which a connection counts as one that lasts
_MOST_DAMAGES = 3  # then it is no accident of the line's
_JOIN = 10.0  # seconds an ended session may take


class _Learned(NamedTuple):
    """Holds what sessions of one account leave to those that follow."""

    limits: ServerLimits
    late: LateParts  # that its lost connections may leave
    ended: EndedBatches  # that a person may have tried again


class SessionKeeper:
    """Owned by the engine's thread; at most one session, and one attempt, at a time."""

    def __init__(
        self,
        parts: Parts,
        emit: Callable[[m.Event], None],
        post: Callable[[Callback], None],
        tasks: BackgroundTasks,
        secrets: SessionSecrets,
    ) -> None:
        self._parts = parts
        self._clock = parts.clock
        self._emit = emit
        self._post = post
        self._tasks = tasks
        self._secrets = secrets
        self._limiter = RateLimiter(parts.clock, None)  # over all sessions: a person's wish
        self._learned: dict[tuple[str, int, str], _Learned] = {}  # by host, port and user
        self.session: Session | None = None
        self._liveness: Liveness | None = None
        self._back_off: BackOff | None = None  # there while the connection is away
        self._damages = 0  # connections in a row that ended since bytes were changed on the way
        self._crawls = False  # the connection was given up since the line is too slow
        self._earlier: BackOff | None = None  # the one that brought this connection back
        self._since = 0.0  # when this connection began, on the steady clock
        self._work = Tally()  # what had been done when the connection was lost before
        self._lost: list[Connection] = []  # whose servers may not have heard of the end
        self._attempt: int | None = None  # the request that signs in just now
        self._questions: dict[int, PendingAnswer[Any]] = {}
        self._asked = 0
        self._reconnects = 0  # numbers the keeper's own sign-ins, below those of people
        self._endings: list[threading.Thread] = []

    # ------------------------------------------------------------ signing in

    def sign_in(self, command: m.SignIn, site: Site | None) -> None:
        """Begin an attempt with what is at hand; while reconnecting, try at once."""
        if self.session is not None:
            if self._back_off is not None and self._attempt is None:
                self._back_off.due = self._clock.monotonic()
                self._tell_of_wait(self._back_off)
            self._emit(m.Done(command.request))
        elif site is None or self._attempt is not None:
            error = UsageError(
                message("Choose a site first.")
                if site is None
                else message("A sign-in is under way.")
            )
            self._emit(m.Failed(command.request, error.problem))
        else:
            self._emit(m.SessionChanged(m.SessionState.CONNECTING))
            self._begin(
                command.request,
                site,
                lambda connection: self._signed_in(command.request, site, connection),
                lambda problem: self._refused(command.request, problem),
                try_anyway=command.try_anyway,
            )

    def answer(self, question: int, answer: bool | Secret | None) -> None:  # noqa: FBT001  a person's yes or no
        """Pass on a person's answer; one whose question is gone is late and changes nothing."""
        waiting = self._questions.pop(question, None)
        if waiting is not None:
            waiting.give(answer)

    def _begin(
        self,
        request: int,
        site: Site,
        done: Callable[[Connection], None],
        failed: Callable[[Problem], None],
        *,
        try_anyway: bool = False,
    ) -> None:
        """Make an attempt aside; what comes of it after :meth:`end` is thrown away."""
        credentials = self._secrets.credentials
        self._attempt = request

        def attempt(cancel: CancelToken) -> Connection:
            observer = SignInObserver(
                site.host,
                lambda change: self._post(lambda: self._show(request, change)),
                lambda question, answer: self._post(lambda: self._ask(request, question, answer)),
                self._clock,
                cancel,
            )
            connection = self._parts.attempts.sign_in(
                site, credentials, observer, cancel, try_anyway=try_anyway
            )
            try:  # before that nobody is signed in to anything that takes files
                connection.prepare(cancel)
            except BaseException:
                connection.close()
                raise
            if cancel.cancelled:  # the engine may have ended, and nobody would take it
                connection.close()
                cancel.check()
            return connection

        def succeeded(connection: Connection) -> None:
            if self._attempt != request:
                self._end_aside(connection.close)
                self._thrown_away(request)
                return
            self._attempt = None
            done(connection)

        def ended(error: BaseException) -> None:
            if self._attempt != request:
                self._thrown_away(request)
                return
            self._attempt = None
            self._questions.clear()
            failed(problem_of(error))

        self._tasks.do(request, attempt, succeeded, ended)

    def _thrown_away(self, request: int) -> None:
        """An attempt has ended that nobody waits for any more: it says nothing of the session."""
        if request > 0:  # the keeper's own have nobody to answer
            self._emit(m.Failed(request, _signed_out().problem))

    def _show(self, request: int, change: Shown) -> None:
        if self._attempt != request:
            return
        if isinstance(change, m.SecretsDropped):
            self._secrets.drop_stale(change.kinds, changed=change.changed)
        if isinstance(change, m.SessionChanged) and self.session is not None:
            change = m.SessionChanged(m.SessionState.RECONNECTING, change.until)
        self._emit(change)

    def _ask(self, request: int, question: Question, answer: PendingAnswer[Any]) -> None:
        if self._attempt != request:
            return
        self._asked += 1
        self._questions[self._asked] = answer
        self._emit(question(self._asked))

    def _signed_in(self, request: int, site: Site, connection: Connection) -> None:
        learned = self._learned_of(site)
        self.session = Session(
            site,
            connection,
            self._parts,
            self._emit,
            self._post,
            self._limiter,
            limits=learned.limits,
            late=learned.late,
            ended=learned.ended,
        )
        self._since = self._clock.monotonic()
        self._liveness = Liveness(connection, self._clock)
        self._emit(m.SessionChanged(m.SessionState.SIGNED_IN))
        # A command that ends with its request must find that everything is kept by then.
        self._keep_proven(request, site, connection, lambda: self._emit(m.Done(request)))

    def _keep_proven(
        self, request: int, site: Site, connection: Connection, then: Callback
    ) -> None:
        """Have the keychain keep what the sign-in has proven; ``then`` follows in any case."""
        keep = self._secrets.keep_proven(site, connection.host_key)
        if keep is None:
            then()
            return

        def not_kept(error: BaseException) -> None:
            self._emit(m.Notice(problem_of(error)))
            then()

        self._tasks.do(request, lambda _cancel: keep(), lambda _kept: then(), not_kept)

    def _learned_of(self, site: Site) -> _Learned:
        account = site.host, site.port, site.username
        if account not in self._learned:
            late = LateParts(self._clock.monotonic, site.late_part_seconds)
            self._learned[account] = _Learned(ServerLimits(), late, EndedBatches())
        learned = self._learned[account]
        learned.late.seconds = site.late_part_seconds  # it may have been edited since
        return learned

    def _refused(self, request: int, problem: Problem) -> None:
        if self.session is None and self._attempt is None:
            self._emit(m.SessionChanged(m.SessionState.OFFLINE, problem=problem))
        self._emit(m.Failed(request, problem))

    # ------------------------------------------------------------ the connection's life

    def look(self) -> None:
        """Notice a connection that has ended, and try again when it is time."""
        if self.session is None:
            return
        if self._liveness is not None and not self._liveness.is_alive():
            self._crawls = self._liveness.crawls
            self._interrupt(self.session)
            return
        self.session.look()
        if (
            self._back_off is not None
            and self._attempt is None
            and self._clock.monotonic() >= self._back_off.due
        ):
            self._reconnects += 1
            self._begin(-self._reconnects, self.session.site, self._back, self._not_back)

    def limit_rate(self, bytes_per_second: int | None) -> None:
        """Have transfers move no more than so many bytes a second, now and in sessions to come."""
        self._limiter.limit(bytes_per_second)

    def seconds_to_retry(self) -> float:
        """When :meth:`look` has something to do; infinite where nothing is planned."""
        if self._back_off is None or self._attempt is not None:
            return math.inf
        return max(0.0, self._back_off.due - self._clock.monotonic())

    def _interrupt(self, session: Session) -> None:
        self._liveness = None
        connection = session.interrupt()
        if connection is not None:
            self._damages = self._damages + 1 if connection.was_damaged else 0
            connection.keep_socket()
            self._lost.append(connection)
            self._end_aside(connection.close)
        self._back_off = self._wait_after(session.work_done(), is_moving=session.queue.is_moving)
        if self._back_off is None or self._damages >= _MOST_DAMAGES:
            self._give_up(self._gone(_lost().problem, again_and_again=True))
            return
        self._tell_of_wait(self._back_off)

    def _wait_after(self, work: Tally, *, is_moving: bool) -> BackOff | None:
        """When to come back. A server that lets us in and drops us is not asked again and again.

        A connection that lasted, brought a file to its end, or found another to move, begins a new
        count; one that only moved bytes is worth coming back to at once, but not for ever. One that
        lasted without a byte while files were to be moved was silence, however long.
        """
        now = self._clock.monotonic()
        before, earlier = self._work, self._earlier
        self._work = work
        moved = work.bytes > before.bytes
        lasted = now - self._since >= _STEADY and (moved or not is_moving)
        lasted = lasted or work.files > before.files or work.found > before.found
        if work.files > before.files:
            self._damages = 0
        if earlier is None or lasted:
            return BackOff(now, self._parts.keep_trying, self._parts.random)
        goes_on = earlier.begin_again(now) if moved else earlier.fail(now)
        return earlier if goes_on else None

    def _back(self, connection: Connection) -> None:
        assert self.session is not None  # noqa: S101  end() takes the attempt with it
        self._earlier, self._back_off = self._back_off, None
        self._since = self._clock.monotonic()
        self._liveness = Liveness(connection, self._clock)
        self._emit(m.SessionChanged(m.SessionState.SIGNED_IN))
        self._keep_proven(-self._reconnects, self.session.site, connection, _do_nothing)
        self._reset_lost()  # before anything is sent again
        self.session.resume(connection)

    def _reset_lost(self) -> None:
        """The line is back: the server hears that it need not wait for the old connections."""
        lost, self._lost = self._lost, []
        for connection in lost:
            connection.reset()

    def _not_back(self, problem: Problem) -> None:
        if self.session is None or self._back_off is None:
            return
        now = self._clock.monotonic()
        if problem.kind not in PASSING:
            self._give_up(problem)
        elif self._back_off.fail(now):
            self._tell_of_wait(self._back_off, problem)
        else:
            self._give_up(self._gone(problem))

    def _tell_of_wait(self, back_off: BackOff, problem: Problem | None = None) -> None:
        """Say when the lost connection is tried next, and why the last try failed."""
        left = back_off.due - self._clock.monotonic()
        until = self._clock.now() + left if left > 0 else None
        state = m.SessionState.RECONNECTING
        self._emit(m.SessionChanged(state, until, problem, can_try_now=until is not None))

    def _gone(self, last: Problem, *, again_and_again: bool = False) -> Problem:
        """Why a connection is given up; ``last`` is why the last try failed."""
        if self._damages >= _MOST_DAMAGES:
            why = Gone.DAMAGED
        elif self._crawls:
            why = Gone.CRAWLS
        else:
            why = Gone.AGAIN_AND_AGAIN if again_and_again else Gone.NOT_BACK
        return given_up(why, self._parts.keep_trying, last)

    def _give_up(self, problem: Problem) -> None:
        """End the session; its end is told first, and then that of each thing it was asked."""
        self._emit(m.SessionChanged(m.SessionState.OFFLINE, problem=problem))
        self.end(error_for(problem))

    # ------------------------------------------------------------ the end

    def end(self, reason: FerrygateError | None = None) -> None:
        """End the session or the attempt; what it was asked to do fails for this reason."""
        if self._attempt is not None:
            self._tasks.cancel(self._attempt)
            self._attempt = None
        self._questions.clear()
        self._reset_lost()
        self._back_off = self._earlier = self._liveness = None
        self._work = Tally()
        if self.session is not None:
            session, self.session = self.session, None
            self._end_aside(session.stop(reason or _signed_out()))

    def _end_aside(self, finish: Callable[[], None]) -> None:
        self._endings = [thread for thread in self._endings if thread.is_alive()]
        thread = threading.Thread(target=logged()(finish), name="session-end", daemon=True)
        self._endings.append(thread)
        thread.start()

    def join(self) -> None:
        """Wait for ended sessions' threads; after the engine's own thread has stopped."""
        for thread in self._endings:
            thread.join(_JOIN)


def _do_nothing() -> None:
    """Do nothing: the keeper's own sign-ins have no request to answer."""


def _lost() -> ConnectionLostError:
    return ConnectionLostError(
        message("The connection to the server was lost."), next_step=message("Sign in again.")
    )


def _signed_out() -> Cancelled:
    return Cancelled(message("Signed out."))
