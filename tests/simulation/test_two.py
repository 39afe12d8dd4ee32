"""Sends files of the same names by two simulated programs at once, over many seeds."""

from __future__ import annotations

import pytest

from simulation.scenarios import two
from simulation.seeds import SEEDS
from simulation.world import run


@pytest.mark.parametrize("seed", SEEDS)
def test_two_programs_that_send_files_of_the_same_names_at_once_mix_none(
    seed: int,
) -> None:
    run(two, seed)
