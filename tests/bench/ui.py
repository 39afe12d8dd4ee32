"""``python -m bench.ui``: how quickly the window answers, against bars that it must keep.

Each bar is measured five times, under an X server of its own; the median counts. A JSON report
goes to standard output, what is missed to standard error, and the exit status is 1 then.
:mod:`bench.ui_drop`, :mod:`bench.ui_list` and :mod:`bench.first_paint` say what exactly is
measured. Everything runs on this machine, the server too, so leave it alone meanwhile.
"""

from __future__ import annotations

import argparse
import os
import secrets
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import cache
from pathlib import Path

import msgspec
from PySide6.QtCore import qVersion
from PySide6.QtGui import QGuiApplication

from bench.bars import (
    BARS,
    DROP,
    FIRST_PAINT,
    LIST_BARS,
    ROUNDS,
    Bar,
    BarReport,
    Round,
    UiReport,
    judged,
    select,
)
from bench.first_paint import first_paint
from bench.machine import commit_of, this_machine
from bench.rows import Workload
from bench.virtual_screen import virtual_screen
from bench.workloads import prepare
from ferrygate.common.clock import SystemClock
from ferrygate.common.paths import HOME_VARIABLE
from ferrygate.sites.connection_file import format_connection_file
from ferrygate.sites.site import SignInSettings, Site
from servers.rigs.openssh import openssh_rig
from servers.rigs.rig import Rig

_BUILD = Path(__file__).parents[2] / "build" / "bench"
_PROGRAM = Path(sys.executable).with_name("ferrygate")
_FILES = Workload(name="5000x4k", files=5000, size=4096)
_ROWS = Workload(name="100000x0", files=100_000, size=0)
_SECONDS = 300  # for one window
_MS = 1000
_KEPT = {"PATH", "HOME", "DISPLAY", "PYTHONPATH"}  # of the environment


def measured(bars: Sequence[Bar], rounds: int) -> Iterator[BarReport]:
    """Measure bars, those of the list together."""
    ways: dict[tuple[Bar, ...], Callable[[Path], Mapping[str, Round]]] = {
        (DROP,): measure_drop,
        (FIRST_PAINT,): measure_first_paint,
        LIST_BARS: measure_list,
    }
    for together, way in ways.items():
        wanted = [bar for bar in together if bar in bars]
        if not wanted:
            continue
        with tempfile.TemporaryDirectory(prefix="fg-ui-") as place:
            made = []
            for number in range(rounds + 1):
                state = Path(place, str(number))
                state.mkdir()
                made.append(way(state))
                for bar in wanted:
                    value = made[-1][bar.name].value
                    say(f"{bar.name}: {value:.1f} {bar.unit}{' (warm-up)' * (not number)}")
        for bar in wanted:
            yield judged(bar, [found[bar.name] for found in made[1:]])


def measure_drop(state: Path) -> dict[str, Round]:
    """Drop the files of a folder on a window that is signed in to an OpenSSH server."""
    folder = _prepared(_FILES)
    with signed_in_rig(state) as (rig, file):
        said = _said(state, "bench.ui_drop", file, folder)
        arrived = sum(path.stat().st_size == _FILES.size for path in rig.home.iterdir())
        if arrived != _FILES.files:
            raise RuntimeError(f"{arrived} of {_FILES.files} files arrived")
    return {DROP.name: msgspec.json.decode(said, type=Round)}


def measure_list(state: Path) -> dict[str, Round]:
    """Open a large folder of an OpenSSH server, and work in its list."""
    folder = _prepared(_ROWS)
    with signed_in_rig(state) as (_rig, file):
        said = _said(state, "bench.ui_list", file, folder, str(_ROWS.files))
    return msgspec.json.decode(said, type=dict[str, Round])


@cache
def _prepared(workload: Workload) -> Path:
    return prepare(workload, _BUILD, secrets.token_bytes)


@contextmanager
def signed_in_rig(state: Path) -> Iterator[tuple[Rig, Path]]:
    """Run an OpenSSH server; gives it, and the connection file of an account on it."""
    with openssh_rig(state) as rig:
        site = Site(
            name="Bench",
            host=rig.host,
            port=rig.port,
            username=rig.username,
            start_folder=str(rig.home),
            host_key_fingerprints=rig.host_key_fingerprints,
            sign_in=SignInSettings(steps=("publickey",), private_key=str(rig.private_key)),
        )
        file = state / "bench.ferrygate"
        file.write_text(format_connection_file(site), encoding="utf-8")
        yield rig, file


def _said(state: Path, module: str, *arguments: Path | str) -> bytes:
    run = subprocess.run(
        (sys.executable, "-m", module, *arguments),
        env=_environment(state),
        stdout=subprocess.PIPE,
        check=True,
        timeout=_SECONDS,
    )
    return run.stdout


def measure_first_paint(state: Path) -> dict[str, Round]:
    """Start the window and wait until it shows itself."""
    seconds = first_paint(_PROGRAM, _environment(state), SystemClock())
    return {FIRST_PAINT.name: Round(value=seconds * _MS)}


def _environment(state: Path) -> dict[str, str]:
    """Surroundings that are a person's, but for their files, keychain and desktop."""
    home = state / "ferrygate"
    home.mkdir(exist_ok=True)
    kept = {name: value for name, value in os.environ.items() if name in _KEPT}
    return {**kept, "LANG": "C.UTF-8", HOME_VARIABLE: str(home), "XDG_RUNTIME_DIR": str(home)}


def say(line: str) -> None:
    """Tell whoever waits."""
    sys.stderr.write(f"{line}\n")
    sys.stderr.flush()


def read_options(arguments: Sequence[str]) -> tuple[tuple[Bar, ...], int]:
    """Read the command line: the bars, and the rounds of each; a mistake ends the program."""
    parser = argparse.ArgumentParser(prog="python -m bench.ui", description="Measure the window.")
    names = " ".join(bar.name for bar in BARS)
    parser.add_argument("--only", default="", help=f"of these (default: {names})")
    parser.add_argument("--rounds", type=int, default=ROUNDS, help="(default: %(default)s)")
    given = parser.parse_args(arguments)
    if given.rounds < 1:
        parser.error("there is at least one round")
    try:
        return select(given.only.split()), given.rounds
    except ValueError as error:
        parser.error(str(error))


def report(found: Sequence[BarReport]) -> UiReport:
    """Put the bars together with what they were measured on."""
    return UiReport(
        commit=commit_of(_PROGRAM), machine=this_machine(), qt=qVersion(), bars=tuple(found)
    )


def told(found: UiReport, write: Callable[[str], object]) -> int:
    """Print a report as JSON and say what was missed; the exit status."""
    write(msgspec.json.format(msgspec.json.encode(found)).decode() + "\n")
    for bar in found.bars:
        if not bar.kept:
            say(f"{bar.title}: {bar.median:.1f} {bar.unit}, and below {bar.bar:g} is the bar")
    return 0 if found.kept else 1


def main(arguments: Sequence[str]) -> int:
    """Measure, print the report, and give the exit status."""
    bars, rounds = read_options(arguments)
    with virtual_screen() as screen:
        os.environ["DISPLAY"] = screen
        watch = QGuiApplication(sys.argv[:1])
        found = report(list(measured(bars, rounds)))
        watch.quit()
    return told(found, sys.stdout.write)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
