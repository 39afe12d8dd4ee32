"""Names what a transfer was asked for, as people know it."""

from __future__ import annotations

from pathlib import PurePath

from ferrygate.common import remote_path
from ferrygate.common.display import display_name
from ferrygate.engine.messages import Download, Upload


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
