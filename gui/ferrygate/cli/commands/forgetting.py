"""``sites forget-secrets`` and ``sites forget-host-key``: what stays when a site is removed."""

from __future__ import annotations

import click

from ferrygate.cli.command_context import CommandContext
from ferrygate.cli.command_secrets import demand_keychain
from ferrygate.cli.command_session import open_session, with_username
from ferrygate.cli.commands.sites import sites
from ferrygate.cli.exit_codes import Exit
from ferrygate.cli.output_options import output_options
from ferrygate.cli.prompts import TerminalPrompter
from ferrygate.common.display import display_text
from ferrygate.common.errors import UsageError
from ferrygate.common.i18n import _
from ferrygate.common.message import message
from ferrygate.sites.known_hosts import KnownHosts


@sites.command("forget-secrets")
@click.argument("site")
@output_options
@click.pass_obj
def forget_secrets(context: CommandContext, site: str) -> int:
    """Remove a site's password, code secret and passphrase from the keychain."""
    named = with_username(context, context.site(site))
    if not named.username:
        raise UsageError(
            message("The site has no user name, and secrets are kept for a user."),
            next_step=message("Run the command on a terminal, or give a connection file with one."),
        )
    prompter = TerminalPrompter(context.terminal, context.clock, accept_new_host_key=False)
    with open_session(context, named, prompter) as session:
        demand_keychain(session, message("There is no keychain that can be used."))
        session.forget_secrets()
    context.terminal.say(
        _("The keychain has nothing more for {user} on {host}.").format(
            user=display_text(named.username), host=display_text(named.host)
        )
    )
    return Exit.DONE


@sites.command("forget-host-key")
@click.argument("site")
@output_options
@click.pass_obj
def forget_host_key(context: CommandContext, site: str) -> int:
    """Take a server's host keys off the record, once its new key is known to be right."""
    found = context.site(site)
    KnownHosts(context.home.prepare().known_hosts).forget(found.host, found.port)
    context.terminal.say(
        _("No host key of {host}, port {port}, is on record any more.").format(
            host=display_text(found.host), port=found.port
        )
    )
    context.terminal.say(
        _("The site names the fingerprints of its keys itself, and no other key is taken.")
        if found.host_key_fingerprints
        else _("The next sign-in asks about its key.")
    )
    return Exit.DONE
