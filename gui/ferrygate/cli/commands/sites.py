"""``sites``: what is saved, and files to hand out."""

from __future__ import annotations

from pathlib import Path
from typing import TypedDict, Unpack

import click
import msgspec

from ferrygate.cli.command_context import CommandContext
from ferrygate.cli.exit_codes import Exit
from ferrygate.cli.json_lines import JsonEvent, local_fields, record_line
from ferrygate.cli.local_arguments import LocalPath
from ferrygate.cli.output_options import output_options
from ferrygate.cli.strict_site import check_strictly
from ferrygate.codes.join import check_template, needs_code
from ferrygate.codes.totp import ALGORITHMS, DIGITS
from ferrygate.common.display import display_text
from ferrygate.common.errors import UsageError
from ferrygate.common.i18n import _
from ferrygate.common.local_disk import local_path, writing
from ferrygate.common.message import message
from ferrygate.sites.connection_file import format_connection_file, read_connection_file
from ferrygate.sites.pin_files import read_pins
from ferrygate.sites.resolve import is_path
from ferrygate.sites.server_address import ServerAddress, read_server_address
from ferrygate.sites.site import (
    DEFAULT_LATE_PART_SECONDS,
    DEFAULT_PORT,
    Policy,
    SignInSettings,
    Site,
    Support,
)
from ferrygate.sites.without_code import with_join, without_code

_REPLACE = click.option("--replace", is_flag=True, help="Replace a saved site of the same name.")
_STDOUT = "-"


@click.group()
def sites() -> None:
    """Saved sites, and the lock of an account."""


@sites.command("list")
@output_options
@click.pass_obj
def list_(context: CommandContext) -> int:
    """Print the names of all saved sites."""
    names = context.store.names()
    if context.terminal.as_json:
        context.terminal.lines(record_line(JsonEvent.ENTRY, name=name) for name in names)
    else:
        context.terminal.lines(map(display_text, names))
    return Exit.DONE


@sites.command()
@click.argument("site")
@click.option(
    "--strict",
    is_flag=True,
    help="Warn of what it leaves out that people will miss, and exit with 2 then.",
)
@output_options
@click.pass_obj
def show(context: CommandContext, site: str, *, strict: bool) -> int:
    """Print a site the way a connection file holds it."""
    found = context.site(site)
    if context.terminal.as_json:
        record = msgspec.to_builtins(found)
        record["sign_in"]["prompts"] = dict(found.sign_in.prompts)
        context.terminal.record(JsonEvent.ENTRY, **record)
    else:
        context.terminal.line(format_connection_file(found).rstrip("\n"))
    if strict:
        check_strictly(context.terminal, found)
    return Exit.DONE


class _Given(TypedDict):
    """Holds the options of ``add``."""

    host: str
    port: int | None
    username: str | None
    fingerprints: tuple[str, ...]
    fingerprint_from: Path | None
    start_folder: str | None
    late_part_seconds: int
    steps: tuple[str, ...]
    join: str
    private_key: str
    digits: int
    period: int
    algorithm: str
    okta_address: str
    prompts: tuple[tuple[str, str], ...]
    save_password: bool
    save_code_secret: bool
    contact: str


@sites.command()
@click.argument("name")
@click.option(
    "--host",
    required=True,
    metavar="ADDRESS",
    help="Name or address of the server. May hold more: sftp://USER@HOST:PORT/FOLDER.",
)
@click.option("--port", type=int, show_default=str(DEFAULT_PORT))
@click.option("--username")
@click.option("--fingerprint", "fingerprints", multiple=True, help="A host key, SHA256:...")
@click.option(
    "--fingerprint-from",
    type=LocalPath(),
    metavar="FILE",
    help="The server's keys in a known_hosts file, or a public key of it (.pub).",
)
@click.option("--start-folder", show_default="/")
@click.option(
    "--late-part-seconds",
    default=DEFAULT_LATE_PART_SECONDS,
    show_default=True,
    help="How long the server may keep a lost connection's uploads open; it matters over S3.",
)
@click.option(
    "--step",
    "steps",
    multiple=True,
    default=SignInSettings().steps,
    show_default=True,
    help="A method of signing in, by its SSH name; once for each, in order.",
)
@click.option(
    "--join", default=SignInSettings().join, show_default=True, help="What is sent as password."
)
@click.option("--private-key", default="", help="File of the key for the step publickey.")
@click.option("--digits", default=6, show_default=True, type=click.Choice(list(DIGITS)))
@click.option("--period", default=30, show_default=True, help="Life of a code, seconds.")
@click.option("--algorithm", default="SHA1", show_default=True, type=click.Choice(ALGORITHMS))
@click.option("--okta-address", default="", help="https:// address of the Okta organisation.")
@click.option(
    "--prompt",
    "prompts",
    nargs=2,
    multiple=True,
    metavar="TEXT WANTS",
    help="What a prompt of the server wants: password, code, both or ask. Repeatable.",
)
@click.option("--save-password/--no-save-password", default=True, help="In the keychain.")
@click.option("--save-code-secret/--no-save-code-secret", default=True, help="In the keychain.")
@click.option("--contact", default="", help="Whom to ask.")
@_REPLACE
@output_options
@click.pass_obj
def add(context: CommandContext, name: str, *, replace: bool, **given: Unpack[_Given]) -> int:
    """Save a site under NAME."""
    at = _address(context, **given)
    file = given["fingerprint_from"]
    read = () if file is None else read_pins(file, at.host, at.port)
    site = Site(
        name=name,
        host=at.host,
        port=at.port,
        username=at.username,
        host_key_fingerprints=tuple(dict.fromkeys((*given["fingerprints"], *read))),
        start_folder=at.start_folder,
        late_part_seconds=given["late_part_seconds"],
        sign_in=SignInSettings(
            steps=given["steps"],
            join=given["join"],
            private_key=given["private_key"],
            digits=given["digits"],
            period=given["period"],
            algorithm=given["algorithm"],
            okta_address=given["okta_address"],
            prompts=tuple(dict(given["prompts"]).items()),
        ),
        policy=Policy(
            save_password=given["save_password"], save_code_secret=given["save_code_secret"]
        ),
        support=Support(contact=given["contact"]),
    )
    _save(context, site, replace=replace)
    return Exit.DONE


def _address(context: CommandContext, **given: Unpack[_Given]) -> ServerAddress:
    """Read where the server is: its address, and the options that name parts of it.

    Raises:
        UsageError: the address cannot be used, or says another thing than an option.
    """
    at = read_server_address(given["host"])
    if at.dropped_password:
        context.terminal.say(_("The password in the address was left out."))
    named = {"port": given["port"], "username": given["username"]}
    named["start_folder"] = given["start_folder"]
    options = {part: value for part, value in named.items() if value is not None}
    nothing = ServerAddress(host=at.host)
    for part, value in options.items():
        if getattr(at, part) not in {getattr(nothing, part), value}:
            option = "--" + part.replace("_", "-")
            raise UsageError(
                message("The address and {option} do not say the same.", option=option),
                next_step=message("Leave out one of them."),
            )
    return msgspec.structs.replace(at, **options)


@sites.command()
@click.argument("site")
@click.argument("join")
@output_options
@click.pass_obj
def join(context: CommandContext, site: str, join: str) -> int:
    """Change what a saved site sends as its password.

    JOIN is such as "{password}{code}". With "{password}" no code is sent, for a server that wants
    none; a site that names an Okta address always sends one.
    """
    saved = context.store.load(site)
    check_template(join)
    changed = with_join(saved, join) if needs_code(join) else without_code(saved, join)
    context.store.save(changed)
    context.terminal.say(_("Saved as “{name}”.").format(name=display_text(site)))
    return Exit.DONE


@sites.command("import")
@click.argument("file", type=LocalPath())
@click.option("--name", help="Save it under this name.")
@_REPLACE
@output_options
@click.pass_obj
def import_(context: CommandContext, file: Path, *, name: str | None, replace: bool) -> int:
    """Save the site of a connection file."""
    site = read_connection_file(file)
    if name is not None:
        site = msgspec.structs.replace(site, name=name)
    _save(context, site, replace=replace)
    return Exit.DONE


@sites.command()
@click.argument("site")
@click.argument("file", default=_STDOUT)
@click.option("--replace", is_flag=True, help="Replace FILE where it is there.")
@output_options
@click.pass_obj
def export(context: CommandContext, site: str, file: str, *, replace: bool) -> int:
    """Write a connection file to hand out, to FILE or standard output.

    With --json, standard output has the site as an object, as "show" prints it, and "file".
    """
    local_path(file)
    found = context.site(site)
    if file != _STDOUT:
        write_connection_file(Path(file), found, replace=replace)
    elif not context.terminal.as_json:
        context.terminal.line(format_connection_file(found).rstrip("\n"))
    written = {} if file == _STDOUT else local_fields("file", file)
    context.terminal.record(JsonEvent.ENTRY, **msgspec.to_builtins(found), **written)
    return Exit.DONE


def write_connection_file(path: Path, site: Site, *, replace: bool) -> None:
    """Write the connection file of a site.

    Raises:
        UsageError: there is a file of that name already, and it is not to be replaced.
        LocalFileError: the file cannot be written.
    """
    with writing(path):
        try:
            with path.open("w" if replace else "x", encoding="utf-8") as target:
                target.write(format_connection_file(site))
        except FileExistsError:
            raise UsageError(
                message("“{name}” is already there, and was left as it is.", name=str(path)),
                next_step=message("Give --replace to put this one in its place."),
            ) from None


@sites.command()
@click.argument("site")
@output_options
@click.pass_obj
def remove(context: CommandContext, site: str) -> int:
    """Forget a saved site; its secrets and its server's host key are kept."""
    context.store.remove(site)
    context.terminal.say(_("Removed “{name}”.").format(name=display_text(site)))
    context.terminal.say(
        _(
            "What the keychain has for it is kept, and so is the host key of its server. With its"
            " connection file in place of a name, ferrygate sites forget-secrets and"
            " forget-host-key remove these."
        )
    )
    return Exit.DONE


@sites.command("reset-lock")
@click.argument("site")
@output_options
@click.pass_obj
def reset_lock(context: CommandContext, site: str) -> int:
    """Sign in again after repeated refusals, once the account is known to be well."""
    from ferrygate.api import records  # noqa: PLC0415  slow, and only needed here

    records.reset_lock(context.site(site), context.home.prepare(), context.clock)
    context.terminal.say(
        _("Refusals are counted from zero again. This does not unlock the account at the server.")
    )
    return Exit.DONE


def _save(context: CommandContext, site: Site, *, replace: bool) -> None:
    if is_path(site.name):
        raise UsageError(
            message("A site called “{name}” would be taken for a file.", name=site.name),
            next_step=message("Give it a name without slashes that does not end in .ferrygate."),
        )
    if site.name in context.store.names() and not replace:
        raise UsageError(
            message("There is a saved site “{name}” already.", name=site.name),
            next_step=message("Give --replace to put this one in its place."),
        )
    context.home.prepare()
    context.store.save(site)
    context.terminal.say(_("Saved as “{name}”.").format(name=display_text(site.name)))
