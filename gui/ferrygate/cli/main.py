"""Carries out the command ``ferrygate``."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import takewhile

import click

from ferrygate.cli.command_context import CommandContext
from ferrygate.cli.commands import fingerprint as _fingerprint  # noqa: F401  adds to sites
from ferrygate.cli.commands import forgetting as _forgetting  # noqa: F401  adds to sites
from ferrygate.cli.commands import from_stack as _from_stack  # noqa: F401  adds to sites
from ferrygate.cli.commands.app import app
from ferrygate.cli.commands.check import check
from ferrygate.cli.commands.demo import demo
from ferrygate.cli.commands.enroll import code, enroll
from ferrygate.cli.commands.files import ls, mkdir, mv, rm
from ferrygate.cli.commands.sandbox import sandbox
from ferrygate.cli.commands.sites import sites
from ferrygate.cli.commands.transfers import get, put
from ferrygate.cli.exit_codes import Exit
from ferrygate.cli.streams import OutputFailedError, guarded_output
from ferrygate.common.errors import Cancelled, LocalFileError
from ferrygate.common.local_disk import reason
from ferrygate.common.message import Message, message
from ferrygate.sites.resolve import is_path

_JSON = "--json"
_EPILOG = """\b
SITE is the path of a connection file (with a separator, or ending in .ferrygate) or the name of
a saved site. Secrets, first found: files (FERRYGATE_PASSWORD_FILE, FERRYGATE_TOTP_SECRET_FILE,
FERRYGATE_PASSPHRASE_FILE, systemd's credentials), FERRYGATE_PASSWORD and FERRYGATE_TOTP_SECRET in
the environment, the keychain, a prompt. Never an argument. A code from a phone or
token: --ask-code, --code-stdin.
FERRYGATE_HOME moves everything Ferrygate keeps. FERRYGATE_LOG=debug makes its log say more.

\b
With --json, standard output has one JSON object a line. Each says what it is in "event": entry,
file, connection, warning, progress, stage, summary or error. A command that fails prints
{"event": "error", "error": {"kind": ..., "sentence": ..., "next_step": ..., "detail": ...}}.

\b
Exit status: 0 all done; 1 something failed; 2 wrong usage, a bad connection file, or secrets
missing; 3 sign-in refused; 4 host key unknown or changed; 5 server not reached, of no use, or
gone and not back in time; 6 stopped, so that the account is not locked; 130 interrupted.
"""


class _Program(click.Group):
    """Opens the window if a connection file is in the place of a command."""

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        if args[0] not in self.commands and is_path(args[0]):
            return app.name, app, args
        return super().resolve_command(ctx, args)


@click.group(cls=_Program, invoke_without_command=True, epilog=_EPILOG)
@click.version_option(package_name="ferrygate")
@click.pass_context
def program(context: click.Context) -> None:
    """SFTP for servers that want a one-time code with the password.

    Without a command, or with a connection file for one, the window opens.
    """
    if context.invoked_subcommand is None:
        context.exit(context.invoke(app, connection_file=None))


for _command in (app, demo, sandbox, sites, enroll, code, check, ls, put, get, mkdir, mv, rm):
    program.add_command(_command)


def run(arguments: Sequence[str], context: CommandContext) -> int:
    """Carry out a command line; the exit status."""
    context.terminal.as_json = wants_json(arguments)
    with guarded_output() as output:
        try:
            status = _run(arguments, context)
        except OutputFailedError:
            status = Exit.FAILED
            if isinstance(output.failure, BrokenPipeError):
                return status  # who reads the first lines only, such as head, has them
        if output.failure is not None:
            context.terminal.tell(_not_written(output.failure).problem)
            return status or Exit.FAILED
        return status


def wants_json(arguments: Sequence[str]) -> bool:
    """Tell whether a command line has ``--json``; an error may come before the option is read."""
    return _JSON in takewhile("--".__ne__, arguments)


def command_name(arguments: Sequence[str]) -> str:
    """Name the command for the log; nothing of its arguments, which may be secrets."""
    return next((each for each in arguments if each in program.commands), "the window")


def _not_written(error: OSError) -> LocalFileError:
    return LocalFileError(
        message("What was to be printed could not be written: {reason}.", reason=reason(error))
    )


def _run(arguments: Sequence[str], context: CommandContext) -> int:
    try:
        status = program.main(
            list(arguments), prog_name="ferrygate", standalone_mode=False, obj=context
        )
    except click.Abort:
        return _interrupted(context)
    except click.ClickException as error:
        step: Message | None = None
        if isinstance(error, click.NoSuchOption):
            step = message("Put -- before names that start with a dash.")
        context.terminal.reject(error, next_step=step)
        return error.exit_code
    except OutputFailedError:
        raise
    except Exception as error:  # noqa: BLE001  whatever it is, the person is told
        if isinstance(error.__cause__, KeyboardInterrupt):  # as Python 3.11 tells it of a class
            return _interrupted(context)
        return context.fail(error)
    return int(status or Exit.DONE)


def _interrupted(context: CommandContext) -> int:
    context.terminal.fail(Cancelled(message("Interrupted.")).problem)
    return Exit.INTERRUPTED
