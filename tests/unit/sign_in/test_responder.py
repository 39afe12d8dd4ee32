"""No secret leaves twice, whatever a server asks; a person is asked where it is not sure."""

from __future__ import annotations

from collections.abc import Mapping

import msgspec
import pytest

from ferrygate.common.errors import (
    Kind,
    PasswordExpiredError,
    PromptUnansweredError,
    SecretsMissingError,
    SignInRefusedError,
    SignInUnansweredError,
    UsageError,
)
from ferrygate.sign_in.credentials import Credentials
from ferrygate.sites.site import SignInSettings, Site
from ferrygate.ssh.answers import AuthAnswer, AuthOutcome
from ferrygate.ssh.prompts import PromptRound
from support.attempt_rig import (
    BY_PROMPTS,
    CREDENTIALS,
    PROMPTS_OFFERED,
    REFUSED,
    SITE,
    AttemptRig,
    FakeConnection,
    asks,
    sign_in_by_prompts,
)

PASSWORD = "correct horse"
BY_PASSWORD = SITE
PASSWORD_ASKED, CODE_ASKED = asks("Password: "), asks("One-time password: ")


def settled(site: Site, prompts: Mapping[str, str]) -> Site:
    how = msgspec.structs.replace(site.sign_in, prompts=tuple(prompts.items()))
    return msgspec.structs.replace(site, sign_in=how)


def shows(case: AttemptRig) -> list[str]:
    """List the prompts that the person was asked."""
    return [told[0] for told in case.watcher.told if isinstance(told, tuple)]


# ---------------------------------------------------------------- once each


def test_two_rounds_get_password_and_code(case: AttemptRig) -> None:
    assert sign_in_by_prompts(case, PASSWORD_ASKED, CODE_ASKED) == [PASSWORD, case.code]


@pytest.mark.parametrize("site", [BY_PROMPTS, BY_PASSWORD], ids=["prompts", "password"])
def test_a_round_of_two_prompts_is_split(case: AttemptRig, site: Site) -> None:
    sent = sign_in_by_prompts(case, asks("Password: ", "Verification code: "), site=site)
    assert sent == [PASSWORD, case.code]


def test_one_prompt_gets_what_the_password_step_would_send(case: AttemptRig) -> None:
    assert sign_in_by_prompts(case, PASSWORD_ASKED, site=BY_PASSWORD) == [PASSWORD + case.code]


def test_a_site_that_joins_nothing_sends_the_password_alone(case: AttemptRig) -> None:
    site = msgspec.structs.replace(SITE, sign_in=SignInSettings(join="{password}"))
    assert sign_in_by_prompts(case, PASSWORD_ASKED, site=site) == [PASSWORD]


@pytest.mark.parametrize(
    ("first", "then"),
    [
        (PASSWORD_ASKED, asks("Second Password: ")),
        (PASSWORD_ASKED, asks("Domain password: ")),
        (PASSWORD_ASKED, asks("Password & verification code: ")),
        (CODE_ASKED, asks("Next verification code: ")),
        (CODE_ASKED, asks("Password & verification code: ")),
        (asks("Password & verification code: "), asks("LDAP password: ")),
        (asks("Password & verification code: "), asks("Passcode: ")),
        (asks("Password: ", "OTP: "), asks("Password & verification code: ")),
    ],
)
def test_no_secret_leaves_twice_alone_or_joined(
    case: AttemptRig, first: PromptRound, then: PromptRound
) -> None:
    (text,) = (prompt.text.strip() for prompt in then.prompts)
    with pytest.raises((SignInRefusedError, PromptUnansweredError)) as caught:
        sign_in_by_prompts(case, first, then, person={text: None})
    assert len(case.server.sent) == len(first.prompts)
    assert shows(case) == [text]
    assert text in caught.value.problem.detail
    assert case.refusals == 1


@pytest.mark.parametrize(
    ("template", "prompt"),
    [
        ("{password}", "Password: "),
        ("{password}", "Password & verification code: "),
        ("{password}{code}", "Password: "),
        ("{password}{code}", "Verification code: "),
    ],
)
def test_nor_in_the_step_after_the_password(case: AttemptRig, template: str, prompt: str) -> None:
    how = SignInSettings(steps=("password", "keyboard-interactive"), join=template)
    case.server = FakeConnection(
        password=AuthAnswer(AuthOutcome.PARTIAL, ("keyboard-interactive",)), asks=[asks(prompt)]
    )
    case.watcher.answers = {prompt.strip(): None}
    with pytest.raises(PromptUnansweredError):
        case.sign_in(msgspec.structs.replace(SITE, sign_in=how))
    assert len(case.server.sent) == 1


def test_a_code_may_follow_the_password_in_a_step_of_its_own(case: AttemptRig) -> None:
    how = SignInSettings(steps=("password", "keyboard-interactive"), join="{password}")
    case.server = FakeConnection(
        password=AuthAnswer(AuthOutcome.PARTIAL, ("keyboard-interactive",)), asks=[CODE_ASKED]
    )
    case.sign_in(msgspec.structs.replace(SITE, sign_in=how))
    assert case.server.sent == [PASSWORD, case.code]


def test_a_person_answers_a_second_password_prompt(case: AttemptRig) -> None:
    sent = sign_in_by_prompts(case, PASSWORD_ASKED, PASSWORD_ASKED, person={"Password:": "other"})
    assert sent == [PASSWORD, "other"]


def test_what_a_person_answered_and_is_asked_again_was_refused(case: AttemptRig) -> None:
    without = Credentials(password=CREDENTIALS.password)
    case.watcher.tires = True
    with pytest.raises(SignInRefusedError):
        sign_in_by_prompts(
            case,
            PASSWORD_ASKED,
            *[asks("OTP: ")] * 2,
            credentials=without,
            person={"OTP:": "123456"},
        )
    assert case.server.sent == [PASSWORD, "123456"]
    assert case.refusals == 1


@pytest.mark.parametrize("answer", ["caf\udce9", "two\nlines"])
def test_an_answer_that_cannot_be_sent_costs_no_code(case: AttemptRig, answer: str) -> None:
    with pytest.raises(UsageError, match="answer"):
        sign_in_by_prompts(case, asks("Colour? ", "Code: "), person={"Colour?": answer})
    assert case.server.sent == []
    assert not case.ledger.is_claimed(CREDENTIALS.code_secret, 100)  # type: ignore[arg-type]
    assert case.refusals == 0


@pytest.mark.parametrize("text", ["Password: ", "Password & verification code: "])
def test_no_password_is_typed_for_all_to_see(case: AttemptRig, text: str) -> None:
    with pytest.raises(PromptUnansweredError):
        sign_in_by_prompts(case, asks(text, echo=True), person={text.strip(): None})
    assert case.server.sent == []
    assert case.refusals == 0


# ---------------------------------------------------------------- doubts


def test_nothing_of_a_round_leaves_before_its_doubts_are_settled(case: AttemptRig) -> None:
    with pytest.raises(PromptUnansweredError) as caught:
        sign_in_by_prompts(
            case,
            asks("Password: ", "Colour? ", "Code: ", instruction="Welcome."),
            person={"Colour?": None},
        )
    problem = caught.value.problem
    assert case.server.sent == []
    assert not case.ledger.is_claimed(CREDENTIALS.code_secret, 100)  # type: ignore[arg-type]
    assert case.refusals == 0
    assert problem.kind is Kind.PROMPT_UNANSWERED
    assert "Colour?" in problem.detail
    assert "Welcome." in problem.detail
    assert problem.server_said == "Welcome. Colour?"


def test_the_person_sees_the_instruction_above_the_prompt(case: AttemptRig) -> None:
    asked = asks("Colour? ", instruction="Badge\u202e office\n\n  Second line ")
    assert sign_in_by_prompts(case, asked, person={"Colour?": "blue"}) == ["blue"]
    assert ("Colour?", "Badge\\u202e office\nSecond line", False) in case.watcher.told


def test_an_empty_answer_is_an_answer(case: AttemptRig) -> None:
    assert sign_in_by_prompts(
        case, asks("Passcode or push: "), person={"Passcode or push:": ""}
    ) == [""]


def test_a_code_that_cannot_be_made_is_asked_for_or_missing(case: AttemptRig) -> None:
    without = Credentials(password=CREDENTIALS.password)
    sent = sign_in_by_prompts(
        case, PASSWORD_ASKED, asks("OTP: "), credentials=without, person={"OTP:": "123456"}
    )
    assert sent == [PASSWORD, "123456"]
    with pytest.raises(SecretsMissingError, match="not set up"):
        sign_in_by_prompts(case, asks("OTP: "), credentials=without, person={"OTP:": None})


def test_what_the_site_says_of_a_prompt_settles_it(case: AttemptRig) -> None:
    site = settled(BY_PROMPTS, {"Colour of your badge?": "code", "Sesam:": "password"})
    sent = sign_in_by_prompts(case, asks("Sesam: "), asks("Colour of  your badge? "), site=site)
    assert sent == [PASSWORD, case.code]
    both = settled(BY_PROMPTS, {"Sesam:": "both"})
    case.clock.time += 30
    assert sign_in_by_prompts(case, asks("Sesam: ", echo=True), site=both) == [PASSWORD + case.code]
    alone = settled(BY_PASSWORD, {"Password:": "password"})
    assert sign_in_by_prompts(case, asks("Password: "), site=alone) == [PASSWORD]
    ask = settled(BY_PROMPTS, {"Password:": "ask"})
    assert sign_in_by_prompts(
        case, asks("Password: "), site=ask, person={"Password:": "typed"}
    ) == ["typed"]


def test_a_strangers_file_does_not_make_the_password_leave_twice(case: AttemptRig) -> None:
    site = settled(BY_PROMPTS, {"One?": "password", "Two?": "password", "New password:": "both"})
    with pytest.raises(SignInRefusedError):
        sign_in_by_prompts(case, asks("One? "), asks("Two? "), site=site, person={"Two?": None})
    assert case.server.sent == [PASSWORD]
    with pytest.raises(SignInRefusedError):
        sign_in_by_prompts(
            case, asks("One? "), asks("New password: "), site=site, person={"New password:": None}
        )
    assert case.server.sent == [PASSWORD]


# ---------------------------------------------------------------- a new password


@pytest.mark.parametrize(
    "asked",
    [
        asks("New password: "),
        asks("(current) UNIX password: ", instruction="You are required to change your password."),
        asks("Neues Kennwort: "),
        asks("Password: ", instruction="Your password has expired."),
        asks("新しいパスワード:"),
    ],
)
def test_an_expired_password_is_said_and_not_counted(case: AttemptRig, asked: PromptRound) -> None:
    (text,) = (prompt.text.strip() for prompt in asked.prompts)
    with pytest.raises(PasswordExpiredError, match="expired") as caught:
        sign_in_by_prompts(case, PASSWORD_ASKED, asked, person={text: None})
    assert case.server.sent == [PASSWORD]
    assert text in caught.value.problem.server_said
    assert case.refusals == 0


def test_a_person_may_choose_a_new_password_on_the_way(case: AttemptRig) -> None:
    fresh = {"New password:": "n3w", "Retype new password:": "n3w"}
    sent = sign_in_by_prompts(
        case, PASSWORD_ASKED, asks("New password: "), asks("Retype new password: "), person=fresh
    )
    assert sent == [PASSWORD, "n3w", "n3w"]
    assert "password changed" in case.watcher.told


def test_the_old_password_is_never_the_new_one(case: AttemptRig) -> None:
    with pytest.raises(PromptUnansweredError):
        sign_in_by_prompts(case, asks("New password: "), person={"New password:": None})
    assert case.server.sent == []


# ---------------------------------------------------------------- rounds without prompts


def test_a_round_without_prompts_is_shown_and_answered(case: AttemptRig) -> None:
    number = asks(instruction="Enter the number 42 in your app.")
    assert sign_in_by_prompts(case, PASSWORD_ASKED, number) == [PASSWORD]
    assert "Enter the number 42 in your app." in case.watcher.told


def test_an_empty_round_is_answered_and_shows_nothing(case: AttemptRig) -> None:
    assert sign_in_by_prompts(case, PASSWORD_ASKED, asks()) == [PASSWORD]
    assert "" not in case.watcher.told


class Ending(FakeConnection):
    """Ends once something was sent."""

    @property
    def alive(self) -> bool:
        return not self.sent

    @alive.setter
    def alive(self, alive: bool) -> None:
        assert alive


def test_a_connection_that_ends_after_the_password_is_not_told_as_one_that_got_nothing(
    case: AttemptRig,
) -> None:
    case.server = Ending(none=PROMPTS_OFFERED, asks=(PASSWORD_ASKED, CODE_ASKED))
    with pytest.raises(SignInUnansweredError, match="ended before the server answered"):
        case.sign_in(BY_PROMPTS)
    assert case.refusals == 1
    assert not case.ledger.is_claimed(CREDENTIALS.code_secret, 100)  # type: ignore[arg-type]


def test_a_refusal_after_prompts_counts(case: AttemptRig) -> None:
    with pytest.raises(SignInRefusedError):
        sign_in_by_prompts(case, PASSWORD_ASKED, CODE_ASKED, verdict=REFUSED)
    assert case.refusals == 1
