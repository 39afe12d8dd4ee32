from __future__ import annotations

import base64
import os
import subprocess
import sys
from pathlib import Path

import pytest

from ferrygate.common.errors import SettingsError, UsageError
from ferrygate.sites.known_hosts import HostKey, KnownHosts

ED25519 = base64.b64decode("AAAAC3NzaC1lZDI1NTE5AAAAIOMqqnkVzrm0SdG6UOoqKLsabgH5C9okWi0dh2l9GKJl")
KEY = HostKey("ssh-ed25519", ED25519)
OTHER = HostKey("ssh-rsa", b"other")
HOST = "sftp.example.org"


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "known_hosts"


def line(name: str, key: HostKey = KEY) -> str:
    return f"{name} {key.key_type} {base64.b64encode(key.blob).decode()}\n"


def test_the_fingerprint_is_the_one_openssh_shows() -> None:
    # GitHub's published key and fingerprint.
    assert KEY.fingerprint == "SHA256:+DiY3wvvV6TuJJhbpZisF/zLDA0zPMSvHdkr4UvCOqU"


def test_nothing_is_known_at_first(path: Path) -> None:
    assert KnownHosts(path).keys_for(HOST, 22) == ()


def test_a_key_put_on_record(path: Path) -> None:
    hosts = KnownHosts(path)
    hosts.add(HOST, 22, KEY)
    hosts.add(HOST, 22, OTHER)
    hosts.add(HOST, 22, KEY)
    assert hosts.keys_for(HOST.upper(), 22) == (KEY, OTHER)
    assert path.read_text() == line(HOST) + line(HOST, OTHER)
    assert path.stat().st_mode & 0o777 == 0o600


def test_another_port_is_another_server(path: Path) -> None:
    hosts = KnownHosts(path)
    hosts.add(HOST, 2222, KEY)
    assert hosts.keys_for(HOST, 22) == ()
    assert hosts.keys_for(HOST, 2222) == (KEY,)
    assert path.read_text() == line(f"[{HOST}]:2222")


def test_an_address_of_ip_version_6(path: Path) -> None:
    hosts = KnownHosts(path)
    hosts.add("::1", 22, KEY)
    hosts.add("::1", 2222, OTHER)
    assert path.read_text() == line("::1") + line("[::1]:2222", OTHER)
    assert hosts.keys_for("::1", 2222) == (OTHER,)


def test_keys_are_replaced_for_one_server_only(path: Path) -> None:
    hosts = KnownHosts(path)
    hosts.add(HOST, 22, KEY)
    hosts.add("b.example", 22, KEY)
    hosts.replace(HOST, 22, [OTHER])
    assert hosts.keys_for(HOST, 22) == (OTHER,)
    assert hosts.keys_for("b.example", 22) == (KEY,)


def test_a_server_is_forgotten(path: Path) -> None:
    hosts = KnownHosts(path)
    hosts.add(HOST, 22, KEY)
    hosts.forget(HOST, 22)
    assert hosts.keys_for(HOST, 22) == ()


FOREIGN = (
    "# a comment\n"
    "\n"
    "|1|F1E1KeoE/eEWhi10WpGv4OdiO6Y=|3988QV0VE8wmZL7suNrYQLITLCg= ssh-ed25519 AAAA\n"
    f"@revoked {HOST} ssh-ed25519 AAAA\n"
    "other.example ssh-ed25519 not-base64\n"
    "other.example\n"
    "caf\udce9 \x0b \x85 \u2028\n"
)


def test_lines_that_mean_nothing_here_stay_as_they_are(path: Path) -> None:
    foreign = FOREIGN.encode("utf-8", "surrogateescape")
    path.write_bytes(foreign.removesuffix(b"\n"))
    hosts = KnownHosts(path)
    assert hosts.keys_for(HOST, 22) == ()
    hosts.add(HOST, 22, KEY)
    assert path.read_bytes() == foreign + line(HOST).encode()
    hosts.forget(HOST, 22)
    assert path.read_bytes() == foreign


@pytest.mark.parametrize("rest", ["", " ssh-ed25519", " ssh-ed25519 not-base64", " ssh-rsa AAA x"])
def test_a_damaged_line_is_no_server_without_a_key(path: Path, rest: str) -> None:
    path.write_text(f"b.example,{HOST.upper()}{rest}\n")
    hosts = KnownHosts(path)
    with pytest.raises(SettingsError, match="damaged") as caught:
        hosts.keys_for(HOST, 22)
    assert caught.value.problem.detail == "line 1: no key can be read there"
    assert hosts.keys_for("c.example", 22) == ()
    hosts.forget(HOST, 22)
    assert hosts.keys_for(HOST, 22) == ()


def test_a_line_of_several_names_loses_one(path: Path) -> None:
    blob = base64.b64encode(ED25519).decode()
    path.write_text(f"b.example,{HOST}\t ssh-ed25519 {blob} a comment\n")
    hosts = KnownHosts(path)
    assert hosts.keys_for(HOST, 22) == (KEY,)
    hosts.forget(HOST, 22)
    assert path.read_text() == f"b.example ssh-ed25519 {blob} a comment\n"


@pytest.mark.parametrize("host", ["", "a b", "a,b", "#a", "@cert-authority", "|1|x", "*", "a\nb"])
def test_a_name_that_means_something_else_in_the_file_is_refused(path: Path, host: str) -> None:
    with pytest.raises(UsageError):
        KnownHosts(path).add(host, 22, KEY)
    assert not path.exists()


def test_a_file_that_cannot_be_read(path: Path) -> None:
    path.mkdir()
    with pytest.raises(SettingsError, match="cannot use its own file"):
        KnownHosts(path).keys_for(HOST, 22)


ADD_KEYS = """
import sys
from pathlib import Path
from ferrygate.sites.known_hosts import HostKey, KnownHosts
for number in range(10):
    blob = f"{sys.argv[2]} {number}".encode()
    KnownHosts(Path(sys.argv[1])).add("sftp.example.org", 22, HostKey("ssh-rsa", blob))
"""


def test_processes_do_not_lose_each_other_s_keys(path: Path) -> None:
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    processes = [
        subprocess.Popen([sys.executable, "-c", ADD_KEYS, str(path), str(n)], env=environment)
        for n in range(3)
    ]
    assert [process.wait(30) for process in processes] == [0, 0, 0]
    assert len(KnownHosts(path).keys_for(HOST, 22)) == 30
