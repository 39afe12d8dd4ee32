"""Carries out commands about the open site and its session."""

from __future__ import annotations

from collections.abc import Callable

import msgspec

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
from ferrygate.engine.session.current_site import CurrentSite
from ferrygate.engine.session.session_secrets import SessionSecrets
from ferrygate.engine.session.site_opening import SiteOpening
from ferrygate.engine.session.supervisor import SessionSupervisor


class SessionCommands:
    """Carries out commands about the site and its session. Owned by the engine's thread."""

    def __init__(
        self,
        dependencies: EngineDependencies,
        tasks: BackgroundTasks,
        current: CurrentSite,
        secrets: SessionSecrets,
        *,
        opening: SiteOpening,
        supervisor: SessionSupervisor,
        emit: Callable[[Event], None],
    ) -> None:
        self._known_hosts = dependencies.known_hosts
        self._tasks = tasks
        self._current = current
        self._secrets = secrets
        self._opening = opening
        self._supervisor = supervisor
        self._emit = emit

    def obey(self, command: SessionCommand) -> Reply:  # noqa: C901, PLR0912  one arm for each command
        """Carry out a command.

        Raises:
            FerrygateError: its request fails.
        """
        match command:
            case OpenSite():
                return self._opening.open(command)
            case ProvideSecrets():
                self._opening.provide(command)
            case UsePassword():
                self._secrets.use_password(command.password, save=command.save)
            case UsePassphrase():
                self._secrets.use_passphrase(command.passphrase, save=command.save)
            case ForgetSecret():
                return self._forget_secret(command)
            case ForgetHostKeys():
                self._forget_host_keys()
            case SignIn():
                return self._sign_in(command)
            case SignOut():
                self._sign_out()
            case AnswerHostKey():
                self._supervisor.sign_ins.answer(command.question, command.accept)
            case AnswerCode():
                self._supervisor.answer_code(command.question, command.code)
            case AnswerPrompt():
                self._supervisor.sign_ins.answer(command.question, command.answer)
        return None

    def _sign_in(self, command: SignIn) -> Reply:
        return self._opening.with_typed(
            command.request,
            command.typed,
            lambda site: self._supervisor.sign_in(command, site),
        )

    def _sign_out(self) -> None:
        self._opening.leave()
        self._emit(SessionChanged(SessionState.OFFLINE))

    def _forget_secret(self, command: ForgetSecret) -> Later:
        site = self._current.require()
        self._secrets.drop(command.kind)
        self._opening.drop_provided(command.kind)
        return self._tasks.answer(
            command.request,
            lambda _cancel: self._secrets.forget_saved(site, command.kind),
            lambda _none: None,
        )

    def _forget_host_keys(self) -> None:
        site = self._current.require()
        self._known_hosts.forget(site.host, site.port)
        self._current.site = msgspec.structs.replace(site, host_key_fingerprints=())
