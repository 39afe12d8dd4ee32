"""Names the seeds that each scenario is run over: 280 for the seven of them."""

from __future__ import annotations

import pytest

_FAST, _ALL = 5, 40

SEEDS = [
    *range(_FAST),
    *(pytest.param(seed, marks=pytest.mark.slow) for seed in range(_FAST, _ALL)),
]
"""The seeds; all but the first are for the slow tests."""
