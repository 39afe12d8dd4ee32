"""Asks Okta with a password, which the lock-out breaker counts like any sign-in."""

from __future__ import annotations

from ferrygate.codes.totp import CodeSecret
from ferrygate.common.cancel import CancelToken
from ferrygate.common.clock import Clock
from ferrygate.common.errors import Problem, UsageError
from ferrygate.common.message import message
from ferrygate.common.secret import Secret
from ferrygate.sign_in.attempt_slot import attempt_slot
from ferrygate.sign_in.credentials import check_username, present_password
from ferrygate.sign_in.ledger import Ledger
from ferrygate.sign_in.okta import Enrolment, OktaAuthn
from ferrygate.sign_in.okta_http import OktaConnector
from ferrygate.sign_in.okta_verdict import PasswordAnswer, explain
from ferrygate.sign_in.time_steps import take_step
from ferrygate.sites.site import Site
from ferrygate.sites.skew import SkewStore


class OktaAttempts:
    """Asks the Okta organisation that a site names; holds nothing between two questions."""

    def __init__(
        self, ledger: Ledger, skews: SkewStore, connector: OktaConnector, clock: Clock
    ) -> None:
        self._ledger = ledger
        self._skews = skews
        self._connector = connector
        self._clock = clock

    def diagnose_refusal(
        self,
        site: Site,
        password: Secret | None,
        cancel: CancelToken,
        *,
        try_anyway: bool = False,
    ) -> Problem:
        """Ask as :meth:`ask_password`, and say the answer in sentences."""
        return explain(self.ask_password(site, password, cancel, try_anyway=try_anyway))

    def ask_password(
        self,
        site: Site,
        password: Secret | None,
        cancel: CancelToken,
        *,
        try_anyway: bool = False,
    ) -> PasswordAnswer:
        """Ask Okta once what it makes of the password.

        Raises:
            UsageError: the site names no Okta address.
            SecretsMissingError: user name or password is not at hand.
            LockOutBreakerError: too many refusals in a row.
            CannotReachError, ConnectionLostError: no answer came.
            Cancelled: as asked.
        """
        okta = self._okta(site)
        check_username(site)
        password = present_password(password)
        with attempt_slot(
            self._ledger, site.account, self._clock, cancel, try_anyway=try_anyway
        ) as slot:
            return okta.ask_password(site.username, password, slot)

    def enrol(
        self,
        site: Site,
        password: Secret | None,
        cancel: CancelToken,
        *,
        try_anyway: bool = False,
    ) -> Enrolment:
        """Enrol a code for an account that Okta asks to enrol, and prove it.

        Raises:
            SignInRefusedError, UnsupportedError, CodeSecretError: as
                :meth:`ferrygate.sign_in.okta.OktaAuthn.enrol`.
            FerrygateError: as :meth:`ask_password`.
        """
        okta = self._okta(site)
        check_username(site)
        password = present_password(password)
        with attempt_slot(
            self._ledger, site.account, self._clock, cancel, try_anyway=try_anyway
        ) as slot:

            def take_code(secret: CodeSecret) -> str:
                corrected = self._skews.correct(site, secret)
                step = take_step(
                    corrected,
                    lambda step: self._ledger.claim(corrected, step),
                    self._clock,
                    cancel,
                    lambda _until: slot.renew(),
                )
                return corrected.code_for_step(step)

            return okta.enrol(site.username, password, slot, take_code)

    def clock_skew(self, site: Site) -> float | None:
        """Measure the seconds that Okta's clock is ahead of this one; None if Okta does not tell.

        Nothing secret is sent.

        Raises:
            UsageError: the site names no Okta address.
            CannotReachError, ConnectionLostError: no answer came.
        """
        return self._okta(site).clock_skew()

    def _okta(self, site: Site) -> OktaAuthn:
        if not site.sign_in.okta_address:
            raise UsageError(
                message("This site does not name its Okta address."),
                next_step=message("Ask your contact for a connection file that does."),
            )
        return OktaAuthn(site.sign_in.okta_address, self._connector, self._clock)
