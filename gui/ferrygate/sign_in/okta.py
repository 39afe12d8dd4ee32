"""Asks Okta's authentication API about a password, for an enrolment, and for the time.

Source: Okta developer documentation, Authentication API reference (``/api/v1/authn``). Links in
answers are not followed: paths are the documented ones, on the address that was configured.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, Literal, NoReturn
from urllib.parse import urlsplit

import msgspec

from ferrygate.codes.keys import parse_key
from ferrygate.codes.totp import DIGITS, PERIODS, CodeSecret
from ferrygate.common.clock import Clock
from ferrygate.common.errors import (
    CodeSecretError,
    ConnectionLostError,
    UnsupportedError,
    error_for,
)
from ferrygate.common.message import message
from ferrygate.common.secret import Secret
from ferrygate.sign_in.attempt_slot import AttemptSlot
from ferrygate.sign_in.ledger import End
from ferrygate.sign_in.okta_http import OktaAnswer, OktaConnection, OktaConnector
from ferrygate.sign_in.okta_verdict import (
    Head,
    PasswordAnswer,
    PasswordVerdict,
    end_of,
    explain,
    judge,
    word_of,
)

_AUTHN = "/api/v1/authn"
_FACTORS = f"{_AUTHN}/factors"
_GOOGLE = {"factorType": "token:software:totp", "provider": "GOOGLE"}
_OK = 200
_CLIENT_ERRORS = range(400, 500)


class Enrolment(msgspec.Struct, frozen=True):
    """Holds a code secret that Okta handed out.

    Attributes:
        secret: what codes are made from.
        proven: Okta accepted a code. When false its answer did not arrive, and only a sign-in
            will tell; the secret is not shown again, so it must not be dropped.
    """

    secret: CodeSecret
    proven: bool


class OktaAuthn:
    """Asks one Okta organisation; each password is sent within an :class:`AttemptSlot`."""

    def __init__(self, address: str, connector: OktaConnector, clock: Clock) -> None:
        self._address = address
        self._connector = connector
        self._clock = clock

    def ask_password(self, username: str, password: Secret, slot: AttemptSlot) -> PasswordAnswer:
        """Ask once what Okta makes of the password alone; no code is sent.

        Raises:
            CannotReachError, ConnectionLostError, UsageError: no answer came.
        """
        with self._connector(self._address) as connection:
            return judge(_authn(connection, username, password, slot))

    def enrol(
        self,
        username: str,
        password: Secret,
        slot: AttemptSlot,
        take_code: Callable[[CodeSecret], str],
    ) -> Enrolment:
        """Enrol Google Authenticator for an account that Okta asks to enrol, and activate it.

        Args:
            username: the account.
            password: its password.
            slot: told how it ended.
            take_code: gives a code that never left, and claims it.

        Raises:
            SignInRefusedError: Okta did not take the password.
            UnsupportedError: there is a code already, or Google Authenticator is not allowed.
            CodeSecretError: Okta did not accept the code.
            CannotReachError, ConnectionLostError, UsageError: no answer came.
        """
        with self._connector(self._address) as connection:
            answer = _authn(connection, username, password, slot)
            token = _token(answer)
            begun = connection.post(_FACTORS, {"stateToken": token, **_GOOGLE})
            ahead = None if begun.date is None else begun.date - self._clock.now()
            factor = _factor_in(begun)
            secret = self._secret(factor.embedded.activation, username)
            document = {"stateToken": token, "passCode": take_code(secret)}
            slot.end = End.REFUSED
            try:
                activated = connection.post(f"{_FACTORS}/{factor.id}/lifecycle/activate", document)
            except ConnectionLostError:
                return Enrolment(secret, proven=False)
        if activated.status in _CLIENT_ERRORS:
            raise _not_activated(activated, ahead)
        if activated.status != _OK:
            return Enrolment(secret, proven=False)
        slot.end = End.ACCEPTED
        return Enrolment(secret, proven=True)

    def clock_skew(self) -> float | None:
        """Measure the seconds that Okta's clock is ahead of this one; None if Okta does not tell.

        The Date header has whole seconds, so this is right to about a second.

        Raises:
            CannotReachError, ConnectionLostError, UsageError: no answer came.
        """
        with self._connector(self._address) as connection:
            started, began = self._clock.now(), self._clock.monotonic()
            date = connection.head("/").date
            half_way = (self._clock.monotonic() - began) / 2
        return None if date is None else date + 0.5 - (started + half_way)

    def _secret(self, activation: _Activation, username: str) -> CodeSecret:
        return CodeSecret(
            key=parse_key(activation.shared_secret),
            digits=activation.key_length,
            period=activation.time_step,
            issuer=urlsplit(self._address).hostname or "",
            label=username,
        )


class _Activation(msgspec.Struct, frozen=True, rename="camel"):
    """``activation`` of MFA_ENROLL_ACTIVATE; ``keyLength`` is the number of digits."""

    shared_secret: str
    time_step: Annotated[int, msgspec.Meta(ge=min(PERIODS), le=max(PERIODS))] = 30
    key_length: Annotated[int, msgspec.Meta(ge=min(DIGITS), le=max(DIGITS))] = 6
    encoding: Literal["base32"] = "base32"

    def __repr__(self) -> str:
        return "_Activation(...)"


class _FactorEmbedded(msgspec.Struct, frozen=True):
    activation: _Activation


class _Factor(msgspec.Struct, frozen=True):
    id: Annotated[str, msgspec.Meta(pattern=r"^[A-Za-z0-9_-]{1,64}$")]
    embedded: _FactorEmbedded = msgspec.field(name="_embedded")


class _BegunEmbedded(msgspec.Struct, frozen=True):
    factor: _Factor


class _Begun(msgspec.Struct, frozen=True):
    embedded: _BegunEmbedded = msgspec.field(name="_embedded")


def _authn(
    connection: OktaConnection, username: str, password: Secret, slot: AttemptSlot
) -> OktaAnswer:
    options = {"multiOptionalFactorEnroll": False, "warnBeforePasswordExpired": False}
    document = {"username": username, "password": password.reveal(), "options": options}
    slot.sending()
    answer = connection.post(_AUTHN, document)
    slot.end = end_of(judge(answer).verdict)
    return answer


def _token(answer: OktaAnswer) -> str:
    """Return the state token of an account that is asked to enrol."""
    judged = judge(answer)
    if judged.verdict is PasswordVerdict.CORRECT:
        raise UnsupportedError(
            message("A code is set up for your account already, and Okta shows its key only once."),
            next_step=message("Ask your contact to reset your code in Okta. Then set it up here."),
            detail=judged.detail,
        )
    head = answer.read(Head)
    if judged.verdict is not PasswordVerdict.ENROLL or head is None:
        raise error_for(explain(judged))
    return head.state_token


def _factor_in(begun: OktaAnswer) -> _Factor:
    if begun.status in _CLIENT_ERRORS:
        raise UnsupportedError(
            message("Okta does not let your account use Google Authenticator."),
            next_step=message("Ask your contact to allow Google Authenticator for your account."),
            detail=f"HTTP {begun.status} {word_of(begun)}".rstrip(),
        )
    read = begun.read(_Begun)
    if read is None:
        _unknown(begun)
    return read.embedded.factor


def _unknown(answer: OktaAnswer) -> NoReturn:
    detail = f"HTTP {answer.status} {word_of(answer)}".rstrip()
    raise error_for(explain(PasswordAnswer(PasswordVerdict.OTHER, detail)))


def _not_activated(answer: OktaAnswer, ahead: float | None) -> CodeSecretError:
    clocks = "" if ahead is None else f"; Okta's clock is ahead by about {ahead:.0f} s"
    return CodeSecretError(
        message("Okta did not accept the code, so your code is not set up."),
        next_step=message("Check this computer's clock, then set up your code again."),
        detail=f"HTTP {answer.status} {word_of(answer)}{clocks}",
    )
