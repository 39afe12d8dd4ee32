"""Another checkout of Ferrygate, whose program can be measured from here."""

from __future__ import annotations

import subprocess
from pathlib import Path

_PLACE = "import importlib.util as u; s = u.find_spec('ferrygate'); print(s.origin if s else '')"


def program_of(checkout: Path) -> Path:
    """Find the program of a checkout that ``make setup`` was run in.

    Args:
        checkout: its folder, absolute.

    Raises:
        ValueError: no program is there, or one that runs the code of another folder, as in a
            checkout that was copied with its ``.venv``.
    """
    program = checkout / ".venv" / "bin" / "ferrygate"
    if not program.is_file():
        raise ValueError(f"there is no {program}; run 'make setup' in {checkout} first")
    done = subprocess.run(
        [program.with_name("python"), "-I", "-c", _PLACE],
        stdout=subprocess.PIPE,
        text=True,
        check=False,
    )
    code = done.stdout.strip()
    if not code or not Path(code).resolve().is_relative_to(checkout.resolve()):
        raise ValueError(
            f"{program} runs {code or 'no code'}, and not that of {checkout};"
            f" run 'make setup' there first"
        )
    return program
