"""``put`` and ``get``."""

from __future__ import annotations

import math
import os
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar, Unpack

import click

from ferrygate.cli.command_context import CommandContext
from ferrygate.cli.command_session import sign_in
from ferrygate.cli.exit_codes import Exit
from ferrygate.cli.interrupts import on_interrupt
from ferrygate.cli.local_arguments import no_stream
from ferrygate.cli.output_options import output_options
from ferrygate.cli.rate import Rate
from ferrygate.cli.remote_arguments import existing
from ferrygate.cli.sign_in_options import SignInFlags, sign_in_options
from ferrygate.cli.transfer_report import TransferReport
from ferrygate.common.errors import Cancelled, FerrygateError, error_for
from ferrygate.common.i18n import _
from ferrygate.common.local_disk import not_there
from ferrygate.common.malloc_arenas import bound_arenas
from ferrygate.common.message import message
from ferrygate.sites.site import Site
from ferrygate.transfers.views import ConflictChoice, Direction, LinkChoice

if TYPE_CHECKING:
    from ferrygate.api.session import Session

F = TypeVar("F", bound=Callable[..., Any])

_CHOICES = [
    choice.value
    for choice in (
        ConflictChoice.REPLACE,
        ConflictChoice.KEEP_BOTH,
        ConflictChoice.SKIP,
        ConflictChoice.CHANGED,
    )
]


class TransferFlags(SignInFlags):
    """Holds the options that both commands take."""

    on_conflict: str | None
    links: str
    limit_rate: int | None
    keep_trying: float | None


def _finite(
    _context: click.Context, _parameter: click.Parameter, value: float | None
) -> float | None:
    """Reject the words for no number and for one without an end, which Python takes for numbers."""
    if value is not None and not math.isfinite(value):
        raise click.BadParameter(str(message("Give a number of seconds.")))
    return value


def _transfer_options(command: F) -> F:
    """Add what both commands take beside their arguments."""
    on_conflict = click.option(
        "--on-conflict",
        type=click.Choice(_CHOICES),
        help="What to do with files that are already there. skip goes by the name alone, and exits"
        " with 1 where a size differs. changed replaces where size or time differ: get compares"
        " both; put the size, and whether the file here was modified after it was sent (on servers"
        " over S3, or without times, the size alone). A change that keeps the size can be missed,"
        " and the clocks of two computers differ; replace is certain. Without this option a person"
        " is asked; where there is none, such a file fails and nothing is overwritten.",
    )
    limit_rate = click.option(
        "--limit-rate",
        type=Rate(),
        help="Move no more than so many bytes a second, such as 500K or 2M (2,000,000).",
    )
    links = click.option(
        "--links",
        type=click.Choice([choice.value for choice in LinkChoice]),
        default=LinkChoice.SKIP.value,
        show_default=True,
        help="What to do with links to folders within the folders named: leave them out, go into"
        " them, or count them as failed. Links to files are always taken for the files.",
    )
    keep_trying = click.option(
        "--keep-trying",
        metavar="SECONDS",
        type=click.FloatRange(min=0),
        callback=_finite,
        help="How long to try again when the connection is lost. Without it 900, which is 15 min;"
        " then what is left fails.",
    )
    return links(on_conflict(limit_rate(keep_trying(sign_in_options(output_options(command))))))


@click.command()
@click.argument("site")
@click.argument("sources", metavar="LOCAL...", nargs=-1, required=True)
@click.argument("folder", metavar="REMOTE_FOLDER")
@click.option(
    "--late-check/--no-late-check",
    default=True,
    show_default=True,
    help="Over S3, the part of a lost connection may come over what was sent again, some five"
    " minutes later. Wait for that and ask once more, or end at once with “not asked again”.",
)
@click.option(
    "--as", "name", metavar="NAME", help="What the one file LOCAL is called in REMOTE_FOLDER."
)
@_transfer_options
@click.pass_obj
def put(
    context: CommandContext,
    site: str,
    sources: tuple[str, ...],
    folder: str,
    *,
    late_check: bool,
    name: str | None,
    **flags: Unpack[TransferFlags],
) -> int:
    """Send files and folders into REMOTE_FOLDER, which is made when missing.

    One file under another name: put SITE report.csv --as new.csv /inbox. A REMOTE_FOLDER that ends
    as the one file does, or is a file here, is taken for a mistake, unless a slash follows:
    /inbox/new.csv/.

    An old file is lost if the upload that replaces it breaks off. At most 8 are under way at a
    time, and on Ctrl+C these are finished where that takes no longer than 5 seconds.
    """
    from ferrygate.api.new_name import demand_folder, new_name  # noqa: PLC0415  help needs none

    found = context.site(site)
    target = existing(folder)
    if not any(map(os.path.lexists, [no_stream(source) for source in sources])):
        raise not_there(Path(sources[0]))  # a code is worth more than that
    if name is None:
        demand_folder(sources, folder)
    sent_as = None if name is None else new_name(sources, name)

    def move(session: Session, **how: Any) -> object:
        # The slash is for a folder, as was made sure of.
        return session.put(sources, target + b"/", late_check=late_check, name=sent_as, **how)

    return _transfer(context, found, site, Direction.UPLOAD, folder, move, **flags)


@click.command()
@click.argument("site")
@click.argument("sources", metavar="REMOTE...", nargs=-1, required=True)
@click.argument("folder", metavar="LOCAL_FOLDER")
@_transfer_options
@click.pass_obj
def get(
    context: CommandContext,
    site: str,
    sources: tuple[str, ...],
    folder: str,
    **flags: Unpack[TransferFlags],
) -> int:
    """Fetch files and folders into LOCAL_FOLDER, which is made when missing.

    A missing LOCAL_FOLDER that ends as one of the files does is taken for a mistake, unless a slash
    follows: new.csv/.
    """
    from ferrygate.api.new_name import demand_local_folder  # noqa: PLC0415  help needs none

    found = context.site(site)
    names = [existing(source) for source in sources]
    no_stream(folder)
    demand_local_folder(names, folder)

    def move(session: Session, **how: Any) -> object:
        return session.get(names, folder, **how)

    return _transfer(context, found, site, Direction.DOWNLOAD, folder, move, **flags)


def _transfer(
    context: CommandContext,
    site: Site,
    text: str,
    direction: Direction,
    folder: str,
    move: Callable[..., object],
    **flags: Unpack[TransferFlags],
) -> Exit:
    """Sign in to a site, for which ``text`` was typed, and carry out a transfer into a folder.

    Args:
        context: the command.
        site: the site.
        text: what was typed for it.
        direction: of the transfer.
        folder: as it was typed.
        move: carries it out; takes the session, and what :meth:`Session.put` takes by name.
        flags: of :func:`_transfer_options`.
    """
    choice = _choice(context, flags["on_conflict"])
    bound_arenas()
    with sign_in(
        context,
        site,
        text,
        keep_trying=flags["keep_trying"],
        accept_new_host_key=flags["accept_new_host_key"],
        explain=flags["explain"],
        try_anyway=flags["try_anyway"],
        ask_code=flags["ask_code"],
        code_stdin=flags["code_stdin"],
    ) as session:
        session.limit_rate(flags["limit_rate"])
        report = TransferReport(context.terminal, context.clock, direction, folder, choice)
        begin = partial(move, session, on_conflict=choice, links=flags["links"])
        return _reported(context, session, report, begin)


def _reported(
    context: CommandContext, session: Session, report: TransferReport, move: Callable[..., object]
) -> Exit:
    """Carry out a transfer and tell how it goes; ``move`` still takes ``on_event``.

    Errors are printed here, even if not all files were found, so that the sum comes last.
    """
    status = _carried_out(context, session, report, move)
    if status is Exit.INTERRUPTED:
        context.terminal.say(_("Interrupted."))
    report.summarise(status)
    return status


def _carried_out(
    context: CommandContext, session: Session, report: TransferReport, move: Callable[..., object]
) -> Exit:
    cancelled = False
    with on_interrupt(context.terminal, context.clock, session.cancel):
        try:
            move(on_event=report, keep_all=False)
        except (Cancelled, KeyboardInterrupt, click.Abort):
            cancelled = True
        except FerrygateError as error:
            if report.has_files:
                report.end()
            status = context.fail(error)
            return Exit.INTERRUPTED if report.was_cut_short else status
        report.end()
    if cancelled or report.was_cut_short:
        return Exit.INTERRUPTED
    if context.terminal.given_up is not None:
        return context.fail(error_for(context.terminal.given_up))
    return Exit.DONE if report.complete else Exit.FAILED


def _choice(context: CommandContext, on_conflict: str | None) -> ConflictChoice:
    if on_conflict is not None:
        return ConflictChoice(on_conflict)
    return ConflictChoice.ASK if context.terminal.is_interactive else ConflictChoice.FAIL
