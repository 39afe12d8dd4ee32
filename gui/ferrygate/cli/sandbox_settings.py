"""Reads what ``sandbox --set`` and ``--like`` say, and lists what they may."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from ferrygate.cli.command_context import CommandContext
from ferrygate.cli.json_lines import JsonEvent
from ferrygate.common.errors import LocalFileError, UsageError
from ferrygate.common.local_disk import reason
from ferrygate.common.message import message

if TYPE_CHECKING:
    from ferrygate.sandbox.settings import Settings


def chosen_settings(files: Sequence[Path], assignments: Sequence[str]) -> Settings:
    """Return a sandbox's settings.

    Raises:
        LocalFileError: a file cannot be read.
        UsageError: a name is not known, or a value makes no sense.
    """
    from ferrygate.sandbox.settings import SandboxSettingError, read_settings  # noqa: PLC0415  slow

    try:
        return read_settings(files, assignments)
    except SandboxSettingError as error:
        raise UsageError(
            message("The sandbox cannot be set up like this: {detail}.", detail=str(error)),
            next_step=message("Names and values are listed by: ferrygate sandbox --set help"),
        ) from error
    except OSError as error:
        raise LocalFileError(
            message("The file of --like cannot be read."), detail=reason(error)
        ) from error


def print_settings(context: CommandContext) -> None:
    """Print name, default and meaning of each setting."""
    from ferrygate.sandbox.settings import describe  # noqa: PLC0415  as above

    for name, default, text in describe():
        if context.terminal.as_json:
            context.terminal.record(JsonEvent.ENTRY, name=name, default=default, text=text)
        else:
            context.terminal.lines([f"{name}={default}", f"    {text}"])
