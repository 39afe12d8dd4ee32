"""Keeps the session: signs in, watches the connection, and ends it."""

from __future__ import annotations

import threading
from collections.abc import Callable

from ferrygate.common.cancel import CancelToken
from ferrygate.common.errors import ConnectionLostError, UsageError, problem_of
from ferrygate.common.i18n import _
from ferrygate.engine import messages as m
from ferrygate.engine.asides import Asides
from ferrygate.engine.inbox import Act
from ferrygate.engine.lane import Lane
from ferrygate.engine.parts import Parts
from ferrygate.engine.secrets_desk import SecretsDesk
from ferrygate.engine.session import Session
from ferrygate.engine.signing_in import HostKeyAnswer, SignInObserver
from ferrygate.sftp.connection import Connection
from ferrygate.sites.known_hosts import HostKey
from ferrygate.sites.site import Site

_JOIN = 10.0  # seconds an ended session may take


class SessionKeeper:
    """Owned by the engine's thread; at most one session at a time."""

    def __init__(
        self,
        parts: Parts,
        emit: Callable[[m.Event], None],
        post: Callable[[Act], None],
        asides: Asides,
        secrets: SecretsDesk,
    ) -> None:
        self._parts = parts
        self.emit = emit
        self.post = post
        self._asides = asides
        self._secrets = secrets
        self.session: Session | None = None
        self._attempt: int | None = None  # the request that signs in just now
        self._questions: dict[int, HostKeyAnswer] = {}
        self._asked = 0
        self._endings: list[threading.Thread] = []

    def new_lane(self, name: str) -> Lane:
        """A lane on the session's connection."""
        assert self.session is not None  # noqa: S101  only the session's own desk asks
        return Lane(name, self.session.connection.open_sftp)

    # ------------------------------------------------------------ signing in

    def sign_in(self, command: m.SignIn, site: Site | None) -> None:
        """Begin an attempt with what is at hand."""
        if self.session is not None:
            self.emit(m.Done(command.request))
            return
        if site is None or self._attempt is not None:
            error = UsageError(
                _("Choose a site first.") if site is None else _("A sign-in is under way.")
            )
            self.emit(m.Failed(command.request, error.problem))
            return
        credentials = self._secrets.credentials
        self._attempt = command.request
        self.emit(m.SessionChanged(m.SessionState.CONNECTING))

        def attempt(cancel: CancelToken) -> Connection:
            observer = SignInObserver(
                lambda change: self.post(lambda: self._show(command.request, change)),
                lambda key, answer: self.post(lambda: self._ask(site, key, answer)),
                self._parts.clock,
                cancel,
            )
            return self._parts.attempts.sign_in(
                site, credentials, observer, cancel, try_anyway=command.try_anyway
            )

        self._asides.do(
            command.request,
            attempt,
            lambda connection: self._signed_in(command.request, site, connection),
            lambda error: self._refused(command.request, error),
        )

    def answer(self, command: m.AnswerHostKey) -> None:
        """Pass on a person's answer; one whose question is gone is late and changes nothing."""
        answer = self._questions.pop(command.question, None)
        if answer is not None:
            answer.give(accept=command.accept)

    def _show(self, request: int, change: m.SessionChanged) -> None:
        if self._attempt == request:
            self.emit(change)

    def _ask(self, site: Site, key: HostKey, answer: HostKeyAnswer) -> None:
        self._asked += 1
        self._questions[self._asked] = answer
        self.emit(m.HostKeyQuestion(self._asked, site.host, key.key_type, key.fingerprint))

    def _signed_in(self, request: int, site: Site, connection: Connection) -> None:
        if self._attempt != request:  # signed out meanwhile
            self._end_aside(connection.close)
            self._refused(request, ConnectionLostError(_("Signed out.")))
            return
        self._attempt = None
        self.session = Session(connection, self, self._parts.clock, self._parts.random_hex)
        self.emit(m.SessionChanged(m.SessionState.SIGNED_IN))
        keep = self._secrets.keep_proven(site)
        if keep is None:
            self.emit(m.Done(request))
            return

        def not_kept(error: BaseException) -> None:
            self.emit(m.Notice(problem_of(error)))
            self.emit(m.Done(request))

        # A command that ends with its request must find that everything is kept by then.
        self._asides.do(
            request, lambda _cancel: keep(), lambda _kept: self.emit(m.Done(request)), not_kept
        )

    def _refused(self, request: int, error: BaseException) -> None:
        problem = problem_of(error)
        if self._attempt == request:
            self._attempt = None
            self._questions.clear()
            self.emit(m.SessionChanged(m.SessionState.OFFLINE, problem=problem))
        self.emit(m.Failed(request, problem))

    # ------------------------------------------------------------ the end

    def look(self) -> None:
        """Notice a connection that has ended."""
        if self.session is None or self.session.connection.alive:
            return
        self.end()
        error = ConnectionLostError(
            _("The connection to the server was lost."), next_step=_("Sign in again.")
        )
        self.emit(m.SessionChanged(m.SessionState.OFFLINE, problem=error.problem))

    def end(self) -> None:
        """End the session or the attempt, without a word to anybody."""
        if self._attempt is not None:
            self._asides.cancel(self._attempt)
            self._attempt = None
        self._questions.clear()
        if self.session is not None:
            session, self.session = self.session, None
            self._end_aside(session.stop())

    def _end_aside(self, finish: Callable[[], None]) -> None:
        self._endings = [thread for thread in self._endings if thread.is_alive()]
        thread = threading.Thread(target=finish, name="session-end", daemon=True)
        self._endings.append(thread)
        thread.start()

    def join(self) -> None:
        """Wait for ended sessions' threads; after the engine's own thread has stopped."""
        for thread in self._endings:
            thread.join(_JOIN)
