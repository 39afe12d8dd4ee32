"""An engine in memory: answers every message at once, over a folder tree in a dictionary."""

from __future__ import annotations

import os
from collections.abc import Callable

import msgspec

from ferrygate.codes.totp import CodeSecret, live_code
from ferrygate.common.clock import Clock
from ferrygate.common.entry import Entry, EntryKind
from ferrygate.common.errors import Kind, Problem
from ferrygate.common.message import message
from ferrygate.common.remote_path import basename, join, parent
from ferrygate.common.secret import Secret, SecretKind
from ferrygate.engine.messages.checks import CheckAccess
from ferrygate.engine.messages.codes import (
    CodeChanged,
    CodeGivenOut,
    EnrolWithOkta,
    ExplainRefusal,
    MeasureSkew,
    RefusalExplained,
    ShowCode,
    SkewMeasured,
    UseCodeSecret,
)
from ferrygate.engine.messages.command import CancelRequest, Command, Shutdown
from ferrygate.engine.messages.event import Done, Event, Failed
from ferrygate.engine.messages.files import (
    FolderBlock,
    ListFolder,
    MakeFolder,
    RemovePath,
    RenamePath,
    TakeMore,
)
from ferrygate.engine.messages.session import (
    AnswerCode,
    AnswerHostKey,
    AnswerPrompt,
    ForgetSecret,
    HostKeyQuestion,
    OpenSite,
    ProvideSecrets,
    SecretsChanged,
    SessionChanged,
    SessionState,
    SignIn,
    SignOut,
    SiteOpened,
    TypedCredentials,
    UsePassword,
)
from ferrygate.engine.messages.transfers import (
    AnswerConflict,
    BatchChanged,
    BatchStarted,
    CancelBatch,
    Download,
    Upload,
)
from ferrygate.engine.queue.asked_for import source_names, target_name
from ferrygate.engine.session.start_secrets import StartSecrets
from ferrygate.sign_in.credentials import Credentials
from ferrygate.sites.site import Site
from ferrygate.transfers.views import BatchId, BatchView, Direction

Tree = dict[bytes, list[Entry]]
EXPLAINED = Problem(
    kind=Kind.SIGN_IN_REFUSED,
    sentence=message("Your password is right. The server refused the code, or your account."),
    detail="HTTP 200 MFA_REQUIRED",
)


class ScriptedEngine:
    """Speaks the engine's messages; ``refuse`` makes the next request fail."""

    def __init__(self, listener: Callable[[Event], None], clock: Clock, tree: Tree) -> None:
        self._tell = listener
        self._clock = clock
        self.tree = tree
        self.commands: list[Command] = []
        self.refuse: Problem | None = None
        self.asks_host_key = False
        self.holds_transfers = False
        self.holds_listings = False
        self.holds_openings = False
        self.skew = (45.4, 0)
        self.closed = False
        self._secret: CodeSecret | None = None
        self._has_password = False
        self._site = Site(name="", host="")
        self._pending: int | None = None
        self._start = StartSecrets()

    def send(self, command: Command) -> None:
        if isinstance(command, TakeMore):  # its listings are short
            return
        self.commands.append(command)
        refused, self.refuse = self.refuse, None
        if refused is not None:
            self._tell(Failed(request=command.request, problem=refused))  # type: ignore[union-attr]
        else:
            self._answer(command)

    def close(self) -> None:
        self.closed = True

    def tell(self, event: Event) -> None:
        """Say something unasked."""
        self._tell(event)

    def _answer(self, command: Command) -> None:
        match command:
            case OpenSite() if self.holds_openings:
                pass
            case OpenSite():
                self._open(command.request, command.site)
            case SignIn():
                self._take(command.typed)
                self._sign_in(command.request)
            case AnswerHostKey():
                self._host_key_answered(accept=command.accept)
            case SignOut():
                self._tell(SessionChanged(state=SessionState.OFFLINE))
                self._done(command.request)
            case Upload() | Download():
                self._transfer(command)
            case (
                CancelRequest()
                | CancelBatch()
                | AnswerConflict()
                | AnswerPrompt()
                | AnswerCode()
                | Shutdown()
                | CheckAccess()  # whose stages the tests tell
            ):
                pass
            case ListFolder() if self.holds_listings:
                pass
            case ListFolder() | MakeFolder() | RenamePath() | RemovePath():
                self._browse(command)
            case _:
                self._answer_about_secrets(command)

    def _answer_about_secrets(self, command: Command) -> None:
        match command:
            case UseCodeSecret():
                self._secret = command.secret
                self._tell_secrets()
                self._tell(CodeChanged(code=live_code(command.secret, self._clock.now())))
            case ProvideSecrets():
                given = Credentials(password=command.password, code_secret=command.code_secret)
                self._start.provide(command.site, given)
            case UsePassword():
                self._has_password = True
                self._tell_secrets()
            case ShowCode() if self._secret is not None:
                code = live_code(self._secret, self._clock.now())
                self._tell(CodeGivenOut(request=command.request, code=code))
            case ForgetSecret(kind=SecretKind.CODE_SECRET):
                self._secret = None
                self._tell_secrets()
                self._tell(CodeChanged(code=None))
            case ForgetSecret(kind=SecretKind.PASSWORD):
                self._has_password = False
                self._tell_secrets()
            case ExplainRefusal():
                self._tell(RefusalExplained(request=command.request, problem=EXPLAINED))
            case MeasureSkew():
                seconds, applied = self.skew
                self._tell(SkewMeasured(command.request, seconds, applied))
            case EnrolWithOkta():
                self._secret = CodeSecret(key=Secret("JBSWY3DPEHPK3PXP"))
                self._take(command.typed)
                self._tell(CodeChanged(code=live_code(self._secret, self._clock.now())))
            case _:
                pass
        self._done(command.request)  # type: ignore[union-attr]

    def _browse(self, command: Command) -> None:
        match command:
            case ListFolder() if command.path in self.tree:
                entries = tuple(self.tree[command.path])
                self._tell(FolderBlock(request=command.request, entries=entries))
                self._done(command.request)
            case MakeFolder():
                self.tree[command.path] = []
                self.tree[parent(command.path)].append(
                    Entry(basename(command.path), EntryKind.FOLDER)
                )
                self._done(command.request)
            case RenamePath():
                rows = self.tree[parent(command.source)]
                old = next(row for row in rows if row.name == basename(command.source))
                rows[rows.index(old)] = Entry(
                    basename(command.target), old.kind, old.size, old.modified
                )
                self._done(command.request)
            case RemovePath():
                rows = self.tree[parent(command.path)]
                rows[:] = [row for row in rows if row.name != basename(command.path)]
                self._done(command.request)
            case _:
                problem = Problem(
                    kind=Kind.NOT_FOUND, sentence=message("That folder is not there.")
                )
                self._tell(Failed(request=command.request, problem=problem))  # type: ignore[union-attr]

    def _open(self, request: int, site: Site) -> None:
        given = self._start.for_site(site)
        self._secret = given.code_secret
        self._has_password = given.password is not None
        self._site = site
        self._tell_secrets()
        self._tell(SiteOpened(site=site))
        if self._secret is not None:
            self._tell(CodeChanged(code=live_code(self._secret, self._clock.now())))
        self._done(request)

    def _take(self, typed: TypedCredentials) -> None:
        """Hold what was typed."""
        self._has_password |= typed.password is not None
        self._site = msgspec.structs.replace(
            self._site, username=typed.username or self._site.username
        )
        self._tell_secrets()

    def _tell_secrets(self) -> None:
        self._tell(
            SecretsChanged(
                site=self._site,
                has_password=self._has_password,
                has_code_secret=self._secret is not None,
                can_save=True,
            )
        )

    def _sign_in(self, request: int) -> None:
        self._tell(SessionChanged(state=SessionState.CONNECTING))
        if self.asks_host_key:
            self._pending = request
            question = HostKeyQuestion(
                question=1,
                host="sftp.example.org",
                key_type="ssh-ed25519",
                fingerprint="SHA256:0123456789012345678901234567890123456789012",
            )
            self._tell(question)
        else:
            self._signed_in(request)

    def _host_key_answered(self, *, accept: bool) -> None:
        request, self._pending = self._pending, None
        if request is None:
            return
        if accept:
            self._signed_in(request)
        else:
            problem = Problem(
                kind=Kind.HOST_KEY_UNKNOWN, sentence=message("The server was not confirmed.")
            )
            self._tell(SessionChanged(state=SessionState.OFFLINE))
            self._tell(Failed(request=request, problem=problem))

    def _signed_in(self, request: int) -> None:
        self._tell(SessionChanged(state=SessionState.SIGNING_IN))
        self._tell(SessionChanged(state=SessionState.SIGNED_IN))
        self._done(request)

    def _transfer(self, command: Upload | Download) -> None:
        view = BatchView(
            batch=batch_of(command.request),
            direction=Direction.UPLOAD if isinstance(command, Upload) else Direction.DOWNLOAD,
            name=source_names(command)[0],
            sources=len(command.sources),
            target=target_name(command),
            remote_folder=command.folder if isinstance(command, Upload) else b"",
            files_total=len(command.sources),
            bytes_total=1000,
            bytes_moved=400,
            bytes_per_second=100.0,
        )
        self._tell(BatchStarted(request=command.request, batch=view.batch))
        self._tell(BatchChanged(view=view))
        if self.holds_transfers:
            return
        if isinstance(command, Upload):
            self.tree.setdefault(command.folder, []).extend(
                Entry(os.fsencode(source.rpartition("/")[2]), EntryKind.FILE, 1000)
                for source in command.sources
            )
        self._tell(BatchChanged(view=finished(view, self._clock.now())))

    def _done(self, request: int) -> None:
        self._tell(Done(request=request))


def batch_of(request: int) -> BatchId:
    """Name the batch that a request becomes."""
    return BatchId(f"batch-{request}")


def finished(view: BatchView, now: float) -> BatchView:
    """Return the same batch, delivered."""
    return BatchView(
        batch=view.batch,
        direction=view.direction,
        name=view.name,
        sources=view.sources,
        target=view.target,
        remote_folder=view.remote_folder,
        files_total=view.files_total,
        files_finished=view.files_total,
        files_delivered=view.files_total,
        files_confirmed=view.files_total,
        bytes_total=view.bytes_total,
        bytes_moved=view.bytes_total,
        finished=True,
        finished_at=now,
    )


def tree_of(*paths: str) -> Tree:
    """Make a tree from paths; those that end in a slash are folders."""
    tree: Tree = {b"/": []}
    for path in paths:
        folder = path.endswith("/")
        whole = join(b"/", path.strip("/").encode())
        kind = EntryKind.FOLDER if folder else EntryKind.FILE
        tree.setdefault(parent(whole), []).append(
            Entry(basename(whole), kind, None if folder else len(path), 1_700_000_000)
        )
        if folder:
            tree.setdefault(whole, [])
    return tree
