"""``sites fingerprint``: a server's host keys, for the connection file that pins them."""

from __future__ import annotations

import json

import click

from ferrygate.cli.command_context import CommandContext
from ferrygate.cli.commands.sites import sites
from ferrygate.cli.exit_codes import Exit
from ferrygate.cli.interrupts import on_interrupt
from ferrygate.cli.json_lines import JsonEvent, record_line
from ferrygate.cli.output_options import output_options
from ferrygate.common.cancel import CancelToken
from ferrygate.common.i18n import ngettext
from ferrygate.common.threads import SystemThreads
from ferrygate.sites.server_address import read_server_address


@sites.command()
@click.argument("address", metavar="HOST[:PORT]")
@output_options
@click.pass_obj
def fingerprint(context: CommandContext, address: str) -> int:
    """Print the fingerprints of a server's host keys, and the line that pins them.

    Reaches the server once for each type of key that it has. No account and no secret is needed.
    """
    from ferrygate.api import host_keys  # noqa: PLC0415  slow, and only needed here

    at = read_server_address(address)
    cancel = CancelToken(SystemThreads())
    with on_interrupt(context.terminal, context.clock, cancel.cancel):
        keys = host_keys.shown_host_keys(at.host, at.port, context.clock, cancel)
    if context.terminal.as_json:
        context.terminal.lines(
            record_line(
                JsonEvent.ENTRY,
                host=at.host,
                port=at.port,
                key_type=key.key_type,
                fingerprint=key.fingerprint,
            )
            for key in keys
        )
    else:
        pins = json.dumps([key.fingerprint for key in keys])
        context.terminal.lines(
            [
                *(f"{key.fingerprint} {key.key_type}" for key in keys),
                f"host_key_fingerprints = {pins}",
            ]
        )
    context.terminal.say(
        ngettext(
            "Nobody has confirmed this key yet: have whoever runs the server compare it.",
            "Nobody has confirmed these keys yet: have whoever runs the server compare them.",
            len(keys),
        )
    )
    return Exit.DONE
