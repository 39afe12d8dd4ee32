"""Wraps one signed-in session in blocking methods."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator
from itertools import chain

from ferrygate.api.arguments import (
    LocalPath,
    RemotePath,
    choice,
    demand,
    demand_callable,
    existing,
    local,
    remote,
    several,
)
from ferrygate.api.new_name import demand_folder, new_name
from ferrygate.api.opened_site import OpenedSite
from ferrygate.api.result import Result
from ferrygate.common.entry import Entry
from ferrygate.common.errors import error_for
from ferrygate.engine.messages.files import (
    FolderBlock,
    ListFolder,
    ListingIncomplete,
    MakeFolder,
    PathStat,
    RemovePath,
    RenamePath,
    StatPath,
)
from ferrygate.engine.messages.transfers import (
    BatchChanged,
    Download,
    FileChanged,
    LimitRate,
    Upload,
)
from ferrygate.transfers.views import ConflictChoice, FileView, LinkChoice


class Session(OpenedSite):
    """Works on one site; used from one thread, :meth:`cancel` from any, and closed at the end."""

    # ------------------------------------------------------------ files

    def ls(self, path: RemotePath = "/") -> Iterator[Entry]:
        """Yield the entries of a folder as they come, unsorted.

        Raises:
            IncompleteListingError: after the last entry, if the server did not list all of them.
            FerrygateError: the folder cannot be listed.
        """
        return chain.from_iterable(self.blocks(path))

    def blocks(self, path: RemotePath = "/") -> Iterator[tuple[Entry, ...]]:
        """Yield entries as :meth:`ls` does, in blocks: the first few at once, then thousands."""
        return self._blocks(ListFolder(self._client.number(), existing("path", path)))

    def stat(self, path: RemotePath) -> Entry:
        """Ask the server about one path."""
        command = StatPath(self._client.number(), existing("path", path))
        return self._one(command, PathStat).entry

    def mkdir(self, path: RemotePath, *, parents: bool = False) -> None:
        """Make a folder, and those above it when ``parents``."""
        demand("parents", parents, bool)
        command = MakeFolder(self._client.number(), remote("path", path), parents)
        self._client.do(command)

    def rename(self, source: RemotePath, target: RemotePath) -> None:
        """Rename a file or folder; never onto an existing name.

        Raises:
            UsageError: one of them is the root, the site's start folder, or above that.
        """
        names = existing("source", source), remote("target", target)
        self._client.do(RenamePath(self._client.number(), *names))

    def remove(self, path: RemotePath, *, recursive: bool = False) -> None:
        """Remove a file, or a folder with all that is in it when ``recursive``.

        Raises:
            UsageError: it is the root, the site's start folder, or above that.
        """
        demand("recursive", recursive, bool)
        removed = existing("path", path)
        self._client.do(RemovePath(self._client.number(), removed, recursive))

    def put(
        self,
        sources: LocalPath | Iterable[LocalPath],
        folder: RemotePath,
        *,
        on_conflict: ConflictChoice | str = ConflictChoice.FAIL,
        links: LinkChoice | str = LinkChoice.SKIP,
        late_check: bool = True,
        name: str | bytes | None = None,
        on_event: Callable[[BatchChanged | FileChanged], None] | None = None,
        keep_all: bool = True,
    ) -> Result:
        """Send files and folders into a remote folder, which is made when missing.

        Args:
            sources: one path, or several in a list or the like.
            folder: the remote folder.
            on_conflict: what to do with files that are already there: "fail", "replace",
                "keep-both", "skip" or "changed"; "ask" is "fail" if no person can be asked.
            links: what to do with links to folders that are met: "skip", "follow" or "fail".
            late_check: where the line was lost under uploads to an object store, wait until no
                part of them can come any more (the site's ``late_part_seconds``), and ask about
                them once more. Else such a file ends with ``late_check`` "not-done".
            name: what the one file is called on the server; its own name where left out.
            on_event: called with each change of the batch and its files.
            keep_all: the result has every file. Without it, it has those alone that did not end
                well or were left out: a million take half a gigabyte.

        Raises:
            Cancelled: it was taken back before all files were found, or has not ended since.
            FerrygateError: nothing could be sent at all. A file that fails is in the result.
            UsageError: the folder ends as the one file does (``/inbox/new.csv``) and no ``name``
                is given: a slash behind it makes it a folder.
        """
        demand("late_check", late_check, bool)
        demand("keep_all", keep_all, bool)
        demand("name", name, str, bytes, type(None))
        paths = tuple(local("sources", source) for source in several("sources", sources))
        target = existing("folder", folder)
        if name is None:
            demand_folder(paths, os.fsdecode(folder))
        command = Upload(
            self._client.number(),
            paths,
            target,
            choice("on_conflict", on_conflict, ConflictChoice),
            choice("links", links, LinkChoice),
            late_check,
            None if name is None else new_name(paths, name),
        )
        return self._transfer(command, on_event, keep_all=keep_all)

    def get(
        self,
        sources: RemotePath | Iterable[RemotePath],
        folder: LocalPath,
        *,
        on_conflict: ConflictChoice | str = ConflictChoice.FAIL,
        links: LinkChoice | str = LinkChoice.SKIP,
        on_event: Callable[[BatchChanged | FileChanged], None] | None = None,
        keep_all: bool = True,
    ) -> Result:
        """Fetch files and folders into a local folder, which is made when missing.

        Args:
            sources: one path, or several in a list or the like.
            folder: the local folder.
            on_conflict: what to do with files that are already there: "fail", "replace",
                "keep-both", "skip" or "changed"; "ask" is "fail" if no person can be asked.
            links: what to do with links to folders that are met: "skip", "follow" or "fail".
            on_event: called with each change of the batch and its files.
            keep_all: the result has every file. Without it, it has those alone that did not end
                well or were left out: a million take half a gigabyte.

        Raises:
            Cancelled: it was taken back before all files were found, or has not ended since.
            FerrygateError: nothing could be fetched at all. A file that fails is in the result.
        """
        demand("keep_all", keep_all, bool)
        command = Download(
            self._client.number(),
            tuple(existing("sources", source) for source in several("sources", sources)),
            local("folder", folder),
            choice("on_conflict", on_conflict, ConflictChoice),
            choice("links", links, LinkChoice),
        )
        return self._transfer(command, on_event, keep_all=keep_all)

    def limit_rate(self, bytes_per_second: int | None) -> None:
        """Limit transfers to a number of bytes a second, both ways together.

        ``None`` ends the limit.

        Raises:
            UsageError: the rate is below 1.
        """
        demand("bytes_per_second", bytes_per_second, int, type(None))
        self._client.do(LimitRate(self._client.number(), bytes_per_second))

    # ------------------------------------------------------------ inside

    def _blocks(self, command: ListFolder) -> Iterator[tuple[Entry, ...]]:
        unseen: ListingIncomplete | None = None
        for event in self._client.ask(command):
            if isinstance(event, FolderBlock):
                yield event.entries
            elif isinstance(event, ListingIncomplete):
                unseen = event
        if unseen is not None:
            raise error_for(unseen.problem)

    def _transfer(
        self,
        command: Upload | Download,
        on_event: Callable[[BatchChanged | FileChanged], None] | None,
        *,
        keep_all: bool,
    ) -> Result:
        demand_callable("on_event", on_event)
        files: dict[int, FileView] = {}
        for event in self._client.ask(command):
            if isinstance(event, FileChanged):
                file = event.view
                if keep_all or file.is_left_out or (file.state.has_ended and not file.ended_well):
                    files[file.number] = file
            if isinstance(event, FileChanged | BatchChanged) and on_event is not None:
                on_event(event)
        return Result(tuple(files.values()))
