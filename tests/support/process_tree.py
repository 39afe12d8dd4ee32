"""Finds the descendants of a process (Linux; elsewhere a process has none)."""

from __future__ import annotations

from pathlib import Path


def _parents() -> dict[int, tuple[int, str]]:
    """Parent's number and own name of every process, zombies among them."""
    found = {}
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            text = stat.read_text(encoding="utf-8", errors="replace")
        except (FileNotFoundError, ProcessLookupError):
            continue  # ended while we looked
        # proc(5): pid (name) state parent ...; the name may hold spaces and brackets.
        name, _, rest = text.partition("(")[2].rpartition(")")
        found[int(stat.parent.name)] = (int(rest.split()[1]), name)
    return found


def children(process: int) -> dict[int, str]:
    """Number and name of the processes that ``process`` started."""
    return {number: name for number, (parent, name) in _parents().items() if parent == process}


def descendants(process: int) -> list[int]:
    """Return the numbers of the children, their children, and so on."""
    parents = _parents()
    family = [process]
    for ancestor in family:  # grows while we walk
        family += [number for number, (parent, _) in parents.items() if parent == ancestor]
    return family[1:]
