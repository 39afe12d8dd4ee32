"""``ls``, ``mkdir``, ``mv`` and ``rm``."""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterable
from contextlib import closing
from typing import TYPE_CHECKING, Unpack

import click
import msgspec

from ferrygate.cli.command_context import CommandContext
from ferrygate.cli.command_session import sign_in
from ferrygate.cli.exit_codes import Exit
from ferrygate.cli.json_lines import JsonEvent, name_fields, record_line
from ferrygate.cli.output_options import output_options
from ferrygate.cli.remote_arguments import existing, new
from ferrygate.cli.sign_in_options import SignInFlags, sign_in_options
from ferrygate.common.display import display_name
from ferrygate.common.entry import Entry, EntryKind
from ferrygate.common.errors import FerrygateError, IncompleteListingError, Kind, WrongTypeError
from ferrygate.common.held_names import HeldNames
from ferrygate.common.message import Message, message
from ferrygate.common.text import modified_text, size_text
from ferrygate.sites.start_folder import check_may_be_removed

if TYPE_CHECKING:
    from ferrygate.api.session import Session

_LINES_PER_WRITE = 1000  # lines that are printed together


@click.command()
@click.argument("site")
@click.argument("path", required=False)
@click.option("-l", "long", is_flag=True, help="Show size and time as well.")
@click.option("--unsorted", is_flag=True, help="Print names as they come.")
@sign_in_options
@output_options
@click.pass_obj
def ls(
    context: CommandContext,
    site: str,
    path: str | None,
    *,
    long: bool,
    unsorted: bool,
    **flags: Unpack[SignInFlags],
) -> int:
    """List a folder, or the site's start folder; a file lists itself."""
    found = context.site(site)
    folder = existing(path if path is not None else found.start_folder)
    with sign_in(context, found, site, **flags) as session:
        listing = _Listing(session, folder)
        with closing(listing.blocks()) as listed:  # the rest may not be wanted any more
            blocks: Iterable[Iterable[Entry]] = listed
            if not unsorted:
                blocks = _by_name(listed, folder)
            for block in blocks:
                context.terminal.lines(_line(context, entry, long=long) for entry in block)
        if listing.unseen is not None:
            context.terminal.fail(listing.unseen.problem)
            return Exit.FAILED
    return Exit.DONE


def _by_name(listed: Iterable[tuple[Entry, ...]], folder: bytes) -> Iterable[Iterable[Entry]]:
    """Sort all entries; give them in blocks, so that their printed lines are not all in memory."""
    entries: list[Entry] = []
    held = HeldNames(folder)
    for block in listed:
        held.add(block)
        entries.extend(block)
    entries.sort(key=lambda entry: entry.name)
    return (entries[at : at + _LINES_PER_WRITE] for at in range(0, len(entries), _LINES_PER_WRITE))


class _Listing:
    """Lists a folder, or a file as the one entry; ``unseen`` says why there may be more."""

    def __init__(self, session: Session, path: bytes) -> None:
        self._session = session
        self._path = path
        self.unseen: IncompleteListingError | None = None

    def blocks(self) -> Generator[tuple[Entry, ...], None, None]:
        """Yield the entries, as they come."""
        try:
            yield from self._session.blocks(self._path)
        except WrongTypeError:
            yield (self._session.stat(self._path),)
        except IncompleteListingError as error:
            self.unseen = error


def _line(context: CommandContext, entry: Entry, *, long: bool) -> str:
    if context.terminal.as_json:
        return record_line(
            JsonEvent.ENTRY,
            **name_fields("name", entry.name),
            kind=entry.kind.value,
            size=entry.size,
            modified=entry.modified,
        )
    name = display_name(entry.name) + ("/" if entry.kind is EntryKind.FOLDER else "")
    return f"{_details(context, entry)}  {name}" if long else name


def _details(context: CommandContext, entry: Entry) -> str:
    is_file = entry.kind is EntryKind.FILE
    size = size_text(entry.size) if is_file and entry.size is not None else ""
    modified = modified_text(entry.modified, context.clock.now()) if entry.modified else ""
    return f"{size:>10}  {modified:<15}"


@click.command()
@click.argument("site")
@click.argument("paths", metavar="PATH...", nargs=-1, required=True)
@click.option("-p", "--parents", is_flag=True, help="Make the folders above as well.")
@sign_in_options
@output_options
@click.pass_obj
def mkdir(
    context: CommandContext,
    site: str,
    paths: tuple[str, ...],
    *,
    parents: bool,
    **flags: Unpack[SignInFlags],
) -> int:
    """Make folders."""
    found = context.site(site)
    folders = [new(path) for path in paths]
    with sign_in(context, found, site, **flags) as session:
        return _each(
            context,
            folders,
            lambda path: session.mkdir(path, parents=parents),
            {Kind.NOT_FOUND: message("-p makes the folders above as well.")},
        )


@click.command()
@click.argument("site")
@click.argument("source")
@click.argument("target")
@sign_in_options
@output_options
@click.pass_obj
def mv(
    context: CommandContext, site: str, source: str, target: str, **flags: Unpack[SignInFlags]
) -> int:
    """Rename a file or folder; TARGET is its new path, and must be free."""
    found = context.site(site)
    names = existing(source), new(target)
    for name in names:
        check_may_be_removed(found, name)
    with sign_in(context, found, site, **flags) as session:
        session.rename(*names)
    return Exit.DONE


@click.command()
@click.argument("site")
@click.argument("paths", metavar="PATH...", nargs=-1, required=True)
@click.option("-r", "--recursive", is_flag=True, help="Remove folders and all that is in them.")
@sign_in_options
@output_options
@click.pass_obj
def rm(
    context: CommandContext,
    site: str,
    paths: tuple[str, ...],
    *,
    recursive: bool,
    **flags: Unpack[SignInFlags],
) -> int:
    """Remove files; folders with -r. The start folder stays, and those above it."""
    found = context.site(site)
    names = [existing(path) for path in paths]
    for name in names:
        check_may_be_removed(found, name)
    with sign_in(context, found, site, **flags) as session:
        return _each(
            context,
            names,
            lambda path: session.remove(path, recursive=recursive),
            {Kind.WRONG_TYPE: message("Add -r to remove it and all in it.")},
        )


def _each(
    context: CommandContext,
    paths: Iterable[bytes],
    act: Callable[[bytes], None],
    advice: dict[Kind, Message],
) -> Exit:
    """Act on every path, whatever happens to the others; ``advice`` is the option that helps."""
    end = Exit.DONE
    for path in paths:
        try:
            act(path)
        except FerrygateError as error:
            if error.kind is Kind.CANCELLED:
                raise
            problem = error.problem
            if problem.kind in advice:
                problem = msgspec.structs.replace(problem, next_step=advice[problem.kind])
            context.terminal.fail(problem)
            end = Exit.FAILED
    return end
