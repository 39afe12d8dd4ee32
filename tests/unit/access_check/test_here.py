"""The stages on this computer: settings, keychain, secrets at hand, breaker and clock."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest

from ferrygate.access_check.background_answer import TimedAnswer
from ferrygate.access_check.keychain_facts import KeychainFacts, keychain_facts
from ferrygate.access_check.local_stages import tell_breaker, tell_home, tell_settings
from ferrygate.access_check.okta_stages import tell_clock, tell_okta
from ferrygate.access_check.secrets_at_hand import SecretsAtHand, secrets_asked_for, tell_secrets
from ferrygate.access_check.stages import Party, Stage, StageOutcome, StageResult
from ferrygate.access_check.teller import StageTeller
from ferrygate.codes.totp import CodeSecret
from ferrygate.common.errors import CannotReachError, KeychainError, Kind
from ferrygate.common.message import message
from ferrygate.common.processes import SystemProcesses
from ferrygate.common.secret import Secret, SecretKind
from ferrygate.sign_in.credentials import Credentials
from ferrygate.sign_in.ledger import End, Ledger
from ferrygate.sites.known_hosts import HostKey, KnownHosts
from ferrygate.sites.site import SignInSettings, Site, Support
from ferrygate.vault.memory import MemoryVault
from ferrygate.vault.vault import Binding
from support.fake_clock import ManualClock

SITE = Site(
    name="Acme",
    host="sftp.example.org",
    username="vendor7",
    support=Support(contact="help@example.org"),
)
KEY = HostKey("ssh-ed25519", b"\0\0\0\x0bssh-ed25519\0\0\0\x04this")
BOTH = {SecretKind.PASSWORD: True, SecretKind.CODE_SECRET: True}


class Stages:
    """Keeps what was told."""

    def __init__(self) -> None:
        self.results: list[StageResult] = []
        self.teller = StageTeller(ManualClock(), self.results.append)

    @property
    def last(self) -> StageResult:
        return self.results[-1]

    @property
    def outcome(self) -> StageOutcome:
        return self.last.outcome


@pytest.fixture
def told() -> Stages:
    return Stages()


# ---------------------------------------------------------------- settings


def test_settings_are_told_with_all_that_support_asks_for(told: Stages) -> None:
    tell_settings(told.teller, SITE, "acme.ferrygate")
    assert told.outcome is StageOutcome.PASSED
    assert told.last.detail.splitlines() == [
        "from: acme.ferrygate",
        "site 'Acme': vendor7@sftp.example.org:22, start folder /",
        "methods: password; joins {password}{code}",
        "codes: 6 digits, 30 s, SHA1",
        "Okta: not named",
        "pins: none",
        "contact: help@example.org",
    ]


def test_settings_without_a_user_fail(told: Stages) -> None:
    tell_settings(told.teller, msgspec.structs.replace(SITE, username=""), "")
    assert (told.outcome, told.last.kind) == (StageOutcome.FAILED, Kind.SECRETS_MISSING)
    assert told.last.who is Party.YOU
    assert "from: a saved site" in told.last.detail


# ---------------------------------------------------------------- the keychain


def facts(**keeps: bool | None) -> TimedAnswer[KeychainFacts]:
    kinds = {SecretKind(name.replace("_", "-")): kept for name, kept in keeps.items()}
    return TimedAnswer(KeychainFacts("keyring.backends.SecretService", None, kinds), None, 3)


def test_a_keychain_that_works_passes(told: Stages) -> None:
    tell_home(told.teller, facts(), is_needed=True)
    assert (told.last.stage, told.outcome) == (Stage.HOME, StageOutcome.PASSED)
    assert told.last.detail == "keychain: keyring.backends.SecretService"


def test_a_keychain_that_keeps_nothing_is_worth_a_word(told: Stages) -> None:
    note = message("There is no keychain here.")
    tell_home(told.teller, TimedAnswer(KeychainFacts("memory", note, {}), None, 3), is_needed=True)
    assert (told.outcome, told.last.sentence) == (StageOutcome.WARNED, note)


def test_a_locked_keychain_and_one_that_does_not_answer_are_told_apart(told: Stages) -> None:
    locked = KeychainError(message("The keychain is locked.")).problem
    tell_home(told.teller, TimedAnswer(None, locked, 3), is_needed=True)
    assert (told.outcome, told.last.sentence) == (StageOutcome.WARNED, locked.sentence)
    silent = Stages()
    tell_home(silent.teller, None, is_needed=True)
    assert silent.outcome is StageOutcome.WARNED
    assert str(silent.last.sentence) == "The keychain has not answered yet."


@pytest.mark.parametrize(
    "answer", [None, TimedAnswer(None, KeychainError(message("Locked.")).problem, 3), facts()]
)
def test_a_keychain_that_is_not_needed_is_in_nobodys_way(
    told: Stages, answer: TimedAnswer[KeychainFacts] | None
) -> None:
    tell_home(told.teller, answer, is_needed=False)
    assert told.outcome is StageOutcome.PASSED


def test_the_keychain_is_asked_whether_it_keeps_a_secret_and_for_no_secret() -> None:
    class Unread(MemoryVault):
        def read(self, _kind: SecretKind, _binding: Binding) -> None:
            raise AssertionError

    vault = Unread()
    binding = Binding(host=SITE.host, port=22, username="vendor7")
    vault.write(SecretKind.PASSWORD, binding, Secret("correct horse"))
    found = keychain_facts(lambda: vault, SITE, (SecretKind.PASSWORD, SecretKind.CODE_SECRET))
    assert found.name == "memory"
    assert found.keeps == {SecretKind.PASSWORD: True, SecretKind.CODE_SECRET: False}


# ---------------------------------------------------------------- secrets at hand


def test_secrets_are_told_by_their_places_and_nothing_of_them(told: Stages) -> None:
    secret = CodeSecret(key=Secret("JBSWY3DPEHPK3PXP"), digits=8, period=60, epoch=-45)
    at_hand = SecretsAtHand(
        credentials=Credentials(
            code_secret=secret, saved_for={SecretKind.CODE_SECRET: frozenset()}
        ),
        given={SecretKind.PASSWORD: "FERRYGATE_PASSWORD_FILE"},
    )
    tell_secrets(told.teller, SITE, at_hand, are_needed=True)
    assert told.outcome is StageOutcome.PASSED
    assert told.last.detail.splitlines() == [
        "password: FERRYGATE_PASSWORD_FILE",
        "code secret: keychain",
        "codes as set up: 8 digits, 60 s, SHA1, corrected by 45 s",
    ]


def test_secrets_in_the_keychain_are_told_without_being_read(told: Stages) -> None:
    tell_secrets(
        told.teller, SITE, SecretsAtHand(credentials=Credentials(), kept=BOTH), are_needed=False
    )
    assert told.outcome is StageOutcome.PASSED
    assert told.last.detail == "password: keychain, not read\ncode secret: keychain, not read"
    assert str(told.last.sentence) == (
        "At hand: your password and your code. Only a sign-in tells whether that is right."
    )


def test_a_code_that_may_be_needed_and_is_not_set_up_is_said(told: Stages) -> None:
    how = SignInSettings(steps=("keyboard-interactive",))
    site = msgspec.structs.replace(SITE, sign_in=how)
    kept = {SecretKind.PASSWORD: True, SecretKind.CODE_SECRET: False}
    at_hand = SecretsAtHand(credentials=Credentials(), kept=kept)
    tell_secrets(told.teller, site, at_hand, are_needed=False)
    assert told.outcome is StageOutcome.PASSED
    assert str(told.last.sentence).startswith("At hand: your password. ")
    assert str(told.last.sentence).endswith("No code is set up on this computer.")


@pytest.mark.parametrize("are_needed", [False, True])
def test_a_missing_secret_warns_and_fails_only_where_a_sign_in_follows(
    told: Stages, *, are_needed: bool
) -> None:
    kept = {SecretKind.PASSWORD: True, SecretKind.CODE_SECRET: False}
    at_hand = SecretsAtHand(credentials=Credentials(), kept=kept)
    tell_secrets(told.teller, SITE, at_hand, are_needed=are_needed)
    outcome = StageOutcome.FAILED if are_needed else StageOutcome.WARNED
    assert (told.outcome, told.last.who) == (outcome, Party.YOU)
    assert told.last.kind is (Kind.SECRETS_MISSING if are_needed else None)
    assert "code" in str(told.last.sentence)


def test_a_keychain_that_tells_nothing_was_not_asked(told: Stages) -> None:
    kept: dict[SecretKind, bool | None] = dict.fromkeys(BOTH)
    tell_secrets(
        told.teller, SITE, SecretsAtHand(credentials=Credentials(), kept=kept), are_needed=True
    )
    assert told.outcome is StageOutcome.PASSED
    assert "not asked" in told.last.detail


def test_a_private_key_that_is_not_there_fails(told: Stages, tmp_path: Path) -> None:
    how = SignInSettings(steps=("publickey",), private_key=str(tmp_path / "id"))
    site = msgspec.structs.replace(SITE, sign_in=how)
    tell_secrets(told.teller, site, SecretsAtHand(credentials=Credentials()), are_needed=False)
    assert (told.outcome, told.last.kind) == (StageOutcome.FAILED, Kind.PRIVATE_KEY)
    (tmp_path / "id").write_text("key")
    found = Stages()
    tell_secrets(found.teller, site, SecretsAtHand(credentials=Credentials()), are_needed=False)
    assert found.outcome is StageOutcome.PASSED
    assert found.last.detail == f"private key: {tmp_path / 'id'}"


@pytest.mark.parametrize("are_needed", [True, False])
def test_a_passphrase_that_is_missing_fails_where_the_key_may_be_read(
    told: Stages, tmp_path: Path, *, are_needed: bool
) -> None:
    (tmp_path / "id").write_text("-----BEGIN ENCRYPTED PRIVATE KEY-----")
    how = SignInSettings(steps=("publickey",), private_key=str(tmp_path / "id"))
    site = msgspec.structs.replace(SITE, sign_in=how)
    at_hand = SecretsAtHand(credentials=Credentials())
    tell_secrets(told.teller, site, at_hand, are_needed=are_needed)
    assert told.outcome is (StageOutcome.FAILED if are_needed else StageOutcome.PASSED)
    assert told.last.kind is (Kind.PASSPHRASE_MISSING if are_needed else None)
    given = msgspec.structs.replace(at_hand, given={SecretKind.PASSPHRASE: "a file"})
    other = Stages()
    tell_secrets(other.teller, site, given, are_needed=are_needed)
    assert other.outcome is StageOutcome.PASSED


def test_a_site_without_codes_needs_none() -> None:
    site = msgspec.structs.replace(SITE, sign_in=SignInSettings(join="{password}"))
    assert secrets_asked_for(site) == (SecretKind.PASSWORD,)


# ---------------------------------------------------------------- the breaker


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock()


@pytest.fixture
def ledger(tmp_path: Path, clock: ManualClock) -> Ledger:
    return Ledger(tmp_path / "ledger", clock, SystemProcesses(), lambda count: b"s" * count)


@pytest.fixture
def known_hosts(tmp_path: Path) -> KnownHosts:
    return KnownHosts(tmp_path / "known_hosts")


def end_attempt(ledger: Ledger, account: str, end: End) -> None:
    lease = ledger.admit(account, try_anyway=True).lease
    assert lease is not None
    ledger.finish(lease, end)


def breaker(
    told: Stages, ledger: Ledger, known_hosts: KnownHosts, *, try_anyway: bool = False
) -> StageResult:
    tell_breaker(told.teller, SITE, ledger, known_hosts, try_anyway=try_anyway)
    return told.last


def test_the_last_ends_are_told(
    told: Stages, ledger: Ledger, known_hosts: KnownHosts, clock: ManualClock
) -> None:
    end_attempt(ledger, SITE.account, End.REFUSED)
    clock.time += 3600
    end_attempt(ledger, SITE.account, End.ACCEPTED)
    clock.time += 3600
    result = breaker(told, ledger, known_hosts)
    assert result.outcome is StageOutcome.PASSED
    assert result.detail == (
        "refusals in a row: 0\n"
        "last refusal: 2026-11-18T11:06:40+00:00\n"
        "last success: 2026-11-18T12:06:40+00:00"
    )


@pytest.mark.parametrize(
    ("refusals", "try_anyway", "outcome", "kind", "who"),
    [
        (0, False, StageOutcome.PASSED, None, None),
        (1, False, StageOutcome.WARNED, None, Party.YOU),
        (2, False, StageOutcome.FAILED, Kind.LOCK_OUT_BREAKER, Party.YOU),
        (2, True, StageOutcome.WARNED, None, Party.YOU),
        (4, True, StageOutcome.FAILED, Kind.LOCK_OUT_SHUT, Party.CONTACT),
    ],
)
def test_refusals_in_a_row_stop_the_next_sign_in(
    told: Stages,
    ledger: Ledger,
    known_hosts: KnownHosts,
    *,
    refusals: int,
    try_anyway: bool,
    outcome: StageOutcome,
    kind: Kind | None,
    who: Party | None,
) -> None:
    for _ in range(refusals):
        end_attempt(ledger, SITE.account, End.REFUSED)
    result = breaker(told, ledger, known_hosts, try_anyway=try_anyway)
    assert (result.outcome, result.kind, result.who) == (outcome, kind, who)


def test_refusals_under_a_key_on_record_count_as_well(
    told: Stages, ledger: Ledger, known_hosts: KnownHosts
) -> None:
    (name,) = SITE.accounts_at(KEY.fingerprint)
    for _ in range(2):
        end_attempt(ledger, name, End.REFUSED)
    assert breaker(told, ledger, known_hosts).outcome is StageOutcome.PASSED
    known_hosts.add(SITE.host, SITE.port, KEY)
    other = Stages()
    assert breaker(other, ledger, known_hosts).kind is Kind.LOCK_OUT_BREAKER


# ---------------------------------------------------------------- Okta and the clock


def test_an_okta_that_cannot_be_reached_is_in_nobodys_way(told: Stages) -> None:
    problem = CannotReachError(message("No."), detail="gaierror").problem
    tell_okta(told.teller, TimedAnswer(None, problem, 3), "https://example.okta.com")
    assert (told.outcome, told.last.who) == (StageOutcome.WARNED, Party.NETWORK)
    assert told.last.detail == "https://example.okta.com: gaierror"
    silent = Stages()
    tell_okta(silent.teller, None, "https://example.okta.com")
    assert silent.last.detail == "https://example.okta.com: no answer in time"


@pytest.mark.parametrize(
    ("seconds", "applied", "makes_codes", "outcome"),
    [
        (0.5, 0, True, StageOutcome.PASSED),
        (-9.0, 0, True, StageOutcome.PASSED),
        (11.0, 0, True, StageOutcome.WARNED),
        (-180.0, 0, True, StageOutcome.FAILED),
        (-180.0, 0, False, StageOutcome.WARNED),
        (180.0, 178, True, StageOutcome.PASSED),
        (0.5, 180, True, StageOutcome.FAILED),
    ],
)
def test_a_clock_is_judged_by_what_its_codes_are_off(
    told: Stages,
    *,
    seconds: float,
    applied: int,
    makes_codes: bool,
    outcome: StageOutcome,
) -> None:
    tell_clock(told.teller, seconds, applied, makes_codes=makes_codes)
    assert told.outcome is outcome
    assert told.last.kind is (Kind.SIGN_IN_REFUSED if outcome is StageOutcome.FAILED else None)


def test_a_clock_that_is_ahead_is_called_so(told: Stages) -> None:
    tell_clock(told.teller, -180.0, 0, makes_codes=True)
    assert str(told.last.sentence) == "This computer's clock is 3 min ahead of Okta's."
