"""Holds what the batches of one session share."""

from __future__ import annotations

from collections.abc import Callable

from ferrygate.common.clock import Clock
from ferrygate.common.disk import Disk
from ferrygate.common.inbox import Callback
from ferrygate.engine.messages.event import Event
from ferrygate.engine.queue.report_queue import ReportQueue
from ferrygate.transfers.schedule.concurrency_limit import ConcurrencyLimit
from ferrygate.transfers.schedule.lane_scaling import TransferTotals
from ferrygate.transfers.views import BatchId


class BatchContext:
    """Holds what the batches of a session share."""

    def __init__(
        self,
        emit: Callable[[Event], None],
        reports: ReportQueue,
        clock: Clock,
        doubt: Callback,
        concurrency: ConcurrencyLimit,
        changed: Callable[[BatchId], None],
        *,
        disk: Disk,
        object_store: bool,
    ) -> None:
        """Take them.

        ``doubt`` is called when a lane says that the connection was lost, ``changed`` when there
        may be something of a batch to hand out, or nothing more.
        """
        self.emit = emit
        self.reports = reports
        self.clock = clock
        self.disk = disk
        self.doubt = doubt
        self.concurrency = concurrency
        self.changed = changed
        self.object_store = object_store
        self.totals = TransferTotals()
