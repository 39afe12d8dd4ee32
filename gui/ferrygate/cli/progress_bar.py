"""Makes the bar that a terminal shows while files are moved."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rich.console import Console
    from rich.progress import Progress

# Columns of the screen: the width from which bar, sizes, speed and time are shown; the width that
# those take beside the name; the width that per cent and time take on a narrower screen.
_WIDE, _BESIDE_NAME, _BESIDE_NAME_NARROW = 72, 60, 16


def make_bar(screen: Console) -> Progress:
    """Make a bar with one task, not yet shown, that fits one line of the screen."""
    from rich import progress, table  # noqa: PLC0415  takes 30 ms, and only a terminal needs it

    is_wide = screen.width >= _WIDE
    room = screen.width - (_BESIDE_NAME if is_wide else _BESIDE_NAME_NARROW)
    name = table.Column(no_wrap=True, overflow="ellipsis", max_width=max(1, room))
    columns: list[progress.ProgressColumn] = [
        progress.TextColumn("{task.description}", markup=False, table_column=name)
    ]
    if is_wide:
        columns += [
            progress.BarColumn(bar_width=20),
            progress.DownloadColumn(),
            progress.TransferSpeedColumn(),
            progress.TimeRemainingColumn(),
        ]
    else:
        columns += [
            progress.TaskProgressColumn(show_speed=True),
            progress.TimeRemainingColumn(compact=True),
        ]
    bar = progress.Progress(
        *columns,
        console=screen,
        transient=True,
        redirect_stdout=False,  # it may be a file
        redirect_stderr=False,
    )
    bar.add_task("", total=None)
    return bar
