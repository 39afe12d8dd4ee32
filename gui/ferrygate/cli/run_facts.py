"""Describes a run in the first line of its log: what runs, for which site, and on what."""

from __future__ import annotations

import os
import sys

import msgspec

from ferrygate.common.display import display_text

_MAX_SITE = 80  # characters of a site's name, which a connection file chooses


class RunFacts(msgspec.Struct):
    """Holds what is known of the run.

    Attributes:
        command: the command's name; "the window" where there is none.
        site: the name of the site, once it is known.
    """

    command: str = "the window"
    site: str = ""

    def line(self) -> str:
        """Describe the run: versions, command, site and system, but no argument."""
        from ferrygate.common.lean_imports import Versions  # noqa: PLC0415  where something is logged

        versions = Versions()
        python = ".".join(map(str, sys.version_info[:3]))
        site = f", site {display_text(self.site)[:_MAX_SITE]!r}" if self.site else ""
        return (
            f"Ferrygate {versions.version('ferrygate')}: {self.command}{site};"
            f" Python {python}, paramiko {versions.version('paramiko')}, {_system()}"
        )


def _system() -> str:
    """Name the operating system, its version and the kind of machine."""
    if sys.platform == "win32":
        version = sys.getwindowsversion()
        return f"Windows {version.major}.{version.minor}.{version.build}"
    system = os.uname()
    return f"{system.sysname} {system.release} {system.machine}"
