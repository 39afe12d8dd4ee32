"""``enroll`` and ``code``."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Unpack

import click

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
from ferrygate.cli.standard_input import key_on_standard_input
from ferrygate.codes.totp import CodeSecret
from ferrygate.common.display import display_text
from ferrygate.common.environment import TOTP_SECRET_VARIABLE
from ferrygate.common.errors import (
    CodeSecretError,
    SecretsMissingError,
    UnsupportedError,
    UsageError,
)
from ferrygate.common.i18n import _, render
from ferrygate.common.local_disk import read_small_file
from ferrygate.common.message import message
from ferrygate.common.secret import Secret
from ferrygate.common.text import duration_text
from ferrygate.sites.code_secret import code_secrets_for, code_secrets_in_qr, matches_site
from ferrygate.sites.site import Site

_STDIN = "-"


@click.command()
@click.argument("site")
@output_options
@click.pass_obj
def code(context: CommandContext, site: str) -> int:
    """Print a code for use elsewhere; it will never be sent from here.

    With --json: {"event": "entry", "code": ..., "seconds_left": ...}.
    """
    prompter = TerminalPrompter(context.terminal, context.clock, accept_new_host_key=False)
    with open_session(context, context.site(site), prompter, for_code=True) as session:
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
    if uri not in {None, _STDIN}:
        raise UsageError(
            message(
                "An address holds a secret, and what is typed here can be read by other programs."
            ),
            next_step=message("Write --uri -, and put the address on standard input."),
        )
    if sum((uri is not None, picture is not None, secret_stdin, okta)) > 1:
        raise UsageError(message("Give only one of --uri, --qr, --secret-stdin and --okta."))
    named = with_username(context, context.site(site))
    if not named.policy.save_code_secret:
        raise UnsupportedError(
            message("The connection file does not allow the code's secret to be kept."),
            next_step=message("Give it in {variable} each time.", variable=TOTP_SECRET_VARIABLE),
        )
    prompter = TerminalPrompter(
        context.terminal, context.clock, accept_new_host_key=flags["accept_new_host_key"]
    )
    with open_session(context, named, prompter) as session:
        demand_keychain(
            session,
            message("The code's secret cannot be kept: there is no keychain that can be used."),
            message(
                "Install and unlock GNOME Keyring or KWallet, or give it in {variable} each time.",
                variable=TOTP_SECRET_VARIABLE,
            ),
        )
        secret = None
        if not okta:
            text = _given(context, named, uri=uri, picture=picture, secret_stdin=secret_stdin)
            secret = _chosen(context, named, text, in_picture=picture is not None)
            _say_mismatch(context, named, secret)
        use_password(context, session)
        if secret is None:
            with advice(context, site):
                session.enrol_with_okta(save=True, try_anyway=flags["try_anyway"])
        else:
            session.use_code_secret(secret, save=True)
        if secret is not None or prompter.noticed:  # not proven yet, or not kept
            prompter.noticed.clear()
            attempt(context, session, site, **flags)
    if prompter.noticed:
        return Exit.FAILED
    context.terminal.say(_("The code works, and its secret is kept in the keychain."))
    return Exit.DONE


def _given(
    context: CommandContext,
    site: Site,
    *,
    uri: str | None,
    picture: Path | None,
    secret_stdin: bool,
) -> Secret:
    """Return the one text that was given; an option goes before the environment."""
    if picture is not None:
        return _in_picture(picture)
    if secret_stdin or uri is not None:
        return key_on_standard_input()
    if context.secrets.totp_secret is not None:
        return context.secrets.totp_secret
    if not context.terminal.is_interactive:
        raise SecretsMissingError(
            message("No secret was given, and nobody can be asked."),
            next_step=message(
                "Set {variable}, or give --secret-stdin, --uri, --qr or --okta.",
                variable=TOTP_SECRET_VARIABLE,
            ),
        )
    question = _("Key for the codes of {user}").format(user=display_text(site.username))
    return context.terminal.ask_secret(question)


def _chosen(context: CommandContext, site: Site, text: Secret, *, in_picture: bool) -> CodeSecret:
    """Return the code secret in a text; of several in an export, the one the person chooses."""
    read = code_secrets_in_qr if in_picture else code_secrets_for
    found = read(site.sign_in, text)
    if found.remark:
        context.terminal.say(render(found.remark))
    if len(found.secrets) == 1 or not context.terminal.is_interactive:
        return found.only()
    numbers = [str(number) for number, _secret in enumerate(found.secrets, 1)]
    for number, secret in zip(numbers, found.secrets, strict=True):
        context.terminal.say(f"{number}  {secret.issuer} {secret.label}")
    answer = context.terminal.choose(_("Which of these accounts"), numbers)
    return found.secrets[int(answer) - 1]


def _in_picture(path: Path) -> Secret:
    from ferrygate.codes.qr import MAX_BYTES, read_qr  # noqa: PLC0415  slow, and only needed here

    texts = read_qr(read_small_file(path, MAX_BYTES))
    if len(texts) != 1:
        raise CodeSecretError(
            message("There is more than one QR code in this picture.")
            if texts
            else message("There is no QR code in this picture."),
            next_step=message("Choose a picture that shows the one QR code whole."),
        )
    return Secret(texts[0])


def _say_mismatch(context: CommandContext, site: Site, secret: CodeSecret) -> None:
    """Say where an enrolled code differs from the connection file, over which it wins."""
    if not matches_site(site.sign_in, secret):
        wanted = (site.sign_in.digits, site.sign_in.period, site.sign_in.algorithm)
        given = (secret.digits, secret.period, secret.algorithm)
        context.terminal.say(
            _(
                "Codes are made as the secret says ({given}), not as the site says ({wanted})."
            ).format(given=", ".join(map(str, given)), wanted=", ".join(map(str, wanted)))
        )
