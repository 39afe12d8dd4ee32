"""Reads QR codes in pictures on a thread: a screen of 4K takes 60 ms."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from PySide6.QtCore import QBuffer, QIODevice, QMimeData, QObject, Signal
from PySide6.QtGui import QImage

from ferrygate.app.presenters.run_in_background import RunInBackground
from ferrygate.app.widgets.dropped_files import dropped_files
from ferrygate.common.errors import Problem
from ferrygate.common.local_disk import read_small_file

_UNCOMPRESSED = 100  # Qt's "quality" of a PNG


class QrReader(QObject):
    """Reads one picture after another; reports the newest only.

    Signals:
        started: a picture is being looked at.
        found: the texts of its QR codes (tuple of str), perhaps none.
        failed: why it cannot be read (:class:`Problem`).
    """

    started = Signal()
    found = Signal(object)
    failed = Signal(object)

    def __init__(self, background: RunInBackground, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._background = background
        self._newest = 0

    def read_file(self, path: str) -> None:
        """Read a picture file."""
        self._read(lambda max_bytes: [read_small_file(Path(path), max_bytes)])

    def read_images(self, images: Sequence[QImage]) -> None:
        """Read pictures in memory, such as all screens."""
        self._read(lambda _max_bytes: [_png(image) for image in images])

    def read_mime(self, data: QMimeData) -> bool:
        """Read what was dropped or copied; false where that holds no picture."""
        image = data.imageData() if data.hasImage() else None
        paths = dropped_files(data)
        if isinstance(image, QImage):
            self.read_images([image])
        elif paths:
            self.read_file(paths[0])
        return isinstance(image, QImage) or bool(paths)

    def _read(self, pictures: Callable[[int], list[bytes]]) -> None:
        self._newest += 1
        number = self._newest

        def found(texts: tuple[str, ...]) -> None:
            if number == self._newest:
                self.found.emit(texts)

        def failed(problem: Problem) -> None:
            if number == self._newest:
                self.failed.emit(problem)

        self.started.emit()
        self._background(lambda: _texts(pictures), found, failed)


def _texts(pictures: Callable[[int], list[bytes]]) -> tuple[str, ...]:
    from ferrygate.codes import qr  # noqa: PLC0415  50 ms, which the first paint would wait for

    return tuple(text for picture in pictures(qr.MAX_BYTES) for text in qr.read_qr(picture))


def _png(image: QImage) -> bytes:
    # Grey is a quarter of the bytes, but loses what is transparent.
    if not image.hasAlphaChannel():
        image = image.convertToFormat(QImage.Format.Format_Grayscale8)
    buffer = QBuffer()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    image.save(buffer, "PNG", _UNCOMPRESSED)  # type: ignore[call-overload]  # the stub knows bytes only
    return bytes(buffer.data().data())
