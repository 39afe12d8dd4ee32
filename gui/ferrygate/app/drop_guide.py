"""Guides drags over the window: the one owner of what takes a drop, lights up and says so."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple, Protocol, runtime_checkable

from PySide6.QtCore import QEvent, QMimeData, QObject, QPoint, QRect, Qt
from PySide6.QtGui import QDragEnterEvent, QDragMoveEvent, QDropEvent
from PySide6.QtWidgets import QWidget

from ferrygate.app.presenters.drop_load import DropLoad
from ferrygate.app.presenters.drop_presenter import (
    DropAction,
    DropOffer,
    DropPart,
    DropPresenter,
    DropSpot,
)
from ferrygate.app.theme import Theme
from ferrygate.app.widgets.drop_light import DropChip
from ferrygate.app.widgets.dropped_files import read_drop

_ICONS = {
    DropAction.UPLOAD: "upload",
    DropAction.OPEN: "server",
    DropAction.READ: "picture",
    DropAction.EXPLAIN: "warning",
}


@runtime_checkable
class DropTarget(Protocol):
    """A widget that has something to drop on."""

    def drop_spot(self, place: QPoint) -> DropSpot | None:
        """Name the spot at a place of the widget."""
        ...

    def drop_rect(self, spot: DropSpot) -> QRect:
        """Return the part of the widget that a spot of it takes."""
        ...

    def light_drop(self, spot: DropSpot | None) -> None:
        """Light up a spot alone, or none."""
        ...


@runtime_checkable
class PictureTarget(Protocol):
    """A target that takes pictures itself."""

    def take_picture(self, data: QMimeData) -> None:
        """Take what was dropped; it is valid until this returns."""
        ...


class _Found(NamedTuple):
    """A spot under the pointer, and its room in the window."""

    target: DropTarget
    spot: DropSpot
    rect: QRect


class DropGuide(QObject):
    """Takes all drags over the window; the widgets in it only say what is where, and light up."""

    def __init__(
        self,
        window: QWidget,
        theme: Theme,
        presenter: DropPresenter,
        dropped: Callable[[], None],
    ) -> None:
        """Begin; ``dropped`` is called after each drop that was taken."""
        super().__init__(window)
        self._window = window
        self._presenter = presenter
        self._dropped = dropped
        self._load = DropLoad()
        self._lit: DropTarget | None = None
        self._chip = DropChip(theme, window)
        window.setAcceptDrops(True)
        window.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802  Qt's name
        # A drop is a move to Qt's classes, and an entry is one too.
        if isinstance(event, QDragEnterEvent):
            self._load = read_drop(event.mimeData())
            _answer(event, is_taken=not self._load.is_own)
        elif isinstance(event, QDragMoveEvent):
            _answer(event, is_taken=self._weigh(event.position().toPoint()))
        elif isinstance(event, QDropEvent):
            _answer(event, is_taken=self._drop(event))
        elif event.type() == QEvent.Type.DragLeave:
            self._put_out()
        else:
            return super().eventFilter(watched, event)
        return True

    def _weigh(self, place: QPoint) -> bool:
        found = self._find(place)
        offer = self._presenter.weigh(found.spot, self._load) if found else None
        if found is None or offer is None:
            self._put_out()
            return False
        if self._lit is not found.target:
            self._put_out()
        self._lit = found.target
        found.target.light_drop(found.spot if offer.is_welcome else None)
        self._say(offer, found)
        return True

    def _drop(self, event: QDropEvent) -> bool:
        found = self._find(event.position().toPoint())
        self._put_out()
        load = read_drop(event.mimeData())
        offer = self._presenter.drop(found.spot, load) if found else None
        if found is None or offer is None:
            return False
        if offer.action is DropAction.READ and isinstance(found.target, PictureTarget):
            found.target.take_picture(event.mimeData())
        self._dropped()
        return True

    def _find(self, place: QPoint) -> _Found | None:
        """Find the innermost part of the window that has something to drop on there."""
        widget: QWidget | None = self._window.childAt(place) or self._window
        while widget is not None:
            if isinstance(widget, DropTarget):
                spot = widget.drop_spot(widget.mapFrom(self._window, place))
                if spot is not None:
                    rect = widget.drop_rect(spot)
                    rect.moveTopLeft(widget.mapTo(self._window, rect.topLeft()))
                    return _Found(widget, spot, rect)
            widget = None if widget is self._window else widget.parentWidget()
        return None

    def _say(self, offer: DropOffer, found: _Found) -> None:
        icon = _ICONS[offer.action]
        self._chip.show_words(offer.words, icon=icon, is_welcome=offer.is_welcome)
        match found.spot.part:
            case DropPart.PLACE:
                self._chip.stand_right_of(found.rect)
            case DropPart.CRUMB | DropPart.PICTURE:
                self._chip.stand_below(found.rect)
            case _:
                self._chip.stand_inside(found.rect)

    def _put_out(self) -> None:
        if self._lit is not None:
            self._lit.light_drop(None)
            self._lit = None
            self._chip.hide()


def _answer(event: QDropEvent, *, is_taken: bool) -> None:
    if is_taken:
        event.setDropAction(Qt.DropAction.CopyAction)
        event.accept()
    else:
        event.ignore()
