from __future__ import annotations

import pytest

from support.scripted_sftp import ScriptedServer, ScriptedSftp


@pytest.fixture
def server() -> ScriptedServer:
    return ScriptedServer({b"/a": b"1"}, b"/folder", b"/folder/below")


@pytest.fixture
def rig(server: ScriptedServer) -> ScriptedSftp:
    return ScriptedSftp(server)
