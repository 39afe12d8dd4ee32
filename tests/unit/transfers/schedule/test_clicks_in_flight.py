"""A click beside transfers waits for little, and leaves their speed as it was."""

from __future__ import annotations

import pytest

from ferrygate.common.threads import SystemThreads
from ferrygate.transfers.schedule.line_estimator import LineEstimator
from support.fake_clock import ManualClock
from support.line_channels import (
    CHANNELS,
    DELAYS,
    IN_FLIGHT,
    MBIT,
    RATES,
    Channels,
)
from support.simulated_line import (
    MAX_REQUEST_BYTES,
    SimulatedLine,
    p95,
    window_of,
)


@CHANNELS
@RATES
@DELAYS
def test_after_a_click_there_is_next_to_no_queue(count: int, rate: int, delay: float) -> None:
    channels = Channels(SimulatedLine(rate, delay), count)
    channels.go_on(5)
    used = 0.0
    for _click in range(20):
        channels.line_estimator.note_click(channels.line.clock.time)
        used += channels.go_on(0.1) / 20
    assert max(channels.line.queued) < 0.025
    assert used > 0.92 * channels.possible


def test_a_second_after_the_last_click_all_is_as_before() -> None:
    channels = Channels(SimulatedLine(1000 * MBIT, 0.05), 4)
    channels.go_on(5)  # what was too much at the beginning is gone
    channels.go_on(2)
    before = p95(channels.line.queued)
    channels.line_estimator.note_click(channels.line.clock.time)
    channels.go_on(1.3)
    channels.go_on(1)
    assert p95(channels.line.queued) == pytest.approx(before, rel=0.2)


def test_a_span_that_began_while_a_person_waited_says_nothing_about_the_line() -> None:
    """The bound was ours: the rate stays as it was, and there is nothing to grow into."""
    line_estimator, clock = LineEstimator(IN_FLIGHT, SystemThreads()), ManualClock(1000.0)
    window = window_of(line_estimator, clock)

    def end_span(acknowledged: int) -> int:
        clock.time += 0.051
        window.acquire_now(acknowledged)
        window.acknowledge(acknowledged, clock.time - 0.05)
        return window.request_size(MAX_REQUEST_BYTES)  # as much as goes in 5 ms

    before = [end_span(500_000) for _span in range(20)][-1]
    line_estimator.note_click(clock.time - 0.96)  # waits for 40 ms more
    assert end_span(250_000) == before
    assert end_span(250_000) < before


def test_many_clicks_do_not_keep_a_transfer_from_its_speed() -> None:
    channels = Channels(SimulatedLine(1000 * MBIT, 0.05), 1, apart=0.0)
    used = []
    for _click in range(30):
        channels.line_estimator.note_click(channels.line.clock.time)
        used.append(channels.go_on(0.1))
    assert used[-1] > 0.9


@pytest.mark.parametrize(
    ("rate", "delay", "count"), [(20, 0.03, 1), (20, 0.03, 4), (100, 0.02, 4), (100, 0.05, 8)]
)
def test_a_click_now_and_then_waits_no_longer_than_the_first(
    rate: int, delay: float, count: int
) -> None:
    """A queue that is kept short is no room on the line: windows must not grow into it."""
    channels = Channels(SimulatedLine(rate * MBIT, delay, late=0.003), count)
    channels.go_on(5)
    channels.go_on(20)
    first = p95(channels.line.queued)
    waits = []
    for _click in range(40):
        channels.go_on(1.15)
        waits.append(channels.line.queued[-1])
        channels.line_estimator.note_click(channels.line.clock.time)
    assert p95(waits) < first + 0.02


@pytest.mark.parametrize(
    ("rate", "delay", "count"), [(100, 0.02, 4), (100, 0.05, 8), (1000, 0.05, 4)]
)
def test_clicks_for_a_long_time_do_not_slow_a_transfer_down_ever_more(
    rate: int, delay: float, count: int
) -> None:
    """Every ten seconds there is a look at the line, whose queue is kept short for the person."""
    channels = Channels(SimulatedLine(rate * MBIT, delay, late=0.003), count)
    channels.go_on(5)
    used = []
    for _click in range(90):
        channels.line_estimator.note_click(channels.line.clock.time)
        used.append(channels.go_on(0.5))
    assert sum(used[-10:]) > 0.9 * sum(used[:10])


@pytest.mark.parametrize("count", [1, 4])
@pytest.mark.parametrize("pause", [1, 30])
def test_a_transfer_after_a_pause_is_soon_at_full_speed_while_somebody_clicks(
    pause: float, count: int
) -> None:
    line = SimulatedLine(1000 * MBIT, 0.05)
    first = Channels(line, count)
    first.go_on(3)
    line.forget()
    line.go_on(pause)
    second = Channels(line, count, line_estimator=first.line_estimator, apart=0.0)
    for _click in range(15):
        second.line_estimator.note_click(line.clock.time)
        second.go_on(0.1)
    assert second.go_on(1) > 0.8
