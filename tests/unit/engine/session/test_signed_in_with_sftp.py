"""A session counts as signed in once the server has shown that it transfers files."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from ferrygate.common.errors import Kind
from ferrygate.common.secret import Secret
from ferrygate.engine.messages.session import (
    OpenSite,
    ServerSaid,
    SessionState,
    SignIn,
    UsePassword,
)
from ferrygate.sites.site import SignInSettings, Site
from servers.rigs.server_process import HOST
from support.engine_rig import EngineRig
from support.fake_clock import WallClock
from support.scripted_ssh import HOST_KEY, Script, scripted_ssh


@pytest.fixture
def rig(tmp_path: Path) -> Iterator[EngineRig]:
    with closing(EngineRig(tmp_path, WallClock())) as rig:
        yield rig


def site(port: int) -> Site:
    digest = base64.b64encode(hashlib.sha256(HOST_KEY.asbytes()).digest())
    return Site(
        name="s",
        host=HOST,
        port=port,
        username="v",
        host_key_fingerprints=(f"SHA256:{digest.decode().rstrip('=')}",),
        sign_in=SignInSettings(join="{password}"),
    )


def test_a_server_without_sftp_never_shows_as_signed_in(rig: EngineRig) -> None:
    script = Script()
    script.banner = "Welcome to the machine."
    with scripted_ssh(script) as port:
        rig.do(OpenSite, site(port))
        rig.do(UsePassword, Secret("correct horse"))
        problem = rig.refused(SignIn)
        assert problem.kind is Kind.SERVER_UNUSABLE
        assert script.passwords == ["correct horse"]
        assert SessionState.SIGNED_IN not in rig.states
        assert rig.states[-1] is SessionState.OFFLINE
        assert [said.words for said in rig.listener.all(ServerSaid)] == [script.banner]
        assert not any(connection.alive for connection in rig.connections)
