"""Describes the machine, the programs and the checkout that figures were measured with."""

from __future__ import annotations

import os
import platform
import re
import subprocess
from collections.abc import Iterable
from pathlib import Path

from bench.jobs import Client
from bench.report import Machine
from servers.rigs.sshd import SSHD


def this_machine() -> Machine:
    """Describe the machine this runs on."""
    return Machine(
        cores=len(os.sched_getaffinity(0)),
        memory_bytes=os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES"),
        processor=processor_in(Path("/proc/cpuinfo").read_text(encoding="utf-8")),
        kernel=platform.release(),
        python=platform.python_version(),
    )


def processor_in(cpuinfo: str) -> str:
    """Find the model's name in proc(5)'s cpuinfo; not every processor has one."""
    for line in cpuinfo.splitlines():
        key, _, value = line.partition(":")
        if key.strip() == "model name":
            return value.strip()
    return platform.machine()


def versions(clients: Iterable[Client]) -> dict[str, str]:
    """Ask clients and server for their versions, by name."""
    found = {client.name: version_in(_says(client.version_command)) for client in clients}
    # OpenSSH's server knows no such option before 9.3, and says its version while it complains.
    return {**found, "server": version_in(_says((str(SSHD), "-V")))}


def version_in(text: str) -> str:
    """Find the first version number in what a program says; empty without one."""
    found = re.search(r"\d+\.\d[\w.]*", text)
    return found[0] if found else ""


def _says(command: tuple[str, ...]) -> str:
    done = subprocess.run(
        command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False
    )
    return done.stdout


def commit_of(program: Path) -> str:
    """Name the checkout that a program lies in, as ``git describe`` does, or say that it is none.

    Args:
        program: in ``.venv/bin`` of its checkout.
    """
    done = subprocess.run(
        ["git", "describe", "--always", "--dirty", "--abbrev=12"],  # noqa: S607  wherever git is
        cwd=program.parents[2],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        check=False,
    )
    return done.stdout.strip() or "no checkout"
