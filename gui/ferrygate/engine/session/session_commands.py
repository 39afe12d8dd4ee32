"""Opens sites, begins and ends their sessions, and holds and forgets their secrets."""

from __future__ import annotations

from collections.abc import Callable

import msgspec

from ferrygate.common.errors import Cancelled, FerrygateError
from ferrygate.common.secret import SecretKind
from ferrygate.engine.background_tasks import BackgroundTasks
from ferrygate.engine.dependencies import EngineDependencies
from ferrygate.engine.messages.event import Event
from ferrygate.engine.messages.session import (
    AnswerCode,
    AnswerHostKey,
    AnswerPrompt,
    ForgetHostKeys,
    ForgetSecret,
    OpenSite,
    ProvideSecrets,
    SessionChanged,
    SessionCommand,
    SessionState,
    SignIn,
    SignOut,
    UsePassphrase,
    UsePassword,
)
from ferrygate.engine.reply import Later, Reply
from ferrygate.engine.session.code_requests import CodeRequests
from ferrygate.engine.session.current_site import CurrentSite
from ferrygate.engine.session.session_secrets import FIELDS, KeychainSecrets, SessionSecrets
from ferrygate.engine.session.start_secrets import StartSecrets
from ferrygate.engine.session.supervisor import SessionSupervisor
from ferrygate.sign_in.credentials import Credentials


class SessionCommands:
    """Carries out commands about the site and its session. Owned by the engine's thread."""

    def __init__(
        self,
        dependencies: EngineDependencies,
        tasks: BackgroundTasks,
        current: CurrentSite,
        secrets: SessionSecrets,
        *,
        codes: CodeRequests,
        supervisor: SessionSupervisor,
        emit: Callable[[Event], None],
    ) -> None:
        self._known_hosts = dependencies.known_hosts
        self._skews = dependencies.skews
        self._tasks = tasks
        self._current = current
        self._secrets = secrets
        self._codes = codes
        self._supervisor = supervisor
        self._emit = emit
        self._start = StartSecrets()
        self._looking_up: int | None = None  # the request whose site's secrets are looked up

    def obey(self, command: SessionCommand) -> Reply:  # noqa: C901, PLR0912  one arm for each command
        """Carry out a command.

        Raises:
            FerrygateError: its request fails.
        """
        match command:
            case OpenSite():
                return self._open(command)
            case ProvideSecrets():
                self._provide(command)
            case UsePassword():
                self._secrets.use_password(command.password, save=command.save)
            case UsePassphrase():
                self._secrets.use_passphrase(command.passphrase, save=command.save)
            case ForgetSecret():
                return self._forget_secret(command)
            case ForgetHostKeys():
                self._forget_host_keys()
            case SignIn():
                return self._supervisor.sign_in(command, self._current.site)
            case SignOut():
                self._sign_out()
            case AnswerHostKey():
                self._supervisor.sign_ins.answer(command.question, command.accept)
            case AnswerCode():
                self._supervisor.answer_code(command.question, command.code)
            case AnswerPrompt():
                self._supervisor.sign_ins.answer(command.question, command.answer)
        return None

    def leave(self, reason: FerrygateError | None = None) -> None:
        """End the session and drop all secrets; what was asked fails, for this reason if any."""
        self._looking_up = None
        self._codes.cancel()
        self._supervisor.end(reason)
        self._secrets.forget()
        self._codes.show_none()

    def _provide(self, command: ProvideSecrets) -> None:
        given = Credentials(
            password=command.password,
            code_secret=command.code_secret,
            passphrase=command.passphrase,
        )
        self._start.provide(command.site, given)

    def _open(self, command: OpenSite) -> Later:
        self.leave()
        self._current.site = command.site
        self._secrets.credentials = self._start.for_site(command.site)
        self._looking_up = command.request
        return self._tasks.answer(
            command.request,
            lambda _cancel: self._secrets.look_up(command.site, command.given),
            lambda found: self._adopt(command, found),
        )

    def _adopt(self, command: OpenSite, found: KeychainSecrets) -> None:
        """Use what the keychain has for the site.

        Raises:
            Cancelled: another site was opened, or all forgotten, while the keychain was asked.
        """
        if self._looking_up != command.request:
            raise Cancelled
        self._secrets.adopt(found.credentials)
        self._codes.correct(command.site)
        self._emit(self._secrets.at_hand(found.event, self._skews.read(command.site)))

    def _sign_out(self) -> None:
        self.leave()
        self._emit(SessionChanged(SessionState.OFFLINE))

    def _forget_secret(self, command: ForgetSecret) -> Later:
        site = self._current.require()
        self._secrets.drop(command.kind)
        self._start.drop(FIELDS[command.kind])
        if command.kind is SecretKind.CODE_SECRET:
            self._codes.show_none()
        return self._tasks.answer(
            command.request,
            lambda _cancel: self._secrets.forget_saved(site, command.kind),
            lambda _none: None,
        )

    def _forget_host_keys(self) -> None:
        site = self._current.require()
        self._known_hosts.forget(site.host, site.port)
        self._current.site = msgspec.structs.replace(site, host_key_fingerprints=())
