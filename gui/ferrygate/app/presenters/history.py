"""The folders that a person has been in, to go back and forward through."""

from __future__ import annotations

from ferrygate.common.remote_path import ROOT


class History:
    """Folders before the one shown, and those that a person went back from."""

    def __init__(self) -> None:
        self._before: list[bytes] = []
        self._after: list[bytes] = []

    @property
    def can_go_back(self) -> bool:
        """Tell whether there is a folder to go back to."""
        return bool(self._before)

    @property
    def can_go_forward(self) -> bool:
        """Tell whether there is a folder that was gone back from."""
        return bool(self._after)

    def clear(self) -> None:
        """Begin anew."""
        self._before.clear()
        self._after.clear()

    def leave(self, folder: bytes) -> None:
        """Leave a folder for one of choice."""
        self._before.append(folder)
        self._after.clear()

    def back(self, folder: bytes) -> bytes:
        """Leave a folder for the one before; it is the same where there is none."""
        return _step(self._before, self._after, folder)

    def forward(self, folder: bytes) -> bytes:
        """Leave a folder for the one that was gone back from; the same where there is none."""
        return _step(self._after, self._before, folder)


def _step(source: list[bytes], target: list[bytes], folder: bytes) -> bytes:
    if not source:
        return folder
    target.append(folder)
    return source.pop()


def name_towards(folder: bytes, path: bytes) -> bytes:
    """Name the entry of a folder that leads to a path below it; empty for other paths."""
    above = folder if folder == ROOT else folder + b"/"
    return path[len(above) :].partition(b"/")[0] if path.startswith(above) else b""
