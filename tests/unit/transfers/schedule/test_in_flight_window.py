"""The window fills any line, with not so much in flight that a click has to wait."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ferrygate.common.threads import SystemThreads
from ferrygate.transfers.schedule.line_estimator import LineEstimator
from support.fake_clock import ManualClock
from support.line_channels import (
    CHANNELS,
    DELAYS,
    FIRST,
    IN_FLIGHT,
    LEAST,
    MB,
    MBIT,
    MIB,
    MOST,
    RATES,
    Channels,
)
from support.simulated_line import (
    MAX_REQUEST_BYTES,
    SimulatedChannel,
    SimulatedLine,
    p95,
    window_of,
)

# ---------------------------------------------------------------- shares


@pytest.mark.parametrize(
    ("channels", "most"), [(0, MOST), (1, MOST), (3, MOST), (4, 12 * MIB), (8, 6 * MIB), (48, MIB)]
)
def test_what_is_allowed_is_parted_among_the_channels(channels: int, most: int) -> None:
    line_estimator = LineEstimator(IN_FLIGHT, SystemThreads())
    line_estimator.share_among(channels)
    assert line_estimator.max_bytes == most


@pytest.mark.parametrize(("channels", "first"), [(1, FIRST), (4, FIRST // 4), (100, LEAST)])
def test_it_begins_with_a_little(channels: int, first: int) -> None:
    line_estimator = LineEstimator(IN_FLIGHT, SystemThreads())
    line_estimator.share_among(channels)
    assert window_of(line_estimator, ManualClock()).max_bytes == first


def test_a_share_below_the_least_is_no_reason_to_stand_still() -> None:
    channel = SimulatedChannel(SimulatedLine(10 * MB, 0.05), LineEstimator(1, SystemThreads()))
    assert channel.go_on(5) > 0.9 * LEAST / 0.055


def test_each_channel_reports_under_a_number_of_its_own_even_when_another_is_gone() -> None:
    """An object's id would be used again, and the gone one's bytes counted as the new one's."""
    line_estimator = LineEstimator(IN_FLIGHT, SystemThreads())
    numbers = {line_estimator.join() for _channel in range(100)}
    assert len(numbers) == 100


# ---------------------------------------------------------------- a line that stays as it is


@CHANNELS
@RATES
@DELAYS
def test_a_line_is_full_and_a_click_waits_for_little(count: int, rate: int, delay: float) -> None:
    channels = Channels(SimulatedLine(rate, delay), count)
    channels.go_on(2)
    assert channels.go_on(12) > 0.97 * channels.possible
    assert p95(channels.line.queued) < 0.1


@CHANNELS
@RATES
@DELAYS
def test_threads_that_look_late_change_little(count: int, rate: int, delay: float) -> None:
    channels = Channels(SimulatedLine(rate, delay, late=0.003), count)
    channels.go_on(2)
    assert channels.go_on(12) > 0.95 * channels.possible
    assert p95(channels.line.queued) < 0.15


@pytest.mark.parametrize("count", [4, 8])
@RATES
@DELAYS
def test_channels_that_began_late_get_their_part(count: int, rate: int, delay: float) -> None:
    """Or a file on the last channel would hardly move until the others are done."""
    channels = Channels(SimulatedLine(rate, delay), count)
    channels.go_on(20)
    before = [channel.moved for channel in channels.channels]
    channels.go_on(10)
    parts = [channel.moved - was for channel, was in zip(channels.channels, before, strict=True)]
    assert min(parts) > 0.25 * max(parts)


@pytest.mark.parametrize(
    ("rate", "delay", "seconds"), [(1000, 0.0005, 0.56), (1000, 0.05, 0.75), (100, 0.05, 5.5)]
)
def test_a_large_file_is_soon_at_full_speed(rate: int, delay: float, seconds: float) -> None:
    channel = SimulatedChannel(
        SimulatedLine(rate * MBIT, delay), LineEstimator(IN_FLIGHT, SystemThreads())
    )
    channel.go_on(seconds)
    assert channel.moved >= 64 * MIB


@RATES
@pytest.mark.parametrize("delay", [0.0005, 0.05])
def test_beginning_does_not_flood_the_line(rate: int, delay: float) -> None:
    channels = Channels(SimulatedLine(rate, delay), 4, apart=0.0)
    channels.go_on(1)
    assert max(channels.line.queued) < 0.25
    channels.go_on(1)
    assert p95(channels.line.queued) < 0.1


@pytest.mark.parametrize("most", [2 * MIB, 5 * MIB])
def test_it_never_has_more_than_its_share(most: int) -> None:
    channel = SimulatedChannel(SimulatedLine(1000 * MB, 0.1), LineEstimator(most, SystemThreads()))
    channel.go_on(5)
    assert most - MAX_REQUEST_BYTES < channel.max_in_flight <= most


def test_a_share_that_shrinks_is_kept_to_soon() -> None:
    line_estimator = LineEstimator(IN_FLIGHT, SystemThreads())
    channel = SimulatedChannel(SimulatedLine(1000 * MB, 0.1), line_estimator)
    channel.go_on(3)
    assert channel.window.max_bytes == MOST
    line_estimator.share_among(8)
    channel.go_on(0.5)
    channel.go_on(1)
    assert channel.max_in_flight <= 6 * MIB


def test_requests_are_as_large_as_goes_in_five_milliseconds() -> None:
    sizes = {}
    for rate in (MB, 20 * MB, 500 * MB):
        channel = SimulatedChannel(
            SimulatedLine(rate, 0.01), LineEstimator(IN_FLIGHT, SystemThreads())
        )
        channel.go_on(5)
        sizes[rate] = channel.window.request_size(MAX_REQUEST_BYTES)
    assert sizes[MB] == LEAST  # what every server takes
    assert sizes[20 * MB] == pytest.approx(100_000, rel=0.2)
    assert sizes[500 * MB] == MAX_REQUEST_BYTES


# ---------------------------------------------------------------- a line that changes


@CHANNELS
@RATES
def test_a_way_that_becomes_longer_is_noticed(count: int, rate: int) -> None:
    """Through a tunnel, say: the shortest answer of before never comes again."""
    channels = Channels(SimulatedLine(rate, 0.02), count)
    channels.go_on(5)
    channels.line.delay = 0.2
    channels.go_on(6)
    assert channels.go_on(5) > 0.9 * channels.possible
    assert p95(channels.line.queued) < 0.1


@CHANNELS
def test_a_way_that_becomes_shorter_is_noticed(count: int) -> None:
    channels = Channels(SimulatedLine(1000 * MBIT, 0.2), count)
    channels.go_on(5)
    channels.line.delay = 0.02
    channels.go_on(3)
    assert channels.go_on(5) > 0.97
    assert p95(channels.line.queued) < 0.1


@pytest.mark.parametrize("count", [1, 4])
def test_a_line_that_becomes_slower_is_noticed(count: int) -> None:
    channels = Channels(SimulatedLine(1000 * MBIT, 0.05), count)
    channels.go_on(5)
    channels.line.rate = 100 * MBIT
    channels.go_on(3)
    assert channels.go_on(5) > 0.97
    assert p95(channels.line.queued) < 0.15


@CHANNELS
def test_a_line_that_becomes_faster_is_noticed(count: int) -> None:
    channels = Channels(SimulatedLine(100 * MBIT, 0.05), count)
    channels.go_on(5)
    channels.line.rate = 1000 * MBIT
    channels.go_on(3)
    assert channels.go_on(5) > 0.97


@pytest.mark.parametrize("pause", [0, 30])
def test_answers_that_come_late_while_tcp_begins_are_no_reason_to_hold_back(pause: float) -> None:
    """TCP lets go less than is asked for at first, and twice as much a round trip later."""
    line = SimulatedLine(1000 * MBIT, 0.05)
    line_estimator = LineEstimator(IN_FLIGHT, SystemThreads())
    if pause:
        Channels(line, 1, line_estimator=line_estimator).go_on(3)
        line.forget()
        line.go_on(pause)
    line.rate = 3 * MB
    channels = Channels(line, 1, line_estimator=line_estimator, apart=0.0)
    for _round_trip in range(5):
        channels.go_on(0.05)
        line.rate *= 2
    channels.go_on(0.5)
    assert channels.go_on(0.3) > 0.9


def test_a_pause_does_not_spoil_it() -> None:
    """Between two files nothing is asked for, and no rate is the line's then."""
    channels = Channels(SimulatedLine(1000 * MBIT, 0.05), 1)
    channels.go_on(5)
    channels.line.clock.time += 30
    channels.go_on(0.5)
    assert channels.go_on(2) > 0.97


# ---------------------------------------------------------------- any line


@settings(max_examples=25)
@given(
    st.floats(10_000, 2e9),
    st.floats(0.0, 1.0),
    st.floats(0.0, 0.1),
    st.integers(4096, 300_000),
    st.integers(1, 64 * MIB),
)
def test_it_stays_within_its_bounds_on_any_line(
    rate: float, delay: float, late: float, largest: int, most: int
) -> None:
    line_estimator = LineEstimator(most, SystemThreads())
    channel = SimulatedChannel(SimulatedLine(rate, delay, late), line_estimator, largest)
    for _span in range(5):
        channel.go_on(0.2)
        assert LEAST <= channel.window.max_bytes <= line_estimator.max_bytes
        assert channel.max_in_flight <= max(line_estimator.max_bytes, largest)
    in_the_air = channel.window.in_flight
    assert in_the_air > 0
