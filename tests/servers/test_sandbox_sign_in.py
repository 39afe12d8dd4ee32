"""Signing in to the sandbox: codes, locks, refusals, and what is remembered of them."""

from __future__ import annotations

import asyncio
import json
import socket
import stat
from pathlib import Path

import asyncssh
import paramiko
import pytest

from ferrygate.codes.totp import live_code
from ferrygate.common.clock import SystemClock
from ferrygate.common.errors import SettingsError
from ferrygate.sandbox.host_keys import host_keys
from ferrygate.sandbox.sandbox import Sandbox, SandboxOptions
from ferrygate.sandbox.settings import HostKeyType, Settings
from support.sandbox_clients import CLOCK, CODE_SECRET, OPTIONS, PASSWORD, connect, sftp, typed
from support.sandbox_fixtures import MakeSandbox
from support.sandbox_site import code_secret_of

pytestmark = pytest.mark.sandbox


@pytest.fixture
def box(make_sandbox: MakeSandbox) -> Sandbox:
    return make_sandbox(clock=CLOCK, **OPTIONS)


def refused(sandbox: Sandbox, password: str, username: str = "vendor7") -> str:
    """Try once, and give the outcome that the sandbox logged."""
    with paramiko.Transport((sandbox.ready.host, sandbox.ready.port)) as transport:
        transport.start_client()
        with pytest.raises(paramiko.AuthenticationException):
            transport.auth_password(username, password)
    return sandbox.log[-1].outcome


def test_the_right_password_and_code(box: Sandbox) -> None:
    with connect(box) as transport:
        assert transport.is_authenticated()
    (record,) = box.log
    assert (record.username, record.outcome) == ("vendor7", "granted")
    assert record.time == CLOCK.now()
    assert record.step == CODE_SECRET.step_at(CLOCK.now())
    assert box.counters.connections == 1


def test_each_refusal_has_its_outcome(box: Sandbox) -> None:
    with connect(box):
        assert refused(box, typed()) == "code-replayed"
    assert refused(box, PASSWORD + "000000") == "wrong-code"
    assert refused(box, typed(5)) == "wrong-code"
    assert refused(box, "wrong" + typed()[-6:]) == "wrong-password-or-locked-or-policy"
    assert refused(box, PASSWORD) == "no-code"
    assert refused(box, typed(1), "../other") == "user-name"
    assert refused(box, typed(1), "nobody") == "wrong-password-or-locked-or-policy"


@pytest.mark.parametrize("username", ["a", "ab", "root"])
def test_names_that_aws_blocks_do_not_reach_the_function(box: Sandbox, username: str) -> None:
    assert refused(box, typed(), username) == "user-name-blocked"


def test_equal_codes_have_equal_hashes(box: Sandbox) -> None:
    with connect(box):
        refused(box, typed())
    refused(box, PASSWORD)
    first, second, third = box.log
    assert first.code_hash == second.code_hash
    assert (third.code_hash, third.step) == ("", None)


def test_an_account_without_a_code_is_refused_as_such(make_sandbox: MakeSandbox) -> None:
    sandbox = make_sandbox(clock=CLOCK, password=OPTIONS["password"], enrolled=False)
    assert refused(sandbox, PASSWORD + "000000") == "not-enrolled"
    assert not sandbox.ready.totp_secret
    assert not sandbox.ready.otpauth_uri


def test_five_wrong_codes_lock_the_account(box: Sandbox) -> None:
    for _ in range(5):
        assert refused(box, PASSWORD + "000000") == "wrong-code"
    assert refused(box, typed()) == "wrong-password-or-locked-or-policy"
    box.faults.unlock_account()
    with connect(box) as transport:
        assert transport.is_authenticated()


def test_the_account_can_be_locked(box: Sandbox) -> None:
    box.faults.lock_account()
    assert refused(box, typed()) == "wrong-password-or-locked-or-policy"


def test_sign_ins_can_be_refused_by_order(box: Sandbox) -> None:
    box.faults.refuse_sign_ins = True
    assert refused(box, typed()) == "refused-by-order"
    box.faults.refuse_sign_ins = False
    with connect(box) as transport:  # the code was not spent
        assert transport.is_authenticated()


class Stubborn(asyncssh.SSHClient):
    """Sends the same password again and again on one connection."""

    def password_auth_requested(self) -> str:
        return PASSWORD


def test_one_connection_has_few_tries(box: Sandbox) -> None:
    async def try_them_all() -> None:
        with pytest.raises(asyncssh.ProtocolError, match="Too many authentication failures"):
            await asyncssh.connect(
                box.ready.host,
                box.ready.port,
                client_factory=Stubborn,
                username="vendor7",
                known_hosts=None,
                client_keys=None,
                agent_path=None,
                config=None,
            )

    asyncio.run(try_them_all())
    assert [record.outcome for record in box.log] == ["no-code"] * Settings().attempts


def test_the_log_file_holds_no_secret(
    box: Sandbox, tmp_path_factory: pytest.TempPathFactory
) -> None:
    del tmp_path_factory
    with connect(box):
        refused(box, typed())
    state = box.ready.root.parents[1] / "state"
    lines = (state / "sign-ins.jsonl").read_text().splitlines()
    assert [json.loads(line)["outcome"] for line in lines] == ["granted", "code-replayed"]
    for path in state.iterdir():
        assert PASSWORD not in path.read_text()
        assert typed()[-6:] not in path.read_text()


def test_ready_says_all_and_shows_no_secret(box: Sandbox) -> None:
    ready = box.ready
    uri = ready.otpauth_uri.reveal()
    assert uri == (
        "otpauth://totp/Ferrygate%20sandbox:vendor7?secret=JBSWY3DPEHPK3PXP"
        "&issuer=Ferrygate%20sandbox&algorithm=SHA1&digits=6&period=30"
    )
    assert (ready.host, ready.username, ready.period) == ("127.0.0.1", "vendor7", 30)
    assert (ready.root / "inbox").is_dir()
    for secret in (PASSWORD, CODE_SECRET.key.reveal()):
        assert secret not in repr(ready)


def test_random_secrets_and_a_short_period(sandbox: Sandbox, make_sandbox: MakeSandbox) -> None:
    other = make_sandbox()
    assert sandbox.ready.period == 3
    assert sandbox.ready.password != other.ready.password
    assert sandbox.ready.totp_secret != other.ready.totp_secret
    assert len(sandbox.ready.totp_secret.reveal()) == 16


def test_codes_of_a_short_period_by_the_real_clock(sandbox: Sandbox) -> None:
    ready = sandbox.ready
    secret = code_secret_of(ready)
    code = live_code(secret, SystemClock().now()).code
    with paramiko.Transport((ready.host, ready.port)) as transport:
        transport.start_client()
        transport.auth_password(ready.username, ready.password.reveal() + code)
        assert transport.is_authenticated()


def test_a_sandbox_starts_once(sandbox: Sandbox) -> None:
    with pytest.raises(RuntimeError, match="runs already"):
        sandbox.start()


def test_sandboxes_run_beside_each_other(make_sandbox: MakeSandbox) -> None:
    boxes = [make_sandbox(clock=CLOCK, **OPTIONS) for _ in range(3)]
    (boxes[0].ready.root / "only here").touch()
    for box in boxes:
        with sftp(box) as client:
            assert ("only here" in client.listdir("/")) == (box is boxes[0])
    assert [len(box.log) for box in boxes] == [1, 1, 1]


def test_the_host_key_is_kept_between_runs(make_sandbox: MakeSandbox, tmp_path: Path) -> None:
    first = make_sandbox(state=tmp_path)
    fingerprint = first.ready.host_key_fingerprint
    first.stop()
    with pytest.raises(RuntimeError):
        _ = first.ready
    assert first.start().host_key_fingerprint == fingerprint
    assert make_sandbox(state=tmp_path).ready.host_key_fingerprint == fingerprint
    assert make_sandbox().ready.host_key_fingerprint != fingerprint
    assert stat.S_IMODE((tmp_path / "host_key").stat().st_mode) == 0o600


def test_a_host_key_that_is_cut_off_is_told(tmp_path: Path) -> None:
    (tmp_path / "host_key").write_bytes(b"-----BEGIN OPENSSH PRIVATE KEY-----\n")
    with pytest.raises(SettingsError, match="host_key"):
        host_keys(tmp_path, [HostKeyType.ED25519], rotate=False)
    (key,) = host_keys(tmp_path, [HostKeyType.ED25519], rotate=True)
    (kept,) = host_keys(tmp_path, [HostKeyType.ED25519], rotate=False)
    assert kept.get_fingerprint() == key.get_fingerprint()


def test_the_fingerprint_is_that_of_the_key(box: Sandbox) -> None:
    with connect(box) as transport:
        assert transport.get_remote_server_key().fingerprint == box.ready.host_key_fingerprint


def test_a_port_that_is_taken(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        options = SandboxOptions(
            state=tmp_path / "state", root=tmp_path / "root", port=taken.getsockname()[1]
        )
        with pytest.raises(OSError, match="address already in use"):
            Sandbox(options, SystemClock()).start()


def test_a_port_that_there_is_not(tmp_path: Path) -> None:
    options = SandboxOptions(state=tmp_path / "state", root=tmp_path / "root", port=65_536)
    with pytest.raises(OverflowError):
        Sandbox(options, SystemClock()).start()


def test_a_host_whose_name_no_host_can_have(tmp_path: Path) -> None:
    options = SandboxOptions(state=tmp_path / "state", root=tmp_path / "root", host="a..b")
    with pytest.raises(UnicodeError, match="label empty"):
        Sandbox(options, SystemClock()).start()


def test_only_what_the_sandbox_made_is_removed_from_its_folder(tmp_path: Path) -> None:
    root, elsewhere = tmp_path / "root", tmp_path / "elsewhere"
    (root / ".uploads").mkdir(parents=True)
    elsewhere.mkdir()
    theirs = [root / ".uploads" / "thesis.txt", elsewhere / "photo.jpg"]
    for file in theirs:
        file.touch()
    (root / ".uploads-link").symlink_to(elsewhere)
    before = set(root.iterdir())
    options = SandboxOptions(state=tmp_path / "state", root=root)
    with Sandbox(options, SystemClock()):
        (staging,) = set(root.iterdir()) - before - {root / "vendor7"}
        assert staging.stat().st_mode & 0o777 == 0o700
    assert set(root.iterdir()) == before | {root / "vendor7"}
    assert all(file.exists() for file in theirs)
