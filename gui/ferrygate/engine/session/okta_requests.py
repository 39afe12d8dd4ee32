"""Asks the site's Okta organisation, beside signing in."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

import msgspec

from ferrygate.codes.totp import CodeSecret
from ferrygate.common.cancel import CancelToken
from ferrygate.common.errors import ConnectionLostError, KeychainError, Problem, problem_of
from ferrygate.common.message import message
from ferrygate.common.secret import Secret
from ferrygate.engine.background_tasks import BackgroundTasks
from ferrygate.engine.dependencies import EngineDependencies
from ferrygate.engine.messages.codes import (
    ApplySkew,
    CodeEnrolled,
    EnrolWithOkta,
    ExplainRefusal,
    MeasureSkew,
    OktaCommand,
    RefusalExplained,
    SkewMeasured,
)
from ferrygate.engine.messages.event import Done, Event, Failed
from ferrygate.engine.messages.session import Notice
from ferrygate.engine.session.session_secrets import SessionSecrets
from ferrygate.sites.site import Site

T = TypeVar("T")
IsOpen = Callable[[], bool]


class _Enrolled(msgspec.Struct, frozen=True):
    """A new code secret, and what the person should know about it."""

    secret: CodeSecret
    note: Problem | None = None


class OktaRequests:
    """Owned by the engine's thread; waits for Okta aside."""

    def __init__(
        self,
        dependencies: EngineDependencies,
        tasks: BackgroundTasks,
        secrets: SessionSecrets,
        emit: Callable[[Event], None],
        correct_code: Callable[[Site], None],
    ) -> None:
        """Take what is needed.

        Args:
            dependencies: what the engine is made of.
            tasks: for work that waits.
            secrets: the open site's secrets.
            emit: tells the face.
            correct_code: shows the code anew when the secret or the clock's correction changed.
        """
        self._dependencies = dependencies
        self._tasks = tasks
        self._secrets = secrets
        self._emit = emit
        self._correct_code = correct_code

    def obey(self, command: OktaCommand, site: Site, is_open: IsOpen) -> None:
        """Carry out a command for a site; ``is_open`` tells later whether it still is the one."""
        match command:
            case ExplainRefusal():
                self._explain(command, site)
            case EnrolWithOkta():
                self._enrol(command, site, is_open)
            case MeasureSkew():
                self._measure(command, site)
            case ApplySkew():
                self._apply(command, site, is_open)

    def _explain(self, command: ExplainRefusal, site: Site) -> None:
        password = self._secrets.credentials.password
        self._do(
            command.request,
            lambda cancel: self._dependencies.okta().diagnose_refusal(
                site, password, cancel, try_anyway=command.try_anyway
            ),
            lambda problem: self._emit(RefusalExplained(command.request, problem)),
        )

    def _enrol(self, command: EnrolWithOkta, site: Site, is_open: IsOpen) -> None:
        password = self._secrets.credentials.password

        def enrolled(result: _Enrolled) -> None:
            if is_open():
                # Kept again after a sign-in, which binds it to the server's key as well.
                self._secrets.use_code_secret(result.secret, save=command.save)
                self._correct_code(site)
                self._emit(CodeEnrolled(command.request, result.secret))
            if result.note is not None:
                self._emit(Notice(result.note))

        self._do(
            command.request,
            lambda cancel: self._enrolled(command, site, password, cancel),
            enrolled,
        )

    def _enrolled(
        self, command: EnrolWithOkta, site: Site, password: Secret | None, cancel: CancelToken
    ) -> _Enrolled:
        """Enrol, and keep what Okta will not show again before anything else comes between."""
        enrolment = self._dependencies.okta().enrol(
            site, password, cancel, try_anyway=command.try_anyway
        )
        if not enrolment.proven:
            return _Enrolled(enrolment.secret, _unproven())
        if command.save and site.policy.save_code_secret:
            try:
                self._secrets.keep_code_secret(site, enrolment.secret)
            except KeychainError as error:
                return _Enrolled(enrolment.secret, error.problem)
        return _Enrolled(enrolment.secret)

    def _measure(self, command: MeasureSkew, site: Site) -> None:
        def measured(seconds: float | None) -> None:
            applied = self._dependencies.skews.read(site)
            self._emit(SkewMeasured(command.request, seconds, applied))

        self._do(
            command.request, lambda _cancel: self._dependencies.okta().clock_skew(site), measured
        )

    def _apply(self, command: ApplySkew, site: Site, is_open: IsOpen) -> None:
        def kept(_none: None) -> None:
            if is_open():
                self._correct_code(site)

        self._do(
            command.request,
            lambda _cancel: self._dependencies.skews.keep(site, command.seconds),
            kept,
        )

    def _do(
        self, request: int, work: Callable[[CancelToken], T], show: Callable[[T], None]
    ) -> None:
        def done(result: T) -> None:
            show(result)
            self._emit(Done(request))

        def failed(error: BaseException) -> None:
            self._emit(Failed(request, problem_of(error)))

        self._tasks.do(request, work, done, failed)


def _unproven() -> Problem:
    return ConnectionLostError(
        message("Okta's last answer did not arrive, so it is not sure that your code works."),
        next_step=message("Sign in to find out."),
    ).problem
