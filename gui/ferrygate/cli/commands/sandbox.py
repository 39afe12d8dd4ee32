"""``sandbox``: AWS Transfer, Okta and a folder of files, on this computer."""

from __future__ import annotations

import errno
import logging
import os
import shlex
import sys
import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any, Unpack

import click

from ferrygate.cli.command_context import CommandContext
from ferrygate.cli.commands.try_identity import try_identity
from ferrygate.cli.exit_codes import Exit
from ferrygate.cli.interrupts import InterruptWait
from ferrygate.cli.json_lines import JsonEvent
from ferrygate.cli.local_arguments import LocalPath
from ferrygate.cli.output_options import output_options
from ferrygate.cli.sandbox_places import (
    BucketFlags,
    bucket_options,
    check_folder_unused,
    warn_of_places,
)
from ferrygate.cli.sandbox_settings import chosen_settings, print_settings
from ferrygate.codes.totp import PERIODS
from ferrygate.common.atomic_files import locked, write_whole
from ferrygate.common.environment import PASSWORD_VARIABLE, TOTP_SECRET_VARIABLE
from ferrygate.common.errors import LocalFileError, SettingsError, UsageError
from ferrygate.common.i18n import _
from ferrygate.common.local_disk import reason
from ferrygate.common.message import message
from ferrygate.sites.connection_file import SUFFIX, format_connection_file
from ferrygate.sites.site import SignInSettings, Site

if TYPE_CHECKING:
    from ferrygate.common.clock import Clock
    from ferrygate.sandbox.sandbox import Ready, SandboxOptions

_HELP = "help"
_BLOCK_BYTES = 4096  # of standard input, read at a time, and dropped
_MAX_SANDBOXES = 100  # of one home; if even the last file cannot be locked, its error is raised


@click.group(invoke_without_command=True)
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option(
    "--port",
    default=0,
    type=click.IntRange(0, 65535),
    help="Port to listen on; any free one if not given.",
)
@click.option(
    "--period",
    default=30,
    show_default=True,
    type=click.IntRange(2, max(PERIODS)),
    help="Life of a code, seconds.",
)
@click.option("--root", type=LocalPath(), help="Folder of the store.")
@click.option("--bucket", help='Keep files in this bucket instead; needs the extra "aws".')
@click.option("--endpoint-url", help="Address of the bucket's S3.")
@click.option("--real-s3", is_flag=True, help="The S3 may be another computer's.")
@click.option(
    "--not-enrolled", is_flag=True, help="The account has no code yet; Okta asks it to set one up."
)
@click.option(
    "--set",
    "assignments",
    multiple=True,
    metavar="NAME=VALUE",
    help='Set the server up; "--set help" lists the names.',
)
@click.option(
    "--like",
    "files",
    multiple=True,
    type=LocalPath(),
    help="TOML file with names and values of --set.",
)
@click.option(
    "--end-with-input", is_flag=True, help="End when standard input does, as well as on a signal."
)
@output_options
@click.pass_context
def sandbox(
    click_context: click.Context,
    *,
    host: str,
    port: int,
    period: int,
    root: Path | None,
    not_enrolled: bool,
    assignments: tuple[str, ...],
    files: tuple[Path, ...],
    end_with_input: bool,
    **flags: Unpack[BucketFlags],
) -> int:
    """Run a server like AWS Transfer with Okta, for trying things, until interrupted.

    Once it is ready, it prints how to reach it (one line with --json). Password and secret are new
    at each start.
    """
    from ferrygate.sandbox.sandbox import SandboxOptions  # noqa: PLC0415  slow

    context: CommandContext = click_context.obj
    if click_context.invoked_subcommand is not None:
        return Exit.DONE
    if _HELP in assignments:
        print_settings(context)
        return Exit.DONE
    if not host:  # sockets take that for every address there is
        raise UsageError(message("The address to listen on cannot be empty."))

    bucket = bucket_options(flags, os.environ)
    settings = chosen_settings(files, assignments)
    if bucket is not None:
        check_folder_unused(root, settings)
    # Clients that leave without a goodbye are nothing to report.
    logging.getLogger("asyncio").setLevel(logging.ERROR)
    state = context.home.prepare().sandbox
    options = SandboxOptions(
        state=state,
        root=(root or state / "store").absolute(),
        host=host,
        port=port,
        period=period,
        enrolled=not not_enrolled,
        settings=settings,
        bucket=bucket,
    )
    warn_of_places(context.terminal, host, bucket)
    interrupt = InterruptWait()
    with _running(options, context.clock) as ready, _own_file(state) as file:
        _write_connection_file(file, ready)
        _say_ready(context, ready, file)
        if end_with_input:
            threading.Thread(target=_watch_input, args=(interrupt,), daemon=True).start()
        interrupt.wait()
    return Exit.DONE


sandbox.add_command(try_identity)


@contextmanager
def _running(options: SandboxOptions, clock: Clock) -> Iterator[Ready]:
    """Run a sandbox in the block.

    Raises:
        LocalFileError: the sandbox cannot be started here.
        UsageError: the port is taken, or the host or bucket cannot be used.
    """
    from ferrygate.sandbox.sandbox import Sandbox  # noqa: PLC0415  as above

    try:
        running = Sandbox(options, clock)
        ready = running.start()
    except OSError as error:
        if error.errno == errno.EADDRINUSE:
            raise UsageError(
                message("Port {port} is in use by another program.", port=options.port),
                next_step=message("Choose another with --port, or leave it out for any free one."),
            ) from error
        raise LocalFileError(
            message("The sandbox cannot start here."), detail=reason(error)
        ) from error
    except UnicodeError:  # what getaddrinfo says of a label that is empty or too long
        raise UsageError(
            message("“{host}” is no address to listen on.", host=options.host)
        ) from None
    try:
        yield ready
    finally:
        running.stop()


def _watch_input(interrupt: InterruptWait) -> None:
    """Wait for the end of standard input.

    Read without Python's buffer, whose lock would be in the way of a program that ends.
    """
    while os.read(sys.stdin.fileno(), _BLOCK_BYTES):
        continue
    interrupt.end()


@contextmanager
def _own_file(state: Path) -> Iterator[Path]:
    """Keep a connection file for one sandbox while it runs; others of this home have their own.

    Each sandbox holds the lock of its file, so that the name is free again once the sandbox has
    ended, be it by force.
    """
    with ExitStack() as held:
        for number in range(1, _MAX_SANDBOXES):
            path = state / f"sandbox{f'-{number}' if number > 1 else ''}{SUFFIX}"
            with suppress(SettingsError):  # another one's
                held.enter_context(locked(path, timeout_seconds=0.0))
                break
        else:
            path = state / f"sandbox-{_MAX_SANDBOXES}{SUFFIX}"
            held.enter_context(locked(path, timeout_seconds=0.0))
        yield path


def _write_connection_file(path: Path, ready: Ready) -> None:
    site = Site(
        name=_("Sandbox"),
        host=ready.host,
        port=ready.port,
        username=ready.username,
        host_key_fingerprints=ready.host_key_fingerprints,
        sign_in=SignInSettings(period=ready.period, okta_address=ready.okta_address),
    )
    write_whole(path, format_connection_file(site).encode())


def _say_ready(context: CommandContext, ready: Ready, file: Path) -> None:
    values: dict[str, Any] = {
        "host": ready.host,
        "port": ready.port,
        "username": ready.username,
        "password": ready.password.reveal(),
        "totp_secret": ready.totp_secret.reveal(),
        "otpauth_uri": ready.otpauth_uri.reveal(),
        "host_key_fingerprint": ready.host_key_fingerprint,
        "connection_file": str(file),
        "okta_address": ready.okta_address,
        "root": ready.home,
    }
    if context.terminal.as_json:
        context.terminal.record(JsonEvent.ENTRY, ready=True, **values)
        return
    context.terminal.line(_("The sandbox is ready. Ctrl+C ends it."))
    width = max(map(len, values))
    for name, value in values.items():
        context.terminal.line(f"  {name:<{width}}  {value}")
    context.terminal.line(_("To try it, in another terminal:"))
    secrets = {PASSWORD_VARIABLE: ready.password, TOTP_SECRET_VARIABLE: ready.totp_secret}
    for name, secret in secrets.items():
        context.terminal.line(f"  export {name}={shlex.quote(secret.reveal())}")
    context.terminal.line(f"  export SITE={shlex.quote(str(file))}")
    context.terminal.line('  ferrygate ls "$SITE"')
