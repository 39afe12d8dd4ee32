"""Lists and changes folders by commands, and tells what was found."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

from ferrygate.common.entry import Entry
from ferrygate.common.errors import IncompleteListingError
from ferrygate.common.inbox import Callback
from ferrygate.engine.browsing.block_credit import BlockCredit
from ferrygate.engine.browsing.browser import Browser
from ferrygate.engine.browsing.file_operations import carry_out, check_keeps_account
from ferrygate.engine.messages.event import Event
from ferrygate.engine.messages.files import (
    FileCommand,
    FileOperation,
    FolderBlock,
    ListFolder,
    ListingIncomplete,
    PathStat,
    StatPath,
    TakeMore,
)
from ferrygate.engine.reply import Later, Reply
from ferrygate.sftp.files import RemoteFiles
from ferrygate.sites.site import Site


class FileRequests:
    """Carries out a session's file operations on its browser. Owned by the engine's thread."""

    def __init__(
        self,
        site: Site,
        browser: Browser,
        emit: Callable[[Event], None],
        post: Callable[[Callback], None],
        *,
        object_store: bool,
    ) -> None:
        """Take what is needed; ``post`` has something done on the engine's thread."""
        self._site = site
        self._browser = browser
        self._emit = emit
        self._post = post
        self._object_store = object_store

    def ask(self, command: FileOperation) -> Later:
        """Do what a command asks for, beside the transfers.

        Raises:
            UsageError: a folder that the whole account is in would be removed or renamed.
        """
        check_keeps_account(self._site, command)
        later, findings = Later(), _Findings(command, self._emit, self._post)

        async def work(files: RemoteFiles) -> IncompleteListingError | None:
            return await carry_out(
                files,
                command,
                lambda entries: findings.tell(files, entries),
                object_store=self._object_store,
            )

        def done(unseen: IncompleteListingError | None) -> None:
            if unseen is not None:
                self._emit(ListingIncomplete(command.request, unseen.problem))
            later.done()

        self._browser.do(
            command.request,
            work,
            done,
            later.fail,
            repeatable=lambda: findings.is_repeatable,
            credit=findings.credit,
        )
        return later

    def take_more(self, request: int) -> None:
        """Send on, as a block of a listing was taken by its reader."""
        self._browser.take_more(request)


class _Findings:
    """Tells what one request finds; called on the browser's lane."""

    def __init__(
        self,
        command: FileOperation,
        emit: Callable[[Event], None],
        post: Callable[[Callback], None],
    ) -> None:
        self.credit = BlockCredit()
        self._command = command
        self._emit = emit
        self._post = post
        self._has_told = False

    @property
    def is_repeatable(self) -> bool:
        """Tell whether the request may be begun again: it changes nothing, and told nothing."""
        return isinstance(self._command, ListFolder | StatPath) and not self._has_told

    async def tell(self, files: RemoteFiles, entries: tuple[Entry, ...]) -> None:
        """Tell of entries; wait where a listing's reader has not taken the earlier ones."""
        self._has_told = True
        request = self._command.request
        if isinstance(self._command, StatPath):
            self._post(lambda: self._emit(PathStat(request, *entries)))
        else:
            self._post(lambda: self._emit(FolderBlock(request, entries)))
            await self.credit.sent(files.channel)


class BrowsedSession(Protocol):
    """Describes a session as far as browsing is concerned."""

    @property
    def files(self) -> FileRequests:
        """Return what carries out its file operations."""
        ...


class FileCommands:
    """Hands commands to the session that there is. Owned by the engine's thread."""

    def __init__(
        self,
        session: Callable[[], BrowsedSession | None],
        required: Callable[[], BrowsedSession],
    ) -> None:
        """Take what gives the session; ``required`` raises where there is none."""
        self._session = session
        self._required = required

    def obey(self, command: FileCommand) -> Reply:
        """Carry out a command.

        Raises:
            FerrygateError: there is no session, or the operation is refused.
        """
        if not isinstance(command, TakeMore):
            return self._required().files.ask(command)
        session = self._session()
        if session is not None:
            session.files.take_more(command.target)
        return None
