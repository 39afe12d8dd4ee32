"""A refusal is put down to what was found beside it, the likeliest cause first."""

from __future__ import annotations

import pytest

from ferrygate.access_check.refusal import RefusalFacts, causes_of, party_of, step_after
from ferrygate.access_check.stages import Cause, Party
from ferrygate.common.message import message
from ferrygate.sign_in.okta_verdict import PasswordVerdict

WITH_CODE = RefusalFacts(sent_code=True, clock_off=0.4)


def test_the_password_is_suspected_first() -> None:
    causes = causes_of(WITH_CODE)
    assert causes[:2] == (Cause.PASSWORD_WRONG, Cause.USER_WRONG)
    assert Cause.CLOCK_WRONG not in causes
    assert set(causes) > {
        Cause.CODE_USED_ELSEWHERE,
        Cause.CODE_OF_ANOTHER_ACCOUNT,
        Cause.CODE_NOT_SET_UP,
        Cause.PASSWORD_EXPIRED,
        Cause.ACCOUNT_LOCKED,
    }
    assert causes[-2:] == (Cause.NO_ACCESS, Cause.CODE_USED_ELSEWHERE)


def test_a_clock_that_was_found_to_be_wrong_comes_first() -> None:
    assert causes_of(RefusalFacts(sent_code=True, clock_off=95.0))[0] is Cause.CLOCK_WRONG


def test_a_clock_that_nothing_is_known_of_comes_before_the_other_causes_of_a_code() -> None:
    causes = causes_of(RefusalFacts(sent_code=True))
    assert causes[0] is Cause.PASSWORD_WRONG
    assert causes.index(Cause.CLOCK_WRONG) < causes.index(Cause.CODE_USED_ELSEWHERE)


def test_a_correction_that_is_wrong_by_now_is_named_in_place_of_the_clock() -> None:
    causes = causes_of(RefusalFacts(sent_code=True, correction=180, clock_off=-180.0))
    assert causes[0] is Cause.CORRECTION_WRONG
    assert Cause.CLOCK_WRONG not in causes


def test_a_typed_code_may_be_mistyped_and_no_clock_is_to_blame() -> None:
    causes = causes_of(RefusalFacts(sent_code=True, was_typed=True, clock_off=300.0))
    assert Cause.CODE_MISTYPED in causes
    assert Cause.CLOCK_WRONG not in causes


def test_without_a_code_no_code_is_to_blame() -> None:
    causes = causes_of(RefusalFacts())
    assert not {cause for cause in causes if cause.value.startswith("code-")}
    assert causes[0] is Cause.PASSWORD_WRONG


def test_a_key_that_was_refused_is_the_key_of_another() -> None:
    causes = causes_of(RefusalFacts(sent_password=False))
    assert causes[0] is Cause.KEY_NOT_ACCEPTED


@pytest.mark.parametrize(
    ("verdict", "causes", "who"),
    [
        (PasswordVerdict.ENROLL, (Cause.CODE_NOT_SET_UP,), Party.YOU),
        (PasswordVerdict.LOCKED_OUT, (Cause.ACCOUNT_LOCKED,), Party.CONTACT),
        (PasswordVerdict.NEW_PASSWORD, (Cause.PASSWORD_EXPIRED,), Party.YOU),
        (PasswordVerdict.NO_MFA_DEMANDED, (Cause.NO_MFA_DEMANDED,), Party.OWNER),
        (PasswordVerdict.PASSWORD_EXPIRED, (Cause.PASSWORD_EXPIRED,), Party.YOU),
        (
            PasswordVerdict.WRONG_OR_LOCKED,
            (Cause.PASSWORD_WRONG, Cause.ACCOUNT_LOCKED, Cause.USER_WRONG),
            Party.YOU,
        ),
        (
            PasswordVerdict.CORRECT,
            (
                Cause.PASSWORD_EXPIRED,  # which Okta may tell only behind the code
                Cause.CODE_OF_ANOTHER_ACCOUNT,
                Cause.CODE_NOT_SET_UP,  # with push or text messages alone
                Cause.NO_ACCESS,
                Cause.CODE_USED_ELSEWHERE,  # of which a check knows nothing
            ),
            Party.YOU,
        ),
    ],
)
def test_oktas_word_goes_before_everything_else(
    verdict: PasswordVerdict, causes: tuple[Cause, ...], who: Party
) -> None:
    found = causes_of(RefusalFacts(sent_code=True, clock_off=1.0, verdict=verdict))
    assert found == causes
    assert party_of(found[0]) is who


def test_a_right_password_and_a_wrong_clock_leave_the_clock() -> None:
    facts = RefusalFacts(sent_code=True, clock_off=100.0, verdict=PasswordVerdict.CORRECT)
    assert causes_of(facts)[0] is Cause.CLOCK_WRONG


@pytest.mark.parametrize("verdict", [PasswordVerdict.RATE_LIMITED, PasswordVerdict.OTHER])
def test_an_answer_that_says_nothing_changes_nothing(verdict: PasswordVerdict) -> None:
    facts = RefusalFacts(sent_code=True, clock_off=0.4, verdict=verdict)
    assert causes_of(facts) == causes_of(WITH_CODE)


def test_without_a_code_and_with_the_right_password_the_server_has_its_reasons() -> None:
    facts = RefusalFacts(verdict=PasswordVerdict.CORRECT)
    assert causes_of(facts) == (Cause.PASSWORD_EXPIRED, Cause.NO_ACCESS)
    assert party_of(Cause.NO_ACCESS) is Party.OWNER


CLOCK = message("Check this computer's clock.")


@pytest.mark.parametrize("verdict", [None, PasswordVerdict.CORRECT])
def test_a_clock_that_was_found_right_is_not_to_be_checked_again(
    verdict: PasswordVerdict | None,
) -> None:
    facts = RefusalFacts(sent_code=True, clock_off=0.4, verdict=verdict, refusals=1)
    step = str(step_after(facts, CLOCK))
    assert "clock" not in step
    assert "from the top" in step


def test_oktas_own_step_stays() -> None:
    facts = RefusalFacts(sent_code=True, verdict=PasswordVerdict.LOCKED_OUT, refusals=1)
    assert str(step_after(facts, message("Ask."))).startswith("Ask. ")


@pytest.mark.parametrize(
    ("refusals", "words"),
    [
        (0, "2 more refusals, and further sign-ins are stopped."),
        (1, "One more refusal, and further sign-ins are stopped."),
        (2, "Further sign-ins are stopped, so that nothing is locked."),
        (4, "Further sign-ins are stopped, so that nothing is locked."),
    ],
)
def test_a_refusal_says_how_many_are_left(refusals: int, words: str) -> None:
    facts = RefusalFacts(sent_code=True, refusals=refusals)
    assert str(step_after(facts, None)).endswith(words)
