"""``sites from-stack``: the connection file of a server that CloudFormation put up."""

from __future__ import annotations

from pathlib import Path

import click
import msgspec

from ferrygate.cli.aws_stack import UNKNOWN_METHODS, read_stack_site
from ferrygate.cli.command_context import CommandContext
from ferrygate.cli.commands.sites import sites, write_connection_file
from ferrygate.cli.exit_codes import Exit
from ferrygate.cli.json_lines import JsonEvent, local_fields
from ferrygate.cli.output_options import output_options
from ferrygate.common.display import display_text
from ferrygate.common.i18n import _, ngettext
from ferrygate.common.local_disk import local_path
from ferrygate.sites.connection_file import SUFFIX


@sites.command("from-stack")
@click.argument("stack")
@click.option("--region", help="AWS region; the one that AWS's own programs take is the default.")
@click.option("--out", metavar="FILE", help="Write to FILE, by default STACK.ferrygate.")
@click.option("--replace", is_flag=True, help="Replace FILE where it is there.")
@output_options
@click.pass_obj
def from_stack(
    context: CommandContext, stack: str, *, region: str | None, out: str | None, replace: bool
) -> int:
    """Write the connection file of a server that was put up with packaging/aws/template.yaml.

    Needs boto3 (the extra "aws") and credentials that may read the stack and its server.
    """
    given = None if out is None else local_path(out)
    found = read_stack_site(context.connect_to_aws(region), stack)
    path = Path(given or f"{found.site.name}{SUFFIX}")
    write_connection_file(path, found.site, replace=replace)
    say = context.terminal.say
    pins = len(found.site.host_key_fingerprints)
    say(
        _("Asked account {account} in {region}.").format(account=found.account, region=found.region)
    )
    say(
        ngettext(
            "Wrote “{name}”, with {count} host key.",
            "Wrote “{name}”, with {count} host keys.",
            pins,
        ).format(name=display_text(str(path)), count=pins)
    )
    if found.methods == UNKNOWN_METHODS:
        say(_("AWS does not tell how this server lets people sign in."))
    elif found.methods:
        say(
            _("The server takes other methods than the stack was made for: {methods}.").format(
                methods=display_text(found.methods)
            )
        )
    context.terminal.record(
        JsonEvent.ENTRY,
        **msgspec.to_builtins(found.site),
        account=found.account,
        region=found.region,
        **local_fields("file", str(path)),
    )
    return Exit.DONE
