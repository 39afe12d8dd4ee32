"""Asks the site's Okta organisation, beside signing in."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

import msgspec

from ferrygate.codes.totp import CodeSecret
from ferrygate.common.cancel import CancelToken
from ferrygate.common.errors import ConnectionLostError, KeychainError, Problem
from ferrygate.common.message import message
from ferrygate.common.secret import Secret
from ferrygate.engine.background_tasks import BackgroundTasks
from ferrygate.engine.dependencies import EngineDependencies
from ferrygate.engine.messages.codes import (
    ApplySkew,
    EnrolWithOkta,
    ExplainRefusal,
    MeasureSkew,
    OktaRequest,
    RefusalExplained,
    SkewMeasured,
)
from ferrygate.engine.messages.event import Event
from ferrygate.engine.messages.session import Notice, TypedCredentials
from ferrygate.engine.reply import Later, Reply
from ferrygate.engine.session.current_site import CurrentSite
from ferrygate.engine.session.session_secrets import SessionSecrets
from ferrygate.engine.session.site_opening import Then
from ferrygate.sites.site import Site

T = TypeVar("T")


class _Enrolled(msgspec.Struct, frozen=True):
    """Holds a new code secret, and what the person should know about it."""

    secret: CodeSecret
    note: Problem | None = None


class OktaRequests:
    """Carries out what Okta is asked, in the background. Owned by the engine's thread."""

    def __init__(
        self,
        dependencies: EngineDependencies,
        tasks: BackgroundTasks,
        current: CurrentSite,
        secrets: SessionSecrets,
        *,
        emit: Callable[[Event], None],
        correct_code: Callable[[Site], None],
        with_typed: Callable[[int, TypedCredentials, Then], Later | None],
    ) -> None:
        """Take what is needed.

        Args:
            dependencies: what the engine is made of.
            tasks: for work that waits.
            current: the open site.
            secrets: the open site's secrets.
            emit: tells the face.
            correct_code: shows the code anew when the secret or the clock's correction changed.
            with_typed: uses what a person has typed, then goes on
                (:meth:`ferrygate.engine.session.site_opening.SiteOpening.with_typed`).
        """
        self._dependencies = dependencies
        self._tasks = tasks
        self._current = current
        self._secrets = secrets
        self._emit = emit
        self._correct_code = correct_code
        self._with_typed = with_typed

    def obey(self, command: OktaRequest) -> Reply:
        """Carry out a request for the open site.

        Raises:
            UsageError: no site is open.
        """
        site = self._current.require()
        match command:
            case ExplainRefusal():
                return self._explain(command, site)
            case EnrolWithOkta():
                return self._with_typed(
                    command.request, command.typed, lambda opened: self._enrol(command, opened)
                )
            case MeasureSkew():
                return self._measure(command, site)
            case ApplySkew():
                return self._apply(command, site)

    def _explain(self, command: ExplainRefusal, site: Site) -> Later:
        password = self._secrets.credentials.password
        return self._tasks.answer(
            command.request,
            lambda cancel: self._dependencies.okta().diagnose_refusal(
                site, password, cancel, try_anyway=command.try_anyway
            ),
            lambda problem: self._emit(RefusalExplained(command.request, problem)),
        )

    def _enrol(self, command: EnrolWithOkta, site: Site) -> Later:
        password = self._secrets.credentials.password

        def enrolled(result: _Enrolled) -> None:
            if self._current.is_still(site):
                # Kept again after a sign-in, which binds it to the server's key as well.
                self._secrets.use_code_secret(result.secret, save=command.save)
                self._correct_code(site)
            if result.note is not None:
                self._emit(Notice(result.note))

        return self._tasks.answer(
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

    def _measure(self, command: MeasureSkew, site: Site) -> Later:
        def measured(seconds: float | None) -> None:
            applied = self._dependencies.skews.read(site)
            self._emit(SkewMeasured(command.request, seconds, applied))

        return self._tasks.answer(
            command.request, lambda _cancel: self._dependencies.okta().clock_skew(site), measured
        )

    def _apply(self, command: ApplySkew, site: Site) -> Later:
        def kept(_none: None) -> None:
            if self._current.is_still(site):
                self._correct_code(site)

        return self._tasks.answer(
            command.request,
            lambda _cancel: self._dependencies.skews.keep(site, command.seconds),
            kept,
        )


def _unproven() -> Problem:
    return ConnectionLostError(
        message("Okta's last answer did not arrive, so it is not sure that your code works."),
        next_step=message("Sign in to find out."),
    ).problem
