from __future__ import annotations

import pytest

from bench.lateness import lateness, percentile


def test_beats_in_time_are_not_late() -> None:
    assert lateness([0, 5, 10, 14, 19], 5) == [0, 0, 0, 0]


def test_a_late_beat_is_late_by_what_is_beyond_its_period() -> None:
    assert lateness([0, 8], 5) == [3]


def test_beats_that_a_block_kept_from_being_made_count_as_well() -> None:
    assert lateness([0, 21], 5) == [16, 11, 6, 1]


def test_a_loop_blocked_for_a_twentieth_of_the_time_is_late_at_p99() -> None:
    beats = [*range(0, 950, 5), *range(1000, 1900, 5)]
    assert percentile(lateness(beats, 5), 0.99) >= 35


def test_a_percentile_is_a_value_that_was_measured() -> None:
    assert percentile([4, 1, 3, 2], 0.5) == 2
    assert percentile([4, 1, 3, 2], 0.99) == 4
    assert percentile([4, 1, 3, 2], 0.0) == 1


def test_nothing_has_no_percentile() -> None:
    with pytest.raises(ValueError, match="nothing"):
        percentile([], 0.5)
