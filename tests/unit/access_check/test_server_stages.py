"""The steps of an attempt become stages, each told once, with who can mend the one that fails."""

from __future__ import annotations

import threading

import pytest

from ferrygate.access_check.background_answer import BackgroundAnswer
from ferrygate.access_check.server_stages import ServerStages
from ferrygate.access_check.stages import Party, Stage, StageOutcome, StageResult
from ferrygate.access_check.teller import StageTeller
from ferrygate.common.cancel import CancelToken
from ferrygate.common.clock import SystemClock
from ferrygate.common.errors import (
    Cancelled,
    CannotReachError,
    Kind,
    LockOutBreakerError,
    SignInMethodError,
)
from ferrygate.common.logs import REMOVED, LiveSecrets
from ferrygate.common.message import message
from ferrygate.common.secret import Secret
from ferrygate.common.threads import SystemThreads
from ferrygate.sign_in.step_record import StepRecord
from ferrygate.sign_in.steps import HostKeyAccepted, KeyTrust, MethodsOffered, SettingsRead, Step
from ferrygate.sites.site import Site
from ferrygate.ssh.connect_steps import (
    AddressFailed,
    AlgorithmsAgreed,
    FirstLineRead,
    NameResolved,
    OtherProtocolRead,
    TcpConnected,
)
from ferrygate.ssh.other_protocols import Protocol
from support.fake_clock import ManualClock

SITE = Site(name="s", host="sftp.example.org", username="vendor7")
SETTINGS = SettingsRead(
    site="s",
    host="sftp.example.org",
    port=22,
    username="vendor7",
    methods=("password",),
    join="{password}{code}",
)
CONNECTED: tuple[Step, ...] = (
    NameResolved("sftp.example.org", ("2001:db8::1", "192.0.2.1"), 12),
    TcpConnected("192.0.2.1", 22, 31),
    FirstLineRead("SSH-2.0-AWS_SFTP_1.2"),
    AlgorithmsAgreed("mlkem768x25519-sha256", "ssh-ed25519", "aes128-gcm@openssh.com"),
    HostKeyAccepted("ssh-ed25519", "SHA256:x", KeyTrust.PINNED),
)
DEAD = CannotReachError(message("Nobody there."), detail="timed out").problem


class Rig:
    """Takes steps, and keeps the stages that come of them."""

    def __init__(self, *, is_okta_there: bool | None = None) -> None:
        self.told: list[StageResult] = []
        self.clock = ManualClock()
        self.teller = StageTeller(self.clock, self.told.append)
        secrets = LiveSecrets()
        secrets.add(Secret("correct horse"))
        record = StepRecord(secrets.redact, lambda _step: None)
        self.stages = ServerStages(self.teller, SITE, record, is_okta_there=lambda: is_okta_there)

    def take(self, *steps: Step) -> None:
        for step in (SETTINGS, *steps):
            self.stages.take(step)

    @property
    def reached(self) -> list[tuple[Stage, StageOutcome]]:
        return [
            (result.stage, result.outcome)
            for result in self.told
            if result.outcome is not StageOutcome.NOT_REACHED
        ]


@pytest.fixture
def rig() -> Rig:
    return Rig()


def test_each_step_is_a_stage_that_has_passed(rig: Rig) -> None:
    rig.take(*CONNECTED, MethodsOffered(("password",)))
    stages = (
        Stage.DNS,
        Stage.TCP,
        Stage.FIRST_LINE,
        Stage.ALGORITHMS,
        Stage.HOST_KEY,
        Stage.METHODS,
    )
    assert rig.reached == [(stage, StageOutcome.PASSED) for stage in stages]
    details = {result.stage: result.detail for result in rig.told}
    assert details[Stage.DNS] == "sftp.example.org is 2001:db8::1, 192.0.2.1 (12 ms)"
    assert details[Stage.FIRST_LINE] == "SSH-2.0-AWS_SFTP_1.2"
    assert "post-quantum" in details[Stage.ALGORITHMS]


def test_an_attempt_that_connects_anew_tells_nothing_twice_and_its_wait_is_no_stages(
    rig: Rig,
) -> None:
    rig.take(*CONNECTED)
    rig.clock.time += 25  # for the next code
    rig.take(*CONNECTED)
    rig.clock.time += 0.1
    rig.take(MethodsOffered(("password",)))
    assert [stage for stage, _outcome in rig.reached].count(Stage.DNS) == 1
    assert rig.told[-1].milliseconds == 100


def test_an_address_that_did_not_answer_is_worth_a_word(rig: Rig) -> None:
    silent = AddressFailed("2001:db8::1", 22, 5000, is_refused=False, reason="timed out")
    rig.take(CONNECTED[0], silent, CONNECTED[1])
    assert rig.reached[-1] == (Stage.TCP, StageOutcome.WARNED)
    assert rig.told[-1].who is Party.NETWORK
    assert rig.told[-1].detail.splitlines() == [
        "2001:db8::1 port 22 did not answer: timed out (5000 ms)",
        "192.0.2.1 port 22 (31 ms)",
    ]


def test_what_answered_says_who_can_mend_it(rig: Rig) -> None:
    rig.take(*CONNECTED[:2], OtherProtocolRead(Protocol.WEB, "HTTP/1.1 302 Found"))
    rig.stages.fail(DEAD)
    result = rig.told[-1]
    assert (result.stage, result.outcome) == (Stage.FIRST_LINE, StageOutcome.FAILED)
    assert (result.kind, result.who) == (Kind.CANNOT_REACH, Party.NETWORK)
    assert "HTTP/1.1 302 Found" in result.detail
    assert result.detail.endswith("timed out")


@pytest.mark.parametrize("is_okta_there", [True, False])
def test_a_name_is_judged_by_whether_okta_answers(*, is_okta_there: bool) -> None:
    rig = Rig(is_okta_there=is_okta_there)
    rig.take()
    rig.stages.fail(DEAD)
    assert rig.told[-1].stage is Stage.DNS
    assert rig.told[-1].who is (Party.CONTACT if is_okta_there else Party.NETWORK)


def test_methods_that_do_not_fit_are_left_to_the_error_that_follows(rig: Rig) -> None:
    rig.take(*CONNECTED, MethodsOffered(("publickey",)))
    assert not rig.teller.has_told(Stage.METHODS)
    rig.stages.fail(SignInMethodError(message("Another way.")).problem)
    assert rig.reached[-1] == (Stage.METHODS, StageOutcome.FAILED)


def test_a_server_that_wants_no_password_is_worth_a_word(rig: Rig) -> None:
    rig.take(*CONNECTED, MethodsOffered(()))
    assert rig.reached[-1] == (Stage.METHODS, StageOutcome.WARNED)


def test_what_stops_an_attempt_halfway_is_the_sign_ins(rig: Rig) -> None:
    rig.take(*CONNECTED[:4])
    rig.stages.fail(LockOutBreakerError(message("Stopped.")).problem)
    assert rig.reached[-1] == (Stage.SIGN_IN, StageOutcome.FAILED)
    assert rig.told[-1].who is Party.YOU


def test_a_failure_behind_the_last_stage_that_was_told_is_the_sign_ins(rig: Rig) -> None:
    rig.take(*CONNECTED, MethodsOffered(("password",)))
    rig.stages.fail(SignInMethodError(message("Another way, after the first.")).problem)
    assert rig.reached[-1] == (Stage.SIGN_IN, StageOutcome.FAILED)


def test_a_server_that_says_a_secret_does_not_get_it_into_the_details(rig: Rig) -> None:
    rig.take(*CONNECTED[:2], FirstLineRead("SSH-2.0-correct horse"))
    assert rig.told[-1].detail == f"SSH-2.0-{REMOVED}"


# ---------------------------------------------------------------- answers in the background


def test_an_answer_that_does_not_come_in_time_is_none() -> None:
    go = threading.Event()
    clock, threads = SystemClock(), SystemThreads()
    cancel = CancelToken(threads)
    answer = BackgroundAnswer(go.wait, 0.01, clock, threads, cancel, "slow")
    assert answer.wait() is None
    go.set()
    in_time = BackgroundAnswer(lambda: 7, 10.0, clock, threads, cancel, "quick").wait()
    assert in_time is not None
    assert (in_time.value, in_time.problem) == (7, None)


def test_an_error_is_an_answer() -> None:
    def fail() -> None:
        raise CannotReachError(message("No."))

    threads = SystemThreads()
    cancel = CancelToken(threads)
    found = BackgroundAnswer(fail, 10.0, SystemClock(), threads, cancel, "failing").wait()
    assert found is not None
    assert found.problem is not None
    assert found.problem.kind is Kind.CANNOT_REACH


def test_a_cancel_ends_the_wait_for_an_answer() -> None:
    go = threading.Event()
    clock, threads = SystemClock(), SystemThreads()
    cancel = CancelToken(threads)
    answer = BackgroundAnswer(go.wait, 60.0, clock, threads, cancel, "slow")
    threads.spawn(cancel.cancel, "person")
    began = clock.monotonic()
    for _ in range(2):
        with pytest.raises(Cancelled):
            answer.wait()
    go.set()
    assert clock.monotonic() - began < 30
