"""Used as a library, Ferrygate prints nothing of its own: its caller's streams are the caller's."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from faults.wrong_answers import PORTAL
from servers.rigs.server_process import HOST
from support.broken_peers import Stranger, raw_peer
from support.scripted_ssh import Script, scripted_ssh

PROGRAM = """
import sys
import ferrygate

path, password = sys.argv[1:]
try:
    with ferrygate.connect(path, password=password, accept_new_host_key=True) as session:
        list(session.ls("/"))
except ferrygate.FerrygateError as error:
    print(type(error).__name__)
"""


def connects(home: Path, port: int) -> subprocess.CompletedProcess[str]:
    file = home / "site.ferrygate"
    file.write_text(
        f'format = 1\nname = "s"\nhost = "{HOST}"\nport = {port}\nusername = "v"\n'
        '[sign_in]\njoin = "{password}"\n'
    )
    return subprocess.run(
        [sys.executable, "-c", PROGRAM, str(file), "secret"],
        env={"FERRYGATE_HOME": str(home / "home"), "PATH": "/usr/bin:/bin"},
        capture_output=True,
        text=True,
        timeout=50,
        check=True,
    )


def test_a_web_page_in_place_of_a_server(tmp_path: Path) -> None:
    def behave(stranger: Stranger) -> None:
        stranger.hear()
        stranger.say(PORTAL)

    with raw_peer(behave) as (port, _came):
        done = connects(tmp_path, port)
    assert (done.stdout, done.stderr) == ("CannotReachError\n", "")


def test_a_packet_with_a_wrong_tag_in_the_middle_of_a_sign_in(tmp_path: Path) -> None:
    script = Script()
    script.on_password = lambda: script.transports[-1].sock.sendall(b"\0\0\0\x20" + bytes(48))
    with scripted_ssh(script) as port:
        done = connects(tmp_path, port)
    assert (done.stdout, done.stderr) == ("SignInUnansweredError\n", "")
