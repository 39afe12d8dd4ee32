"""Answers to a secret become errors of their own, and are waited for within a bound."""

from __future__ import annotations

from collections.abc import Callable

import msgspec
import pytest

from ferrygate.common.errors import Cancelled, PasswordExpiredError, SignInRefusedError
from ferrygate.sign_in.ledger import Ledger
from ferrygate.sites.site import SignInSettings
from ferrygate.ssh.answers import AuthAnswer, AuthOutcome
from ferrygate.ssh.deadlines import Deadlines
from support.attempt_rig import (
    CREDENTIALS,
    PROMPTS_OFFERED,
    REFUSED,
    SECRET,
    SITE,
    AttemptRig,
    FakeConnection,
    asks,
)


def test_an_expired_password_is_no_wrong_one(case: AttemptRig) -> None:
    expired = AuthAnswer(
        AuthOutcome.EXPIRED, server_said="Expired\u202e.\n\nChange it at the portal."
    )
    case.server = FakeConnection(password=expired)
    with pytest.raises(PasswordExpiredError, match="password has expired") as caught:
        case.sign_in()
    assert "Change it" in str(caught.value.problem.next_step)
    assert caught.value.problem.server_said == "Expired\\u202e.\nChange it at the portal."
    assert case.refusals == 0
    assert case.server.closed


def test_a_plain_refusal_names_all_that_may_be_wrong(case: AttemptRig) -> None:
    case.server = FakeConnection(password=REFUSED)
    with pytest.raises(SignInRefusedError) as caught:
        case.sign_in()
    for word in ("user name", "password", "clock", "code"):
        assert word in str(caught.value.problem.next_step)


def test_a_plain_refusal_names_the_correction_that_its_code_was_made_with(case: AttemptRig) -> None:
    late = msgspec.structs.replace(SECRET, epoch=-180)
    case.server = FakeConnection(password=REFUSED)
    with pytest.raises(SignInRefusedError) as caught:
        case.sign_in(credentials=msgspec.structs.replace(CREDENTIALS, code_secret=late))
    step = str(caught.value.problem.next_step)
    assert "Codes are corrected by 3 min for it, which may be wrong by now." in step
    for word in ("user name", "password", "clock"):
        assert word in step


def test_a_code_that_a_server_asks_for_again_is_named_as_well(case: AttemptRig) -> None:
    how = SignInSettings(steps=("keyboard-interactive",))
    asked = [asks("Password:"), asks("Verification code:"), asks("Verification code:")]
    case.server = FakeConnection(none=PROMPTS_OFFERED, asks=asked, interactive=REFUSED)
    case.watcher.answers["Verification code:"] = None
    with pytest.raises(SignInRefusedError) as caught:
        case.sign_in(msgspec.structs.replace(SITE, sign_in=how))
    for word in ("user name", "password", "clock", "code"):
        assert word in str(caught.value.problem.next_step)


@pytest.mark.parametrize("steps", [("password",), ("keyboard-interactive",)])
def test_a_refusal_without_a_code_names_none(case: AttemptRig, steps: tuple[str, ...]) -> None:
    how = SignInSettings(steps=steps, join="{password}")
    none = PROMPTS_OFFERED if steps != ("password",) else AuthAnswer(AuthOutcome.REFUSED, steps)
    case.server = FakeConnection(
        none=none, password=REFUSED, asks=[asks("Password:")], interactive=REFUSED
    )
    with pytest.raises(SignInRefusedError) as caught:
        case.sign_in(msgspec.structs.replace(SITE, sign_in=how))
    assert str(caught.value.problem.next_step) == "Check your user name and password."


# ---------------------------------------------------------------- waiting


def test_a_push_to_a_phone_has_time() -> None:
    assert Deadlines().verdict >= 120


def test_no_other_attempt_begins_while_an_answer_is_waited_for(
    case: AttemptRig, make_ledger: Callable[[], Ledger]
) -> None:
    busy: list[bool] = []

    def think() -> None:
        for _second in range(400):
            case.clock.time += 1
            case.server.tick()
        busy.append(make_ledger().is_busy([SITE.account]))

    case.server.on_password = think
    case.sign_in()
    assert busy == [True]


def test_a_cancelled_wait_ends_soon_but_not_before_a_quick_server_has_answered(
    case: AttemptRig,
) -> None:
    waited: list[float] = []

    def think() -> None:
        began = case.clock.monotonic()
        case.cancel.cancel()
        while case.clock.monotonic() - began < 60:
            waited.append(case.clock.monotonic() - began)
            case.server.tick()
            case.clock.time += 0.5

    case.server.on_password = think
    with pytest.raises(Cancelled):
        case.sign_in()
    assert 2 <= waited[-1] <= 4
    assert case.refusals == 1  # nobody knows how it ended
    assert case.server.closed
