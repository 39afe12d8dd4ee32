"""Reports that channels make of their spans become one estimate of the line."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from ferrygate.common.threads import SystemThreads
from ferrygate.transfers.schedule.line_estimator import LineEstimate, LineEstimator

MB, MIB = 1_000_000, 1 << 20
RATE = 10 * MB  # of each channel here, in bytes a second


class Reports:
    """Has channels report, each at its own interval, that they move as many bytes a second."""

    def __init__(self, *intervals: float) -> None:
        self.line_estimator = LineEstimator(48 * MIB, SystemThreads())
        self.now = 1000.0
        self._channels = [(self.line_estimator.join(), interval) for interval in intervals]

    def go_on(self, seconds: float, *, late: float = 0.0) -> Iterator[tuple[float, LineEstimate]]:
        """Let time pass; yields when each estimate was made, by the steady clock.

        Answers take as long as a channel's interval, and ``late`` seconds more.
        """
        reports = sorted(
            (self.now + number * interval, channel, interval)
            for channel, interval in self._channels
            for number in range(1, round(seconds / interval) + 1)
        )
        self.now += seconds
        for now, channel, interval in reports:
            yield now, self._report(channel, interval, interval + late, now)

    def report_after(self, seconds: float, acknowledged: int) -> LineEstimate:
        """Have the first channel report once, after so many seconds in which nothing else did."""
        self.now += seconds
        channel, interval = self._channels[0]
        return self.line_estimator.report(channel, acknowledged, RATE, interval, self.now)

    def _report(self, channel: int, interval: float, quickest: float, now: float) -> LineEstimate:
        return self.line_estimator.report(channel, int(RATE * interval), RATE, quickest, now)


def fair_rates(estimates: Iterator[tuple[float, LineEstimate]]) -> list[float]:
    """Return the fair rates that are known, in bytes a second."""
    return [estimate.fair_rate for _now, estimate in estimates if estimate.fair_rate]


def probes(estimates: Iterator[tuple[float, LineEstimate]]) -> list[float]:
    """Return when probes began."""
    began, was_probing = [], False
    for now, estimate in estimates:
        if estimate.is_probing and not was_probing:
            began.append(now)
        was_probing = estimate.is_probing
    return began


# ---------------------------------------------------------------- the fair rate


@pytest.mark.parametrize("channels", [1, 4])
def test_the_first_fair_rate_is_as_right_as_the_others(channels: int) -> None:
    """Bytes of the first report were acknowledged before the time that is counted."""
    rates = fair_rates(Reports(*[0.05] * channels).go_on(1))
    assert rates == pytest.approx([RATE] * len(rates))
    assert len(rates) > 15 * channels


def test_the_first_fair_rate_after_a_pause_is_right_too() -> None:
    reports = Reports(0.05)
    list(reports.go_on(1))
    reports.now += 5
    assert fair_rates(reports.go_on(1)) == pytest.approx([RATE] * 20)


def test_a_channel_that_reports_seldom_counts_as_the_others() -> None:
    reports = Reports(0.05, 0.4)
    list(reports.go_on(2))
    rates = fair_rates(reports.go_on(10))
    assert min(rates) > 0.7 * RATE
    assert max(rates) < 1.25 * RATE


def test_bytes_that_moved_slowly_for_a_moment_are_counted() -> None:
    reports = Reports(0.05)
    list(reports.go_on(1))
    for seconds in (5, 0.05, 0.04):  # a pause, behind which a period begins
        reports.report_after(seconds, RATE // 20)
    assert reports.report_after(0.111, RATE // 20).fair_rate == pytest.approx(0.75 * RATE, rel=0.01)


# ---------------------------------------------------------------- when the queue is emptied


def test_the_shortest_answer_is_measured_anew_every_ten_seconds() -> None:
    assert probes(Reports(0.05).go_on(35)) == pytest.approx([1010, 1020, 1030], abs=0.3)


def test_a_channel_whose_answers_always_take_longer_is_no_reason_to_look_more_often() -> None:
    """A server may need longer for one kind of request, such as the writes of an upload."""
    reports = Reports(0.05, 0.4)
    assert probes(reports.go_on(35)) == pytest.approx([1010, 1020, 1030], abs=3)


def test_answers_that_become_late_are_looked_into_at_once() -> None:
    reports = Reports(0.05)
    list(reports.go_on(5))
    (probe,) = probes(reports.go_on(5, late=0.2))
    assert probe < 1005.2


def test_a_transfer_that_pauses_now_and_then_is_looked_at_as_often() -> None:
    reports = Reports(0.05)
    began = []
    for _pause in range(15):
        began += probes(reports.go_on(2))
        reports.now += 0.5
    assert len(began) == 3


# ---------------------------------------------------------------- while a person clicks


def test_time_in_which_a_person_waited_says_nothing_about_what_channels_reach() -> None:
    """Even where that time is over once the bytes are counted: channels held back in most of it."""
    reports = Reports(0.05)
    list(reports.go_on(1))
    reports.line_estimator.note_click(reports.now - 0.92)  # waits for 80 ms more
    half = [reports.report_after(0.051, RATE // 40).reached_share for _report in range(6)]
    assert half == pytest.approx([1, 1, 1, 1, 0.5, 0.5], rel=0.05)
