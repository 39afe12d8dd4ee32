"""A code that a person types leaves once, by whatever way the server asks for it."""

from __future__ import annotations

import msgspec
import pytest

from ferrygate.common.errors import (
    CodeNeededError,
    ConnectionLostError,
    LockOutBreakerError,
    SecretsMissingError,
    SignInRefusedError,
    SignInUnansweredError,
)
from ferrygate.common.secret import Secret
from ferrygate.sign_in.credentials import Credentials
from ferrygate.sign_in.time_steps import steps_of
from ferrygate.sites.site import SignInSettings
from ferrygate.ssh.prompts import PromptRound
from support.attempt_rig import (
    BY_PROMPTS,
    REFUSED,
    SECRET,
    SITE,
    UNKNOWN,
    AttemptRig,
    FakeConnection,
    asks,
    sign_in_by_prompts,
)


@pytest.mark.parametrize(
    ("join", "sent"),
    [("{password}{code}", "correct horse123456"), ("{code}-{password}", "123456-correct horse")],
)
def test_it_is_joined_by_the_sites_template(case: AttemptRig, join: str, sent: str) -> None:
    case.sign_in(
        msgspec.structs.replace(SITE, sign_in=SignInSettings(join=join)), case.typed("123456")
    )
    assert case.server.sent == [sent]
    assert "code typed" in case.watcher.told


@pytest.mark.parametrize(
    "rounds",
    [
        (asks("Password: "), asks("Verification code: ")),
        (asks("Password: ", "Verification code: "),),
    ],
)
def test_it_is_given_to_the_prompt_for_a_code(
    case: AttemptRig, rounds: tuple[PromptRound, ...]
) -> None:
    sent = sign_in_by_prompts(case, *rounds, credentials=case.typed("123456"))
    assert sent == ["correct horse", "123456"]
    assert case.ledger.was_sent(SITE.account, Secret("123456"))


def test_a_prompt_that_asks_for_a_code_twice_does_not_get_it_twice(case: AttemptRig) -> None:
    rounds = (asks("Password: "), asks("Verification code: "), asks("Verification code: "))
    with pytest.raises(SignInRefusedError):
        sign_in_by_prompts(
            case, *rounds, credentials=case.typed("123456"), person={"Verification code:": None}
        )
    assert case.server.sent == ["correct horse", "123456"]


def test_a_second_use_is_refused_before_the_server_is_reached(case: AttemptRig) -> None:
    case.sign_in(credentials=case.typed("123456"))
    case.connects.clear()
    with pytest.raises(CodeNeededError, match="used already"):
        case.sign_in(credentials=case.typed("123456"))
    assert case.connects == []
    assert case.refusals == 0


def test_another_site_of_the_same_server_and_user_does_not_get_it_either(case: AttemptRig) -> None:
    case.sign_in(credentials=case.typed("123456"))
    again = msgspec.structs.replace(SITE, host="other.example.org")
    with pytest.raises(CodeNeededError, match="used already"):
        case.sign_in(again, case.typed("123456"))
    assert case.server.sent == ["correct horse123456"]
    assert case.refusals == 0


def test_an_account_of_another_name_may_have_the_same_digits(case: AttemptRig) -> None:
    case.sign_in(credentials=case.typed("123456"))
    case.sign_in(msgspec.structs.replace(SITE, username="vendor8"), case.typed("123456"))
    assert len(case.server.sent) == 2


def test_a_code_whose_fate_is_unknown_stays_used_and_counts(case: AttemptRig) -> None:
    case.server = FakeConnection(password=UNKNOWN)
    with pytest.raises(SignInUnansweredError):
        case.sign_in(credentials=case.typed("123456"))
    assert case.refusals == 1
    with pytest.raises(CodeNeededError):
        case.sign_in(credentials=case.typed("123456"))


def test_a_code_that_surely_was_not_sent_is_good_still(case: AttemptRig) -> None:
    case.server.alive = False
    with pytest.raises(ConnectionLostError):
        case.sign_in(credentials=case.typed("123456"))
    assert case.refusals == 0
    case.server.alive = True
    case.sign_in(credentials=case.typed("123456"))
    assert case.server.sent == ["correct horse123456"]


def test_the_breaker_holds_for_typed_codes(case: AttemptRig) -> None:
    case.server = FakeConnection(password=REFUSED)
    for code in ("111111", "222222"):
        with pytest.raises(SignInRefusedError):
            case.sign_in(credentials=case.typed(code))
    with pytest.raises(LockOutBreakerError):
        case.sign_in(credentials=case.typed("333333"))
    assert not case.ledger.was_sent(SITE.account, Secret("333333"))


@pytest.mark.parametrize(("seconds", "sleeps"), [(30.0, False), (1.0, True)])
def test_a_code_that_has_become_too_old_meanwhile_is_not_sent(
    case: AttemptRig, seconds: float, *, sleeps: bool
) -> None:
    def wait() -> None:
        case.clock.time += seconds
        case.clock.slept += 40.0 if sleeps else 0.0

    site = msgspec.structs.replace(SITE, host_key_fingerprints=())
    case.watcher.on_key = wait
    with pytest.raises(CodeNeededError, match="too old"):
        case.sign_in(site, case.typed())
    assert case.server.sent == []
    assert not case.server.asked
    assert case.refusals == 0


def test_a_code_that_a_question_of_the_server_makes_too_old_is_not_sent(case: AttemptRig) -> None:
    def think() -> None:
        case.clock.time += 30

    case.watcher.on_prompt = think
    rounds = (asks("Password: "), asks("Favourite colour? "), asks("Verification code: "))
    with pytest.raises(CodeNeededError, match="too old"):
        sign_in_by_prompts(
            case, *rounds, credentials=case.typed("123456"), person={"Favourite colour?": "red"}
        )
    assert case.server.sent == ["correct horse", "red"]
    assert not case.ledger.was_sent(SITE.account, Secret("123456"))


def test_a_code_at_hand_is_not_waited_for_because_a_made_one_is_spent(case: AttemptRig) -> None:
    case.ledger.claim(SECRET, SECRET.step_at(case.clock.now()))
    case.sign_in(credentials=case.typed("123456", code_secret=SECRET))
    assert case.server.sent == ["correct horse123456"]


def test_a_made_code_that_was_claimed_is_not_typed_again(case: AttemptRig) -> None:
    step = SECRET.step_at(case.clock.now())
    case.ledger.claim(SECRET, step)  # given out, say
    with pytest.raises(CodeNeededError):
        case.sign_in(credentials=case.typed(SECRET.code_for_step(step), code_secret=SECRET))
    assert case.server.sent == []


def test_a_typed_code_is_not_made_again_without_anybody_knowing_its_secret(
    case: AttemptRig,
) -> None:
    case.sign_in(credentials=case.typed())
    case.sign_in()
    now = SECRET.step_at(3003)
    assert case.server.sent == [
        f"correct horse{SECRET.code_for_step(step)}" for step in (now, now + 1)
    ]


def test_a_made_code_that_was_sent_is_not_typed_again_without_its_secret(case: AttemptRig) -> None:
    code = case.code
    case.sign_in()
    with pytest.raises(CodeNeededError):
        case.sign_in(credentials=case.typed(code))


def test_the_server_is_reached_for_a_code_to_come_and_nothing_is_sent(case: AttemptRig) -> None:
    case.reach(credentials=Credentials(password=Secret("correct horse")))
    assert case.server.closed
    assert not case.server.asked
    assert case.watcher.told == ["connecting"]
    case.sign_in(credentials=case.typed())  # nobody holds its place


def test_what_else_is_missing_is_told_before_a_code_is_asked_for(case: AttemptRig) -> None:
    with pytest.raises(SecretsMissingError):
        case.reach(credentials=Credentials())
    assert case.connects == []


def test_without_a_typed_code_and_a_secret_nothing_is_reached(case: AttemptRig) -> None:
    with pytest.raises(SecretsMissingError):
        case.sign_in(credentials=Credentials(password=Secret("correct horse")))
    assert case.connects == []


def test_a_code_that_a_person_gives_to_a_prompt_is_told_as_one(case: AttemptRig) -> None:
    sign_in_by_prompts(
        case,
        asks("Password: "),
        asks("Verification code: "),
        site=BY_PROMPTS,
        credentials=Credentials(password=Secret("correct horse")),
        person={"Verification code:": "123456"},
    )
    assert "code typed at a prompt" in case.watcher.told
    with pytest.raises(CodeNeededError, match="used already"):
        case.sign_in(credentials=case.typed("123456"))


@pytest.mark.parametrize(
    ("prompt", "answer"), [("Passcode or option (1-4): ", "1"), ("Code: ", "12345678")]
)
def test_what_no_typed_code_could_answer_is_not_told_as_one(
    case: AttemptRig, prompt: str, answer: str
) -> None:
    """The next sign-in would ask for a code of the site's length, and for nothing else."""
    sign_in_by_prompts(
        case,
        asks("Password: "),
        asks(prompt),
        credentials=Credentials(password=Secret("correct horse")),
        person={prompt.strip(): answer},
    )
    assert case.server.sent == ["correct horse", answer]
    assert "code typed at a prompt" not in case.watcher.told


def test_a_refused_answer_to_a_prompt_for_a_code_names_the_code_as_a_cause(
    case: AttemptRig,
) -> None:
    with pytest.raises(SignInRefusedError) as caught:
        sign_in_by_prompts(
            case,
            asks("Password: "),
            asks("Verification code: "),
            verdict=REFUSED,
            credentials=Credentials(password=Secret("correct horse")),
            person={"Verification code:": "123456"},
        )
    assert "that the code is the one shown just now" in str(caught.value.problem.next_step)


def test_a_refused_code_names_the_code_as_a_cause(case: AttemptRig) -> None:
    case.server = FakeConnection(password=REFUSED)
    with pytest.raises(SignInRefusedError) as caught:
        case.sign_in(credentials=case.typed("123456"))
    assert "that the code is the one shown just now" in str(caught.value.problem.next_step)
    assert "123456" not in repr(caught.value.problem)
    assert "123456" not in repr(case.typed("123456"))


def test_a_phone_whose_clock_differs_shows_codes_of_other_steps() -> None:
    step = SECRET.step_at(10_000)
    for other in (step - 9, step, step + 9):
        assert other in steps_of(SECRET, Secret(SECRET.code_for_step(other)), 10_000)
    assert steps_of(SECRET, Secret("000000"), 10_000) == []
    assert steps_of(SECRET, Secret(SECRET.code_for_step(0)), 3) == [0]
