"""Setting up a code by the command, with a keychain of the test's own."""

from __future__ import annotations

from pathlib import Path

import pytest
import segno

from e2e.program import Program, connection_file, records
from ferrygate.sandbox.sandbox import Sandbox
from ferrygate.sites.site import Policy
from support.file_keychain import keychain_in
from support.sandbox_site import site_of

pytestmark = [pytest.mark.sandbox, pytest.mark.timeout(120)]


@pytest.fixture
def keychain(tmp_path: Path) -> Path:
    return tmp_path / "keychain.json"


@pytest.fixture
def enrolling(bare: Program, sandbox: Sandbox, keychain: Path) -> Program:
    """Give the program with a password and a keychain, but no code."""
    password = {"FERRYGATE_PASSWORD": sandbox.ready.password.reveal()}
    return Program({**bare.environment, **password, **keychain_in(keychain)})


@pytest.mark.slow
def test_a_key_is_kept_once_a_sign_in_has_proven_it(
    enrolling: Program, site: Path, sandbox: Sandbox, keychain: Path
) -> None:
    key = sandbox.ready.totp_secret.reveal()
    spaced = " ".join(key[start : start + 4] for start in range(0, len(key), 4)).lower()
    outcome = enrolling("enroll", site, "--secret-stdin", stdin=f"{spaced}\n")
    assert outcome.returncode == 0, outcome.stderr
    assert key in keychain.read_text()
    assert key not in outcome.stdout + outcome.stderr
    (told,) = records(enrolling("code", site, "--json"))
    assert len(told["code"]) == 6
    assert enrolling("ls", site).returncode == 0
    forgotten = enrolling("sites", "forget-secrets", site)
    assert forgotten.returncode == 0, forgotten.stderr
    assert key not in keychain.read_text()
    assert enrolling("code", site).returncode == 2


def test_a_key_that_does_not_work_is_not_kept(
    enrolling: Program, site: Path, keychain: Path
) -> None:
    outcome = enrolling("enroll", site, "--secret-stdin", stdin="JBSWY3DPEHPK3PXP\n")
    assert outcome.returncode == 3
    assert not keychain.exists()
    assert enrolling("code", site).returncode == 2


def test_a_key_can_come_by_the_environment(
    enrolling: Program, site: Path, sandbox: Sandbox, keychain: Path
) -> None:
    key = sandbox.ready.totp_secret.reveal()
    given = Program({**enrolling.environment, "FERRYGATE_TOTP_SECRET": key})
    outcome = given("enroll", site)
    assert outcome.returncode == 0, outcome.stderr
    assert key in keychain.read_text()


def test_an_address_can_come_by_standard_input(
    enrolling: Program, site: Path, sandbox: Sandbox, keychain: Path
) -> None:
    address = sandbox.ready.otpauth_uri.reveal()
    outcome = enrolling("enroll", site, "--uri", "-", stdin=address)
    assert outcome.returncode == 0, outcome.stderr
    assert sandbox.ready.totp_secret.reveal() in keychain.read_text()


def test_a_picture_of_the_qr_code_will_do(
    enrolling: Program, site: Path, sandbox: Sandbox, keychain: Path, tmp_path: Path
) -> None:
    picture = tmp_path / "qr.png"
    segno.make(sandbox.ready.otpauth_uri.reveal()).save(str(picture), scale=4)
    outcome = enrolling("enroll", site, "--qr", picture)
    assert outcome.returncode == 0, outcome.stderr
    assert sandbox.ready.totp_secret.reveal() in keychain.read_text()


def test_words_in_a_picture_are_never_sent_as_a_key(
    enrolling: Program, site: Path, sandbox: Sandbox, tmp_path: Path
) -> None:
    picture = tmp_path / "ticket.png"
    segno.make_qr("hello").save(str(picture), scale=4)
    outcome = enrolling("enroll", site, "--qr", picture)
    assert outcome.returncode == 2
    assert "This QR code does not set up a code." in outcome.stderr
    assert not sandbox.log


def test_what_was_enrolled_wins_but_not_in_silence(
    enrolling: Program, sandbox: Sandbox, tmp_path: Path
) -> None:
    site = site_of(sandbox.ready)
    path = connection_file(tmp_path, site, sign_in=type(site.sign_in)())
    outcome = enrolling("enroll", path, "--uri", "-", stdin=sandbox.ready.otpauth_uri.reveal())
    assert outcome.returncode == 0, outcome.stderr
    assert "(6, 3, SHA1), not as the site says (6, 30, SHA1)" in outcome.stderr


def test_a_site_can_forbid_it(
    enrolling: Program, sandbox: Sandbox, tmp_path: Path, keychain: Path
) -> None:
    policy = Policy(save_code_secret=False)
    path = connection_file(tmp_path, site_of(sandbox.ready), policy=policy)
    key = sandbox.ready.totp_secret.reveal()
    outcome = enrolling("enroll", path, "--secret-stdin", stdin=key)
    assert outcome.returncode == 1
    assert outcome.stderr == (
        "The connection file does not allow the code's secret to be kept."
        " Give it in FERRYGATE_TOTP_SECRET each time.\n"
    )
    assert not keychain.exists()
    assert len(sandbox.log) == 0


def test_without_a_keychain_it_says_so_and_sends_nothing(
    ferrygate: Program, site: Path, sandbox: Sandbox
) -> None:
    key = sandbox.ready.totp_secret.reveal()
    outcome = ferrygate("enroll", site, "--secret-stdin", stdin=key)
    assert outcome.returncode == 1
    assert "GNOME Keyring or KWallet" in outcome.stderr
    assert len(sandbox.log) == 0


def test_one_way_in_at_a_time(ferrygate: Program, site: Path) -> None:
    assert ferrygate("enroll", site, "--secret-stdin", "--uri", "-").returncode == 2


def test_without_a_secret_and_without_a_person_nothing_begins(
    enrolling: Program, site: Path
) -> None:
    outcome = enrolling("enroll", site)
    assert outcome.returncode == 2
    assert "--secret-stdin" in outcome.stderr


def test_two_lines_on_standard_input_are_no_key(enrolling: Program, site: Path) -> None:
    keys = "JBSWY3DPEHPK3PXP\nJBSWY3DPEHPK3PXQ\n"
    outcome = enrolling("enroll", site, "--secret-stdin", stdin=keys)
    assert outcome.returncode == 2
    assert "Standard input holds more than one line." in outcome.stderr
