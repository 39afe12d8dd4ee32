"""Provides real servers, one for each module that asks; a pytest plugin."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from servers.rigs.openssh import openssh_rig
from servers.rigs.openssh_otp import Form, openssh_otp_rig
from servers.rigs.proftpd import proftpd_rig
from servers.rigs.rig import Rig


@pytest.fixture(scope="module")
def openssh(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Rig]:
    """OpenSSH for a public key."""
    with openssh_rig(tmp_path_factory.mktemp("openssh")) as rig:
        yield rig


@pytest.fixture(scope="module")
def openssh_otp(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Rig]:
    """OpenSSH for password and code in one string; its tests are marked ``root``."""
    with openssh_otp_rig(tmp_path_factory.mktemp("otp")) as rig:
        yield rig


@pytest.fixture(scope="module")
def openssh_otp_two_rounds(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Rig]:
    """OpenSSH that asks for the password, then for the code; its tests are marked ``root``."""
    with openssh_otp_rig(tmp_path_factory.mktemp("otp"), Form.TWO_ROUNDS) as rig:
        yield rig


@pytest.fixture(scope="module")
def openssh_key_and_otp(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Rig]:
    """OpenSSH for a key, then password and code in one string; its tests are marked ``root``."""
    with openssh_otp_rig(tmp_path_factory.mktemp("otp"), Form.KEY_THEN_JOINED) as rig:
        yield rig


@pytest.fixture(scope="module")
def proftpd(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Rig]:
    """ProFTPD for the password, then the code."""
    with proftpd_rig(tmp_path_factory.mktemp("proftpd")) as rig:
        yield rig
