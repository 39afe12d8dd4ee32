"""Holds what outlives a connection: browsing, the queue of transfers, and their lanes."""

from __future__ import annotations

import sys
from collections.abc import Callable

import msgspec

from ferrygate.common.cancel import CancelToken
from ferrygate.common.errors import (
    ConnectionLostError,
    FerrygateError,
)
from ferrygate.common.inbox import Callback
from ferrygate.common.message import message
from ferrygate.common.open_files import OpenFiles
from ferrygate.engine.breakdown import handed_to
from ferrygate.engine.browsing.browser import Browser
from ferrygate.engine.browsing.file_requests import FileRequests
from ferrygate.engine.dependencies import EngineDependencies
from ferrygate.engine.messages.event import Event
from ferrygate.engine.queue.ended_batches import EndedBatches
from ferrygate.engine.queue.transfer_queue import TransferQueue
from ferrygate.sftp.channel import SftpChannel
from ferrygate.sftp.connection import SecureConnection, SftpConnection
from ferrygate.sites.address import canonical_host
from ferrygate.sites.site import Site
from ferrygate.transfers.flush import Flusher
from ferrygate.transfers.late_parts import LateParts
from ferrygate.transfers.listed_times import ListedTimes
from ferrygate.transfers.origin_mark import OriginMark, mark_of
from ferrygate.transfers.part_names import PartNames
from ferrygate.transfers.schedule.concurrency_limit import ServerLimits
from ferrygate.transfers.schedule.lane import Lane
from ferrygate.transfers.schedule.lane_scaling import TransferTotals
from ferrygate.transfers.schedule.line_estimator import LineEstimator
from ferrygate.transfers.schedule.rate_limiter import RateLimiter
from ferrygate.transfers.transfer_settings import TransferSettings
from ferrygate.transfers.upload_claims import UploadClaims
from ferrygate.transfers.views import BatchId

_END_SECONDS = 1.0  # in which a connection that has ended says so
_MAX_IN_FLIGHT_BYTES = 48 << 20  # over all channels
_ID_BYTES = 8  # of a batch's name: no two of an account's meet
_JOIN_SECONDS = 5.0  # that a lane may take to notice the end of its connection


class Session:
    """Made, interrupted, resumed and ended on the engine's thread."""

    def __init__(
        self,
        site: Site,
        connection: SftpConnection,
        dependencies: EngineDependencies,
        emit: Callable[[Event], None],
        post: Callable[[Callback], None],
        limiter: RateLimiter,
        *,
        limits: ServerLimits,
        late: LateParts,
        ended: EndedBatches,
    ) -> None:
        """Begin.

        Args:
            site: the site.
            connection: signed in to it.
            dependencies: what the engine is made of.
            emit: told of every event.
            post: has something done on the engine's thread.
            limiter: limits the rate of all sessions.
            limits: what is known of how much the server bears; more is noted there as it is found.
            late: parts of files that the account's lost connections may leave.
            ended: keeps the account's ended batches, to be tried again.
        """
        self.site = site
        self.connection: SftpConnection | None = connection
        self._limits = limits
        self._clock = dependencies.clock
        self._threads = dependencies.threads
        self._collect_garbage = dependencies.collect_garbage
        self._unforeseen = handed_to(post)
        self._doubtful_until: float | None = None
        self._lanes: list[Lane] = []
        self._flusher = Flusher(
            dependencies.clock, dependencies.machine, dependencies.disk, dependencies.threads
        )
        line_estimator = LineEstimator(_MAX_IN_FLIGHT_BYTES, dependencies.threads)
        self.browser = Browser(
            self._new_lane("browse"),
            post,
            self._doubt,
            lambda: line_estimator.note_click(dependencies.clock.monotonic()),
            dependencies.threads,
        )
        self.files = FileRequests(
            site, self.browser, emit, post, object_store=connection.stores_objects
        )
        self.queue = TransferQueue(
            emit,
            post,
            self._new_lane,
            self._transfer_settings(connection, dependencies, limiter, line_estimator, late),
            self._doubt,
            new_id=lambda: BatchId(dependencies.random_hex(_ID_BYTES)),
            ended=ended,
        )

    def _transfer_settings(
        self,
        connection: SftpConnection,
        dependencies: EngineDependencies,
        limiter: RateLimiter,
        line_estimator: LineEstimator,
        late: LateParts,
    ) -> TransferSettings:
        """Put together what transfers need to know."""
        host_key, place = connection.ssh.host_key, canonical_host(self.site.host)
        disk = dependencies.disk
        return TransferSettings(
            clock=self._clock,
            threads=self._threads,
            disk=disk,
            flusher=self._flusher,
            limiter=limiter,
            line_estimator=line_estimator,
            object_store=connection.stores_objects,
            open_files=OpenFiles(self._threads, dependencies.file_room),
            concurrency=self._limits.concurrency,
            late=late,
            claims=UploadClaims(
                disk,
                dependencies.upload_claims,
                f"{host_key.fingerprint} {self.site.username}",
                self._threads,
            ),
            mark=OriginMark(place, self.site.port, mark_of(sys.platform, self._clock, disk)),
            new_part_name=PartNames(dependencies.machine, dependencies.random_hex).new,
            listed_times=ListedTimes(),
        )

    def cancel(self, request: int) -> None:
        """Cancel a browsing request."""
        self.browser.cancel(request)

    def work_done(self) -> TransferTotals:
        """Return what its transfers have done so far, over all connections."""
        return msgspec.structs.replace(self.queue.totals)

    def look(self) -> None:
        """Go on where a lane had lost its channel, and the connection turned out to stand."""
        if self._doubtful_until is not None and self._clock.monotonic() >= self._doubtful_until:
            self._doubtful_until = None
            self.queue.resume(fresh=False)
            self.browser.resume(fresh=False)
        self.queue.look()

    def _doubt(self) -> None:
        """Hold everything for a moment: a channel broke down, and perhaps the connection did."""
        if self._doubtful_until is None and self.connection is not None:
            self._doubtful_until = self._clock.monotonic() + _END_SECONDS
            self.queue.hold()
            self.browser.hold()

    def interrupt(self) -> SecureConnection | None:
        """Hold everything, as the connection has ended; return it, to be closed elsewhere."""
        connection, self.connection = self.connection, None
        self._doubtful_until = None
        self.queue.interrupt()
        self.browser.interrupt()
        return connection.ssh if connection is not None else None

    def resume(self, connection: SftpConnection) -> None:
        """Go on over a new connection.

        A lost one leaves a megabyte in circles of objects, its channels above all: Python would
        look for them after several.
        """
        self._collect_garbage()
        self.connection = connection
        self.queue.resume(fresh=True)
        self.browser.resume(fresh=True)

    def stop(self, error: FerrygateError) -> Callable[[], None]:
        """End everything for this reason; returns what is left to do and may take a moment."""
        connection = self.connection
        self.queue.stop(error.problem)
        self.browser.stop(error)
        lanes, flusher = self._lanes, self._flusher

        def finish() -> None:
            for lane in lanes:
                lane.join(_JOIN_SECONDS)
            flusher.stop()  # after the lanes, which may still have finished files for it
            flusher.join()
            if connection is not None:
                connection.ssh.close()

        return finish

    def _new_lane(self, name: str) -> Lane:
        lane = Lane(name, self._open_channel, self._unforeseen, self._threads)
        self._lanes.append(lane)
        return lane

    def _open_channel(self, cancel: CancelToken) -> SftpChannel:
        """Open a channel; called by lanes, on their threads."""
        connection = self.connection
        if connection is None:
            raise ConnectionLostError(message("The connection to the server was lost."))
        channel = connection.open_channel(cancel)
        channel.gate.handles = self._limits.handles
        return channel
