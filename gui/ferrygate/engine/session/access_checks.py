"""Checks the access of the open site's account, while there is no session and no other sign-in."""

from __future__ import annotations

from collections.abc import Callable

from ferrygate.access_check.stages import CheckVerdict, StageResult
from ferrygate.access_check.tools import CheckOptions, CheckTools
from ferrygate.common.cancel import CancelToken
from ferrygate.common.errors import UsageError
from ferrygate.common.inbox import Callback
from ferrygate.common.message import message
from ferrygate.engine.dependencies import EngineDependencies
from ferrygate.engine.messages.checks import CheckAccess, CheckEnded, CheckRequest, CheckStageEnded
from ferrygate.engine.messages.event import Event
from ferrygate.engine.reply import Later
from ferrygate.engine.session.current_site import CurrentSite
from ferrygate.engine.session.supervisor import SessionSupervisor
from ferrygate.sign_in.attempt import Observer
from ferrygate.sign_in.credentials import Credentials
from ferrygate.sites.site import Site


class AccessChecks:
    """Carries out checks of access, in the background. Owned by the engine's thread."""

    def __init__(
        self,
        dependencies: EngineDependencies,
        current: CurrentSite,
        *,
        supervisor: SessionSupervisor,
        emit: Callable[[Event], None],
        post: Callable[[Callback], None],
    ) -> None:
        """Begin without a check.

        Args:
            dependencies: what the engine is made of.
            current: the open site.
            supervisor: has the session, if there is one, and asks the person.
            emit: takes every event.
            post: runs a callback on the engine's thread.
        """
        self._current = current
        self._supervisor = supervisor
        self._emit = emit
        self._post = post
        self._tools = CheckTools(
            clock=dependencies.clock,
            threads=dependencies.threads,
            ledger=dependencies.ledger,
            known_hosts=dependencies.known_hosts,
            attempts=dependencies.check_attempts,
            okta=dependencies.okta,
            skews=dependencies.skews,
            open_vault=dependencies.open_vault,
            check_home=dependencies.check_home,
            redact=dependencies.live_secrets.redact,
            random_hex=dependencies.random_hex,
            reply_seconds=dependencies.reply_seconds,
        )

    def obey(self, command: CheckRequest) -> Later:
        """Begin a check; its request ends with it.

        Raises:
            UsageError: no site is open, there is a session, a sign-in is under way, or what was
                typed is no code; or files are to be tried without a sign-in.
        """
        site = self._current.require()
        if self._supervisor.session is not None:
            raise UsageError(
                message("You are signed in already."),
                next_step=message("Sign out first: a check signs in by itself."),
            )
        if not command.sign_in and (command.speed or command.write_folder is not None):
            raise UsageError(message("Files can be tried only with a sign-in."))

        def check(
            credentials: Credentials, observer: Observer, cancel: CancelToken
        ) -> CheckVerdict:
            return self._check(command, site, credentials, observer, cancel)

        return self._supervisor.sign_ins.check(
            command.request,
            site,
            command.typed_code,
            check,
            lambda verdict: self._emit(CheckEnded(command.request, verdict)),
        )

    def _check(
        self,
        command: CheckAccess,
        site: Site,
        credentials: Credentials,
        observer: Observer,
        cancel: CancelToken,
    ) -> CheckVerdict:
        """Make a check; called in the background."""
        from ferrygate.access_check.check import AccessCheck  # noqa: PLC0415  loads HTTP and TLS

        def tell(result: StageResult) -> None:
            self._post(lambda: self._emit(CheckStageEnded(command.request, result)))

        options = CheckOptions(
            sign_in=command.sign_in,
            write_folder=command.write_folder,
            speed=command.speed,
            explain=command.explain,
            try_anyway=command.try_anyway,
            given=command.given,
            source=command.source,
        )
        check = AccessCheck(
            self._tools, site, credentials, options, observer=observer, cancel=cancel, tell=tell
        )
        return check.run()
