"""Play the screens of a session: a folder that cannot be listed, lost lines, notices."""

from __future__ import annotations

import msgspec

from ferrygate.app.automation.scene_window import SceneWindow
from ferrygate.app.automation.scenes.scene import (
    BATCH,
    Scene,
    before_value,
    new_batch,
    start_sending,
)
from ferrygate.app.presenters.batch_outcome import Tab
from ferrygate.common.entry import Entry, EntryKind
from ferrygate.common.errors import Kind, Problem
from ferrygate.common.i18n import _
from ferrygate.common.message import message
from ferrygate.common.text import number_text
from ferrygate.engine.messages.session import Notice, SessionState
from ferrygate.engine.messages.transfers import BatchChanged, FileChanged
from ferrygate.transfers.views import FileView, TransferState

_MANY = 43_000


def _drop_box(window: SceneWindow) -> str:
    """Show a folder that takes files but cannot be listed, after a refused file."""
    window.sign_in()
    window.workspace.folder.open(b"/drop-box")
    refusal = Problem(
        kind=Kind.PERMISSION_DENIED,
        sentence=message("The server does not allow this for “{name}”.", name="drop-box"),
        next_step=message("Ask your contact about it, and tell them what the server says."),
        server_said="drop-box: listing is off. Send files, do not look for them.",
    )
    window.fail_listing(refusal)
    view = msgspec.structs.replace(
        new_batch("plate-scans", 3, batch=BATCH, target="/drop-box"),
        files_finished=3,
        files_delivered=2,
        finished=True,
        finished_at=window.now,
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
    window.workspace.handle(BatchChanged(view=view))
    window.workspace.handle(FileChanged(batch=BATCH, view=file))
    window.workspace.transfers.show(Tab.ATTENTION)
    return "Disk quota exceeded"


def _refused_name(window: SceneWindow) -> str:
    """Show the name of a new folder that the server refused, open for changes."""
    window.sign_in()
    problem = Problem(
        kind=Kind.PERMISSION_DENIED,
        sentence=message("The server does not allow this for “{name}”.", name="results"),
        next_step=message("Ask your contact about it, and tell them what the server says."),
    )
    window.refuse_folder("results", problem)
    return _("Name of the new folder")


def _reading(window: SceneWindow) -> str:
    """Show a large folder of which half has come."""
    window.sign_in()
    many = tuple(
        Entry(b"plate-%05d.csv" % number, EntryKind.FILE, 18_400 + number % 977, 1_793_610_000)
        for number in range(_MANY)
    )
    window.list_on(many)
    words = _("Reading… {count} so far").format(count=number_text(_MANY))
    window.driver.wait_for("note", lambda: window.driver.shows(words))
    return words


def _reconnecting(window: SceneWindow) -> str:
    window.sign_in()
    start_sending(window)
    window.state(SessionState.RECONNECTING, _lost(), 7)
    return before_value(_("Reconnecting in {seconds} s"))


def _reconnecting_folder(window: SceneWindow) -> str:
    """Another folder was opened after the line was lost."""
    window.sign_in()
    window.state(SessionState.RECONNECTING, _lost(), 7)
    window.leave_unanswered()
    window.workspace.folder.open(b"/exports")
    return _("Shown once the connection is back")


def _signed_in(window: SceneWindow) -> str:
    """Show the card of codes after a sign-in, with the used code in quiet colours."""
    window.sign_in()
    window.give_spent_code()
    return _("Already used")


def _connection(window: SceneWindow) -> str:
    """Show how the connection came about."""
    window.sign_in()
    window.driver.click(_("Connection details"))
    return _("Back to the files")


def _offline(window: SceneWindow) -> str:
    window.sign_in()
    window.state(SessionState.OFFLINE, _lost())
    return _("Offline")


def _copied(window: SceneWindow) -> str:
    window.sign_in()
    words = _("Copied. Cleared in {seconds} s").format(seconds=12)
    window.workspace.notices.say(words)
    window.workspace.handle(Notice(problem=_keychain()))
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
    "connection": _connection,
    "offline": _offline,
    "copied": _copied,
}
