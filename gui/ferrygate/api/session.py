"""One signed-in session as an object with blocking methods."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator
from typing import Self, TypeVar

from ferrygate.api.result import Result
from ferrygate.codes.totp import CodeSecret, LiveCode
from ferrygate.common import remote_path
from ferrygate.common.entry import Entry
from ferrygate.common.errors import Problem
from ferrygate.common.secret import Secret
from ferrygate.engine import messages as m
from ferrygate.engine.client import EngineClient
from ferrygate.sites.site import Site

E = TypeVar("E")


class Session:
    """A session on one site; use it from one thread, :meth:`cancel` from any, and close it."""

    def __init__(self, client: EngineClient, site: Site, opened: m.SiteOpened) -> None:
        """Made by :func:`ferrygate.api.connecting.open_session`; not signed in yet."""
        self._client = client
        self.site = site
        self.opened = opened

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_exception: object) -> None:
        self.close()

    def close(self) -> None:
        """Sign out and end everything."""
        self._client.close()

    # ------------------------------------------------------------ signing in

    def use_password(self, password: Secret, *, save: bool = False) -> None:
        """Use a password; ``save`` keeps it in the keychain once it is proven."""
        self._client.do(m.UsePassword(self._client.number(), password, save))

    def use_code_secret(self, secret: CodeSecret, *, save: bool = False) -> None:
        """Use a code secret; ``save`` keeps it in the keychain once it is proven."""
        self._client.do(m.UseCodeSecret(self._client.number(), secret, save))

    def use_passphrase(self, passphrase: Secret, *, save: bool = False) -> None:
        """Use a private key's passphrase; ``save`` keeps it in the keychain once it is proven."""
        self._client.do(m.UsePassphrase(self._client.number(), passphrase, save))

    def sign_in(self, *, try_anyway: bool = False) -> None:
        """Sign in with what is at hand, with a fresh code.

        Raises:
            FerrygateError: as :meth:`ferrygate.sign_in.attempt.SignInAttempts.sign_in`.
        """
        self._client.do(m.SignIn(self._client.number(), try_anyway))

    def code(self) -> LiveCode:
        """A code for use elsewhere; it will never be sent from here.

        Raises:
            SecretsMissingError: there is no code secret.
        """
        return self._one(m.ShowCode(self._client.number()), m.CodeGivenOut).code

    # ------------------------------------------------------------ Okta

    def explain_refusal(self, *, try_anyway: bool = False) -> Problem:
        """Ask Okta once, with the password alone, why a sign-in was refused.

        Raises:
            FerrygateError: Okta could not be asked, or may not be asked again yet.
        """
        command = m.ExplainRefusal(self._client.number(), try_anyway)
        return self._one(command, m.RefusalExplained).problem

    def enrol_with_okta(self, *, save: bool = False, try_anyway: bool = False) -> None:
        """Set up a code for an account that Okta asks to enrol one; ``save`` keeps its secret.

        Raises:
            FerrygateError: Okta has a code for the account already, or allows none.
        """
        self._client.do(m.EnrolWithOkta(self._client.number(), save, try_anyway))

    def measure_skew(self) -> m.SkewMeasured:
        """Compare this computer's clock with Okta's; nothing secret is sent.

        Raises:
            FerrygateError: Okta cannot be reached.
        """
        return self._one(m.MeasureSkew(self._client.number()), m.SkewMeasured)

    def apply_skew(self, seconds: int) -> None:
        """Make codes for a clock that is so much ahead; kept for the site, up to 10 s ends it."""
        self._client.do(m.ApplySkew(self._client.number(), seconds))

    # ------------------------------------------------------------ files

    def ls(self, path: str | bytes = "/") -> Iterator[Entry]:
        """The entries of a folder as they come, unsorted."""
        for block in self.blocks(path):
            yield from block

    def blocks(self, path: str | bytes = "/") -> Iterator[tuple[Entry, ...]]:
        """As :meth:`ls`, many at a time: the first few at once, then in thousands."""
        command = m.ListFolder(self._client.number(), remote_path.normalise(path))
        for event in self._client.ask(command):
            if isinstance(event, m.FolderBlock):
                yield event.entries

    def stat(self, path: str | bytes) -> Entry:
        """What the server says of one path."""
        command = m.StatPath(self._client.number(), remote_path.normalise(path))
        return self._one(command, m.PathStat).entry

    def mkdir(self, path: str | bytes, *, parents: bool = False) -> None:
        """Make a folder, and those above it when ``parents``."""
        path = remote_path.normalise(path)
        self._client.do(m.MakeFolder(self._client.number(), path, parents))

    def rename(self, source: str | bytes, target: str | bytes) -> None:
        """Rename a file or folder; never onto an existing name."""
        names = remote_path.normalise(source), remote_path.normalise(target)
        self._client.do(m.RenamePath(self._client.number(), *names))

    def remove(self, path: str | bytes, *, recursive: bool = False) -> None:
        """Remove a file, or a folder with all that is in it when ``recursive``."""
        path = remote_path.normalise(path)
        self._client.do(m.RemovePath(self._client.number(), path, recursive))

    def put(
        self,
        sources: Iterable[str | os.PathLike[str]],
        folder: str | bytes,
        *,
        on_conflict: m.ConflictChoice = m.ConflictChoice.FAIL,
        on_event: Callable[[m.BatchChanged | m.FileChanged], None] | None = None,
    ) -> Result:
        """Send files and folders into a remote folder, which is made when missing.

        Raises:
            Cancelled: it was taken back before all files were found, or has not ended since.
            FerrygateError: nothing could be sent at all. A file that fails is in the result.
        """
        command = m.Upload(
            self._client.number(),
            tuple(os.fspath(source) for source in sources),
            remote_path.normalise(folder),
            on_conflict,
        )
        return self._transfer(command, on_event)

    def get(
        self,
        sources: Iterable[str | bytes],
        folder: str | os.PathLike[str],
        *,
        on_conflict: m.ConflictChoice = m.ConflictChoice.FAIL,
        on_event: Callable[[m.BatchChanged | m.FileChanged], None] | None = None,
    ) -> Result:
        """Fetch files and folders into a local folder, which is made when missing.

        Raises:
            Cancelled: it was taken back before all files were found, or has not ended since.
            FerrygateError: nothing could be fetched at all. A file that fails is in the result.
        """
        command = m.Download(
            self._client.number(),
            tuple(remote_path.normalise(source) for source in sources),
            os.fspath(folder),
            on_conflict,
        )
        return self._transfer(command, on_event)

    def cancel(self) -> None:
        """Take back the call that is under way, from a signal's handler or another thread.

        Nothing is waited for. The call clears away what it has begun, then returns or raises
        ``Cancelled``; until then :meth:`put` and :meth:`get` tell ``on_event`` how each file ended.
        """
        self._client.cancel()

    def limit_rate(self, bytes_per_second: int | None) -> None:
        """Have transfers move no more than so many bytes a second, both ways together.

        ``None`` ends the limit.

        Raises:
            UsageError: the rate is below 1.
        """
        self._client.do(m.LimitRate(self._client.number(), bytes_per_second))

    # ------------------------------------------------------------ inside

    def _transfer(
        self,
        command: m.Upload | m.Download,
        on_event: Callable[[m.BatchChanged | m.FileChanged], None] | None,
    ) -> Result:
        files: dict[int, m.FileView] = {}
        for event in self._client.ask(command):
            if isinstance(event, m.FileChanged):
                files[event.view.number] = event.view
            if isinstance(event, m.FileChanged | m.BatchChanged) and on_event is not None:
                on_event(event)
        return Result(tuple(files.values()))

    def _one(self, command: m.Request, kind: type[E]) -> E:
        """The one event of a kind that a request is answered with."""
        found = [event for event in self._client.ask(command) if isinstance(event, kind)]
        return found[0]
