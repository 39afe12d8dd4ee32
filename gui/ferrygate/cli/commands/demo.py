"""``demo``: the window on a sandbox of its own."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import click
import msgspec

from ferrygate.cli.command_context import CommandContext, WindowRequest
from ferrygate.cli.local_arguments import LocalPath
from ferrygate.cli.output_options import output_options
from ferrygate.codes.totp import PERIODS
from ferrygate.common.environment import GivenSecrets
from ferrygate.common.errors import FerrygateError
from ferrygate.common.i18n import _
from ferrygate.common.message import message
from ferrygate.common.own_process import end_ferrygate, start_ferrygate
from ferrygate.common.paths import HOME_VARIABLE, Home
from ferrygate.common.secret import Secret
from ferrygate.sites.connection_file import read_connection_file

_FOLDER = LocalPath()
_END_SECONDS = 10.0  # that a sandbox may take to end


class _Ready(msgspec.Struct, frozen=True):
    """Holds the fields of the sandbox's ready line that the demo uses."""

    password: str
    otpauth_uri: str
    connection_file: str
    root: str

    def __repr__(self) -> str:
        return f"_Ready({self.connection_file})"


@click.command()
@click.option(
    "--offscreen",
    type=_FOLDER,
    hidden=True,
    help="Drive the window without a person, check it, and leave pictures in this folder.",
)
@click.option(
    "--screenshots",
    type=(_FOLDER, _FOLDER),
    hidden=True,
    help="Take the README's pictures into one folder, and those of all screens into another.",
)
@click.option(
    "--period",
    default=30,
    show_default=True,
    type=click.IntRange(2, max(PERIODS)),  # as the sandbox takes it
    help="Life of a code, seconds.",
)
@output_options
@click.pass_obj
def demo(
    context: CommandContext,
    *,
    offscreen: Path | None,
    screenshots: tuple[Path, Path] | None,
    period: int,
) -> int:
    """Open the window on a server of its own on this computer; nothing is kept in the keychain."""
    with _sandbox(context.home, period) as ready:
        site = read_connection_file(Path(ready.connection_file))
        request = WindowRequest(
            opened=site,
            given=GivenSecrets(
                password=Secret(ready.password), totp_secret=Secret(ready.otpauth_uri)
            ),
            is_demo=True,
        )
        if screenshots is not None:
            return context.window.take_pictures(request, *screenshots)
        if offscreen is not None:
            status = context.window.tour(request, offscreen, Path(ready.root))
            for picture in sorted(offscreen.glob("*.png")):
                click.echo(_("Picture: {path}").format(path=picture))
            return status
        return context.window.run(request)


@contextmanager
def _sandbox(home: Home, period: int) -> Iterator[_Ready]:
    """Run a sandbox in a child process, which ends with this process however that ends."""
    arguments = ["sandbox", "--json", "--end-with-input", "--period", str(period)]
    with start_ferrygate(arguments, os.environ, **{HOME_VARIABLE: str(home.root)}) as process:
        assert process.stdout is not None  # noqa: S101  for mypy
        try:
            line = process.stdout.readline()
            try:
                ready = msgspec.json.decode(line, type=_Ready)
            except msgspec.DecodeError:
                raise FerrygateError(message("The demo's server did not start.")) from None
            yield ready
        finally:
            end_ferrygate(process, _END_SECONDS)
