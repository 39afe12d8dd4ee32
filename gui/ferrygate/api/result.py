"""Tells a program how a transfer ended."""

from __future__ import annotations

import msgspec

from ferrygate.transfers.views import FileView


class Result(msgspec.Struct, frozen=True):
    """Tells how an upload or download ended: every file, in the order they were found."""

    files: tuple[FileView, ...]

    @property
    def complete(self) -> bool:
        """Tell whether every file was delivered, or skipped as asked: ``FileView.ended_well``."""
        return all(view.ended_well for view in self.files)

    @property
    def left_out(self) -> tuple[FileView, ...]:
        """Return what was left out as no file: links to folders, devices, pipes and sockets."""
        return tuple(view for view in self.files if view.is_left_out)
