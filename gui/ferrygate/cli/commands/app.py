"""``app``: the window."""

from __future__ import annotations

from pathlib import Path

import click

from ferrygate.cli.surroundings import Surroundings, WindowRequest
from ferrygate.sites.code_secret import code_secret_for
from ferrygate.sites.connection_file import read_connection_file
from ferrygate.sites.site import SignIn


@click.command()
@click.argument("connection_file", type=click.Path(path_type=Path), required=False)
@click.pass_obj
def app(around: Surroundings, connection_file: Path | None) -> int:
    """Open the window; with a connection file, on its site."""
    site = read_connection_file(connection_file) if connection_file else None
    text = around.secrets.totp_secret
    request = WindowRequest(
        site=site,
        password=around.secrets.password,
        code_secret=code_secret_for(site.sign_in if site else SignIn(), text) if text else None,
    )
    return around.window.run(request)
