"""Opens a site: looks up what the keychain keeps for it, and takes what a person has typed."""

from __future__ import annotations

from collections.abc import Callable

import msgspec

from ferrygate.common.cancel import CancelToken
from ferrygate.common.errors import Cancelled, FerrygateError
from ferrygate.common.secret import SecretKind
from ferrygate.engine.background_tasks import BackgroundTasks
from ferrygate.engine.dependencies import EngineDependencies
from ferrygate.engine.messages.event import Event
from ferrygate.engine.messages.session import OpenSite, ProvideSecrets, SiteOpened, TypedCredentials
from ferrygate.engine.reply import Later
from ferrygate.engine.session.code_requests import CodeRequests
from ferrygate.engine.session.current_site import CurrentSite
from ferrygate.engine.session.keychain_secrets import KeychainSecrets
from ferrygate.engine.session.session_secrets import FIELDS, SessionSecrets
from ferrygate.engine.session.start_secrets import StartSecrets
from ferrygate.engine.session.supervisor import SessionSupervisor
from ferrygate.sign_in.credentials import Credentials
from ferrygate.sites.site import Site

Then = Callable[[Site], Later | None]
"""Goes on with the open site."""


class SiteOpening:
    """Knows which secrets belong to a site as it is opened. Owned by the engine's thread."""

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
        self._skews = dependencies.skews
        self._tasks = tasks
        self._current = current
        self._secrets = secrets
        self._codes = codes
        self._supervisor = supervisor
        self._emit = emit
        self._start = StartSecrets()
        self._looking_up: int | None = None  # the request whose site's secrets are looked up

    def provide(self, command: ProvideSecrets) -> None:
        """Hold what Ferrygate was started with."""
        given = Credentials(
            password=command.password,
            code_secret=command.code_secret,
            passphrase=command.passphrase,
        )
        self._start.provide(command.site, given)

    def drop_provided(self, kind: SecretKind) -> None:
        """Hold one of the secrets that Ferrygate was started with no longer."""
        self._start.drop(FIELDS[kind])

    def open(self, command: OpenSite) -> Later:
        """Open a site; the request is done once the keychain has answered."""
        self._turn_to(command.site, keeps_code=command.keeps_code)
        return self._look_up(command.request, command.site, command.given, None)

    def with_typed(self, request: int, typed: TypedCredentials, then: Then) -> Later | None:
        """Use what a person has typed, then go on; for another user the site is opened anew.

        Raises:
            FerrygateError: no site is open, or as ``then`` raises.
        """
        site = self._current.require()
        if typed.username is None or typed.username == site.username:
            self._secrets.use(typed)
            return then(site)
        site = msgspec.structs.replace(site, username=typed.username)
        self._turn_to(site, keeps_code=True)
        self._secrets.use(typed)
        return self._look_up(request, site, None, then)

    def leave(self, reason: FerrygateError | None = None) -> None:
        """End the session and drop all secrets; what was asked fails, for this reason if any."""
        self._end(reason)
        self._secrets.forget()
        self._codes.show_none()

    def _end(self, reason: FerrygateError | None = None) -> None:
        self._looking_up = None
        self._codes.cancel()
        self._supervisor.end(reason)

    def _turn_to(self, site: Site, *, keeps_code: bool) -> None:
        left, self._current.site = self._current.site, site
        is_same = left is not None and (left.host, left.port) == (site.host, site.port)
        self._end()
        self._secrets.open(self._start.for_site(site), keeps_code=keeps_code and is_same)
        self._codes.correct(site)

    def _look_up(
        self,
        request: int,
        site: Site,
        given: frozenset[SecretKind] | None,
        then: Then | None,
    ) -> Later:
        self._looking_up = request

        def work(cancel: CancelToken) -> tuple[KeychainSecrets, CancelToken]:
            return self._secrets.look_up(site, given), cancel

        def adopt(result: tuple[KeychainSecrets, CancelToken]) -> Later | None:
            found, cancel = result
            if self._looking_up != request:  # another site was opened, or all forgotten
                raise Cancelled
            self._secrets.adopt(site, found)
            self._codes.correct(site)
            self._emit(SiteOpened(site, self._skews.read(site)))
            if then is None:
                return None
            cancel.check()
            return then(site)

        return self._tasks.answer(request, work, adopt)
