"""OpenSSH as people run it everywhere: a public key, internal-sftp, default limits."""

from __future__ import annotations

import os
import pwd
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from servers.rigs.accounts import privilege_separation
from servers.rigs.keys import fingerprints, make_key
from servers.rigs.rig import Rig
from servers.rigs.sshd import ON_LOOPBACK, SSHD, Address, running_sshd


@contextmanager
def openssh_rig(
    state: Path, address: Address = ON_LOOPBACK, extra: Mapping[str, str] | None = None
) -> Iterator[Rig]:
    """Run an sshd for the account that runs the tests, with a key of its own; root is not needed.

    Args:
        state: an empty folder for keys, configuration and the home; its path holds no blanks.
        address: where it listens.
        extra: more settings of sshd_config(5).
    """
    home = state / "home"
    home.mkdir()
    private_key = make_key(state / "id_ed25519", "ed25519")
    settings = {
        "AuthorizedKeysFile": str(private_key.with_suffix(".pub")),
        "AuthenticationMethods": "publickey",
        "PermitRootLogin": "prohibit-password",
        "ForceCommand": f"internal-sftp -d {home}",
        **(extra or {}),
    }
    with privilege_separation(), running_sshd(SSHD, state, settings, address) as server:
        yield Rig(
            host=address.host,
            port=server.port,
            username=pwd.getpwuid(os.geteuid()).pw_name,
            host_key_fingerprints=fingerprints(state),
            home=home,
            server=server,
            private_key=private_key,
        )
