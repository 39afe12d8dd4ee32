"""A wrong password counts, in whatever words the server asks on; nothing leaves a second time."""

from __future__ import annotations

import msgspec
import pytest

from ferrygate.common.errors import (
    FerrygateError,
    Kind,
    LockOutBreakerError,
    SignInRefusedError,
)
from ferrygate.sign_in.credentials import Credentials
from ferrygate.sign_in.gate import ASK_FROM, SHUT_FROM
from ferrygate.sites.site import SignInSettings
from ferrygate.ssh.answers import AuthAnswer, AuthOutcome
from ferrygate.ssh.prompts import PromptRound
from support.attempt_rig import (
    CREDENTIALS,
    REFUSED,
    SITE,
    AttemptRig,
    FakeConnection,
    asks,
    sign_in_by_prompts,
)

PASSWORD = "correct horse"
PASSWORD_ASKED, CODE_ASKED = asks("Password: "), asks("Verification code: ")
NO_CODES = Credentials(password=CREDENTIALS.password)


class Row(msgspec.Struct, frozen=True):
    """A server's rounds, the last of which nobody answers, and what comes of it.

    Attributes:
        asks_like: where servers ask so.
        rounds: what is asked, in order.
        kind: of the error.
        counts: how often the breaker counts.
        credentials: at hand.
    """

    asks_like: str
    rounds: tuple[PromptRound, ...]
    kind: Kind
    counts: int = 1
    credentials: Credentials = CREDENTIALS


ROWS = [
    Row("the same again", (PASSWORD_ASKED, PASSWORD_ASKED), Kind.SIGN_IN_REFUSED),
    Row("numbered", (PASSWORD_ASKED, asks("Password (2):")), Kind.SIGN_IN_REFUSED),
    Row("numbered before", (PASSWORD_ASKED, asks("[2/3] password:")), Kind.SIGN_IN_REFUSED),
    Row(
        "sudo's words",
        (PASSWORD_ASKED, asks("Sorry, try again.\nPassword:")),
        Kind.SIGN_IN_REFUSED,
    ),
    Row(
        "sudo's words on one line",
        (PASSWORD_ASKED, asks("Sorry, try again. Password for vendor7:")),
        Kind.SIGN_IN_REFUSED,
    ),
    Row("an outcry", (PASSWORD_ASKED, asks("Wrong! Your password:")), Kind.SIGN_IN_REFUSED),
    Row("pam_unix, then pam_ldap", (PASSWORD_ASKED, asks("LDAP Password: ")), Kind.SIGN_IN_REFUSED),
    Row(
        "pam_unix, then pam_krb5",
        (PASSWORD_ASKED, asks("Password for vendor7@EXAMPLE.ORG: ")),
        Kind.SIGN_IN_REFUSED,
    ),
    Row(
        "pam_winbind in German",
        (asks("Kennwort: "), asks("Passwort für vendor7: ")),
        Kind.SIGN_IN_REFUSED,
    ),
    Row(
        "asked for again by that word",
        (PASSWORD_ASKED, asks("Please re-enter password:")),
        Kind.SIGN_IN_REFUSED,
    ),
    Row(
        "password and code, then the password",
        (asks("Password: ", "Code: "), asks("Password for vendor7: ")),
        Kind.SIGN_IN_REFUSED,
    ),
    Row(
        "google-authenticator with tries",
        (CODE_ASKED, asks("Invalid code. Verification code: ")),
        Kind.SIGN_IN_REFUSED,
    ),
    Row("a code again", (CODE_ASKED, asks("Enter the code again: ")), Kind.SIGN_IN_REFUSED),
    Row("a code in other words", (CODE_ASKED, asks("Enter your OTP: ")), Kind.SIGN_IN_REFUSED),
    Row(
        "both in one string, after both",
        (PASSWORD_ASKED, CODE_ASKED, asks("Password & verification code: ")),
        Kind.SIGN_IN_REFUSED,
    ),
    Row(
        "refused, and asked for a code that cannot be made",
        (PASSWORD_ASKED, asks("Access denied. Enter passcode: ")),
        Kind.SIGN_IN_REFUSED,
        credentials=NO_CODES,
    ),
    Row(
        "pam_unix as required, then a code that cannot be made",
        (PASSWORD_ASKED, CODE_ASKED),
        Kind.SECRETS_MISSING,
        credentials=NO_CODES,
    ),
    Row(
        "pam_unix as required, then a question",
        (PASSWORD_ASKED, asks("Colour of your badge? ")),
        Kind.PROMPT_UNANSWERED,
    ),
    Row(
        "RADIUS wants the token's next code",
        (CODE_ASKED, asks("Wait for the token to change,\nthen enter the new tokencode: ")),
        Kind.PROMPT_UNANSWERED,
    ),
    Row(
        "a question before anything has left",
        (asks("Colour of your badge? "),),
        Kind.PROMPT_UNANSWERED,
        counts=0,
    ),
    Row(
        "two passwords in the first round",
        (asks("Password: ", "LDAP Password: "),),
        Kind.PROMPT_UNANSWERED,
        counts=0,
    ),
    Row(
        "the password was right, and has expired",
        (PASSWORD_ASKED, asks("New password: ")),
        Kind.PASSWORD_EXPIRED,
        counts=0,
    ),
    Row(
        "it was right, has expired, and the old one is asked first",
        (PASSWORD_ASKED, asks("Password: ", instruction="Your password has expired.")),
        Kind.PASSWORD_EXPIRED,
        counts=0,
    ),
]


def silent(rounds: tuple[PromptRound, ...]) -> dict[str, str | None]:
    """Make a person who answers none of the last round."""
    lines = [prompt.text.splitlines() for prompt in rounds[-1].prompts]
    return {"\n".join(line.strip() for line in text): None for text in lines}


@pytest.mark.parametrize("row", ROWS, ids=[row.asks_like for row in ROWS])
def test_what_has_left_and_came_to_nothing_counts_once(case: AttemptRig, row: Row) -> None:
    with pytest.raises(FerrygateError) as caught:
        sign_in_by_prompts(
            case, *row.rounds, credentials=row.credentials, person=silent(row.rounds)
        )
    assert caught.value.problem.kind is row.kind
    assert case.refusals == row.counts
    assert len(case.server.sent) == sum(len(asked.prompts) for asked in row.rounds[:-1])
    assert len(set(case.server.sent)) == len(case.server.sent)


@pytest.mark.parametrize("again", ["Password: ", "LDAP Password: ", "Verification code: "])
def test_a_job_at_night_is_stopped_before_the_account_is_locked(
    case: AttemptRig, again: str
) -> None:
    rounds = (PASSWORD_ASKED, asks(again))
    for _night in range(ASK_FROM):
        with pytest.raises(FerrygateError):
            sign_in_by_prompts(case, *rounds, credentials=NO_CODES, person=silent(rounds))
    with pytest.raises(LockOutBreakerError):
        sign_in_by_prompts(case, *rounds, credentials=NO_CODES)
    assert case.server.sent == []


@pytest.mark.parametrize(
    "texts",
    [
        ["Password: "] * 16,
        ["Password: ", "LDAP Password: ", "Password for vendor7: ", "Your password: ", "Passwd: "],
        ["Password: ", *(f"Password {place}: " for place in "abcdefgh")],
    ],
    ids=["the same words", "other words", "other words each time"],
)
def test_each_answer_of_the_persons_is_a_try_that_counts(
    case: AttemptRig, texts: list[str]
) -> None:
    with pytest.raises(SignInRefusedError):
        sign_in_by_prompts(
            case, *map(asks, texts), person={text.strip(): "wrong" for text in texts}
        )
    assert case.server.sent == [PASSWORD, "wrong", "wrong", "wrong"]
    assert case.refusals == SHUT_FROM


@pytest.mark.parametrize("again", ["Password: ", "LDAP Password: ", "Re-enter password: "])
def test_a_try_that_is_right_after_all_clears_the_others(case: AttemptRig, again: str) -> None:
    sign_in_by_prompts(case, PASSWORD_ASKED, asks(again), person={again.strip(): "other"})
    assert case.server.sent == [PASSWORD, "other"]
    assert case.refusals == 0


@pytest.mark.parametrize(
    "rounds",
    [
        [asks("New password: "), asks("Re-enter password: ")],
        [asks("New password: ", "Re-enter password: ")],
    ],
    ids=["in rounds", "in one round"],
)
def test_a_new_password_that_is_typed_twice_is_no_refusal(
    case: AttemptRig, rounds: list[PromptRound]
) -> None:
    fresh = {"New password:": "n3w", "Re-enter password:": "n3w"}
    with pytest.raises(SignInRefusedError):
        sign_in_by_prompts(case, PASSWORD_ASKED, *rounds, person=fresh, verdict=REFUSED)
    assert case.server.sent == [PASSWORD, "n3w", "n3w"]
    assert case.refusals == 1


def test_openssh_takes_three_tries_as_requests_of_their_own_and_gets_one(case: AttemptRig) -> None:
    with pytest.raises(SignInRefusedError):
        sign_in_by_prompts(
            case, PASSWORD_ASKED, verdict=AuthAnswer(AuthOutcome.REFUSED, ("publickey",))
        )
    assert case.server.conversations == 1
    assert case.server.sent == [PASSWORD]
    assert case.refusals == 1


def test_aws_refuses_password_and_code_once(case: AttemptRig) -> None:
    case.server = FakeConnection(password=REFUSED)
    with pytest.raises(SignInRefusedError):
        case.sign_in(SITE)
    assert case.server.sent == [PASSWORD + case.code]
    assert case.refusals == 1


@pytest.mark.parametrize("prompt", ["Password: ", "Colour of your badge? "])
def test_proftpd_has_taken_the_password_before_it_asks_on(case: AttemptRig, prompt: str) -> None:
    how = SignInSettings(steps=("password", "keyboard-interactive"), join="{password}")
    case.server = FakeConnection(
        password=AuthAnswer(AuthOutcome.PARTIAL, ("keyboard-interactive",)), asks=[asks(prompt)]
    )
    case.watcher.answers = {prompt.strip(): None}
    with pytest.raises(FerrygateError) as caught:
        case.sign_in(msgspec.structs.replace(SITE, sign_in=how))
    assert caught.value.problem.kind is Kind.PROMPT_UNANSWERED
    assert case.server.sent == [PASSWORD]
    assert case.refusals == 0


def test_the_person_hears_that_it_may_count(case: AttemptRig) -> None:
    with pytest.raises(FerrygateError) as caught:
        sign_in_by_prompts(case, PASSWORD_ASKED, asks("Colour? "), person={"Colour?": None})
    assert str(caught.value.problem.next_step).startswith("It may count as a refused sign-in.")
