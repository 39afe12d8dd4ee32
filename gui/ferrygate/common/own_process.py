"""Starts Ferrygate itself as a child process; no other module starts processes."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

# Variables of Python that name no code. All others go: they name folders to import from, a file to
# run first, or, like PYTHONWARNINGS and PYTHONBREAKPOINT, a module to import.
_HARMLESS = frozenset(
    {
        "PYTHONDONTWRITEBYTECODE",
        "PYTHONHASHSEED",
        "PYTHONIOENCODING",
        "PYTHONNOUSERSITE",
        "PYTHONUNBUFFERED",
        "PYTHONUTF8",
    }
)
# Variables by which the system's loader puts other code into a program (ld.so(8), dyld(1)).
_LOADER = frozenset({"LD_AUDIT", "LD_PRELOAD", "DYLD_INSERT_LIBRARIES", "DYLD_LIBRARY_PATH"})


def start_ferrygate(
    arguments: Sequence[str], environ: Mapping[str, str], **variables: str
) -> subprocess.Popen[bytes]:
    """Start ``ferrygate`` with pipes for standard input and output.

    The folder that this process was started in, often one of downloads, is none to import from:
    ``-P`` keeps it out of the path, and the child works in the root folder. ``-I`` would do that
    too, but also leave out what ``pip install --user`` has installed.

    Args:
        arguments: the command and its options; paths in it are absolute.
        environ: this process's environment, its secrets taken out.
        variables: set in the child beside it.
    """
    command = [sys.executable, "-P", "-m", "ferrygate", *arguments]
    return subprocess.Popen(  # noqa: S603  our own program
        command,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        cwd=Path(sys.executable).anchor,  # the current folder may not exist any more
        env={**own_environment(environ), **variables},
    )


def end_ferrygate(child: subprocess.Popen[bytes], seconds: float) -> None:
    """End a child by closing its input; kill a child that has not ended in ``seconds``."""
    if child.stdin is not None:
        child.stdin.close()
    try:
        child.wait(seconds)
    except subprocess.TimeoutExpired:
        child.kill()


def own_environment(environ: Mapping[str, str]) -> dict[str, str]:
    """Copy an environment without the variables that load other code into a Python program."""
    return {
        name: value
        for name, value in environ.items()
        if name not in _LOADER and (not name.startswith("PYTHON") or name in _HARMLESS)
    }
