"""Play the screens of a session: a folder that cannot be listed, lost lines, notices."""

from __future__ import annotations

from ferrygate.app.automation.scene_window import SceneWindow
from ferrygate.app.automation.scenes.scene import BATCH, Scene, before_value, start_sending
from ferrygate.app.presenters.batch_outcome import Tab
from ferrygate.common.entry import Entry, EntryKind
from ferrygate.common.errors import Kind, Problem
from ferrygate.common.i18n import _
from ferrygate.common.message import message
from ferrygate.common.text import number_text
from ferrygate.engine.messages.session import Notice, SessionState
from ferrygate.engine.messages.transfers import BatchChanged, FileChanged
from ferrygate.transfers.views import BatchView, Direction, FileView, TransferState

_MANY = 43_000


def _drop_box(stage: SceneWindow) -> str:
    """A folder that takes files and cannot be listed, after a file that the server refused."""
    stage.sign_in()
    stage.workspace.folder.open(b"/drop-box")
    refusal = Problem(
        kind=Kind.PERMISSION_DENIED,
        sentence=message("The server does not allow this for “{name}”.", name="drop-box"),
        next_step=message("Ask your contact about it, and tell them what the server says."),
        server_said="drop-box: listing is off. Send files, do not look for them.",
    )
    stage.fail_listing(refusal)
    view = BatchView(
        batch=BATCH,
        direction=Direction.UPLOAD,
        name="plate-scans",
        sources=1,
        target="/drop-box",
        files_total=3,
        files_finished=3,
        files_delivered=2,
        bytes_total=6_310_000,
        finished=True,
        finished_at=stage.now,
        can_retry=True,
    )
    full = Problem(
        kind=Kind.NO_SPACE,
        sentence=message(
            "“{name}” does not fit into the space that the server allows you.", name="c.csv"
        ),
        next_step=message(
            "Remove files there that are no longer needed, or ask your contact for more space."
        ),
        server_said="Disk quota exceeded: 10.0 of 10.0 GB used by vendor7",
    )
    file = FileView(
        number=3,
        local="c.csv",
        remote=b"/drop-box/c.csv",
        state=TransferState.NEEDS_ATTENTION,
        problem=full,
    )
    stage.workspace.handle(BatchChanged(view=view))
    stage.workspace.handle(FileChanged(batch=BATCH, view=file))
    stage.workspace.transfers.show(Tab.ATTENTION)
    return "Disk quota exceeded"


def _refused_name(stage: SceneWindow) -> str:
    """A new folder whose name the server refused stays to be changed."""
    stage.sign_in()
    problem = Problem(
        kind=Kind.PERMISSION_DENIED,
        sentence=message("The server does not allow this for “{name}”.", name="results"),
        next_step=message("Ask your contact about it, and tell them what the server says."),
    )
    stage.refuse_folder("results", problem)
    return _("Name of the new folder")


def _reading(stage: SceneWindow) -> str:
    """A large folder, half of which has come."""
    stage.sign_in()
    many = tuple(
        Entry(b"plate-%05d.csv" % number, EntryKind.FILE, 18_400 + number % 977, 1_793_610_000)
        for number in range(_MANY)
    )
    stage.list_on(many)
    words = _("Reading… {count} so far").format(count=number_text(_MANY))
    stage.driver.wait_for("note", lambda: stage.driver.shows(words))
    return words


def _reconnecting(stage: SceneWindow) -> str:
    stage.sign_in()
    start_sending(stage)
    stage.state(SessionState.RECONNECTING, _lost(), 7)
    return before_value(_("Reconnecting in {seconds} s"))


def _reconnecting_folder(stage: SceneWindow) -> str:
    """Another folder was opened after the line was lost."""
    stage.sign_in()
    stage.state(SessionState.RECONNECTING, _lost(), 7)
    stage.leave_unanswered()
    stage.workspace.folder.open(b"/exports")
    return _("Shown once the connection is back")


def _signed_in(stage: SceneWindow) -> str:
    """The code that was used to sign in is not the loudest thing."""
    stage.sign_in()
    stage.give_spent_code()
    return _("Already used")


def _offline(stage: SceneWindow) -> str:
    stage.sign_in()
    stage.state(SessionState.OFFLINE, _lost())
    return _("Offline")


def _copied(stage: SceneWindow) -> str:
    stage.sign_in()
    words = _("Copied. Cleared in {seconds} s").format(seconds=12)
    stage.workspace.notices.say(words)
    stage.workspace.handle(Notice(problem=_keychain()))
    return words


def _lost() -> Problem:
    return Problem(kind=Kind.CONNECTION_LOST, sentence=message("The server no longer answers."))


def _keychain() -> Problem:
    return Problem(
        kind=Kind.KEYCHAIN, sentence=message("The keychain is locked: nothing was kept.")
    )


SCENES: dict[str, Scene] = {
    "reading": _reading,
    "drop-box": _drop_box,
    "refused-name": _refused_name,
    "signed-in": _signed_in,
    "reconnecting": _reconnecting,
    "reconnecting-folder": _reconnecting_folder,
    "offline": _offline,
    "copied": _copied,
}
