"""Names what a transfer was asked for, as people know it."""

from __future__ import annotations

from pathlib import Path, PurePath

from ferrygate.common import remote_path
from ferrygate.common.display import display_name, display_text
from ferrygate.engine.messages.transfers import Download, Upload
from ferrygate.transfers.file_job import FileJob


def source_names(command: Upload | Download) -> list[str]:
    """Name its files and folders."""
    return [
        display_name(remote_path.basename(source) or b"/")
        if isinstance(source, bytes)
        else PurePath(source).name or source
        for source in command.sources
    ]


def target_name(command: Upload | Download) -> str:
    """Name the folder that it goes to."""
    if isinstance(command, Upload):
        return display_name(command.folder)
    return command.folder


def wanted_name(command: Upload | Download, job: FileJob) -> str:
    """Name a file as it is to be called below that folder, with the folders in between."""
    if isinstance(command, Upload):
        below = job.remote.removeprefix(command.folder.rstrip(b"/") + b"/")
        return display_name(remote_path.basename(job.remote) if below == job.remote else below)
    path = Path(job.local)
    folder = Path(command.folder)
    below_it = path.relative_to(folder) if path.is_relative_to(folder) else path.name
    return display_text(str(below_it))
