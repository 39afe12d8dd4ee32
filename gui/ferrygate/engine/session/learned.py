"""Holds what sessions of one account leave to those that follow."""

from __future__ import annotations

from typing import NamedTuple

from ferrygate.common.clock import Clock
from ferrygate.common.threads import Threads
from ferrygate.engine.queue.ended_batches import EndedBatches
from ferrygate.sftp.open_handles import OpenHandles
from ferrygate.sites.site import Site
from ferrygate.transfers.late_parts import LateParts
from ferrygate.transfers.schedule.concurrency_limit import ConcurrencyLimit, ServerLimits


class Learned(NamedTuple):
    """Holds what is known of one account.

    Attributes:
        limits: how much its server bears.
        late: parts that its lost connections may leave.
        ended: batches that a person may have tried again.
    """

    limits: ServerLimits
    late: LateParts
    ended: EndedBatches


class LearnedByAccount:
    """Keeps what is known of each account. Owned by the engine's thread."""

    def __init__(self, clock: Clock, threads: Threads) -> None:
        self._clock = clock
        self._threads = threads
        self._by_account: dict[tuple[str, int, str], Learned] = {}  # by host, port and user

    def of(self, site: Site) -> Learned:
        """Give what is known of a site's account, which may be nothing yet."""
        account = site.host, site.port, site.username
        if account not in self._by_account:
            threads = self._threads
            limits = ServerLimits(OpenHandles(threads), ConcurrencyLimit(threads))
            late = LateParts(self._clock.monotonic, site.late_part_seconds, threads)
            self._by_account[account] = Learned(limits, late, EndedBatches())
        learned = self._by_account[account]
        learned.late.seconds = site.late_part_seconds  # it may have been edited since
        return learned
