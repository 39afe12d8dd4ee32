"""A sign-in tells its steps: what was found, what was sent, and where it failed, but no secret."""

from __future__ import annotations

from typing import get_args

import pytest

from ferrygate.common.errors import (
    Cancelled,
    CannotReachError,
    FerrygateError,
    HostKeyChangedError,
    Kind,
    LockOutBreakerError,
    SecretsMissingError,
    SignInMethodError,
    SignInRefusedError,
)
from ferrygate.common.logs import REMOVED, LiveSecrets
from ferrygate.common.message import message
from ferrygate.common.secret import Secret
from ferrygate.sign_in.credentials import Credentials
from ferrygate.sign_in.step_line import StepLine, StepName
from ferrygate.sign_in.step_record import StepRecord
from ferrygate.sign_in.step_text import step_text
from ferrygate.sign_in.steps import (
    AuthAnswered,
    ChannelOpened,
    HostKeyAccepted,
    KeyTrust,
    MethodsOffered,
    PromptAnswered,
    SecretSent,
    Sent,
    SettingsRead,
    SftpStarted,
    Step,
    StepFailed,
    failed_step,
    step_name,
)
from ferrygate.ssh.answers import AuthAnswer, AuthOutcome
from ferrygate.ssh.connect_steps import (
    AddressFailed,
    AlgorithmsAgreed,
    AlgorithmsDiffer,
    FirstLineRead,
    NameResolved,
    OtherProtocolRead,
    TcpConnected,
)
from ferrygate.ssh.other_protocols import Protocol
from support.attempt_rig import (
    CREDENTIALS,
    KEY,
    OTHER_KEY,
    REFUSED,
    SECRET,
    AttemptRig,
    FakeConnection,
    asks,
    sign_in_by_prompts,
)

CONNECTED = (
    NameResolved("sftp.example.org", ("2001:db8::1", "192.0.2.1"), 12),
    TcpConnected("192.0.2.1", 22, 31),
    FirstLineRead("SSH-2.0-AWS_SFTP_1.2"),
    AlgorithmsAgreed("mlkem768x25519-sha256", "ssh-ed25519", "aes128-gcm@openssh.com"),
)
SETTINGS = SettingsRead(
    site="s",
    host="sftp.example.org",
    port=22,
    username="vendor7",
    methods=("password",),
    join="{password}{code}",
)
ACCEPTED_KEY = HostKeyAccepted("ssh-ed25519", KEY.fingerprint, KeyTrust.PINNED)
DONE: tuple[Step, ...] = (
    SETTINGS,
    *CONNECTED,
    ACCEPTED_KEY,
    MethodsOffered(("password",), banner="Property of Example.\nKeep out."),
    SecretSent("password", (Sent.PASSWORD_AND_CODE,)),
    AuthAnswered("password", AuthOutcome.ACCEPTED),
    ChannelOpened(),
    SftpStarted(3, ("limits@openssh.com",), stores_objects=True),
)


NOT_DONE: tuple[Step, ...] = (
    AddressFailed("2001:db8::1", 22, 3000, is_refused=False, reason="timed out"),
    OtherProtocolRead(Protocol.WEB, "HTTP/1.1 302 Found"),
    OtherProtocolRead(None, ""),
    AlgorithmsDiffer("ciphers", ("aes128-ctr",), ("3des-cbc", "arcfour"), is_too_old=True),
    StepFailed(StepName.TCP, Kind.CANNOT_REACH, ""),
)


def text(steps: list[Step]) -> str:
    return "\n".join(map(step_text, steps))


def test_a_sign_in_reports_each_step_in_order(case: AttemptRig) -> None:
    case.connect_steps = CONNECTED
    case.server.banner = "Welcome"
    case.sign_in()
    assert case.steps == [
        SETTINGS,
        *CONNECTED,
        ACCEPTED_KEY,
        MethodsOffered(("password", "publickey"), banner="Welcome"),
        SecretSent("password", (Sent.PASSWORD_AND_CODE,)),
        AuthAnswered("password", AuthOutcome.ACCEPTED),
    ]


def test_every_kind_of_step_has_a_name_and_a_line_of_text() -> None:
    every = [*DONE, *NOT_DONE]
    assert {type(step) for step in every} == set(get_args(Step))
    assert [step_name(step) for step in DONE] == list(StepName)
    assert step_name(every[-1]) is StepName.TCP
    for step in every:
        assert step_text(step).startswith(f"{step_name(step).value}: ")
        assert "\n" not in step_text(step)


def test_the_lines_say_what_was_found() -> None:
    lines = [step_text(step) for step in DONE]
    assert lines == [
        "settings: site 's', vendor7@sftp.example.org:22, password, joins {password}{code}",
        "dns: sftp.example.org is 2001:db8::1, 192.0.2.1 (12 ms)",
        "tcp: 192.0.2.1 port 22 (31 ms)",
        "first-line: SSH-2.0-AWS_SFTP_1.2",
        (
            "algorithms: mlkem768x25519-sha256 (post-quantum), ssh-ed25519, aes128-gcm@openssh.com,"
            " no MAC beside it"
        ),
        f"host-key: ssh-ed25519 {KEY.fingerprint}, pinned by the connection file",
        "methods: password; banner 'Property of Example. Keep out.'",
        "sent: password and code (method password)",
        "answered: accepted (method password)",
        "channel: opened",
        "sftp: version 3, object store; extensions: limits@openssh.com",
    ]


def test_the_lines_say_what_was_found_in_the_place_of_a_server() -> None:
    assert [step_text(step) for step in NOT_DONE] == [
        "tcp: 2001:db8::1 port 22 did not answer: timed out (3000 ms)",
        "first-line: no SSH; protocol web, first words 'HTTP/1.1 302 Found'",
        "first-line: no SSH; ended without a word",
        "algorithms: no ciphers in common (all too old): here aes128-ctr; there 3des-cbc, arcfour",
        "tcp: failed, cannot-reach",
    ]


def test_prompts_are_told_with_the_kind_of_their_answers(case: AttemptRig) -> None:
    sign_in_by_prompts(
        case,
        asks("Password: "),
        asks("Verification code: ", "Favourite colour?", instruction="Second factor"),
        person={"Favourite colour?": "blue-Hidden"},
    )
    sent = [step for step in case.steps if isinstance(step, SecretSent)]
    assert sent == [
        SecretSent("keyboard-interactive", (Sent.REQUEST,)),
        SecretSent(
            "keyboard-interactive",
            (Sent.PASSWORD,),
            prompts=(PromptAnswered("Password:", Sent.PASSWORD),),
        ),
        SecretSent(
            "keyboard-interactive",
            (Sent.CODE, Sent.PERSONS_ANSWER),
            prompts=(
                PromptAnswered("Verification code:", Sent.CODE),
                PromptAnswered("Favourite colour?", Sent.PERSONS_ANSWER),
            ),
            instruction="Second factor",
        ),
    ]


@pytest.mark.parametrize("typed", [False, True])
@pytest.mark.parametrize("by_prompts", [False, True])
def test_no_step_holds_a_secret(case: AttemptRig, *, by_prompts: bool, typed: bool) -> None:
    code = case.code
    credentials = case.typed(code) if typed else CREDENTIALS
    if by_prompts:
        person = {"Colour?": "blue-Hidden"}
        rounds = (asks("Password: ", "Code: "), asks("Colour?"))
        sign_in_by_prompts(case, *rounds, credentials=credentials, person=person)
    else:
        case.sign_in(credentials=credentials)
    assert case.server.sent
    told = text(case.steps) + repr(case.steps)
    for secret in ("correct horse", code, SECRET.key.reveal(), "blue-Hidden"):
        assert secret not in told
    assert "13" not in [word.strip(",;") for word in text(case.steps).split()]  # nor its length


def test_a_banner_is_told_once(case: AttemptRig) -> None:
    case.server.banner = "Welcome"
    case.sign_in()
    assert text(case.steps).count("Welcome") == 1


# ---------------------------------------------------------------- where it failed


def fails(
    case: AttemptRig, credentials: Credentials = CREDENTIALS
) -> tuple[StepName, FerrygateError]:
    """Sign in to no avail; gives the step that failed, and the error."""
    record = StepRecord(LiveSecrets().redact, case.steps.append)
    with pytest.raises(FerrygateError) as caught, record.failing():
        case.sign_in(credentials=credentials, report=record.add)
    failed = case.steps[-1]
    assert isinstance(failed, StepFailed)
    assert failed.kind is caught.value.problem.kind
    return failed.step, caught.value


def test_a_refusal_names_its_step_and_reason(case: AttemptRig) -> None:
    case.connect_steps = CONNECTED
    case.server = FakeConnection(password=REFUSED)
    step, error = fails(case)
    assert isinstance(error, SignInRefusedError)
    assert step is StepName.ANSWERED
    lines = error.problem.steps.splitlines()
    assert len(lines) == len(case.steps)
    assert lines[1:5] == [step_text(step) for step in CONNECTED]
    assert lines[-3:] == [
        "sent: password and code (method password)",
        "answered: refused (method password)",
        "answered: failed, sign-in-refused: refusals in a row: 1",
    ]


def test_a_changed_key_fails_at_the_host_key(case: AttemptRig) -> None:
    case.connect_steps = CONNECTED
    case.server.host_key = OTHER_KEY
    step, error = fails(case)
    assert isinstance(error, HostKeyChangedError)
    assert step is StepName.HOST_KEY


def test_a_server_that_wants_other_methods_fails_at_the_methods(case: AttemptRig) -> None:
    case.server = FakeConnection(none=AuthAnswer(AuthOutcome.REFUSED, ("gssapi-with-mic",)))
    step, error = fails(case)
    assert isinstance(error, SignInMethodError)
    assert step is StepName.METHODS
    assert "methods: gssapi-with-mic" in error.problem.steps


def test_a_missing_password_fails_at_the_settings(case: AttemptRig) -> None:
    step, error = fails(case, Credentials())
    assert isinstance(error, SecretsMissingError)
    assert step is StepName.SETTINGS


def test_the_breaker_fails_at_the_settings(case: AttemptRig) -> None:
    case.server = FakeConnection(password=REFUSED)
    for _ in range(2):
        fails(case)
        case.clock.time += 30
    step, error = fails(case)
    assert isinstance(error, LockOutBreakerError)
    assert step is StepName.SETTINGS


@pytest.mark.parametrize(
    ("done", "failed"),
    [
        (0, StepName.SETTINGS),
        (1, StepName.DNS),
        (2, StepName.TCP),
        (3, StepName.FIRST_LINE),
        (4, StepName.ALGORITHMS),
        (5, StepName.HOST_KEY),
        (6, StepName.METHODS),
        (7, StepName.SENT),
        (8, StepName.ANSWERED),
        (9, StepName.CHANNEL),
        (10, StepName.SFTP),
        (11, StepName.SFTP),
    ],
)
def test_the_step_behind_the_last_that_was_done_is_the_one_that_failed(
    done: int, failed: StepName
) -> None:
    last = DONE[done - 1] if done else None
    assert failed_step(last, Kind.CONNECTION_LOST) is failed


@pytest.mark.parametrize("last", NOT_DONE[:3])
def test_what_was_found_in_the_place_of_a_server_is_where_it_failed(last: Step) -> None:
    assert failed_step(last, Kind.CANNOT_REACH) is step_name(last)


def test_behind_a_partial_success_the_next_secret_failed() -> None:
    partial = AuthAnswered("publickey", AuthOutcome.PARTIAL, ("password",))
    assert failed_step(partial, Kind.CONNECTION_LOST) is StepName.SENT


# ---------------------------------------------------------------- the record


def test_a_server_that_says_the_password_does_not_get_it_into_the_record() -> None:
    secrets = LiveSecrets()
    secrets.add(Secret("correct horse"))
    record = StepRecord(secrets.redact, lambda _step: None)
    record.add(MethodsOffered(("password",), banner="You said correct horse.\u202e"))
    assert record.text == f"methods: password; banner 'You said {REMOVED}.\\u202e'"


def test_a_record_has_each_step_apart_from_the_words_of_the_server_to_people() -> None:
    secrets = LiveSecrets()
    secrets.add(Secret("correct horse"))
    record = StepRecord(secrets.redact, lambda _step: None)
    record.add(FirstLineRead("SSH-2.0-correct horse"))
    record.add(MethodsOffered(("password",), banner="Welcome,\ncorrect horse."))
    assert record.lines == (
        StepLine(StepName.FIRST_LINE, f"SSH-2.0-{REMOVED}"),
        StepLine(StepName.METHODS, "password", f"'Welcome, {REMOVED}.'"),
    )
    assert record.text.splitlines() == [line.text for line in record.lines]


def test_a_record_is_bounded() -> None:
    record = StepRecord(LiveSecrets().redact, lambda _step: None)
    for _ in range(1000):
        record.add(FirstLineRead("x" * 10_000))
    assert len(record.text) < 110_000


def test_a_cancelled_sign_in_failed_at_no_step() -> None:
    steps: list[Step] = []
    record = StepRecord(LiveSecrets().redact, steps.append)
    with pytest.raises(Cancelled), record.failing():
        raise Cancelled
    assert steps == []


def test_a_problem_keeps_its_words_and_gets_the_steps() -> None:
    record = StepRecord(LiveSecrets().redact, lambda _step: None)
    record.add(SETTINGS)
    with pytest.raises(CannotReachError) as caught, record.failing():
        raise CannotReachError(message("There is no way there."), detail="gaierror")
    assert str(caught.value.problem.sentence) == "There is no way there."
    assert caught.value.problem.steps.splitlines()[1] == "dns: failed, cannot-reach: gaierror"
