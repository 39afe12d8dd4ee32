"""OpenSSH as people run it everywhere: a public key, internal-sftp, default limits."""

from __future__ import annotations

import os
import pwd
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from servers.rigs.accounts import privilege_separation
from servers.rigs.keys import fingerprints, make_key
from servers.rigs.rig import Rig
from servers.rigs.server_process import HOST
from servers.rigs.sshd import SSHD, running_sshd


@contextmanager
def openssh_rig(state: Path, **more: str) -> Iterator[Rig]:
    """An sshd for the account that runs the tests, with a key of its own; root is not needed.

    Args:
        state: an empty folder for keys, configuration and the home; its path holds no blanks.
        more: further settings (sshd_config(5)), which come first.
    """
    home = state / "home"
    home.mkdir()
    private_key = make_key(state / "id_ed25519", "ed25519")
    settings = {
        "AuthorizedKeysFile": str(private_key.with_suffix(".pub")),
        "AuthenticationMethods": "publickey",
        "PermitRootLogin": "prohibit-password",
        "ForceCommand": f"internal-sftp -d {home}",
        **more,
    }
    with privilege_separation(), running_sshd(SSHD, state, settings) as server:
        yield Rig(
            host=HOST,
            port=server.port,
            username=pwd.getpwuid(os.geteuid()).pw_name,
            host_key_fingerprints=fingerprints(state),
            home=home,
            server=server,
            private_key=private_key,
        )
