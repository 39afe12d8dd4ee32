"""``enroll`` and ``code``."""

from __future__ import annotations

import math
from pathlib import Path
from typing import TYPE_CHECKING, Unpack

import click

from ferrygate.cli.code_secret_source import CodeSecretSource
from ferrygate.cli.command_context import CommandContext
from ferrygate.cli.command_secrets import demand_keychain, use_code_secret, use_password
from ferrygate.cli.command_session import attempt, open_session, with_username
from ferrygate.cli.exit_codes import Exit
from ferrygate.cli.explaining import advice
from ferrygate.cli.json_lines import JsonEvent
from ferrygate.cli.local_arguments import LocalPath
from ferrygate.cli.output_options import output_options
from ferrygate.cli.prompts import TerminalPrompter
from ferrygate.cli.sign_in_options import AttemptFlags, attempt_options
from ferrygate.common.environment import TOTP_SECRET_VARIABLE
from ferrygate.common.errors import UnsupportedError
from ferrygate.common.i18n import _
from ferrygate.common.message import message
from ferrygate.common.secret import SecretKind
from ferrygate.common.text import duration_text
from ferrygate.sites.site import Site

if TYPE_CHECKING:
    from ferrygate.api.session import Session


@click.command()
@click.argument("site")
@output_options
@click.pass_obj
def code(context: CommandContext, site: str) -> int:
    """Print a code for use elsewhere; it will never be sent from here.

    With --json: {"event": "entry", "code": ..., "seconds_left": ...}.
    """
    prompter = TerminalPrompter(context.terminal, context.clock, accept_new_host_key=False)
    unneeded = frozenset(SecretKind) - {SecretKind.CODE_SECRET}
    with open_session(context, context.site(site), prompter, unneeded=unneeded) as session:
        use_code_secret(context, session, needed=True)
        live = session.code()
    context.terminal.clear_status_line()
    left = live.seconds_left(context.clock.now())
    if context.terminal.as_json:
        context.terminal.record(JsonEvent.ENTRY, code=live.code, seconds_left=math.floor(left))
    else:
        context.terminal.line(live.code)
        context.terminal.say(_("Good for {time}").format(time=duration_text(left)))
    return Exit.DONE


@click.command()
@click.argument("site")
@click.option(
    "--uri",
    metavar="-",
    help="Read an otpauth:// address from standard input. It is never an argument: those are in"
    " the list of running programs.",
)
@click.option("--qr", "picture", type=LocalPath(), help="A picture of the QR code.")
@click.option("--secret-stdin", is_flag=True, help="Read the key from standard input.")
@click.option(
    "--okta",
    is_flag=True,
    help="Let Okta set up the code, where it asks your account to; nothing is scanned.",
)
@attempt_options
@output_options
@click.pass_obj
def enroll(
    context: CommandContext,
    site: str,
    *,
    uri: str | None,
    picture: Path | None,
    secret_stdin: bool,
    okta: bool,
    **flags: Unpack[AttemptFlags],
) -> int:
    """Keep the secret that codes are made from in the keychain, once it is proven.

    Okta itself proves one that it has handed out; any other is proven by a sign-in.
    """
    source = CodeSecretSource(uri=uri, picture=picture, secret_stdin=secret_stdin, okta=okta)
    source.check()
    named = with_username(context, context.site(site))
    _check_may_be_kept(named)
    prompter = TerminalPrompter(
        context.terminal, context.clock, accept_new_host_key=flags["accept_new_host_key"]
    )
    with open_session(context, named, prompter) as session:
        _demand_place(session)
        if okta:
            use_password(context, session)
            with advice(context, site):
                session.enrol_with_okta(save=True, try_anyway=flags["try_anyway"])
        else:
            secret = source.read(context, named)
            use_password(context, session)
            session.use_code_secret(secret, save=True)
        if not okta or prompter.noticed:  # not proven yet, or not kept
            prompter.noticed.clear()
            wants, anyway = flags["explain"], flags["try_anyway"]
            attempt(context, session, site, wants_explanation=wants, try_anyway=anyway)
    if prompter.noticed:
        return Exit.FAILED
    context.terminal.say(_("The code works, and its secret is kept in the keychain."))
    return Exit.DONE


def _check_may_be_kept(site: Site) -> None:
    if not site.policy.save_code_secret:
        raise UnsupportedError(
            message("The connection file does not allow the code's secret to be kept."),
            next_step=message("Give it in {variable} each time.", variable=TOTP_SECRET_VARIABLE),
        )


def _demand_place(session: Session) -> None:
    """Check that there is a keychain for the secret, before a person looks for that."""
    demand_keychain(
        session,
        message("The code's secret cannot be kept: there is no keychain that can be used."),
        message(
            "Install and unlock GNOME Keyring or KWallet, or give it in {variable} each time.",
            variable=TOTP_SECRET_VARIABLE,
        ),
    )
