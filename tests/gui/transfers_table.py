"""A presenter of transfers, told what an engine would tell it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from ferrygate.app.presenters.batch_outcome import Tab
from ferrygate.app.presenters.fetched_files import FetchedFiles
from ferrygate.app.presenters.outbox import Outbox
from ferrygate.app.presenters.transfer_row import RowAction, RowView
from ferrygate.app.presenters.transfers_presenter import TransfersPresenter
from ferrygate.common.errors import Kind, Problem
from ferrygate.common.message import message
from ferrygate.engine.messages.command import Command
from ferrygate.engine.messages.transfers import BatchChanged, FileChanged
from ferrygate.transfers.views import BatchId, BatchView, Direction, FileView, TransferState
from gui.background_work import at_once
from gui.fake_opener import FakeOpener

if TYPE_CHECKING:
    from gui.conftest import StillClock

BATCH = BatchId("1")
RUNNING = BatchView(
    batch=BATCH,
    direction=Direction.UPLOAD,
    name="plate-scans",
    sources=1,
    target="inbox",
    files_total=214,
    bytes_total=3_100_000_000,
    bytes_moved=1_900_000_000,
    bytes_per_second=31_400_000.0,
)
CANCELLED = Problem(kind=Kind.CANCELLED, sentence=message("Cancelled."))
PROBLEM = Problem(
    kind=Kind.SIZE_MISMATCH,
    sentence=message("The sizes differ."),
    next_step=message("Send it again."),
)


class Table:
    """A presenter with what it sent."""

    def __init__(self, clock: StillClock) -> None:
        self.sent: list[Command] = []
        self.clock = clock
        self.problems: list[Problem] = []
        self.opener = FakeOpener()
        fetched = FetchedFiles(self.opener, at_once, self.problems.append)
        self.presenter = TransfersPresenter(
            Outbox(self.sent.append), clock, fetched, self.problems.append
        )

    def batch(self, **changes: object) -> None:
        self.presenter.handle(BatchChanged(view=msgspec.structs.replace(RUNNING, **changes)))

    def finish(self, delivered: int = 214, **changes: object) -> None:
        self.batch(
            finished=True,
            finished_at=self.clock.now(),
            files_finished=214,
            **{"files_delivered": delivered, "files_confirmed": delivered} | changes,
        )

    def file(self, state: TransferState, **more: object) -> None:
        view = FileView(number=0, local="x", remote=b"x", state=state, **more)  # type: ignore[arg-type]
        self.presenter.handle(FileChanged(batch=BATCH, view=view))

    @property
    def shown(self) -> tuple[Tab, list[BatchId]]:
        """Read the tab, and the batches in it."""
        view = self.presenter.view
        return view.tab, [row.batch for row in view.rows]

    @property
    def row(self) -> RowView:
        (row,) = self.presenter.view.rows
        return row

    @property
    def offers(self) -> list[bool]:
        """Tell of each row whether it offers to try again."""
        offered = [[link.action for link in row.links] for row in self.presenter.view.rows]
        return [RowAction.RETRY in actions for actions in offered]

    @property
    def links(self) -> list[str]:
        """Read the words of the links of the one row."""
        return [link.words for link in self.row.links]

    @property
    def labels(self) -> list[str]:
        return [tab.words for tab in self.presenter.view.tabs]
