"""Okta's client against answers that are written down here."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest

from ferrygate.common.cancel import CancelToken
from ferrygate.common.errors import (
    CannotReachError,
    ConnectionLostError,
    FerrygateError,
    Kind,
    SecretsMissingError,
    UnsupportedError,
    UsageError,
)
from ferrygate.common.message import message
from ferrygate.common.threads import SystemThreads
from ferrygate.sign_in.ledger import End
from ferrygate.sign_in.okta_http import OktaAnswer
from ferrygate.sign_in.okta_verdict import (
    PasswordAnswer,
    PasswordVerdict,
    end_of,
    explain,
    judge,
)
from ferrygate.sites.site import SignInSettings
from support.fake_clock import ManualClock
from support.okta_rig import (
    KEY,
    MFA_ENROLL,
    MFA_REQUIRED,
    PASSWORD,
    SITE,
    TOKEN,
    FakeOkta,
    OktaRig,
    answer,
    begun,
)

LOST = ConnectionLostError(message("no answer"))


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock()


@pytest.fixture
def okta(clock: ManualClock) -> FakeOkta:
    return FakeOkta(clock)


@pytest.fixture
def rig(tmp_path: Path, clock: ManualClock, okta: FakeOkta) -> OktaRig:
    return OktaRig(tmp_path, clock, okta.open)


@pytest.mark.parametrize(
    ("given", "verdict", "end"),
    [
        (MFA_REQUIRED, PasswordVerdict.CORRECT, End.NOT_COUNTED),
        (MFA_ENROLL, PasswordVerdict.ENROLL, End.NOT_COUNTED),
        (begun(), PasswordVerdict.ENROLL, End.NOT_COUNTED),
        (answer(status="SUCCESS"), PasswordVerdict.NO_MFA_DEMANDED, End.NOT_COUNTED),
        (answer(status="LOCKED_OUT"), PasswordVerdict.LOCKED_OUT, End.REFUSED),
        (answer(status="PASSWORD_EXPIRED"), PasswordVerdict.PASSWORD_EXPIRED, End.NOT_COUNTED),
        (answer(status="PASSWORD_RESET"), PasswordVerdict.NEW_PASSWORD, End.NOT_COUNTED),
        (answer(status="PASSWORD_WARN"), PasswordVerdict.NEW_PASSWORD, End.NOT_COUNTED),
        (answer(status="RECOVERY"), PasswordVerdict.OTHER, End.REFUSED),
        (answer(), PasswordVerdict.OTHER, End.REFUSED),
        (OktaAnswer(status=200, body=b"<html>"), PasswordVerdict.OTHER, End.REFUSED),
        (OktaAnswer(status=302), PasswordVerdict.OTHER, End.REFUSED),
        (OktaAnswer(status=429), PasswordVerdict.RATE_LIMITED, End.NOT_COUNTED),
        (answer(401, errorCode="E0000004"), PasswordVerdict.WRONG_OR_LOCKED, End.REFUSED),
        (answer(401, errorCode="E0000064"), PasswordVerdict.PASSWORD_EXPIRED, End.NOT_COUNTED),
        (answer(403, errorCode="E0000069"), PasswordVerdict.LOCKED_OUT, End.REFUSED),
        (answer(401, errorCode="E0000015"), PasswordVerdict.OTHER, End.REFUSED),
        (answer(401, status="SUCCESS"), PasswordVerdict.OTHER, End.REFUSED),
    ],
)
def test_what_okta_says_of_a_password(
    given: OktaAnswer, verdict: PasswordVerdict, end: End
) -> None:
    judged = judge(given)
    assert judged.verdict is verdict
    assert end_of(verdict) is end


@pytest.mark.parametrize("verdict", PasswordVerdict)
def test_every_verdict_is_a_sentence_with_a_next_step(verdict: PasswordVerdict) -> None:
    problem = explain(PasswordAnswer(verdict, "HTTP 200"))
    assert str(problem.sentence).endswith(".")
    assert str(problem.next_step).endswith(".")
    assert problem.detail == "HTTP 200"
    assert problem.kind is {
        PasswordVerdict.ENROLL: Kind.CODE_NOT_SET_UP,
        PasswordVerdict.NEW_PASSWORD: Kind.PASSWORD_EXPIRED,
        PasswordVerdict.PASSWORD_EXPIRED: Kind.PASSWORD_EXPIRED,
    }.get(verdict, Kind.SIGN_IN_REFUSED)


def test_a_right_password_does_not_make_the_code_wrong() -> None:
    problem = explain(PasswordAnswer(PasswordVerdict.CORRECT, "HTTP 200"))
    assert str(problem.sentence).startswith("Your password is right. ")
    assert "the code, or your account" in str(problem.sentence)
    assert "no other program used the same code" in str(problem.next_step)
    assert "clock" in str(problem.next_step)


def test_only_words_of_okta_are_shown() -> None:
    assert judge(answer(403, errorCode="hunter2\n")).detail == "HTTP 403"
    assert judge(answer(403, errorCode="E0000001")).detail == "HTTP 403 E0000001"


def test_the_wait_is_by_oktas_own_clock() -> None:
    limited = OktaAnswer(status=429, date=1000.0, rate_limit_reset=1042.0)
    assert str(explain(judge(limited)).next_step) == "Try again in 42 s."
    assert str(explain(judge(OktaAnswer(status=429))).next_step) == "Try again in 1 min."


def test_the_password_goes_out_alone(rig: OktaRig, okta: FakeOkta) -> None:
    okta.answers = [MFA_REQUIRED]
    rig.attempts.diagnose_refusal(SITE, PASSWORD, CancelToken(SystemThreads()))
    ((path, document),) = okta.asked
    assert path == "/api/v1/authn"
    assert document == {
        "username": "vendor7",
        "password": "correct horse",
        "options": {"multiOptionalFactorEnroll": False, "warnBeforePasswordExpired": False},
    }


def test_what_never_left_does_not_count(rig: OktaRig, okta: FakeOkta) -> None:
    okta.reachable = False
    with pytest.raises(CannotReachError):
        rig.attempts.diagnose_refusal(SITE, PASSWORD, CancelToken(SystemThreads()))
    assert rig.ledger.refusals(SITE.account) == 0


def test_an_unknown_end_counts(rig: OktaRig, okta: FakeOkta) -> None:
    okta.answers = [LOST]
    with pytest.raises(ConnectionLostError):
        rig.attempts.diagnose_refusal(SITE, PASSWORD, CancelToken(SystemThreads()))
    assert rig.ledger.refusals(SITE.account) == 1


def test_what_has_to_be_at_hand(rig: OktaRig, okta: FakeOkta) -> None:
    nobody = msgspec.structs.replace(SITE, username="")
    nowhere = msgspec.structs.replace(SITE, sign_in=SignInSettings())
    with pytest.raises(SecretsMissingError, match="user name"):
        rig.attempts.diagnose_refusal(nobody, PASSWORD, CancelToken(SystemThreads()))
    with pytest.raises(SecretsMissingError, match="password"):
        rig.attempts.enrol(SITE, None, CancelToken(SystemThreads()))
    with pytest.raises(UsageError, match="does not name its Okta address"):
        rig.attempts.clock_skew(nowhere)
    assert okta.asked == []


def test_enrolment_asks_for_google_and_proves_it(
    rig: OktaRig, okta: FakeOkta, clock: ManualClock
) -> None:
    okta.answers = [MFA_ENROLL, begun(timeStep=60, keyLength=8), answer(status="SUCCESS")]
    enrolment = rig.attempts.enrol(SITE, PASSWORD, CancelToken(SystemThreads()))
    secret = enrolment.secret
    assert enrolment.proven
    assert (secret.key.reveal(), secret.digits, secret.period) == (KEY, 8, 60)
    assert (secret.issuer, secret.label) == ("example.okta.com", "vendor7")
    _authn, enrol, activate = okta.asked
    assert enrol == (
        "/api/v1/authn/factors",
        {"stateToken": TOKEN, "factorType": "token:software:totp", "provider": "GOOGLE"},
    )
    code = secret.code_for_step(secret.step_at(clock.now()))
    assert activate == (
        "/api/v1/authn/factors/ostf1/lifecycle/activate",
        {"stateToken": TOKEN, "passCode": code},
    )


def test_a_code_that_would_die_on_its_way_is_waited_out(
    rig: OktaRig, okta: FakeOkta, clock: ManualClock
) -> None:
    okta.answers = [MFA_ENROLL, begun(), answer(status="SUCCESS")]
    clock.time = 1_795_000_019.0  # one second before the step's end
    assert clock.time % 30 == 29.0
    rig.attempts.enrol(SITE, PASSWORD, CancelToken(SystemThreads()))
    assert clock.time == 1_795_000_020.0


@pytest.mark.parametrize("last", [LOST, OktaAnswer(status=502)])
def test_a_secret_is_not_dropped_when_the_last_answer_is_lost(
    rig: OktaRig, okta: FakeOkta, last: OktaAnswer | FerrygateError
) -> None:
    okta.answers = [MFA_ENROLL, begun(), last]
    enrolment = rig.attempts.enrol(SITE, PASSWORD, CancelToken(SystemThreads()))
    assert not enrolment.proven
    assert enrolment.secret.key.reveal() == KEY
    assert rig.ledger.refusals(SITE.account) == 1


@pytest.mark.parametrize(
    "odd",
    [
        answer(status="MFA_ENROLL_ACTIVATE"),
        begun(keyLength=5),
        begun(timeStep=0),
        begun(encoding="base64"),
        begun(sharedSecret=7),
        answer(_embedded={"factor": {"id": "../x", "_embedded": {"activation": {}}}}),
        OktaAnswer(status=200, body=b"<html>"),
        OktaAnswer(status=500),
    ],
)
def test_an_odd_activation_is_refused_and_names_nothing(
    rig: OktaRig, okta: FakeOkta, odd: OktaAnswer
) -> None:
    okta.answers = [MFA_ENROLL, odd]
    with pytest.raises(FerrygateError, match="does not know") as caught:
        rig.attempts.enrol(SITE, PASSWORD, CancelToken(SystemThreads()))
    assert KEY not in repr(caught.value.problem)
    assert len(okta.asked) == 2


def test_a_factor_that_is_not_allowed(rig: OktaRig, okta: FakeOkta) -> None:
    okta.answers = [MFA_ENROLL, answer(403, errorCode="E0000079")]
    with pytest.raises(UnsupportedError, match="Google Authenticator"):
        rig.attempts.enrol(SITE, PASSWORD, CancelToken(SystemThreads()))
    assert rig.ledger.refusals(SITE.account) == 0


def test_half_of_the_way_is_taken_off_the_difference(rig: OktaRig, okta: FakeOkta) -> None:
    okta.takes = 4.0
    okta.answers = [OktaAnswer(status=200, date=1_795_000_047.0)]
    assert rig.attempts.clock_skew(SITE) == 45.5


def test_a_server_without_a_clock(rig: OktaRig, okta: FakeOkta) -> None:
    okta.answers = [OktaAnswer(status=200)]
    assert rig.attempts.clock_skew(SITE) is None
