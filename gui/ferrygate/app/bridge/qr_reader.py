"""QR codes in pictures, read beside the window: a screen of 4K takes 60 ms."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from pathlib import Path

from PySide6.QtCore import QBuffer, QIODevice, QMimeData, QObject, Qt, Signal, Slot
from PySide6.QtGui import QImage

from ferrygate.app.widgets.dropped_files import dropped_files
from ferrygate.codes.qr import MAX_BYTES, read_qr
from ferrygate.common.errors import LocalFileError, Problem, problem_of
from ferrygate.common.i18n import _

_UNCOMPRESSED = 100  # Qt's "quality" of a PNG
_JOIN = 2.0  # seconds; a picture on a drive that hangs does not hold the window up


class QrReader(QObject):
    """One thread for each picture; only the newest is told of.

    Signals:
        started: a picture is being looked at.
        found: the texts of its QR codes (tuple of str), perhaps none.
        failed: why it cannot be read (:class:`Problem`).
    """

    started = Signal()
    found = Signal(object)
    failed = Signal(object)
    _ended = Signal(int, object)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._newest = 0
        self._thread: threading.Thread | None = None
        self._ended.connect(self._tell, Qt.ConnectionType.QueuedConnection)

    def read_file(self, path: str) -> None:
        """Read a picture file."""
        self._read(lambda: [_content(path)])

    def read_images(self, images: Sequence[QImage]) -> None:
        """Read pictures in memory, such as all screens."""
        self._read(lambda: [_png(image) for image in images])

    def read_mime(self, data: QMimeData) -> bool:
        """Read what was dropped or copied; false where that holds no picture."""
        image = data.imageData() if data.hasImage() else None
        paths = dropped_files(data)
        if isinstance(image, QImage):
            self.read_images([image])
        elif paths:
            self.read_file(paths[0])
        return isinstance(image, QImage) or bool(paths)

    def close(self) -> None:
        """Wait for the picture under way: its thread must not meet Qt's end."""
        if self._thread is not None:
            self._thread.join(_JOIN)

    def _read(self, pictures: Callable[[], list[bytes]]) -> None:
        self._newest += 1
        number, ended, before = self._newest, self._ended, self._thread
        self.started.emit()

        def run() -> None:
            result: object
            try:
                result = tuple(text for picture in pictures() for text in read_qr(picture))
            except Exception as error:  # noqa: BLE001  whatever it is, the person is told
                result = problem_of(error)
            ended.emit(number, result)
            if before is not None:
                before.join()

        self._thread = threading.Thread(target=run, name="qr-reader", daemon=True)
        self._thread.start()

    @Slot(int, object)
    def _tell(self, number: int, result: object) -> None:
        if number != self._newest:
            return
        if isinstance(result, Problem):
            self.failed.emit(result)
        else:
            self.found.emit(result)


def _content(path: str) -> bytes:
    try:
        with Path(path).open("rb") as file:
            return file.read(MAX_BYTES + 1)
    except OSError as error:
        raise LocalFileError(
            _("This picture cannot be read."),
            next_step=_("Check that it is still there and yours to read."),
            detail=type(error).__name__,
        ) from None


def _png(image: QImage) -> bytes:
    # Grey is a quarter of the bytes, but loses what is transparent.
    if not image.hasAlphaChannel():
        image = image.convertToFormat(QImage.Format.Format_Grayscale8)
    buffer = QBuffer()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    image.save(buffer, "PNG", _UNCOMPRESSED)  # type: ignore[call-overload]  # the stub knows bytes only
    return bytes(buffer.data().data())
