"""Takes pictures dropped on a frame."""

from __future__ import annotations

from PySide6.QtCore import QMimeData, QPoint, QRect, Signal
from PySide6.QtWidgets import QFrame

from ferrygate.app.presenters.drop_presenter import DropPart, DropSpot
from ferrygate.app.widgets.labels import set_look


class DropZone(QFrame):
    """Shows its edge while a picture hangs over it.

    Signals:
        dropped: the drop's QMimeData, valid while the signal is handled.
    """

    dropped = Signal(object)

    def __init__(self) -> None:
        super().__init__()
        self.setProperty("look", "drop")

    def drop_spot(self, _place: QPoint) -> DropSpot | None:
        """Return the spot of the whole frame, if it is in use."""
        return DropSpot(DropPart.PICTURE) if self.isEnabled() else None

    def drop_rect(self, _spot: DropSpot) -> QRect:
        """Return the rectangle of the whole frame."""
        return self.rect()

    def light_drop(self, spot: DropSpot | None) -> None:
        """Show the edge, or not."""
        set_look(self, "over", "false" if spot is None else "true")

    def take_picture(self, data: QMimeData) -> None:
        """Hand on what was dropped."""
        self.dropped.emit(data)
