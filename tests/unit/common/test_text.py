from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest

from ferrygate.common.quantities import ENGLISH, listed
from ferrygate.common.text import (
    difference_text,
    duration_text,
    modified_text,
    number_text,
    remaining_text,
    size_and_time_text,
    size_text,
    time_text,
)

NOW = datetime(2026, 11, 23, 10, 0, tzinfo=UTC).timestamp()


@pytest.mark.parametrize(
    ("size", "text"),
    [
        (0, "0 bytes"),
        (1, "1 byte"),
        (999, "999 bytes"),
        (1000, "1 KB"),
        (4_096, "4 KB"),
        (999_499, "999 KB"),
        (999_999, "1.0 MB"),
        (18_400_000, "18.4 MB"),
        (999_960_000, "1.00 GB"),
        (6_310_000_000, "6.31 GB"),
        (5_000_000_000_000, "5.00 TB"),
        (10**16, "10,000.00 TB"),
    ],
)
def test_sizes(size: int, text: str) -> None:
    assert size_text(size) == text


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (0, "1 s"),
        (7.2, "8 s"),
        (59.5, "1 min"),
        (60, "1 min"),
        (61, "2 min"),
        (3540, "59 min"),
        (3541, "1 h"),
        (3601, "1 h 1 min"),
        (86_340, "23 h 59 min"),
        (86_341, "1 d"),
        (100_000, "1 d 4 h"),
    ],
)
def test_durations(seconds: float, text: str) -> None:
    assert duration_text(seconds) == text


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (0, "1 s"),
        (0.4, "1 s"),
        (7.2, "7 s"),
        (59.4, "59 s"),
        (59.6, "1 min"),
        (61, "1 min"),
        (74.9, "1 min"),
        (75, "1 min 30 s"),
        (89, "1 min 30 s"),
        (105, "2 min"),
        (164, "2 min 30 s"),
        (165, "3 min"),
        (200, "3 min"),
        (3569, "59 min"),
        (3570, "1 h"),
        (3599, "1 h"),
        (3629, "1 h"),
        (3661, "1 h 1 min"),
        (86_369, "23 h 59 min"),
        (86_370, "1 d"),
        (86_400, "1 d"),
        (88_199, "1 d"),
        (100_000, "1 d 4 h"),
        (10_000_000, "115 d 18 h"),
    ],
)
def test_an_estimate_of_the_time_left_is_told_to_the_nearest(seconds: float, text: str) -> None:
    assert remaining_text(seconds) == text


@pytest.mark.parametrize(
    ("count", "text"), [(0, "0"), (999, "999"), (2000, "2,000"), (1_234_567, "1,234,567")]
)
def test_a_count_has_its_thousands_apart(count: int, text: str) -> None:
    assert number_text(count) == text


@pytest.mark.parametrize(
    ("when", "text"),
    [
        (datetime(2026, 11, 23, 9, 12, tzinfo=UTC), "Today 09:12"),
        (datetime(2026, 11, 23, 23, 59, tzinfo=UTC), "Today 23:59"),
        (datetime(2026, 11, 22, 16, 20, tzinfo=UTC), "Yesterday 16:20"),
        (datetime(2026, 11, 14, 12, 0, tzinfo=UTC), "14 Nov 2026"),
        (datetime(2026, 11, 24, 0, 1, tzinfo=UTC), "24 Nov 2026"),
    ],
)
def test_when_something_was_changed(when: datetime, text: str) -> None:
    assert modified_text(when.timestamp(), NOW, timezone=UTC) == text


def test_days_are_those_of_the_zone() -> None:
    late = datetime(2026, 11, 22, 23, 30, tzinfo=UTC).timestamp()
    assert modified_text(late, NOW, timezone=timezone(timedelta(hours=1))) == "Today 00:30"


def test_the_computer_s_own_zone_is_the_default() -> None:
    assert time_text(NOW) == f"{datetime.fromtimestamp(NOW, UTC).astimezone():%H:%M}"


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (0.2, "0 s"),
        (44.6, "45 s"),
        (-45.4, "45 s"),
        (59.4, "59 s"),
        (62, "1 min"),
        (90, "1 min 30 s"),
        (170, "3 min"),
        (180, "3 min"),
        (180.4, "3 min"),
        (-181, "3 min"),
        (195, "3 min 15 s"),
        (629, "10 min"),
        (3599, "1 h"),
        (3601, "1 h"),
        (7380, "2 h 3 min"),
        (86_400 * 3 + 20, "3 d"),
    ],
)
def test_a_difference_is_told_to_the_nearest(seconds: float, text: str) -> None:
    assert difference_text(seconds) == text


@pytest.mark.parametrize(
    ("parts", "text"),
    [([], ""), (["a"], "a"), (["a", "b"], "a and b"), (["a", "b", "c"], "a, b and c")],
)
def test_parts_of_a_sentence_are_joined(parts: list[str], text: str) -> None:
    assert listed(parts, ENGLISH) == text


@pytest.mark.parametrize(
    ("size", "beside", "modified", "text"),
    [
        (4_100_000, None, NOW - 3600, "4.1 MB, Today 09:00"),
        (4_100_000, 4_000_000, NOW - 86_400 * 9, "4.1 MB, 14 Nov 2026 10:00"),
        (4_100, 4_000, NOW, "4,100 bytes, Today 10:00"),  # else both would be 4 KB
        (4_100, 4_100, None, "4 KB"),
        (None, 4_100, NOW, "Today 10:00"),
        (None, None, 0, "not known"),  # AWS says 0 where it has no time
    ],
)
def test_size_and_time_of_a_file_beside_another(
    size: int | None, beside: int | None, modified: float | None, text: str
) -> None:
    assert size_and_time_text(size, modified, NOW, beside=beside, timezone=UTC) == text
