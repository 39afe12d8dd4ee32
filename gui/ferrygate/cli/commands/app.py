"""``app``: the window."""

from __future__ import annotations

from pathlib import Path

import click

from ferrygate.cli.command_context import CommandContext, WindowRequest
from ferrygate.cli.local_arguments import LocalPath
from ferrygate.common.errors import ConnectionFileError, Problem
from ferrygate.sites.connection_file import read_connection_file
from ferrygate.sites.site import Site


@click.command()
@click.argument("connection_file", type=LocalPath(), required=False)
@click.pass_obj
def app(context: CommandContext, connection_file: Path | None) -> int:
    """Open the window; with a connection file, on its site."""
    request = WindowRequest(given=context.secrets)
    if connection_file is not None:
        opened = _opened(connection_file)
        if isinstance(opened, Site):
            context.facts.site = opened.name
        request = WindowRequest(
            opened=opened,
            came_from=connection_file.parent.absolute(),
            given=context.secrets,
        )
    return context.window.run(request)


def _opened(connection_file: Path) -> Site | Problem:
    """Read a connection file; a problem goes to the window, as a double click has no terminal."""
    try:
        return read_connection_file(connection_file)
    except ConnectionFileError as error:
        return error.problem
