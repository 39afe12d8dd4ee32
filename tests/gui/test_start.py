from __future__ import annotations

import subprocess
import sys

PROGRAM = """
import sys
import ferrygate.app.main
print(sorted({"paramiko", "keyring", "asyncssh", "boto3"} & set(sys.modules)))
"""


def test_the_window_loads_nothing_slow_before_its_first_paint() -> None:
    run = subprocess.run(
        [sys.executable, "-c", PROGRAM], capture_output=True, text=True, check=True, timeout=50
    )
    assert run.stdout == "[]\n"
