"""The log says at debug how the schedule of transfers adapts to a server and its line."""

from __future__ import annotations

import logging

import pytest

from ferrygate.common.threads import SystemThreads
from ferrygate.sftp.tasks import AutoResetEvent
from ferrygate.transfers.schedule.concurrency_limit import ConcurrencyLimit
from ferrygate.transfers.schedule.in_flight_window import InFlightWindow
from ferrygate.transfers.schedule.lane_scaling import LaneScaling, TransferTotals
from ferrygate.transfers.schedule.line_estimator import LineEstimator
from support.fake_clock import ManualClock


def test_a_limit_of_files_is_told_as_it_falls_and_grows(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG, "ferrygate")
    limit = ConcurrencyLimit(SystemThreads())
    for _ in range(4):
        limit.acquire(first=False)
    limit.note_loss(walking=False)
    limit.renew()
    for _ in range(16):
        limit.release(delivered=True)
    assert caplog.messages == [
        "2 files under way at the most, as one was cut off",
        "4 files under way at the most, as many came through",
    ]


def test_a_lane_more_is_told_with_what_it_brought(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG, "ferrygate")
    clock, totals = ManualClock(), TransferTotals()
    scaling = LaneScaling(clock, totals)
    clock.time += 10
    totals.bytes += 5_000
    totals.files += 20
    assert scaling.wants(1)
    assert caplog.messages == ["1 lanes: 500 bytes/s, 2.0 files/s; helped: True"]


def test_a_window_is_told_when_it_has_doubled_and_not_each_time(
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.DEBUG, "ferrygate")
    clock = ManualClock()
    window = InFlightWindow(
        LineEstimator(48 << 20, SystemThreads()), clock, lambda: AutoResetEvent(lambda _: None)
    )
    for _ in range(100):
        asked_at = window.now()
        window.acquire_now(1 << 18)
        clock.time += 0.05
        window.acknowledge(1 << 18, asked_at)
    windows = [text for text in caplog.messages if text.startswith("window of channel ")]
    assert 1 <= len(windows) <= 5
    assert "bytes/s, round trip 50 ms" in windows[-1]
