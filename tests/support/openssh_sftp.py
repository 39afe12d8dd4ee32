"""Runs OpenSSH's sftp against a sandbox."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

from ferrygate.sandbox.sandbox import Sandbox
from support.sandbox_clients import typed

SSH_OPTIONS = (
    "StrictHostKeyChecking=no",
    "UserKnownHostsFile=/dev/null",
    "GlobalKnownHostsFile=/dev/null",
    "PreferredAuthentications=password",
    "NumberOfPasswordPrompts=1",
    "LogLevel=ERROR",
)


def openssh_sftp(sandbox: Sandbox, folder: Path, *commands: str) -> str:
    """Run commands, errors and all, and give what was printed."""
    askpass = folder / "askpass"
    askpass.write_text('#!/bin/sh\nprintf %s "$TYPED"\n')
    askpass.chmod(0o700)
    ready = sandbox.ready
    finished = subprocess.run(
        [  # noqa: S607  wherever OpenSSH is
            "sftp",
            "-F/dev/null",
            *(f"-o{option}" for option in SSH_OPTIONS),
            f"-P{ready.port}",
            f"{ready.username}@{ready.host}",
        ],
        cwd=folder,
        input="\n".join(commands) + "\n",
        errors="surrogateescape",
        env={
            **os.environ,
            "SSH_ASKPASS": str(askpass),
            "SSH_ASKPASS_REQUIRE": "force",
            "TYPED": typed(),
        },
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=30,
        check=True,
    )
    return finished.stdout
