"""Holds what the batches of one session share."""

from __future__ import annotations

from collections.abc import Callable

from ferrygate.common.inbox import Callback
from ferrygate.engine.messages.event import Event
from ferrygate.engine.queue.report_queue import ReportQueue
from ferrygate.transfers.schedule.lane_scaling import TransferTotals
from ferrygate.transfers.transfer_settings import TransferSettings
from ferrygate.transfers.views import BatchId


class BatchContext:
    """Holds what the batches of a session share."""

    def __init__(
        self,
        emit: Callable[[Event], None],
        reports: ReportQueue,
        settings: TransferSettings,
        doubt: Callback,
        changed: Callable[[BatchId], None],
    ) -> None:
        """Take them.

        ``doubt`` is called when a lane says that the connection was lost, ``changed`` when there
        may be something of a batch to hand out, or nothing more.
        """
        self.emit = emit
        self.reports = reports
        self.clock = settings.clock
        self.threads = settings.threads
        self.disk = settings.disk
        self.doubt = doubt
        self.concurrency = settings.concurrency
        self.changed = changed
        self.object_store = settings.object_store
        self.totals = TransferTotals()
