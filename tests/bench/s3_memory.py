"""Measures the sandbox's memory while a large file goes through it into a bucket, and back.

``PYTHONPATH=tests .venv/bin/python -m bench.s3_memory --bucket NAME --endpoint-url URL [--gib 5]``

The S3 must be on the loopback, and keep objects on disk: moto's server keeps them in memory, four
times over. The bar is 150 MiB; the run fails above it, or if other bytes come back.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from e2e.program import PROGRAM, Program
from support.resident_memory import ResidentMemory

MAX_BYTES = 150 << 20
_BLOCK_BYTES = 1 << 20
_BLOCKS_PER_GIB = 1 << 10


def main(arguments: Sequence[str] | None = None) -> int:
    """Send and fetch one file; returns the exit status."""
    parser = argparse.ArgumentParser(description="Measure the sandbox's memory over S3.")
    parser.add_argument("--bucket", required=True)
    parser.add_argument("--endpoint-url", required=True)
    parser.add_argument("--gib", type=float, default=5.0)
    options = parser.parse_args(arguments)
    blocks = int(options.gib * _BLOCKS_PER_GIB)
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder)
        _make(place / "large", blocks)
        program = Program({**os.environ, "FERRYGATE_HOME": str(place / "home")})
        flags = ["--bucket", options.bucket, "--endpoint-url", options.endpoint_url]
        with program.running("sandbox", "--json", *flags) as process:
            peak = _peak_of_both_ways(program, process, place / "large", place / "back")
        same = _is_same(place / "back" / "large", blocks)
    sys.stdout.write(
        f"{options.gib:g} GiB up and down: {peak / _BLOCK_BYTES:.0f} MiB at most, "
        f"{'the same' if same else 'other'} bytes\n"
    )
    return int(peak > MAX_BYTES or not same)


def _peak_of_both_ways(
    program: Program, process: subprocess.Popen[str], source: Path, target: Path
) -> int:
    """Send a file and fetch it; returns the sandbox's peak in bytes."""
    assert process.stdout is not None
    ready = json.loads(process.stdout.readline())
    client = program.with_secrets(ready["password"], ready["totp_secret"])
    site = ready["connection_file"]
    target.mkdir()
    with ResidentMemory(process.pid) as memory:
        for words in (["put", site, str(source), "/"], ["get", site, "/large", str(target)]):
            subprocess.run([*PROGRAM, *words], env=client.environment, check=True)
        memory.look()
    return memory.peak


def _make(path: Path, blocks: int) -> None:
    """Make a file whose blocks begin with their number, and take hardly any room."""
    with path.open("wb") as file:
        for number in range(blocks):
            file.seek(number * _BLOCK_BYTES)
            file.write(number.to_bytes(8))
        file.truncate(blocks * _BLOCK_BYTES)


def _is_same(path: Path, blocks: int) -> bool:
    """Tell whether a file holds what :func:`_make` wrote."""
    rest = bytes(_BLOCK_BYTES - 8)
    with path.open("rb") as file:
        found = all(
            file.read(_BLOCK_BYTES) == number.to_bytes(8) + rest for number in range(blocks)
        )
        return found and not file.read(1)


if __name__ == "__main__":
    sys.exit(main())
