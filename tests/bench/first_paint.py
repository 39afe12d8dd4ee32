"""Measures how long a person waits for the window: the command as it is, watched from outside.

The time runs from just before the process is made until the middle of the screen, which is black,
shows a picture of many colours: Qt brings its first paint to the screen in one piece, and letters
with smooth edges bring the colours. So nothing in the program is instrumented, and a window that
is there but empty does not count. The watch looks every :data:`_LOOK_SECONDS`, which is the error.
"""

from __future__ import annotations

import subprocess
import threading
from collections.abc import Mapping
from pathlib import Path

from PySide6.QtGui import QGuiApplication, QImage

from bench.virtual_screen import HEIGHT, WIDTH
from ferrygate.common.clock import Clock

_LOOK_SECONDS = 0.005  # a look takes a tenth of it, so that the window has both processors
_SIDE = 200  # of the square that is looked at, in pixels; the window's card stands there
_COLOURS = 32  # of a card with words on it; a window without them has less than ten
_TIMEOUT_SECONDS = 30.0


def first_paint(program: Path, environ: Mapping[str, str], clock: Clock) -> float:
    """Start the window, wait for its first paint, and end it; seconds.

    Args:
        program: the command ``ferrygate``.
        environ: of the process; its ``DISPLAY`` is that of this process's application.
        clock: the time.

    Raises:
        RuntimeError: no window showed itself.
    """
    pause = threading.Event()
    began = clock.monotonic()
    with subprocess.Popen((program, "app"), env=environ) as process:
        try:
            while not is_painted(_middle()):
                if process.poll() is not None or clock.monotonic() - began > _TIMEOUT_SECONDS:
                    raise RuntimeError("the window did not show itself")
                clock.wait(pause, _LOOK_SECONDS)
            return clock.monotonic() - began
        finally:
            process.terminate()


def is_painted(image: QImage) -> bool:
    """Tell whether a picture is one of words on a ground."""
    pixels = bytes(image.convertToFormat(QImage.Format.Format_RGB32).constBits())
    is_blank = pixels[4:] == pixels[:-4]  # each is like the one before it
    return not is_blank and len(set(memoryview(pixels).cast("I"))) >= _COLOURS


def _middle() -> QImage:
    screen = QGuiApplication.primaryScreen()
    place = ((WIDTH - _SIDE) // 2, (HEIGHT - _SIDE) // 2, _SIDE, _SIDE)
    return screen.grabWindow(0, *place).toImage()
