"""Old servers and several host keys: decided before anything about the account leaves."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import asyncssh
import msgspec
import pytest

from ferrygate.api.connecting import connect
from ferrygate.common.errors import HostKeyChangedError, HostKeyUnknownError, ServerUnusableError
from ferrygate.common.paths import Home
from ferrygate.sites.known_hosts import HostKey, KnownHosts
from ferrygate.sites.site import SignInSettings, Site
from servers.rigs.asking import Asked, asking_server
from servers.rigs.keys import HOST_KEY_TYPES
from servers.rigs.rig import Rig
from servers.rigs.server_process import HOST
from servers.rigs.signing_in import by_key, site_of


@pytest.fixture
def home(tmp_path: Path) -> Home:
    home = Home(tmp_path / "home")
    home.prepare()
    return home


def sign_in(asked: Asked, home: Home, **options: Any) -> None:
    site = Site(
        name="asking",
        host=HOST,
        port=asked.port,
        username="vendor7",
        sign_in=SignInSettings(steps=("keyboard-interactive",)),
        **options,
    )
    with connect(site, password="correct horse", home=home):
        pass


# ---------------------------------------------------------------- old servers


@pytest.mark.parametrize(
    "algorithms",
    [
        {"kex_algs": ["diffie-hellman-group1-sha1"]},
        {"kex_algs": ["diffie-hellman-group14-sha1", "diffie-hellman-group-exchange-sha1"]},
        {"encryption_algs": ["3des-cbc", "aes128-cbc", "aes256-cbc"]},
        {"encryption_algs": ["arcfour"]},
        {"encryption_algs": ["aes128-ctr"], "mac_algs": ["hmac-md5", "hmac-sha1-96"]},
    ],
    ids=["group1", "sha1", "cbc", "rc4", "md5"],
)
def test_what_is_no_longer_safe_is_refused_in_a_sentence(
    home: Home, algorithms: dict[str, Any]
) -> None:
    with (
        asking_server([], **algorithms) as asked,
        pytest.raises(ServerUnusableError, match="only encryption that is no longer safe"),
    ):
        sign_in(asked, home)
    assert asked.attempts == 0


def test_a_host_key_that_signs_with_sha_1_is_refused_in_a_sentence(home: Home) -> None:
    (pair,) = asyncssh.load_keypairs(asyncssh.generate_private_key("ssh-rsa"))
    pair.host_key_algorithms = [b"ssh-rsa"]
    with (
        asking_server([], host_keys=[pair]) as asked,
        pytest.raises(ServerUnusableError, match="only encryption that is no longer safe"),
    ):
        sign_in(asked, home)
    assert asked.attempts == 0


# ---------------------------------------------------------------- several host keys


def host_key(key: asyncssh.SSHKey) -> HostKey:
    return HostKey(key.get_algorithm(), key.public_data)


def record(home: Home, port: int, key: HostKey) -> None:
    KnownHosts(home.known_hosts).add(HOST, port, key)


@pytest.mark.parametrize("kind", HOST_KEY_TYPES)
def test_the_type_on_record_is_asked_for_whatever_the_server_prefers(
    openssh: Rig, home: Home, kind: str
) -> None:
    public = openssh.home.parent.joinpath(f"host_{kind}.pub")
    record(home, openssh.port, host_key(asyncssh.read_public_key(public)))
    site = msgspec.structs.replace(site_of(openssh, by_key(openssh)), host_key_fingerprints=())
    with connect(site, home=home) as session:
        session.stat(str(openssh.home))
    assert len(KnownHosts(home.known_hosts).keys_for(HOST, openssh.port)) == 1


def test_a_server_that_shows_another_type_than_the_one_on_record_is_not_trusted(
    home: Home,
) -> None:
    old, new = (asyncssh.generate_private_key(kind) for kind in ("ssh-ed25519",) * 2)
    ecdsa = asyncssh.generate_private_key("ecdsa-sha2-nistp256")
    with asking_server([], host_keys=[new, ecdsa]) as asked:
        record(home, asked.port, host_key(old))
        with pytest.raises(HostKeyChangedError):
            sign_in(asked, home, host_key_fingerprints=(host_key(ecdsa).fingerprint,))
    assert asked.attempts == 0


def test_each_of_several_keys_on_record_is_enough(home: Home) -> None:
    ed25519 = asyncssh.generate_private_key("ssh-ed25519")
    ecdsa = asyncssh.generate_private_key("ecdsa-sha2-nistp256")
    for kept in (ed25519, ecdsa):
        with asking_server([], host_keys=[kept]) as asked:
            record(home, asked.port, host_key(ed25519))
            record(home, asked.port, host_key(ecdsa))
            sign_in(asked, home)
        assert asked.attempts == 1


def test_a_key_nobody_confirmed_gets_nothing(home: Home) -> None:
    with asking_server([]) as asked, pytest.raises(HostKeyUnknownError):
        sign_in(asked, home)
    assert asked.attempts == 0


@pytest.mark.parametrize("kind", HOST_KEY_TYPES)
def test_a_pin_fits_whichever_of_its_keys_the_server_prefers(
    openssh: Rig, home: Home, kind: str
) -> None:
    public = openssh.home.parent.joinpath(f"host_{kind}.pub")
    pinned = host_key(asyncssh.read_public_key(public))
    site = msgspec.structs.replace(
        site_of(openssh, by_key(openssh)), host_key_fingerprints=(pinned.fingerprint,)
    )
    with connect(site, home=home) as session:
        session.stat(str(openssh.home))
    assert KnownHosts(home.known_hosts).keys_for(HOST, openssh.port) == (pinned,)


def test_a_pin_that_fits_none_of_its_keys_is_another_server(home: Home) -> None:
    stranger = host_key(asyncssh.generate_private_key("ssh-ed25519"))
    kinds = ("ssh-ed25519", "ecdsa-sha2-nistp256", "ssh-rsa")
    keys = [asyncssh.generate_private_key(kind) for kind in kinds]
    with asking_server([], host_keys=keys) as asked, pytest.raises(HostKeyChangedError):
        sign_in(asked, home, host_key_fingerprints=(stranger.fingerprint,))
    assert asked.attempts == 0
