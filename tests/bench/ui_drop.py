"""``python -m bench.ui_drop SITE FILES``: one drop into the window, and how late its loop was.

The window, its presenters, the bridge and the real engine are one process, put together as the
command ``app`` does it; the server is another. The files are dropped on the list by the events
that a file manager's drop brings. From the drop until the window says that all is delivered and
the list shows the files, a precise timer beats every 5 ms on the window's thread, in Python, as a
click's handler is; :func:`bench.lateness.lateness` makes figures of its beats. One line of JSON
goes to standard output.
"""

from __future__ import annotations

import resource
import sys
from pathlib import Path

import msgspec

from bench.bars import Round
from bench.lateness import lateness, percentile
from bench.ui_rig import PERIOD, Heartbeat, run_until, sign_in, window_options
from ferrygate.app.automation.window_driver import carried, driven
from ferrygate.app.desktop import Desktop
from ferrygate.app.options import AppOptions

_MS = 1000


def drop(options: AppOptions, files: list[Path]) -> Round:
    """Sign in, drop the files, and wait until they are delivered and listed."""
    with driven(options) as (desktop, driver):
        sign_in(desktop, driver)
        heart, data = Heartbeat(options.clock, desktop), carried(files)
        processor = _processor_seconds()
        heart.start()
        driver.drop_data(data, driver.empty_place())
        run_until(desktop, lambda: _is_over(desktop, len(files)))
        heart.stop()
        processor = _processor_seconds() - processor
    late = lateness(heart.beats, PERIOD)
    return Round(
        value=percentile(late, 0.99) * _MS,
        beside={
            "p50_ms": percentile(late, 0.5) * _MS,
            "p95_ms": percentile(late, 0.95) * _MS,
            "max_ms": max(late) * _MS,
            "seconds": heart.beats[-1] - heart.beats[0],
            "processor_seconds": processor,
        },
    )


def _is_over(desktop: Desktop, files: int) -> bool:
    is_listed = desktop.model.rowCount() >= files and not desktop.workspace.folder.view.is_reading
    return is_listed and desktop.workspace.transfers.delivered == 1


def _processor_seconds() -> float:
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


def main(site: Path, folder: Path) -> None:
    """Put the window together as ``app`` does, and print what a drop was like."""
    files = sorted(folder.iterdir())
    with window_options(site) as options:
        found = drop(options, files)
    sys.stdout.write(msgspec.json.encode(found).decode() + "\n")


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
