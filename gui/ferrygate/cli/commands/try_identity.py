"""``sandbox try-identity``: what the identity function answers, and why."""

from __future__ import annotations

import json
from pathlib import Path
from urllib.parse import urlsplit

import click

from ferrygate.cli.command_context import CommandContext
from ferrygate.cli.exit_codes import Exit
from ferrygate.cli.json_lines import JsonEvent
from ferrygate.cli.local_arguments import LocalPath
from ferrygate.cli.output_options import output_options
from ferrygate.cli.standard_input import line_on_standard_input
from ferrygate.common.errors import UsageError
from ferrygate.common.i18n import _
from ferrygate.common.message import message
from ferrygate.common.secret import Secret
from ferrygate.sandbox.bucket_options import is_loopback
from ferrygate.sites.connection_file import SUFFIX, read_connection_file


@click.command("try-identity")
@click.argument("user")
@click.option(
    "--connection-file",
    type=LocalPath(),
    help="That of the running sandbox; the newest one if not given.",
)
@output_options
@click.pass_obj
def try_identity(context: CommandContext, *, user: str, connection_file: Path | None) -> int:
    """Ask the identity function of a running sandbox about a sign-in of USER.

    Password and code, as one word, come from a prompt or from standard input. The code is spent.
    Ends with 0 if the sign-in is granted, and with 3 if it is denied.
    """
    from ferrygate.sandbox.local_lambda import LocalLambda, environment_of  # noqa: PLC0415  slow

    file = connection_file or _newest(context.home.prepare().sandbox)
    sign_in = read_connection_file(file).sign_in
    if not is_loopback(urlsplit(sign_in.okta_address).hostname or ""):
        # Or a password and a code would go to the Okta of another file.
        raise UsageError(message("This is no connection file of a sandbox."))
    typed = _typed(context)
    function = LocalLambda(environment_of(sign_in.okta_address, sign_in.digits), context.clock)
    verdict = function.ask(user, typed.reveal(), "127.0.0.1")
    is_granted = verdict.granted is not None
    if context.terminal.as_json:
        context.terminal.record(
            JsonEvent.ENTRY,
            granted=is_granted,
            reason=verdict.reason,
            detail=verdict.detail,
            answer=verdict.answer,
        )
    else:
        context.terminal.lines(
            [
                _("Granted: {reason}").format(reason=verdict.reason)
                if is_granted
                else _("Denied: {reason}").format(reason=verdict.reason),
                *([verdict.detail] if verdict.detail else []),
                json.dumps(verdict.answer, indent=2),
            ]
        )
    return Exit.DONE if is_granted else Exit.REFUSED


def _typed(context: CommandContext) -> Secret:
    if context.terminal.is_interactive:
        return context.terminal.ask_secret(_("Password and code"))
    return line_on_standard_input()


def _newest(state: Path) -> Path:
    """Return the connection file that was written last; one is kept after its sandbox has ended."""
    files = sorted(state.glob(f"*{SUFFIX}"), key=lambda file: (file.stat().st_mtime, file.name))
    if not files:
        raise UsageError(
            message("No sandbox has run here."),
            next_step=message("Start one, in another terminal: ferrygate sandbox"),
        )
    return files[-1]
