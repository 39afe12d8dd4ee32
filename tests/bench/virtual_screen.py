"""A screen for windows that nobody looks at."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager

WIDTH, HEIGHT = 1280, 800


@contextmanager
def virtual_screen() -> Iterator[str]:
    """Run an X server with a black screen; gives its name, such as ``:7``.

    Raises:
        RuntimeError: it did not start.
    """
    reading, writing = os.pipe()
    arguments = ("-br", "-nolisten", "tcp", "-screen", "0", f"{WIDTH}x{HEIGHT}x24")
    try:
        server = subprocess.Popen(
            ("Xvfb", "-displayfd", str(writing), *arguments),  # noqa: S607  wherever it is
            pass_fds=(writing,),
            stderr=subprocess.DEVNULL,
        )
    finally:
        os.close(writing)
    with os.fdopen(reading, "rb") as numbers, server:
        try:
            number = numbers.readline().decode().strip()
            if not number:
                raise RuntimeError("Xvfb did not start")
            yield f":{number}"
        finally:
            server.terminate()
