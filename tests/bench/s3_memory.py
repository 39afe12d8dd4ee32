"""``python -m bench.s3_memory SERVER``: the sandbox's memory while a large file goes through it.

The file goes into a bucket and comes back, by the command as people start it. SERVER is the program
of an S3 that keeps its objects as files (``make bench-s3`` gets one): moto's keeps them in memory,
four times over. The run fails above :data:`MAX_BYTES`, or where other bytes are in the bucket or
come back. It needs disk for four such files.
"""

from __future__ import annotations

import argparse
import json
import os
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path

from e2e.program import PROGRAM, Program, wait_until
from ferrygate.common.paths import HOME_VARIABLE
from servers.rigs.server_process import HOST, free_port
from support.private_surroundings import DUMMY_AWS
from support.resident_memory import ResidentMemory

MAX_BYTES = 150 << 20  # of the sandbox, at most at any time
_BLOCK_BYTES = 1 << 20
_BLOCKS_PER_GIB = 1 << 10
_BUCKET = "bench"
_USERNAME = "vendor7"  # the sandbox's own
_NAME = "large.bin"


def main(arguments: Sequence[str] | None = None) -> int:
    """Send and fetch one file; returns the exit status."""
    parser = argparse.ArgumentParser(description="Measure the sandbox's memory over S3.")
    parser.add_argument("server", type=Path)
    parser.add_argument("--gib", type=float, default=5.0)
    options = parser.parse_args(arguments)
    blocks = int(options.gib * _BLOCKS_PER_GIB)
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder)
        _make(place / _NAME, blocks)
        (place / "back").mkdir()
        program = Program({**os.environ, **DUMMY_AWS, HOME_VARIABLE: str(place / "home")})
        with _s3(options.server, place / "s3") as address:
            flags = ("--bucket", _BUCKET, "--endpoint-url", address)
            with program.running("sandbox", "--json", *flags) as process:
                peak = _peak_of_both_ways(program, process, place)
        stored = place / "s3" / _BUCKET / _USERNAME / _NAME
        same = _is_same(stored, blocks) and _is_same(place / "back" / _NAME, blocks)
    sys.stdout.write(
        f"{options.gib:g} GiB up and down: {peak / _BLOCK_BYTES:.0f} MiB at most, "
        f"{'the same' if same else 'other'} bytes\n"
    )
    return int(peak > MAX_BYTES or not same)


@contextmanager
def _s3(server: Path, root: Path) -> Iterator[str]:
    """Run an S3 with one bucket, which is a folder; gives its address."""
    (root / _BUCKET).mkdir(parents=True)
    port = free_port()
    command = (server, root, "--host", HOST, "--port", str(port))
    with subprocess.Popen(command, stderr=subprocess.DEVNULL) as process:
        try:
            wait_until(lambda: _listens(port))
            yield f"http://{HOST}:{port}"
        finally:
            process.terminate()


def _listens(port: int) -> bool:
    with suppress(ConnectionRefusedError), socket.create_connection((HOST, port)):
        return True
    return False


def _peak_of_both_ways(program: Program, process: subprocess.Popen[str], place: Path) -> int:
    """Send the file and fetch it; returns the sandbox's peak in bytes."""
    assert process.stdout is not None
    ready = json.loads(process.stdout.readline())
    client = program.with_secrets(ready["password"], ready["totp_secret"])
    site = ready["connection_file"]
    there, back = str(place / _NAME), str(place / "back")
    with ResidentMemory(process.pid) as memory:
        for words in (["put", site, there, "/"], ["get", site, f"/{_NAME}", back]):
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
