"""The engine: commands in, events out, all state owned by one thread."""

from __future__ import annotations

import threading
from collections.abc import Callable

from ferrygate.codes.totp import live_code
from ferrygate.common import remote_path
from ferrygate.common.cancel import CancelToken
from ferrygate.common.entry import Entry
from ferrygate.common.errors import ConnectionLostError, SecretsMissingError, problem_of
from ferrygate.common.i18n import _
from ferrygate.engine import messages as m
from ferrygate.engine.asides import Asides
from ferrygate.engine.code_display import CodeDisplay
from ferrygate.engine.inbox import Inbox
from ferrygate.engine.jobs import FileOperation, carry_out
from ferrygate.engine.keeper import SessionKeeper
from ferrygate.engine.parts import Parts
from ferrygate.engine.secrets_desk import Found, SecretsDesk
from ferrygate.engine.session import Session
from ferrygate.sign_in.codes import take_step
from ferrygate.sites.site import Site

_TICK = 1.0  # seconds between two looks at the connection
_JOIN = 10.0  # seconds to wait for a thread at the end


class Engine:
    """One site's session at a time. ``send`` and ``close`` may be called from any thread.

    Events go to ``listener`` on the engine's own thread, which must not be kept waiting.
    """

    def __init__(self, parts: Parts, listener: Callable[[m.Event], None]) -> None:
        self._parts = parts
        self._emit = listener
        self._inbox = Inbox(parts.clock)
        self._asides = Asides(self._inbox.post)
        self._secrets = SecretsDesk(parts.open_vault, parts.known_hosts)
        self._codes = CodeDisplay(parts.ledger, parts.clock, listener)
        self._keeper = SessionKeeper(parts, listener, self._inbox.post, self._asides, self._secrets)
        self._site: Site | None = None
        self._running = True
        self._thread = threading.Thread(target=self._run, name="engine", daemon=True)
        self._thread.start()

    # ------------------------------------------------------------ from any thread

    def send(self, command: m.Command) -> None:
        """Take in a command."""
        self._inbox.post(lambda: self._obey(command))

    def close(self) -> None:
        """Shut down; waits for the engine's threads, but never for a hung keychain."""
        self.send(m.Shutdown())
        self._thread.join(_JOIN)
        self._keeper.join()

    # ------------------------------------------------------------ the thread

    def _run(self) -> None:
        while self._running:
            act = self._inbox.take(
                min(_TICK, self._codes.seconds_to_change(), self._keeper.seconds_to_retry())
            )
            if act is not None:
                act()
            self._codes.refresh()
            self._keeper.look()

    def _obey(self, command: m.Command) -> None:  # noqa: C901, PLR0912  one row a command
        match command:
            case m.OpenSite():
                self._open_site(command)
            case m.UseCodeSecret():
                self._secrets.use_code_secret(command.secret, save=command.save)
                self._codes.show(command.secret)
                self._emit(m.Done(command.request))
            case m.UsePassword():
                self._secrets.use_password(command.password, save=command.save)
                self._emit(m.Done(command.request))
            case m.SignIn():
                self._keeper.sign_in(command, self._site)
            case m.AnswerHostKey():
                self._keeper.answer(command)
            case m.SignOut():
                self._forget()
                self._emit(m.SessionChanged(m.SessionState.OFFLINE))
                self._emit(m.Done(command.request))
            case m.ShowCode():
                self._show_code(command)
            case m.StatPath():
                self._stat(command)
            case m.ListFolder() | m.MakeFolder() | m.RenamePath() | m.RemovePath():
                self._browse(command)
            case m.Upload() | m.Download():
                self._transfer(command)
            case m.AnswerConflict():
                if self._keeper.session is not None:
                    self._keeper.session.desk.answer_conflict(command.batch, command.choice)
            case m.CancelRequest():
                self._cancel(command.target)
            case m.Shutdown():
                self._forget()
                self._asides.cancel_all()
                self._running = False

    # ------------------------------------------------------------ the site and its code

    def _open_site(self, command: m.OpenSite) -> None:
        self._forget()
        self._site = command.site

        def found(found: Found) -> None:
            self._secrets.credentials = found.credentials
            self._codes.show(found.credentials.code_secret)
            self._emit(found.event)
            self._emit(m.Done(command.request))

        self._asides.do(
            command.request,
            lambda _cancel: self._secrets.look_up(command.site),
            found,
            lambda error: self._fail(command.request, error),
        )

    def _forget(self) -> None:
        self._keeper.end()
        self._secrets.forget()
        self._codes.show(None)

    def _show_code(self, command: m.ShowCode) -> None:
        request, secret = command.request, self._secrets.credentials.code_secret
        if secret is None:
            self._fail(
                request,
                SecretsMissingError(
                    _("Your code is not set up on this computer yet."),
                    next_step=_("Set up your code first."),
                ),
            )
            return

        def take(cancel: CancelToken) -> int:
            return take_step(
                secret,
                lambda step: self._parts.ledger.claim(secret, step),
                self._parts.clock,
                cancel,
                lambda until: self._inbox.post(lambda: self._emit(m.CodeAwaited(request, until))),
            )

        def given(step: int) -> None:
            self._emit(m.CodeGivenOut(request, live_code(secret, secret.start_of(step))))
            self._emit(m.Done(request))

        self._asides.do(request, take, given, lambda error: self._fail(request, error))

    # ------------------------------------------------------------ files

    def _browse(self, command: FileOperation) -> None:
        request = command.request
        shown = False

        def block(entries: tuple[Entry, ...]) -> None:
            nonlocal shown
            shown = True
            self._inbox.post(lambda: self._emit(m.FolderBlock(request, entries)))

        session = self._session_for(request)
        if session is not None:
            session.browser.do(
                request,
                lambda files: carry_out(files, command, block),
                lambda _none: self._emit(m.Done(request)),
                lambda error: self._fail(request, error),
                repeatable=lambda: isinstance(command, m.ListFolder) and not shown,
            )

    def _stat(self, command: m.StatPath) -> None:
        request, path = command.request, remote_path.normalise(command.path)

        def show(entry: Entry) -> None:
            self._emit(m.PathStat(request, entry))
            self._emit(m.Done(request))

        session = self._session_for(request)
        if session is not None:
            session.browser.do(
                request,
                lambda files: files.stat(path),
                show,
                lambda error: self._fail(request, error),
                repeatable=lambda: True,
            )

    def _transfer(self, command: m.Upload | m.Download) -> None:
        session = self._session_for(command.request)
        if session is not None:
            session.desk.take(command)

    def _cancel(self, target: int) -> None:
        if not self._asides.cancel(target) and self._keeper.session is not None:
            self._keeper.session.cancel(target)

    # ------------------------------------------------------------ inside

    def _session_for(self, request: int) -> Session | None:
        """The session, or none after telling the request so."""
        if self._keeper.session is None:
            self._fail(
                request,
                ConnectionLostError(_("You are not signed in."), next_step=_("Sign in first.")),
            )
        return self._keeper.session

    def _fail(self, request: int, error: BaseException) -> None:
        self._emit(m.Failed(request, problem_of(error)))
