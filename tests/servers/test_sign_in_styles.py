"""Signing in to real servers by every style they know; each secret leaves once, or not at all."""

from __future__ import annotations

import dataclasses
import shutil
from functools import partial
from pathlib import Path

import pytest

from ferrygate.api.connecting import open_session
from ferrygate.api.unattended import Unattended
from ferrygate.bootstrap import make_engine
from ferrygate.codes.totp import CodeSecret
from ferrygate.common.clock import SystemClock
from ferrygate.common.errors import PassphraseMissingError, SignInMethodError, SignInRefusedError
from ferrygate.common.paths import Home
from ferrygate.common.secret import Secret
from ferrygate.sites.site import SignInSettings
from servers.rigs.keys import make_key, protect
from servers.rigs.rig import Rig
from servers.rigs.signing_in import PASSWORD_THEN_CODE, by_key, sign_in_to, site_of

TWO_ROUNDS = SignInSettings(steps=("keyboard-interactive",))
ENDED = r"Connection closed by|Connection reset by|Disconnected from"
WRONG = Secret("not the password")
pytestmark = pytest.mark.timeout(60)  # codes of 5 s, and two sign-ins that follow each other


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return Home(tmp_path / "home")


def key_then_joined(rig: Rig) -> SignInSettings:
    return SignInSettings(steps=("publickey", "password"), private_key=str(rig.private_key))


class SshdLog:
    """Collects the lines of sshd about a sign-in that follows."""

    def __init__(self, rig: Rig) -> None:
        self._rig = rig
        self._before = len(rig.server.log().splitlines())

    def verdicts(self) -> list[str]:
        """On each secret or key that was sent, in order; the word and the method."""
        self._rig.server.wait_for_log(ENDED, since=self._before)
        verdicts = []
        for line in self._rig.server.log().splitlines()[self._before :]:
            verdict, _, account = line.partition(" for ")
            word = verdict.partition(" ")[0]
            if account and word in {"Accepted", "Failed", "Partial"} and "none" not in verdict:
                verdicts.append(verdict)
        return verdicts


def sign_in_and_out(rig: Rig, sign_in: SignInSettings, home: Home) -> None:
    with sign_in_to(rig, sign_in, home) as session:
        session.stat(str(rig.home))


def refuse(rig: Rig, sign_in: SignInSettings, home: Home) -> None:
    """Sign in with what is wrong."""
    with pytest.raises(SignInRefusedError, match="refused the sign-in"):
        sign_in_and_out(rig, sign_in, home)


# ---------------------------------------------------------------- OpenSSH


@pytest.mark.root
def test_password_and_code_in_one_string_leave_once(openssh_otp: Rig, home: Home) -> None:
    log = SshdLog(openssh_otp)
    sign_in_and_out(openssh_otp, SignInSettings(), home)
    assert log.verdicts() == ["Accepted password"]


@pytest.mark.root
def test_a_wrong_password_leaves_once(openssh_otp: Rig, home: Home) -> None:
    log = SshdLog(openssh_otp)
    refuse(dataclasses.replace(openssh_otp, password=WRONG), SignInSettings(), home)
    assert log.verdicts() == ["Failed password"]


@pytest.mark.root
def test_two_rounds_are_answered_once(openssh_otp_two_rounds: Rig, home: Home) -> None:
    log = SshdLog(openssh_otp_two_rounds)
    sign_in_and_out(openssh_otp_two_rounds, TWO_ROUNDS, home)
    assert log.verdicts() == ["Accepted keyboard-interactive/pam"]


@pytest.mark.root
def test_two_rounds_are_not_answered_twice(openssh_otp_two_rounds: Rig, home: Home) -> None:
    log = SshdLog(openssh_otp_two_rounds)
    refuse(dataclasses.replace(openssh_otp_two_rounds, password=WRONG), TWO_ROUNDS, home)
    assert log.verdicts() == ["Failed keyboard-interactive/pam"]


@pytest.mark.root
def test_a_key_comes_before_password_and_code(openssh_key_and_otp: Rig, home: Home) -> None:
    log = SshdLog(openssh_key_and_otp)
    sign_in_and_out(openssh_key_and_otp, key_then_joined(openssh_key_and_otp), home)
    assert log.verdicts() == ["Partial publickey", "Accepted password"]


@pytest.mark.root
def test_no_password_leaves_after_a_key_of_somebody_else(
    openssh_key_and_otp: Rig, home: Home, tmp_path: Path
) -> None:
    log = SshdLog(openssh_key_and_otp)
    stranger = dataclasses.replace(
        openssh_key_and_otp, private_key=make_key(tmp_path / "stranger", "ed25519")
    )
    with pytest.raises(SignInRefusedError, match="did not take the private key"):
        sign_in_and_out(stranger, key_then_joined(stranger), home)
    assert log.verdicts() == ["Failed publickey"]


@pytest.mark.root
def test_nothing_leaves_where_the_server_wants_other_steps(
    openssh_key_and_otp: Rig, home: Home
) -> None:
    log = SshdLog(openssh_key_and_otp)
    with pytest.raises(SignInMethodError, match="another way"):
        sign_in_and_out(openssh_key_and_otp, SignInSettings(), home)
    assert log.verdicts() == []


# ---------------------------------------------------------------- ProFTPD


class ProftpdLog:
    """Collects the lines of ProFTPD about a sign-in that follows."""

    def __init__(self, rig: Rig) -> None:
        self._state = rig.home.parent
        self._before = {name: len(self._lines(name)) for name in ("sftp.log", "codes.log")}

    def _lines(self, name: str) -> list[str]:
        path = self._state / name
        return path.read_text(encoding="utf-8").splitlines() if path.exists() else []

    def count(self, name: str, words: str) -> int:
        """Count the new lines of one log that hold these words."""
        return sum(words in line for line in self._lines(name)[self._before[name] :])


def test_proftpd_gets_the_password_then_the_code_once(proftpd: Rig, home: Home) -> None:
    log = ProftpdLog(proftpd)
    sign_in_and_out(proftpd, PASSWORD_THEN_CODE, home)
    assert log.count("sftp.log", "acceptable userauth methods: keyboard-interactive") == 1
    assert log.count("codes.log", "SUCCESS") == 1


def test_proftpd_gets_no_code_after_a_wrong_password(proftpd: Rig, home: Home) -> None:
    log = ProftpdLog(proftpd)
    refuse(dataclasses.replace(proftpd, password=WRONG), PASSWORD_THEN_CODE, home)
    assert log.count("sftp.log", "password authentication for user 'vendor7' failed") == 1
    assert log.count("sftp.log", "acceptable userauth methods: keyboard-interactive") == 0


def test_proftpd_gets_a_wrong_code_once(proftpd: Rig, home: Home) -> None:
    log = ProftpdLog(proftpd)
    stranger = CodeSecret(key=Secret("JBSWY3DPEHPK3PXP"))
    refuse(dataclasses.replace(proftpd, code_secret=stranger), PASSWORD_THEN_CODE, home)
    assert log.count("sftp.log", "acceptable userauth methods: keyboard-interactive") == 1
    assert log.count("sftp.log", "remaining userauth methods") == 1
    assert log.count("codes.log", "SUCCESS") == 0


# ---------------------------------------------------------------- a key behind a passphrase


def test_an_encrypted_key_signs_in_once_its_passphrase_is_there(
    openssh: Rig, home: Home, tmp_path: Path
) -> None:
    assert openssh.private_key is not None
    locked = Path(shutil.copy(openssh.private_key, tmp_path / "locked"))
    protect(locked, "open sesame")
    site = site_of(openssh, by_key(dataclasses.replace(openssh, private_key=locked)))
    log = SshdLog(openssh)
    with open_session(
        site, partial(make_engine, home=home, clock=SystemClock()), Unattended(), SystemClock()
    ) as session:
        with pytest.raises(PassphraseMissingError):
            session.sign_in()
        session.use_passphrase(Secret("something else"))
        with pytest.raises(PassphraseMissingError):
            session.sign_in()
        session.use_passphrase(Secret("open sesame"))
        session.sign_in()
        session.stat(str(openssh.home))
    assert log.verdicts() == ["Accepted publickey"]
