"""``ferrygate sites fingerprint``: the keys of real servers, without an account or a secret."""

from __future__ import annotations

import json
import socket
import tomllib

import pytest

from e2e.program import Program
from ferrygate.cli.exit_codes import Exit
from ferrygate.sandbox.sandbox import Sandbox
from servers.rigs.rig import Rig


def test_every_key_of_a_server_is_printed_with_the_line_that_pins_them(
    bare: Program, openssh: Rig
) -> None:
    done = bare("sites", "fingerprint", f"{openssh.host}:{openssh.port}")
    assert done.returncode == 0, done.stderr
    *lines, pins = done.stdout.splitlines()
    assert {line.split()[0] for line in lines} == set(openssh.host_key_fingerprints)
    assert {line.split()[1] for line in lines} == {"ssh-ed25519", "ecdsa-sha2-nistp256", "ssh-rsa"}
    assert tomllib.loads(pins) == {"host_key_fingerprints": [line.split()[0] for line in lines]}
    assert done.stderr == (
        "Nobody has confirmed these keys yet: have whoever runs the server compare them.\n"
    )


def test_a_key_is_an_entry_for_programs_and_the_server_sees_no_attempt(
    bare: Program, sandbox: Sandbox
) -> None:
    ready = sandbox.ready
    done = bare("sites", "fingerprint", f"{ready.host}:{ready.port}", "--json")
    assert [json.loads(line) for line in done.stdout.splitlines()] == [
        {
            "event": "entry",
            "host": ready.host,
            "port": ready.port,
            "key_type": "ssh-ed25519",
            "fingerprint": ready.host_key_fingerprint,
        }
    ]
    assert done.stderr.startswith("Nobody has confirmed this key yet")
    assert len(sandbox.log) == 0


def test_a_port_on_which_nothing_answers_is_told(bare: Program) -> None:
    with socket.socket() as reserved:
        reserved.bind(("127.0.0.1", 0))
        done = bare("sites", "fingerprint", f"127.0.0.1:{reserved.getsockname()[1]}")
    assert done.returncode == Exit.UNREACHABLE
    assert "nothing answers on port" in done.stderr


@pytest.mark.parametrize("address", ["no host", "https://example.org", "h:99999"])
def test_no_address_is_wrong_usage(bare: Program, address: str) -> None:
    assert bare("sites", "fingerprint", address).returncode == Exit.USAGE
