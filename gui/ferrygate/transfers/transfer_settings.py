"""Holds settings and counters that the transfers of one session share."""

from __future__ import annotations

from collections.abc import Callable

import msgspec

from ferrygate.common.clock import Clock
from ferrygate.common.disk import Disk
from ferrygate.common.open_files import OpenFiles
from ferrygate.common.threads import Threads
from ferrygate.transfers.flush import Flusher
from ferrygate.transfers.late_parts import LateParts
from ferrygate.transfers.listed_times import ListedTimes
from ferrygate.transfers.origin_mark import OriginMark
from ferrygate.transfers.schedule.concurrency_limit import ConcurrencyLimit
from ferrygate.transfers.schedule.line_estimator import LineEstimator
from ferrygate.transfers.schedule.rate_limiter import RateLimiter
from ferrygate.transfers.upload_claims import UploadClaims


class TransferSettings(msgspec.Struct, frozen=True):
    """Holds everything that transfers need to know beside the file.

    Attributes:
        clock: for speeds, limits, and the wait after a broken upload.
        threads: makes what lanes share.
        disk: this computer's.
        flusher: flushes fetched files.
        limiter: how fast bytes may go.
        line_estimator: what all channels may have in flight, and what is known of the line.
        object_store: files appear on CLOSE, and EXCL may be unknown.
        open_files: how many files may be open on this computer, over all lanes.
        concurrency: how many files may be under way on the server, over all lanes.
        late: the parts that an object store may show late.
        claims: which remote names are being replaced from this computer.
        mark: marks what is fetched as come from this server.
        new_part_name: makes a hidden name that no other file has, for one that is not whole yet.
        listed_times: whether the server tells other times of names than of handles.
    """

    clock: Clock
    threads: Threads
    disk: Disk
    flusher: Flusher
    limiter: RateLimiter
    line_estimator: LineEstimator
    object_store: bool
    open_files: OpenFiles
    concurrency: ConcurrencyLimit
    late: LateParts
    claims: UploadClaims
    mark: OriginMark
    new_part_name: Callable[[], str]
    listed_times: ListedTimes
