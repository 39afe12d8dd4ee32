"""Tells which processes of this machine still run, so that a dead one's lease is not awaited."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Protocol


class Processes(Protocol):
    """Tells a lease about its holder."""

    @property
    def me(self) -> str:
        """Name this process, by a name that no other has until the next boot, at least."""
        ...

    def is_running(self, name: str) -> bool:
        """Tell whether the process of that name may still run; true if that is unknown."""
        ...


class SystemProcesses:
    """Processes by number, start time and boot, from ``/proc`` where there is one (Linux)."""

    def __init__(self, proc: Path = Path("/proc")) -> None:
        self._proc = proc
        self._me = self._name(os.getpid()) or f"{os.getpid()}"

    @property
    def me(self) -> str:
        """``pid:start:boot``, or the bare pid where the system does not tell."""
        return self._me

    def is_running(self, name: str) -> bool:
        """Tell whether a process of that number, start and boot is there."""
        number, *rest = name.split(":")
        if not rest or ":" not in self._me:
            return True
        return self._name(int(number)) == name

    def _name(self, pid: int) -> str:
        try:
            boot = (self._proc / "sys/kernel/random/boot_id").read_text("ascii").strip()
            fields = (self._proc / str(pid) / "stat").read_text("utf-8", "replace")
        except OSError:
            return ""
        # The command in parentheses may hold anything; start time is field 22 of proc(5).
        start = fields.rpartition(")")[2].split()[19]
        return f"{pid}:{start}:{boot}"
