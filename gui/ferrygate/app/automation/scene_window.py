"""Gives scenes a window without a server, which shows plain events."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path

from ferrygate.access_check.stages import CheckVerdict, StageOutcome, StageResult
from ferrygate.app.automation.window_driver import WindowDriver
from ferrygate.app.presenters.workspace import Screen, Workspace
from ferrygate.codes.totp import CodeSecret, live_code
from ferrygate.common.clock import Clock
from ferrygate.common.entry import Entry, EntryKind
from ferrygate.common.errors import Kind, Problem
from ferrygate.common.i18n import _
from ferrygate.common.message import Message, message
from ferrygate.common.secret import Secret
from ferrygate.engine.messages.checks import CheckAccess, CheckEnded, CheckStageEnded
from ferrygate.engine.messages.codes import (
    CodeChanged,
    ExplainRefusal,
    MeasureSkew,
    RefusalExplained,
    SkewMeasured,
    UseCodeSecret,
)
from ferrygate.engine.messages.command import Command
from ferrygate.engine.messages.event import Done, Event, Failed
from ferrygate.engine.messages.files import FolderBlock, ListFolder, MakeFolder
from ferrygate.engine.messages.session import (
    OpenSite,
    RefusalsCounted,
    SecretsChanged,
    SessionChanged,
    SessionState,
    SiteOpened,
    UsePassword,
)
from ferrygate.engine.messages.transfers import BatchChanged, BatchStarted, Upload
from ferrygate.sign_in.gate import Gate
from ferrygate.sign_in.step_line import StepLine, StepName
from ferrygate.sites.site import SignInSettings, Site, Support
from ferrygate.transfers.views import BatchId, BatchView, Direction

SITE = Site(
    name="Acme exports",
    host="sftp.example.org",
    username="vendor7",
    host_key_fingerprints=("SHA256:0123456789012345678901234567890123456789012",),
    sign_in=SignInSettings(okta_address="https://acme.okta.example"),
    support=Support(contact="help@example.org"),
)
STEPS = (
    StepLine(StepName.DNS, "sftp.example.org is 203.0.113.9 (12 ms)"),
    StepLine(StepName.TCP, "203.0.113.9 port 22 (31 ms)"),
    StepLine(StepName.FIRST_LINE, "SSH-2.0-AWS_SFTP_1.2"),
    StepLine(
        StepName.ALGORITHMS,
        "mlkem768x25519-sha256 (post-quantum), ssh-ed25519, aes256-gcm@openssh.com,"
        " no MAC beside it",
    ),
    StepLine(StepName.HOST_KEY, f"ssh-ed25519 {SITE.host_key_fingerprints[0]}, known"),
    StepLine(StepName.METHODS, "password", "'For partners of Acme only. Use is recorded.'"),
    StepLine(StepName.SENT, "password and code (method password)"),
    StepLine(StepName.ANSWERED, "accepted (method password)"),
    StepLine(StepName.CHANNEL, "opened"),
    StepLine(StepName.SFTP, "version 3, object store; extensions: none"),
)
_KEY = Secret("JBSWY3DPEHPK3PXP")
_FILES = (
    Entry(b"exports", EntryKind.FOLDER),
    Entry(b"inbox", EntryKind.FOLDER),
    Entry(b"manifest.json", EntryKind.FILE, 4_100, 1_793_610_000),
    Entry(b"run-summary.pdf", EntryKind.FILE, 1_240_000, 1_793_610_000),
)


EMPTY_FOLDER = b"/inbox/run-18"
_SCROLL_MS = 50  # until the stage that matters was brought into view
_UPLOAD = BatchId("upload")


class SceneEngine:
    """Answers every command with success; scenes report what goes wrong.

    Attributes:
        refusal: why folders cannot be listed, where they cannot.
        change_refusal: why none can be made, where none can.
        is_away: commands wait for the connection.
        unending: what has come of a listing that goes on.
        check: the stages that a check tells, and its verdict; it goes on where there is none.
        skew: how far Okta's clock is ahead, seconds, and the correction of codes in use.
    """

    def __init__(self, listener: Callable[[Event], None]) -> None:
        self._tell = listener
        self.refusal: Problem | None = None
        self.change_refusal: Problem | None = None
        self.is_away = False
        self.unending: tuple[Entry, ...] = ()
        self.check: tuple[tuple[StageResult, ...], CheckVerdict | None] = ((), None)
        self.skew = (45.4, 0)

    def send(self, command: Command) -> None:
        """Answer what no scene cares about."""
        match command:
            case _ if self.is_away:
                pass
            case ExplainRefusal(request=number):
                self._tell(RefusalExplained(request=number, problem=_explanation()))
                self._tell(Done(request=number))
            case MeasureSkew(request=number):
                seconds, applied = self.skew
                self._tell(SkewMeasured(request=number, seconds=seconds, applied=applied))
                self._tell(Done(request=number))
            case ListFolder():
                self._list(command)
            case CheckAccess(request=number):
                self._check(number)
            case Upload(request=number):
                self._tell(BatchStarted(request=number, batch=_UPLOAD))
            case OpenSite(request=number, site=site):
                self._tell(SecretsChanged(site=site, can_save=True))
                self._tell(SiteOpened(site=site, correction=self.skew[1]))
                self._tell(Done(request=number))
            case MakeFolder(request=number) if self.change_refusal is not None:
                self._tell(Failed(request=number, problem=self.change_refusal))
            case UsePassword(request=number) | UseCodeSecret(request=number):
                self._tell(Done(request=number))
            case _:
                pass

    def _check(self, number: int) -> None:
        results, verdict = self.check
        for result in results:
            self._tell(CheckStageEnded(request=number, result=result))
        if verdict is not None:
            self._tell(CheckEnded(request=number, verdict=verdict))
            self._tell(Done(request=number))

    def _list(self, command: ListFolder) -> None:
        number = command.request
        if self.refusal is not None:
            self._tell(Failed(request=number, problem=self.refusal))
        elif self.unending:
            self._tell(FolderBlock(request=number, entries=self.unending))
        else:
            entries = () if command.path == EMPTY_FOLDER else _FILES
            self._tell(FolderBlock(request=number, entries=entries))
            self._tell(Done(request=number))

    def close(self) -> None:
        """Do nothing: this engine has no threads."""


class SceneWindow:
    """Holds what scenes are made with."""

    def __init__(
        self,
        workspace: Workspace,
        driver: WindowDriver,
        clock: Clock,
        engine: SceneEngine,
        downloads: Path,
    ) -> None:
        self._engine = engine
        self.workspace = workspace
        self.driver = driver
        self.downloads = downloads
        self._clock = clock

    def open(self) -> None:
        """Open the site's card, with no secrets at hand."""
        self.workspace.sites.choose(SITE)
        self.driver.wait_for("site", lambda: self.workspace.sign_in.view.button.can_press)

    def type_address(self, address: str) -> None:
        """Open the card of a server whose address was typed, with no secrets at hand."""
        self.workspace.sites.open_address(address)
        self.driver.wait_for("site", lambda: self.workspace.sign_in.view.button.can_press)

    def offer(self) -> None:
        """Offer a connection file that the person has not agreed to yet."""
        self.workspace.sites.offer(SITE)
        self.driver.wait_for("offer", lambda: self.workspace.screen is Screen.OFFER)

    def give_code(self, *, spent: bool = False, password: bool = False) -> None:
        """Show a code that is ready to be sent; a password is at hand as well if so said."""
        self.open()
        self._show_code(spent=spent, password=password)

    def give_spent_code(self) -> None:
        """Show a code that was sent already."""
        self._show_code(spent=True)

    def _show_code(self, *, spent: bool, password: bool = False) -> None:
        code = live_code(CodeSecret(key=_KEY), self._clock.now())
        at_hand = SecretsChanged(
            site=SITE, has_password=password, has_code_secret=True, can_save=True
        )
        self.workspace.handle(at_hand, CodeChanged(code=code, spent=spent))

    def start_batch(self, name: str, target: str, *, folder: bytes = b"/") -> None:
        """Report an upload of which some files are delivered."""
        view = BatchView(
            batch=_UPLOAD,
            direction=Direction.UPLOAD,
            name=name,
            sources=1,
            target=target,
            remote_folder=folder,
            files_total=25,
            bytes_total=3_600_000_000,
            bytes_moved=500_000_000,
        )
        self.workspace.handle(BatchChanged(view=view))

    def sign_in(self) -> None:
        """Sign in, up to the list of files."""
        self.give_code()
        self.workspace.handle(SessionChanged(SessionState.SIGNED_IN, steps=STEPS))

    def state(
        self, state: SessionState, problem: Problem | None = None, wait: float | None = None
    ) -> None:
        """Report a state of the session; a state that waits lasts ``wait`` seconds."""
        until = None if wait is None else self._clock.now() + wait
        can_try_now = state is SessionState.RECONNECTING and until is not None
        self.workspace.handle(
            SessionChanged(state=state, until=until, problem=problem, can_try_now=can_try_now)
        )

    def correct_codes(self, seconds: int) -> None:
        """Codes are corrected, though the clock is right by now."""
        self._engine.skew = (0.4, seconds)

    def count(self, refusals: int, gate: Gate) -> None:
        """Report how many sign-ins of the account were refused in a row."""
        self.workspace.handle(RefusalsCounted(site=SITE, refusals=refusals, gate=gate))

    def check(self, results: Iterable[StageResult], verdict: CheckVerdict | None = None) -> None:
        """Check the access; without a verdict the check is still under way."""
        self._engine.check = (tuple(results), verdict)
        self.driver.click(_("Check my access"))
        last = _rows(self._engine.check[0])
        self.driver.wait_for("stages", lambda: len(self.workspace.check.view.rows) == last)
        self.driver.let_work(_SCROLL_MS)

    @property
    def now(self) -> float:
        """Return the time, in seconds since the epoch."""
        return self._clock.now()

    def leave_unanswered(self) -> None:
        """Have commands wait for the connection from now on."""
        self._engine.is_away = True

    def fail_listing(self, problem: Problem) -> None:
        """Fail the listing of the folder that was opened last."""
        self._engine.refusal = problem
        self.workspace.folder.refresh()
        self.driver.wait_for("refusal", lambda: self.workspace.folder.view.problem == problem)

    def refuse_folder(self, name: str, problem: Problem) -> None:
        """Refuse the creation of folders."""
        self._engine.change_refusal = problem
        self.driver.click(_("New folder"))
        self.driver.type_into(_("Name of the new folder"), f"{name}\n")
        self.driver.wait_for("refusal", lambda: self.workspace.folder.view.refused == problem)

    def list_on(self, entries: tuple[Entry, ...]) -> None:
        """List a folder of which only these entries have come so far."""
        self._engine.unending = entries
        self.workspace.folder.open(b"/exports")
        self.driver.wait_for("rows", lambda: self.driver.is_listed(entries[0].name))

    def fail(self, kind: Kind, sentence: Message, next_step: Message | None = None) -> None:
        """Fail the sign-in."""
        self.give_code()
        problem = Problem(
            kind=kind, sentence=sentence, next_step=next_step, fingerprint="SHA256:other"
        )
        self.state(SessionState.OFFLINE, problem)


def _rows(results: Iterable[StageResult]) -> int:
    """Count the stages that have a row of their own."""
    return sum(result.outcome is not StageOutcome.NOT_REACHED for result in results)


def _explanation() -> Problem:
    return Problem(
        kind=Kind.SIGN_IN_REFUSED,
        sentence=message("Your password is right. The server refused the code, or your account."),
        next_step=message("Check this computer's clock."),
    )
