"""Supervises the session: signs in, watches the connection, brings it back, and ends it.

A lost connection is brought back by another sign-in, unless that needs a code and no person is
there to type it. The tries are spread by a :class:`BackOff`, which gives up after ``keep_trying``
seconds. A connection that proves itself begins a new one: by lasting 30 s with something moved or
nothing to move, by a file that is done, or by one more that is found. One that only moved bytes is
tried again at once, and one that moved nothing later, both within the time of the BackOff before:
a server that lets us in and drops us is not asked for ever. Three connections in a row on which
bytes were changed on the way end the session, and so does a failure that will not pass by itself.
"""

from __future__ import annotations

import math
from collections.abc import Callable

from ferrygate.common.errors import (
    ConnectionLostError,
    FerrygateError,
    Problem,
    UsageError,
    error_for,
    problem_of,
)
from ferrygate.common.inbox import Callback
from ferrygate.common.message import message
from ferrygate.common.remedies import TRANSIENT
from ferrygate.common.secret import Secret
from ferrygate.common.threads import RunningThread
from ferrygate.common.unforeseen import logged
from ferrygate.engine.background_tasks import BackgroundTasks
from ferrygate.engine.dependencies import EngineDependencies
from ferrygate.engine.messages.event import Event
from ferrygate.engine.messages.session import Notice, SessionChanged, SessionState, SignIn
from ferrygate.engine.reply import Later
from ferrygate.engine.session.given_up import Gone, given_up
from ferrygate.engine.session.learned import LearnedByAccount
from ferrygate.engine.session.liveness import Liveness
from ferrygate.engine.session.reconnect import BackOff
from ferrygate.engine.session.session import Session
from ferrygate.engine.session.session_secrets import SessionSecrets
from ferrygate.engine.session.sign_ins import SignIns, signed_out
from ferrygate.engine.session.typed_codes import SignInRequest, code_needed
from ferrygate.sftp.connection import SecureConnection, SftpConnection
from ferrygate.sign_in.step_line import lines_text
from ferrygate.sites.site import Site
from ferrygate.transfers.schedule.lane_scaling import TransferTotals
from ferrygate.transfers.schedule.rate_limiter import RateLimiter

_STEADY_SECONDS = 30.0  # after which a connection counts as one that lasts
_MAX_DAMAGES = 3  # connections in a row: more cannot be chance
_JOIN_SECONDS = 10.0  # that each thread of an ended session may take


class SessionSupervisor:
    """Keeps one session at most, and makes one attempt at a time; for the engine's thread."""

    def __init__(
        self,
        dependencies: EngineDependencies,
        emit: Callable[[Event], None],
        post: Callable[[Callback], None],
        tasks: BackgroundTasks,
        secrets: SessionSecrets,
        limiter: RateLimiter,
    ) -> None:
        """Take what is needed; ``limiter`` limits the rate of all sessions."""
        self._dependencies = dependencies
        self._clock = dependencies.clock
        self._threads = dependencies.threads
        self._emit = emit
        self._post = post
        self._tasks = tasks
        self._secrets = secrets
        self._limiter = limiter
        self._learned = LearnedByAccount(dependencies.clock, dependencies.threads)
        self.sign_ins = SignIns(
            dependencies,
            emit,
            post,
            tasks,
            secrets,
            accepted=self._accepted,
            failed=self._fail,
            end_in_background=self._end_in_background,
        )
        self.session: Session | None = None
        self._given_up: Problem | None = None  # why the last session ended
        self._liveness: Liveness | None = None
        self._back_off: BackOff | None = None  # set while the connection is lost
        self._damages = 0  # connections in a row on which bytes were changed on the way
        self._crawls = False  # the last connection was dropped because the line was too slow
        self._earlier: BackOff | None = None  # with which this connection was brought back
        self._since = 0.0  # when this connection began, on the steady clock
        self._work = TransferTotals()  # all that was done up to the last loss
        self._lost: list[SecureConnection] = []  # servers may think they last
        self._reconnects = 0  # of sign-ins; their requests are -1, -2, and so on
        self._endings: list[RunningThread] = []

    # ------------------------------------------------------------ signing in

    def sign_in(self, command: SignIn, site: Site) -> Later | None:
        """Begin an attempt with the secrets at hand. With a lost session, make the next try due.

        Returns ``None`` if there is a session. A typed code is then passed on, if it is asked for.

        Raises:
            UsageError: a sign-in is under way, or the typed code is none of this site's.
        """
        code = command.typed_code
        if self.session is not None:
            if code is not None and self.sign_ins.is_asking:
                self.answer_code(None, code)
            elif self._back_off is not None and not self.sign_ins.is_under_way:
                self._back_off.due = self._clock.monotonic()
                self._tell_of_wait(self._back_off)
            return None
        if self.sign_ins.is_under_way:
            raise UsageError(message("A sign-in is under way."))
        self._given_up = None
        return self.sign_ins.begin_first(command, site)

    def answer_code(self, question: int | None, code: Secret | None) -> None:
        """Pass on the code that a person has typed; tries to reconnect begin anew with it."""
        if self._back_off is not None and self.sign_ins.is_asking:
            now = self._clock.monotonic()
            self._back_off = BackOff(now, self._dependencies.keep_trying, self._dependencies.random)
        self.sign_ins.answer_code(question, code)

    def cancel(self, request: int) -> None:
        """Cancel a sign-in that waits for a code, or a request of the session but a transfer."""
        if not self.sign_ins.cancel(request) and self.session is not None:
            self.session.cancel(request)

    def _accepted(self, sign_in: SignInRequest, connection: SftpConnection) -> None:
        if sign_in.goes_on:
            self._back(connection)
        else:
            self._signed_in(sign_in, connection)

    def _fail(self, sign_in: SignInRequest, problem: Problem) -> None:
        if sign_in.goes_on:
            self._not_back(problem)
        else:
            self._refused(sign_in, problem)

    def _signed_in(self, sign_in: SignInRequest, connection: SftpConnection) -> None:
        site = sign_in.site
        learned = self._learned.of(site)
        self.session = Session(
            site,
            connection,
            self._dependencies,
            self._emit,
            self._post,
            self._limiter,
            limits=learned.limits,
            late=learned.late,
            ended=learned.ended,
        )
        self._since = self._clock.monotonic()
        self._liveness = Liveness(connection.ssh, self._clock, self._threads)
        self._emit(SessionChanged(SessionState.SIGNED_IN, steps=self.sign_ins.steps))
        # Before the request is answered: a command may end the process then.
        self._keep_proven(sign_in.request, site, connection, sign_in.reply.done)

    def _keep_proven(
        self, request: int, site: Site, connection: SftpConnection, then: Callback
    ) -> None:
        """Have the keychain keep what the sign-in has proven; ``then`` follows in any case."""
        keep = self._secrets.keep_proven(site, connection.ssh.host_key)
        if keep is None:
            then()
            return

        def not_kept(error: BaseException) -> None:
            self._emit(Notice(problem_of(error)))
            then()

        self._tasks.do(request, lambda _cancel: keep(), lambda _kept: then(), not_kept)

    def _refused(self, sign_in: SignInRequest, problem: Problem) -> None:
        if self.session is None and not self.sign_ins.is_under_way:
            self._emit(SessionChanged(SessionState.OFFLINE, problem=problem))
        sign_in.reply.end(problem)

    # ------------------------------------------------------------ the connection's life

    def look(self) -> None:
        """Notice a lost connection, have the session look too, and reconnect if that is due."""
        if self.session is None:
            return
        if self._liveness is not None and not self._liveness.is_alive():
            self._crawls = self._liveness.crawls
            self._interrupt(self.session)
            return
        self.session.look()
        if (
            self._back_off is not None
            and not self.sign_ins.is_under_way
            and self._clock.monotonic() >= self._back_off.due
        ):
            self._reconnects += 1
            self.sign_ins.begin(SignInRequest(-self._reconnects, self.session.site, Later()), None)

    def seconds_to_retry(self) -> float:
        """Return the seconds until the next try to reconnect; infinite if none is planned."""
        if self._back_off is None or self.sign_ins.is_under_way:
            return math.inf
        return max(0.0, self._back_off.due - self._clock.monotonic())

    def _interrupt(self, session: Session) -> None:
        self._liveness = None
        connection = session.interrupt()
        if connection is not None:
            self._damages = self._damages + 1 if connection.was_damaged else 0
            connection.keep_socket()
            self._lost.append(connection)
            self._end_in_background(connection.close)
        if self.sign_ins.lacks_code(session.site):
            self._give_up(code_needed(goes_on=True).problem)
            return
        self._back_off = self._wait_after(session.work_done(), is_moving=session.queue.is_moving)
        if self._back_off is None or self._damages >= _MAX_DAMAGES:
            self._give_up(self._gone(_lost().problem, again_and_again=True))
            return
        self._tell_of_wait(self._back_off)

    def _wait_after(self, work: TransferTotals, *, is_moving: bool) -> BackOff | None:
        """Decide when to reconnect, by what this connection has done; ``None`` gives up.

        A connection on which no byte moved, though files were to be moved, did not last: it was
        silent. One on which a file was done ends the row of damaged ones.
        """
        now = self._clock.monotonic()
        before, earlier = self._work, self._earlier
        self._work = work
        moved = work.bytes > before.bytes
        lasted = now - self._since >= _STEADY_SECONDS and (moved or not is_moving)
        lasted = lasted or work.files > before.files or work.found > before.found
        if work.files > before.files:
            self._damages = 0
        if earlier is None or lasted:
            return BackOff(now, self._dependencies.keep_trying, self._dependencies.random)
        goes_on = earlier.begin_again(now) if moved else earlier.fail(now)
        return earlier if goes_on else None

    def _back(self, connection: SftpConnection) -> None:
        assert self.session is not None  # noqa: S101  end() ends the attempt as well
        self._earlier, self._back_off = self._back_off, None
        self._since = self._clock.monotonic()
        self._liveness = Liveness(connection.ssh, self._clock, self._threads)
        self._emit(SessionChanged(SessionState.SIGNED_IN, steps=self.sign_ins.steps))
        self._keep_proven(-self._reconnects, self.session.site, connection, _do_nothing)
        self._reset_lost()  # before anything is sent again
        self.session.resume(connection)

    def _reset_lost(self) -> None:
        """Reset the lost connections, so that a server that can be reached again ends them."""
        lost, self._lost = self._lost, []
        for connection in lost:
            connection.reset()

    def _not_back(self, problem: Problem) -> None:
        if self.session is None or self._back_off is None:
            return
        now = self._clock.monotonic()
        if problem.kind not in TRANSIENT:
            self._give_up(problem)
        elif self._back_off.fail(now):
            self._tell_of_wait(self._back_off, problem)
        else:
            self._give_up(self._gone(problem))

    def _tell_of_wait(self, back_off: BackOff, problem: Problem | None = None) -> None:
        """Say when the lost connection is tried next, and why the last try failed."""
        left = back_off.due - self._clock.monotonic()
        until = self._clock.now() + left if left > 0 else None
        state = SessionState.RECONNECTING
        self._emit(SessionChanged(state, until, problem, can_try_now=until is not None))

    def _gone(self, last: Problem, *, again_and_again: bool = False) -> Problem:
        """Make the problem to give up with; ``last`` is the loss, or why the last try failed."""
        if self._damages >= _MAX_DAMAGES:
            why = Gone.DAMAGED
        elif self._crawls:
            why = Gone.CRAWLS
        else:
            why = Gone.AGAIN_AND_AGAIN if again_and_again else Gone.NOT_BACK
        return given_up(why, self._dependencies.keep_trying, last, lines_text(self.sign_ins.steps))

    def _give_up(self, problem: Problem) -> None:
        """End the session; its end is told first, and then that each of its requests failed."""
        self._emit(SessionChanged(SessionState.OFFLINE, problem=problem))
        self.end(error_for(problem))
        self._given_up = problem

    def require_session(self) -> Session:
        """Return the session.

        Raises:
            FerrygateError: there is none; why the last one was given up, if one was.
        """
        if self.session is not None:
            return self.session
        if self._given_up is not None:
            raise error_for(self._given_up)
        step = message("Sign in first.")
        raise ConnectionLostError(message("You are not signed in."), next_step=step)

    # ------------------------------------------------------------ the end

    def end(self, reason: FerrygateError | None = None) -> None:
        """End session and attempt; their requests fail for this reason. No OFFLINE is told here."""
        self.sign_ins.end()
        self._given_up = None
        self._reset_lost()
        self._back_off = self._earlier = self._liveness = None
        self._work, self._damages, self._crawls = TransferTotals(), 0, False
        if self.session is not None:
            session, self.session = self.session, None
            self._end_in_background(session.stop(reason or signed_out()))

    def _end_in_background(self, finish: Callable[[], None]) -> None:
        self._endings = [thread for thread in self._endings if thread.is_alive()]
        self._endings.append(self._threads.spawn(logged()(finish), "session-end"))

    def join(self) -> None:
        """Wait for the threads of ended sessions; after the engine's own thread has stopped."""
        for thread in self._endings:
            thread.join(_JOIN_SECONDS)


def _do_nothing() -> None:
    """Do nothing: the supervisor's own sign-ins have no request to answer."""


def _lost() -> ConnectionLostError:
    return ConnectionLostError(
        message("The connection to the server was lost."), next_step=message("Sign in again.")
    )
