"""The OpenSSH server with google-authenticator: it refuses what AWS and Okta would refuse."""

from __future__ import annotations

import pwd
import threading
import time
from pathlib import Path

import paramiko
import pytest

from ferrygate.codes.totp import CodeSecret
from servers.rigs.accounts import account_name
from servers.rigs.openssh_otp import PAM_FOLDER, SERVICE_PREFIX, openssh_otp_rig
from servers.rigs.rig import Rig

pytestmark = pytest.mark.root


class Authenticator:
    """Hands out the codes of a rig's account, each one once."""

    def __init__(self, secret: CodeSecret) -> None:
        self._secret = secret
        self._last_step = 0

    def code(self) -> str:
        """Wait for a code nobody has used; the server's window takes the coming one as well."""
        now = time.time()
        step = max(self._last_step + 1, self._secret.step_at(now))
        if (ahead := (step - 1) * self._secret.period - now) > 0:
            # The server reads the machine's own clock, so nothing but time helps: 5 s at most.
            # It reads it with time(2), which lags a few milliseconds behind.
            threading.Event().wait(ahead + 0.05)
        self._last_step = step
        return self._secret.code_for_step(step)


@pytest.fixture(scope="module")
def authenticator(openssh_otp: Rig) -> Authenticator:
    return Authenticator(code_secret_of(openssh_otp))


def code_secret_of(rig: Rig) -> CodeSecret:
    assert rig.code_secret is not None
    return rig.code_secret


def password_of(rig: Rig) -> str:
    assert rig.password is not None
    return rig.password.reveal()


def is_accepted(rig: Rig, joined: str) -> bool:
    """Tell whether one attempt with the ``password`` method succeeds."""
    with paramiko.Transport((rig.host, rig.port)) as transport:
        transport.start_client(timeout=10)
        try:
            transport.auth_password(rig.username, joined, fallback=False)
        except paramiko.AuthenticationException:
            return False
        return transport.is_authenticated()


def test_password_and_code_together_are_good_once(
    openssh_otp: Rig, authenticator: Authenticator
) -> None:
    password, code = password_of(openssh_otp), authenticator.code()
    assert is_accepted(openssh_otp, password + code)
    assert not is_accepted(openssh_otp, password + code)

    openssh_otp.server.wait_for_log(f"Failed password for {openssh_otp.username}")
    log = openssh_otp.server.log()
    assert f"Accepted password for {openssh_otp.username}" in log
    assert password not in log
    assert code not in log


def test_a_wrong_code_is_refused(openssh_otp: Rig) -> None:
    secret = code_secret_of(openssh_otp)
    long_ago = secret.code_for_step(secret.step_at(time.time()) - 1000)
    assert not is_accepted(openssh_otp, password_of(openssh_otp) + long_ago)


def test_a_wrong_password_is_refused(openssh_otp: Rig, authenticator: Authenticator) -> None:
    assert not is_accepted(openssh_otp, "not the password" + authenticator.code())


@pytest.mark.slow
def test_the_code_alone_is_refused(openssh_otp: Rig, authenticator: Authenticator) -> None:
    assert not is_accepted(openssh_otp, authenticator.code())


def test_the_password_alone_is_refused(openssh_otp: Rig) -> None:
    assert not is_accepted(openssh_otp, password_of(openssh_otp))


@pytest.mark.slow
def test_one_sign_in_carries_many_channels(openssh_otp: Rig, authenticator: Authenticator) -> None:
    with paramiko.Transport((openssh_otp.host, openssh_otp.port)) as transport:
        transport.start_client(timeout=10)
        joined = password_of(openssh_otp) + authenticator.code()
        transport.auth_password(openssh_otp.username, joined, fallback=False)
        for number in range(4):
            sftp = paramiko.SFTPClient.from_transport(transport)
            assert sftp is not None
            with sftp.open(f"file{number}", "w") as remote:
                remote.write(b"data")
    names = sorted(path.name for path in openssh_otp.home.iterdir())
    assert names == ["file0", "file1", "file2", "file3"]


def test_two_rounds_ask_for_password_then_code(openssh_otp_two_rounds: Rig) -> None:
    rig = openssh_otp_two_rounds
    password = password_of(rig)
    code = Authenticator(code_secret_of(rig)).code()
    asked: list[str] = []

    def answer(_title: str, _instructions: str, prompts: list[tuple[str, bool]]) -> list[str]:
        asked.extend(prompt.strip() for prompt, _echo in prompts)
        return [code if "code" in prompt.lower() else password for prompt, _echo in prompts]

    with paramiko.Transport((rig.host, rig.port)) as transport:
        transport.start_client(timeout=10)
        transport.auth_interactive(rig.username, answer)
        assert transport.is_authenticated()
    assert asked == ["Password:", "Verification code:"]


def test_nothing_is_left_on_the_machine(tmp_path_factory: pytest.TempPathFactory) -> None:
    state = tmp_path_factory.mktemp("otp")
    with openssh_otp_rig(state) as rig:
        assert rig.home.is_dir()
        assert rig.username == account_name(token_in(state))
        assert rig.username in account_names()
        assert rules_in(state).is_file()
    assert not rig.home.exists()
    assert rig.username not in account_names()
    assert not rules_in(state).exists()


def test_nothing_is_left_after_a_failed_start(
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    state = tmp_path_factory.mktemp("otp")
    (state / "sshd_config").mkdir()  # so that the configuration cannot be written
    with pytest.raises(IsADirectoryError), openssh_otp_rig(state):
        pytest.fail("it started")
    assert account_name(token_in(state)) not in account_names()
    assert not rules_in(state).exists()


def token_in(state: Path) -> str:
    """Give the token that tells one rig's account and rules from those of other tests under way."""
    (binary,) = state.glob(f"{SERVICE_PREFIX}*")
    return binary.name.removeprefix(SERVICE_PREFIX)


def rules_in(state: Path) -> Path:
    return PAM_FOLDER / f"{SERVICE_PREFIX}{token_in(state)}"


def account_names() -> set[str]:
    return {account.pw_name for account in pwd.getpwall()}
