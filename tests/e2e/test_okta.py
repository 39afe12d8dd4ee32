"""The command asks Okta: why a sign-in was refused, and for a code."""

from __future__ import annotations

import base64
import re
from pathlib import Path
from urllib.parse import quote

import pytest
import segno

from e2e.program import Program, after_waiting, connection_file, records
from e2e.screen import at_a_terminal
from ferrygate.common.clock import SystemClock
from ferrygate.sandbox.sandbox import Sandbox
from support.file_keychain import keychain_in
from support.sandbox_fixtures import MakeSandbox
from support.sandbox_site import site_of

pytestmark = [pytest.mark.sandbox, pytest.mark.timeout(120)]

OTHER_KEY = "JBSWY3DPEHPK3PXP"
REFUSED = "Your password is right. The server refused the code, or your account."


class AheadClock(SystemClock):
    """Runs the machine's clock 45 seconds ahead."""

    def now(self) -> float:
        return super().now() + 45.0


def with_keychain(bare: Program, sandbox: Sandbox, keychain: Path) -> Program:
    """Give the program with a password and a keychain of its own, but no code."""
    password = {"FERRYGATE_PASSWORD": sandbox.ready.password.reveal()}
    return Program({**bare.environment, **password, **keychain_in(keychain)})


@pytest.fixture
def unproven(ferrygate: Program, sandbox: Sandbox) -> Program:
    """Give the program with the right password and another account's key."""
    return ferrygate.with_secrets(sandbox.ready.password.reveal(), OTHER_KEY)


@pytest.mark.slow
def test_a_wrong_code_is_told_from_a_wrong_password(
    unproven: Program, site: Path, sandbox: Sandbox
) -> None:
    outcome = unproven("ls", site, "--explain", "--verbose")
    assert outcome.returncode == 3
    assert REFUSED in outcome.stderr
    assert "Okta: HTTP 200 MFA_REQUIRED" in outcome.stderr
    assert len(sandbox.log) == 1
    wrong = unproven.with_secrets("wrong", OTHER_KEY)
    assert wrong("ls", site, "--json", "--explain", "--try-anyway").returncode == 3


def test_without_a_word_okta_is_not_asked(unproven: Program, site: Path) -> None:
    outcome = unproven("ls", site)
    assert outcome.returncode == 3
    assert "The server refused the sign-in." in outcome.stderr
    assert "To ask Okta for the reason, add --explain." in outcome.stderr


def test_an_explanation_counts_as_a_try(ferrygate: Program, site: Path, sandbox: Sandbox) -> None:
    wrong = ferrygate.with_secrets("wrong", sandbox.ready.totp_secret.reveal())
    outcome = wrong("ls", site, "--explain", "--json")
    assert outcome.returncode == 3
    (told,) = records(outcome)
    assert told["error"]["sentence"].startswith("Your password is wrong, or your account is locked")
    assert wrong("ls", site).returncode == 6
    assert len(sandbox.log) == 1


def test_an_explanation_that_would_be_one_try_too_many_says_how_to_go_on(
    unproven: Program, site: Path
) -> None:
    unproven("ls", site)
    outcome = unproven("ls", site, "--explain")
    assert outcome.returncode == 3
    (sentences,) = after_waiting(outcome.stderr)
    assert sentences.startswith("The server refused the sign-in. ")
    assert sentences.endswith("Then --try-anyway lets one more try through.")


def test_a_site_without_okta_cannot_be_explained(
    unproven: Program, sandbox: Sandbox, tmp_path: Path
) -> None:
    known = site_of(sandbox.ready)
    path = connection_file(tmp_path, known, sign_in=type(known.sign_in)(period=3))
    outcome = unproven("ls", path, "--explain")
    assert outcome.returncode == 3
    (sentences,) = after_waiting(outcome.stderr)
    assert re.match(r"The server refused the sign-in\. .*does not name its Okta address", sentences)


@pytest.fixture
def ahead(make_sandbox: MakeSandbox) -> Sandbox:
    """Run a sandbox whose clock, and Okta's, is ahead of this computer's."""
    return make_sandbox(clock=AheadClock(), period=3)


def test_a_clock_that_is_wrong_is_named_after_the_refusal(
    ahead: Sandbox, bare: Program, tmp_path: Path
) -> None:
    path = connection_file(tmp_path, site_of(ahead.ready))
    program = bare.with_secrets(ahead.ready.password.reveal(), OTHER_KEY)
    outcome = program("ls", path, "--explain", "--json")
    assert outcome.returncode == 3
    refusal, clock = after_waiting(outcome.stderr)
    assert refusal.startswith(REFUSED)
    behind = re.fullmatch(r"This computer's clock is (\d+) s behind Okta's\.", clock)
    assert behind is not None
    assert 43 <= int(behind[1]) <= 47
    (told,) = records(outcome)
    assert (told["error"]["kind"], told["error"]["sentence"]) == ("sign-in-refused", REFUSED)
    assert -47 <= told["clock_ahead_seconds"] <= -43


def test_a_person_knows_of_the_refusal_before_the_question_about_the_clock(
    ahead: Sandbox, bare: Program, tmp_path: Path
) -> None:
    path = connection_file(tmp_path, site_of(ahead.ready))
    program = bare.with_secrets(ahead.ready.password.reveal(), OTHER_KEY)
    with at_a_terminal(program, "ls", path, "--explain") as screen:
        screen.wait_for("[y/N]:")
        refusal, clock, question = (
            screen.text.find(words) for words in (REFUSED, "behind Okta's", "Make codes for")
        )
        assert 0 <= refusal < clock < question
        screen.type("y")
        assert screen.end() == 3
    assert screen.text.count(REFUSED) == 1


def test_okta_sets_up_the_code_and_it_works(
    make_sandbox: MakeSandbox, bare: Program, tmp_path: Path
) -> None:
    sandbox = make_sandbox(period=3, enrolled=False)
    path = connection_file(tmp_path, site_of(sandbox.ready))
    keychain = tmp_path / "keychain.json"
    program = with_keychain(bare, sandbox, keychain)
    outcome = program("enroll", path, "--okta")
    assert outcome.returncode == 0, outcome.stderr
    (factor,) = sandbox.organization.account.factors
    assert factor.secret is not None
    key = factor.secret.key.reveal()
    assert key in keychain.read_text()
    assert key not in outcome.stdout + outcome.stderr
    assert len(sandbox.log) == 0
    listed = program("ls", path)
    assert listed.returncode == 0, listed.stderr
    assert len(sandbox.organization.account.used_steps) == 2
    again = program("enroll", path, "--okta")
    assert again.returncode == 1
    assert "shows its key only once" in again.stderr


def test_of_several_accounts_in_an_export_the_person_chooses_one(
    make_sandbox: MakeSandbox, bare: Program, tmp_path: Path
) -> None:
    sandbox = make_sandbox()
    path = connection_file(tmp_path, site_of(sandbox.ready))
    program = with_keychain(bare, sandbox, tmp_path / "keychain.json")
    keys = (OTHER_KEY, sandbox.ready.totp_secret.reveal())
    entries = [
        b"\x0a\x0a" + base64.b32decode(key) + b"\x12\x02" + name + b"\x1a\x04Acme\x30\x02"
        for key, name in zip(keys, (b"jo", b"me"), strict=True)
    ]
    message = b"".join(b"\x0a" + bytes([len(entry)]) + entry for entry in entries)
    data = quote(base64.b64encode(message), safe="")
    picture = tmp_path / "export.png"
    segno.make(f"otpauth-migration://offline?data={data}").save(str(picture), scale=4)
    with at_a_terminal(program, "enroll", path, "--qr", picture) as screen:
        screen.wait_for("2  Acme me")
        screen.type("2")
        assert screen.end() == 0, screen.text
    assert keys[1] in (tmp_path / "keychain.json").read_text()
    assert not [key for key in keys if key in screen.text]
    nobody = program("enroll", path, "--qr", picture)
    assert nobody.returncode == 2
    assert "several accounts" in nobody.stderr


def test_one_way_to_enrol_at_a_time(bare: Program, site: Path) -> None:
    outcome = bare("enroll", site, "--okta", "--secret-stdin")
    assert outcome.returncode == 2
    assert "only one of" in outcome.stderr


def test_a_sandbox_without_a_code(bare: Program) -> None:
    with bare.sandbox("--not-enrolled") as ready:
        assert (ready["totp_secret"], ready["otpauth_uri"]) == ("", "")
