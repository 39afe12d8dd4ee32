"""Lines that change bytes on the way: the session is given up, and a new one begins anew."""

from __future__ import annotations

from pathlib import Path

import pytest

from ferrygate.common.errors import ConnectionLostError
from ferrygate.common.secret import Secret
from support.odd_server_rig import OddRig, odd_rig
from support.scripted_sftp import ScriptedServer


def damage(rig: OddRig) -> None:
    """End the connection as one on which bytes were changed."""
    connection = rig.attempts.connections[-1]
    connection.was_damaged = True
    connection.hang_up()


def test_damage_counts_against_the_session_that_saw_it_alone(tmp_path: Path) -> None:
    with odd_rig(ScriptedServer({b"/a": b"1"}), tmp_path) as rig:
        for _ in range(2):
            damage(rig)
            assert rig.session.stat("/a").size == 1
        damage(rig)
        with pytest.raises(ConnectionLostError):
            rig.session.stat("/a")
        with pytest.raises(ConnectionLostError, match="changed on its way"):
            rig.session.stat("/a")
        rig.session.use_password(Secret("pw"))
        rig.session.sign_in()
        damage(rig)
        assert rig.session.stat("/a").size == 1
