"""The Python API: one signed-in session as an object with blocking methods.

The command line is built on it. One thread uses a session at a time::

    with ferrygate.connect("acme.ferrygate", password=..., totp_secret=...) as session:
        result = session.put(["report.csv"], "/inbox")
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator
from queue import Empty, SimpleQueue
from typing import Protocol, Self, TypeVar

import msgspec

from ferrygate import bootstrap
from ferrygate.codes.totp import CodeSecret, LiveCode
from ferrygate.common import remote_path
from ferrygate.common.clock import Clock, SystemClock
from ferrygate.common.entry import Entry
from ferrygate.common.errors import error_for
from ferrygate.common.paths import Home
from ferrygate.common.secret import Secret
from ferrygate.engine import messages as m
from ferrygate.sign_in.ledger import REFUSE_FROM
from ferrygate.sites.code_secret import code_secret_for
from ferrygate.sites.resolve import resolve_site
from ferrygate.sites.site import Site
from ferrygate.sites.store import SiteStore

E = TypeVar("E")

_CANCEL = 10.0  # seconds a cancelled request may take to say so


class Prompter(Protocol):
    """Answers what only a person can, and is told what there is to wait for."""

    def confirm_host_key(self, question: m.HostKeyQuestion) -> bool:
        """Whether this is the right server."""
        ...

    def answer_prompt(self, question: m.PromptQuestion) -> Secret | None:
        """What the server asks for beside password and code; none to refuse."""
        ...

    def resolve_conflict(self, question: m.ConflictQuestion) -> m.ConflictChoice:
        """What to do with files that are already there."""
        ...

    def waiting_for_code(self, until: float) -> None:
        """The next code comes at ``until``, seconds since the epoch."""

    def notice(self, notice: m.Notice) -> None:
        """Something worth knowing that nothing failed over."""


class Unattended:
    """Nobody is there: unknown host keys and questions are refused, files that are there fail."""

    def __init__(self, *, accept_new_host_key: bool = False) -> None:
        self._accept = accept_new_host_key

    def confirm_host_key(self, question: m.HostKeyQuestion) -> bool:  # noqa: ARG002  the protocol's
        """As said beforehand."""
        return self._accept

    def answer_prompt(self, question: m.PromptQuestion) -> Secret | None:  # noqa: ARG002  the protocol's
        """Refuse to answer."""
        return None

    def resolve_conflict(self, question: m.ConflictQuestion) -> m.ConflictChoice:  # noqa: ARG002  the protocol's
        """Overwrite nothing."""
        return m.ConflictChoice.FAIL

    def waiting_for_code(self, until: float) -> None:
        """Nobody to tell."""

    def notice(self, notice: m.Notice) -> None:
        """Nobody to tell."""


class Result(msgspec.Struct, frozen=True):
    """How an upload or download ended: every file, in the order they were found."""

    files: tuple[m.FileView, ...]

    @property
    def complete(self) -> bool:
        """Whether every file was delivered or skipped as asked."""
        good = (m.TransferState.DELIVERED, m.TransferState.SKIPPED)
        return all(view.state in good for view in self.files)


class EngineClient:
    """Speaks to an engine in questions and answers."""

    def __init__(
        self,
        make_engine: bootstrap.MakeEngine,
        prompter: Prompter,
    ) -> None:
        self._events: SimpleQueue[m.Event] = SimpleQueue()
        self._engine = make_engine(self._events.put)
        self._prompter = prompter
        self._last = 0

    def number(self) -> int:
        """A request number not used before."""
        self._last += 1
        return self._last

    def ask(self, command: m.Command, request: int) -> Iterator[m.Event]:
        """Send a command and give its events as they come, until it is done.

        When the caller stops half-way, or is interrupted, the request is cancelled.

        Raises:
            FerrygateError: the request failed.
        """
        self._engine.send(command)
        over = False
        try:
            while True:
                event = self._events.get()
                if isinstance(event, m.Done | m.Failed) and event.request == request:
                    over = True
                    if isinstance(event, m.Failed):
                        raise error_for(event.problem)
                    return
                if not self._answered(event):
                    yield event
        finally:
            if not over:
                self._cancel(request)

    def do(self, command: m.Command, request: int) -> None:
        """Send a command and wait for its end."""
        for _event in self.ask(command, request):
            continue

    def close(self) -> None:
        """End the engine."""
        self._engine.close()

    def _answered(self, event: m.Event) -> bool:
        """Deal with what is for the prompter."""
        match event:
            case m.HostKeyQuestion():
                accept = self._prompter.confirm_host_key(event)
                self._engine.send(m.AnswerHostKey(event.question, accept))
            case m.PromptQuestion():
                answer = self._prompter.answer_prompt(event)
                self._engine.send(m.AnswerPrompt(event.question, answer))
            case m.ConflictQuestion():
                choice = self._prompter.resolve_conflict(event)
                self._engine.send(m.AnswerConflict(event.batch, choice))
            case m.SessionChanged(state=m.SessionState.WAITING_FOR_CODE, until=float(until)):
                self._prompter.waiting_for_code(until)
            case m.CodeAwaited(until=until):
                self._prompter.waiting_for_code(until)
            case m.Notice():
                self._prompter.notice(event)
            case _:
                return False
        return True

    def _cancel(self, request: int) -> None:
        """Give the engine time to clear away what the request has begun."""
        self._engine.send(m.CancelRequest(request))
        try:
            while True:
                event = self._events.get(timeout=_CANCEL)
                if isinstance(event, m.Done | m.Failed) and event.request == request:
                    return
        except Empty:
            return


class Session:
    """A session on one site; use it from one thread, and close it."""

    def __init__(self, client: EngineClient, site: Site, opened: m.SiteOpened) -> None:
        """Made by :func:`open_session`; not signed in yet."""
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
        request = self._client.number()
        self._client.do(m.UsePassword(request, password, save), request)

    def use_code_secret(self, secret: CodeSecret, *, save: bool = False) -> None:
        """Use a code secret; ``save`` keeps it in the keychain once it is proven."""
        request = self._client.number()
        self._client.do(m.UseCodeSecret(request, secret, save), request)

    def use_passphrase(self, passphrase: Secret, *, save: bool = False) -> None:
        """Use a private key's passphrase; ``save`` keeps it in the keychain once it is proven."""
        request = self._client.number()
        self._client.do(m.UsePassphrase(request, passphrase, save), request)

    def sign_in(self, *, try_anyway: bool = False) -> None:
        """Sign in with what is at hand, with a fresh code.

        Raises:
            FerrygateError: as :meth:`ferrygate.sign_in.attempt.SignInAttempts.sign_in`.
        """
        request = self._client.number()
        self._client.do(m.SignIn(request, try_anyway), request)

    def code(self) -> LiveCode:
        """A code for use elsewhere; it will never be sent from here.

        Raises:
            SecretsMissingError: there is no code secret.
        """
        request = self._client.number()
        return self._one(m.ShowCode(request), request, m.CodeGivenOut).code

    # ------------------------------------------------------------ files

    def ls(self, path: str | bytes = "/") -> Iterator[Entry]:
        """The entries of a folder as they come, unsorted."""
        request = self._client.number()
        command = m.ListFolder(request, remote_path.normalise(path))
        for event in self._client.ask(command, request):
            if isinstance(event, m.FolderBlock):
                yield from event.entries

    def stat(self, path: str | bytes) -> Entry:
        """What the server says of one path."""
        request = self._client.number()
        command = m.StatPath(request, remote_path.normalise(path))
        return self._one(command, request, m.PathStat).entry

    def mkdir(self, path: str | bytes, *, parents: bool = False) -> None:
        """Make a folder, and those above it when ``parents``."""
        request = self._client.number()
        path = remote_path.normalise(path)
        self._client.do(m.MakeFolder(request, path, parents), request)

    def rename(self, source: str | bytes, target: str | bytes) -> None:
        """Rename a file or folder; never onto an existing name."""
        request = self._client.number()
        names = remote_path.normalise(source), remote_path.normalise(target)
        self._client.do(m.RenamePath(request, *names), request)

    def remove(self, path: str | bytes, *, recursive: bool = False) -> None:
        """Remove a file, or a folder with all that is in it when ``recursive``."""
        request = self._client.number()
        path = remote_path.normalise(path)
        self._client.do(m.RemovePath(request, path, recursive), request)

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
            FerrygateError: nothing could be sent at all. A file that fails is in the result.
        """
        request = self._client.number()
        command = m.Upload(
            request,
            tuple(os.fspath(source) for source in sources),
            remote_path.normalise(folder),
            on_conflict,
        )
        return self._transfer(command, request, on_event)

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
            FerrygateError: nothing could be fetched at all. A file that fails is in the result.
        """
        request = self._client.number()
        command = m.Download(
            request,
            tuple(remote_path.normalise(source) for source in sources),
            os.fspath(folder),
            on_conflict,
        )
        return self._transfer(command, request, on_event)

    # ------------------------------------------------------------ inside

    def _transfer(
        self,
        command: m.Upload | m.Download,
        request: int,
        on_event: Callable[[m.BatchChanged | m.FileChanged], None] | None,
    ) -> Result:
        files: dict[int, m.FileView] = {}
        for event in self._client.ask(command, request):
            if isinstance(event, m.FileChanged):
                files[event.view.number] = event.view
            if isinstance(event, m.FileChanged | m.BatchChanged) and on_event is not None:
                on_event(event)
        return Result(tuple(files.values()))

    def _one(self, command: m.Command, request: int, kind: type[E]) -> E:
        """The one event of a kind that a command is answered with."""
        found = [event for event in self._client.ask(command, request) if isinstance(event, kind)]
        return found[0]


def is_locked(site: Site, home: Home, clock: Clock) -> bool:
    """Whether the lock-out breaker lets nothing more through until :func:`reset_lock`."""
    return bootstrap.open_ledger(home, clock).refusals(site.account) >= REFUSE_FROM


def reset_lock(site: Site, home: Home, clock: Clock) -> None:
    """A person's word that the account is well again: refusals are counted from 0."""
    bootstrap.open_ledger(home, clock).reset(site.account)


def open_session(site: Site, make_engine: bootstrap.MakeEngine, prompter: Prompter) -> Session:
    """A session on a site whose secrets were looked up; not signed in yet.

    Raises:
        FerrygateError: the keychain cannot be opened at all.
    """
    client = EngineClient(make_engine, prompter)
    try:
        request = client.number()
        events = client.ask(m.OpenSite(request, site), request)
        (opened,) = [event for event in events if isinstance(event, m.SiteOpened)]
    except BaseException:
        client.close()
        raise
    return Session(client, site, opened)


def connect(
    site: str | os.PathLike[str] | Site,
    *,
    password: str | None = None,
    totp_secret: str | None = None,
    accept_new_host_key: bool = False,
    home: Home | None = None,
) -> Session:
    """Sign in to a site; the session is a context manager.

    Args:
        site: a site, the path of a connection file, or a saved site's name.
        password: where it is not in the keychain.
        totp_secret: key or ``otpauth://`` address, where it is not in the keychain.
        accept_new_host_key: take and pin a host key nobody has confirmed; a changed one is always
            refused.
        home: where Ferrygate keeps its files; ``FERRYGATE_HOME`` or the platform's folder if none.

    Raises:
        FerrygateError: the site is broken or unknown, or the sign-in failed.
    """
    home = home or Home.from_environment(os.environ)
    if not isinstance(site, Site):
        site = resolve_site(os.fspath(site), SiteStore(home.sites))
    prompter = Unattended(accept_new_host_key=accept_new_host_key)
    session = open_session(site, bootstrap.engine_maker(home, SystemClock()), prompter)
    try:
        if password is not None:
            session.use_password(Secret(password))
        if totp_secret is not None:
            session.use_code_secret(code_secret_for(site.sign_in, Secret(totp_secret)))
        session.sign_in()
    except BaseException:
        session.close()
        raise
    return session
