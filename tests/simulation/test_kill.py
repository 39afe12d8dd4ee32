"""Kills a simulated program at any moment, over many seeds."""

from __future__ import annotations

import pytest

from simulation.scenarios import kill
from simulation.seeds import SEEDS
from simulation.world import run


@pytest.mark.parametrize("seed", SEEDS)
def test_a_program_that_is_killed_at_any_moment_leaves_nothing_half_and_the_next_run_delivers(
    seed: int,
) -> None:
    run(kill, seed)
