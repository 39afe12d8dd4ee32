"""Tells what runs, and on what: for the log's first line, and for what support is sent."""

from __future__ import annotations

import os
import sys
from functools import cache

from ferrygate.common.lean_imports import Versions


@cache  # looks at the disk
def program_version() -> str:
    """Name this program and its version."""
    return f"Ferrygate {Versions().version('ferrygate')}"


@cache  # as above
def platform_facts() -> str:
    """Name the versions of Python and of the SSH library, the system and the kind of machine."""
    python = ".".join(map(str, sys.version_info[:3]))
    return f"Python {python}, paramiko {Versions().version('paramiko')}, {_system()}"


def program_lines() -> tuple[str, ...]:
    """Name what runs and on what, for support."""
    return program_version(), platform_facts()


def _system() -> str:
    """Name the operating system, its version and the kind of machine."""
    if sys.platform == "win32":
        version = sys.getwindowsversion()
        return f"Windows {version.major}.{version.minor}.{version.build}"
    system = os.uname()
    return f"{system.sysname} {system.release} {system.machine}"
