"""Play the screens of transfers."""

from __future__ import annotations

import msgspec

from ferrygate.app.automation.scene_window import SITE, SceneWindow
from ferrygate.app.automation.scenes.scene import BATCH_BYTES, Scene, before_value, new_batch
from ferrygate.app.presenters.batch_outcome import Tab
from ferrygate.common.errors import Cancelled, Kind, Problem
from ferrygate.common.i18n import _
from ferrygate.common.message import message
from ferrygate.engine.messages.session import SiteOpened
from ferrygate.engine.messages.transfers import BatchChanged, FileChanged
from ferrygate.transfers.views import BatchView, Direction, FileView, TransferState

_SIGNED_OUT = Cancelled(message("Signed out.")).problem
_NO_SPACE = Problem(
    kind=Kind.NO_SPACE,
    sentence=message("“{name}” does not fit into the space that the server allows you.", name="c"),
    next_step=message(
        "Remove files there that are no longer needed, or ask your contact for more space."
    ),
)


def _ended(
    window: SceneWindow,
    view: BatchView,
    *,
    delivered: int = 0,
    confirmed: int | None = None,
    skipped: int = 0,
    cancelled: int = 0,
    problem: Problem | None = None,
) -> None:
    """Have a batch end; ``problem`` is that of one of its files."""
    window.workspace.handle(BatchChanged(view=view))
    if problem is not None:
        state = TransferState.NEEDS_ATTENTION
        file = FileView(number=0, local="c", remote=b"/c", state=state, problem=problem)
        window.workspace.handle(FileChanged(batch=view.batch, view=file))
    missing = view.files_total - delivered - skipped
    ended = msgspec.structs.replace(
        view,
        files_finished=view.files_total,
        files_delivered=delivered,
        files_confirmed=delivered if confirmed is None else confirmed,
        files_skipped=skipped,
        files_cancelled=cancelled,
        finished=True,
        finished_at=window.now,
        can_retry=missing > 0,
    )
    window.workspace.handle(BatchChanged(view=ended))


def _moving(window: SceneWindow) -> None:
    """Show one batch that is under way."""
    moving = msgspec.structs.replace(
        new_batch("sequencing-batch-18.fastq.gz", 1, 6_310_000_000),
        bytes_moved=4_390_000_000,
        bytes_per_second=31_400_000.0,
    )
    window.workspace.handle(BatchChanged(view=moving))


def _checking(window: SceneWindow) -> str:
    """Uploads that a line was lost under: they are delivered, and are asked about once more."""
    window.sign_in()
    for title, count in [("a.csv", 1), ("plate-scans", 12)]:
        view = msgspec.structs.replace(
            new_batch(title, count),
            files_late=count,
            late_until=window.now + 330,
            bytes_moved=BATCH_BYTES,
        )
        window.workspace.handle(BatchChanged(view=view))
    return before_value(_("Delivered; asked again at {time}, because the line was lost."))


def _partly(window: SceneWindow) -> str:
    """Show a folder that was cancelled half way, beside one that is under way."""
    window.sign_in()
    _ended(window, new_batch("invoice-2026-11.pdf", 1), delivered=1)
    _ended(window, new_batch("plate-scans", 2000, target="/"), delivered=192, cancelled=1808)
    _moving(window)
    return _("Send the rest")


def _skipped(window: SceneWindow) -> str:
    """Show a folder sent a second time, and one of which some files were new."""
    window.sign_in()
    _ended(window, new_batch("plates", 25), skipped=25)
    _ended(window, new_batch("assays", 200), delivered=190, skipped=10)
    return _("Skipped")


def _not_delivered(window: SceneWindow) -> str:
    """Files of a folder that the server refused: the rest can be sent again."""
    window.sign_in()
    _ended(window, new_batch("plate-scans", 2000), delivered=1997, problem=_NO_SPACE)
    window.workspace.transfers.show(Tab.ATTENTION)
    return _("Send the rest")


def _interrupted(window: SceneWindow) -> str:
    """Show a folder whose session the person ended."""
    window.sign_in()
    _ended(window, new_batch("plate-scans", 2000), delivered=12, problem=_SIGNED_OUT)
    return _("Interrupted")


def _other_site(window: SceneWindow) -> str:
    """Show a batch of the previous site, which only that site can continue."""
    window.sign_in()
    other = msgspec.structs.replace(SITE, name="Beta Labs", host="sftp.example.net")
    for site, name in [(other, "plate-scans"), (SITE, "assays")]:
        window.workspace.handle(SiteOpened(site=site))
        _ended(window, new_batch(name, 2000), delivered=12, cancelled=1988)
    return "Beta Labs"


def _done(window: SceneWindow) -> str:
    """Show every end that needs no action of the person, one a row."""
    window.sign_in()
    _ended(window, new_batch("empty-folder", 0))
    _ended(window, new_batch("plates", 25), skipped=25)
    _ended(window, new_batch("sample-sheet.csv", 1), cancelled=1)
    _ended(window, new_batch("report.pdf", 1), delivered=1)
    fetched = new_batch("2026-11", 12, direction=Direction.DOWNLOAD, target="/srv/ann/Downloads")
    _ended(window, fetched, delivered=12)
    _ended(window, new_batch("assays", 200), delivered=200, confirmed=190)
    window.workspace.transfers.show(Tab.DONE)
    return _("{done} of {total} sizes confirmed").format(done=190, total=200)


def _downloaded(window: SceneWindow) -> str:
    """Downloads: several files, one of a kind that is never opened, and one that can be."""
    window.sign_in()
    _fetched(window, "2026-11", 12)
    _fetched(window, "installer.exe", 1)
    _fetched(window, "run-summary.pdf", 1)
    return _("Show in folder")


def _fetched(window: SceneWindow, name: str, total: int) -> None:
    """Have a batch end that was fetched."""
    folder = "/srv/ann/Downloads"
    view = new_batch(name, total, direction=Direction.DOWNLOAD, target=folder)
    window.workspace.handle(BatchChanged(view=view))
    for number in range(total):
        local = f"{folder}/{name}" if total == 1 else f"{folder}/{name}/{number}.csv"
        state = TransferState.DELIVERED
        file = FileView(number=number, local=local, remote=b"/x", state=state)
        window.workspace.handle(FileChanged(batch=view.batch, view=file))
    _ended(window, view, delivered=total)


SCENES: dict[str, Scene] = {
    "checking": _checking,
    "partly": _partly,
    "skipped": _skipped,
    "not-delivered": _not_delivered,
    "interrupted": _interrupted,
    "other-site": _other_site,
    "done": _done,
    "downloaded": _downloaded,
}
