"""Sets up what holds for every test."""

from __future__ import annotations

import os

from hypothesis import settings

pytest_plugins = [
    "support.left_behind",
    "support.needs_root",
    "support.private_surroundings",
    "pytester",
    "support.sandbox_fixtures",
    "support.server_fixtures",
    "support.s3_fixtures",
    "support.engine_fixtures",  # after those it uses
]

# A deadline would make a busy machine fail a test; CI repeats the same examples every time.
settings.register_profile("ferrygate", deadline=None, derandomize="CI" in os.environ)
settings.load_profile("ferrygate")
