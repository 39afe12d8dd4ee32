"""Rates as people type them."""

from __future__ import annotations

import click
import pytest

from ferrygate.cli.rate import Rate


@pytest.mark.parametrize(
    ("text", "rate"),
    [("1000", 1000), ("500K", 500_000), ("1.5m", 1_500_000), ("2G", 2_000_000_000)],
)
def test_what_is_a_rate(text: str, rate: int) -> None:
    assert Rate().convert(text, None, None) == rate


@pytest.mark.parametrize("text", ["", "fast", "-1M", "1MB", "1 M", "0", "999", "٣M", "1e9", "nan"])
def test_what_is_none(text: str) -> None:
    with pytest.raises(click.UsageError):
        Rate().convert(text, None, None)
