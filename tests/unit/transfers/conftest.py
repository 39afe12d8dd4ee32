from __future__ import annotations

from pathlib import Path

import pytest

from transfer_rig import TransferRig


@pytest.fixture
def desk(tmp_path: Path) -> TransferRig:
    return TransferRig(tmp_path)
