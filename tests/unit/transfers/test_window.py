"""How much is in flight: what the line holds, not much more, and what one channel may have."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fake_clock import ManualClock
from ferrygate.sftp.tasks import Flow
from ferrygate.transfers.window import Share, Window
from simulated_line import SimulatedLine

MB, MIB = 1_000_000, 1 << 20
LEAST, FIRST, MOST = MIB, 4 * MIB, 16 * MIB


def share_of(most: int) -> Share:
    """A share by which one channel may have so much in flight."""
    share = Share(most)
    share.among(1)
    return share


@pytest.fixture
def share() -> Share:
    return share_of(MOST)


# ---------------------------------------------------------------- shares


@pytest.mark.parametrize(
    ("channels", "most"),
    [(0, MOST), (1, MOST), (3, MOST), (4, 12 * MIB), (8, 6 * MIB), (48, MIB), (1000, LEAST)],
)
def test_what_is_allowed_is_parted_among_the_channels(channels: int, most: int) -> None:
    share = Share(48 * MIB)
    share.among(channels)
    assert share.most == most


def test_before_it_is_parted_one_channel_may_have_what_one_ever_may() -> None:
    assert Share(48 * MIB).most == MOST


# ---------------------------------------------------------------- following a line


def test_it_begins_with_a_little(share: Share) -> None:
    flow = Flow(0, lambda _future: None)
    Window(flow, share, ManualClock())
    assert flow.most == FIRST
    Window(flow, share_of(2 * MIB), ManualClock())
    assert flow.most == 2 * MIB


@pytest.mark.parametrize("rate", [2 * MB, 20 * MB, 100 * MB])
@pytest.mark.parametrize("delay", [0.001, 0.02, 0.05, 0.15])
def test_a_line_is_kept_busy_with_no_more_than_it_needs(
    share: Share, rate: int, delay: float
) -> None:
    line = SimulatedLine(rate, delay, share)
    line.go_on(5)
    reached = line.go_on(5)
    holds = rate * delay
    assert reached > 0.95 * min(rate, MOST / delay)
    assert line.most <= max(LEAST, min(MOST, 1.6 * (holds + 32_768)))


def test_it_grows_to_what_the_line_holds_in_a_few_round_trips(share: Share) -> None:
    line = SimulatedLine(100 * MB, 0.1, share)
    sizes = [line.flow.most]
    for _round_trip in range(20):
        line.go_on(0.1)
        sizes.append(line.flow.most)
    assert sizes[0] == FIRST
    assert max(sizes[:5]) >= 10 * MB  # what it holds
    assert sizes[10:] == pytest.approx([15 * MB] * 11, rel=0.05)  # and then half as much more


@pytest.mark.parametrize("most", [2 * MIB, 5 * MIB])
def test_it_never_has_more_than_its_share(most: int) -> None:
    line = SimulatedLine(1000 * MB, 0.1, share_of(most))
    line.go_on(5)
    assert line.most <= most
    assert line.flow.most == most


def test_a_share_that_shrinks_is_kept_to_soon() -> None:
    share = Share(48 * MIB)
    share.among(1)
    line = SimulatedLine(1000 * MB, 0.1, share)
    line.go_on(3)
    assert line.flow.most == MOST
    share.among(8)
    line.go_on(0.5)
    line.go_on(1)
    assert line.most <= 6 * MIB


def test_it_never_has_less_than_the_least(share: Share) -> None:
    line = SimulatedLine(50_000, 0.001, share)
    line.go_on(60)
    assert line.flow.most == LEAST


def test_a_share_below_the_least_is_no_reason_to_stand_still() -> None:
    line = SimulatedLine(10 * MB, 0.05, share_of(1))
    assert line.go_on(5) > 9 * MB


def test_it_follows_a_line_that_becomes_slower(share: Share) -> None:
    line = SimulatedLine(100 * MB, 0.05, share)
    line.go_on(5)
    assert line.flow.most > 6 * MB
    line.rate = 20 * MB
    line.go_on(5)
    assert line.go_on(5) > 0.95 * line.rate
    assert line.most <= 1.6 * line.rate * line.delay + MIB


def test_it_follows_a_line_that_becomes_faster(share: Share) -> None:
    line = SimulatedLine(20 * MB, 0.05, share)
    line.go_on(5)
    line.rate = 200 * MB
    line.go_on(3)
    assert line.go_on(5) > 0.95 * line.rate


def test_a_pause_does_not_spoil_it(share: Share) -> None:
    """Between two files nothing is asked for, and no rate is the line's then."""
    line = SimulatedLine(100 * MB, 0.05, share)
    line.go_on(5)
    line.clock.time += 30
    line.go_on(1)
    assert line.go_on(2) > 0.95 * line.rate


def test_every_byte_that_landed_is_given_back(share: Share) -> None:
    clock = ManualClock(1000.0)
    flow = Flow(0, lambda _future: None)
    window = Window(flow, share, clock)
    for count in (1, 100_000, 3):
        assert flow.try_take(count)
    asked_at = window.now()
    clock.time += 1
    for count in (1, 100_000, 3):
        window.landed(count, asked_at)
    assert flow.flying == 0


@settings(max_examples=40)
@given(
    st.floats(10_000, 2e9),
    st.floats(0.0, 1.0),
    st.integers(1, 300_000),
    st.integers(1, 64 * MIB),
)
def test_it_stays_within_its_bounds_on_any_line(
    rate: float, delay: float, block: int, most: int
) -> None:
    share = share_of(most)
    line = SimulatedLine(rate, delay, share, max(block, 4096))
    for _span in range(5):
        line.go_on(0.2)
        assert LEAST <= line.flow.most <= max(LEAST, share.most)
        assert line.most <= max(MOST, share.most)
