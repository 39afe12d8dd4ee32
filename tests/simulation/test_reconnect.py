"""Breaks the line under simulated transfers, over many seeds."""

from __future__ import annotations

import pytest

from simulation.scenarios import reconnect
from simulation.seeds import SEEDS
from simulation.world import run


@pytest.mark.parametrize("seed", SEEDS)
def test_a_transfer_over_lines_that_break_is_delivered_whole_with_a_new_code_each_time(
    seed: int,
) -> None:
    run(reconnect, seed)
