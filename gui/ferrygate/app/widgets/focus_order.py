"""Moves the keyboard's focus: the order of Tab, and the place it falls back to.

Qt walks through controls in the order in which they were made, so that whatever is made later, such
as the buttons of saved sites, comes last. And a control that is hidden or disabled while it has the
keyboard hands it to the next one in that order, whatever it is. Here Tab follows the layouts, as
the eye does, and the keyboard that lost its control goes to a place that the window names.
"""

from __future__ import annotations

from collections.abc import Iterator

from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QGridLayout, QLayout, QWidget


def tab_stops(root: QWidget) -> Iterator[QWidget]:
    """Give the controls that Tab stops at within a widget, from top to bottom."""
    return filter(_takes_tab, _in_order(root))


def next_stop(root: QWidget, current: QWidget | None, *, forward: bool) -> QWidget | None:
    """Give the control that comes after the current one, round the end; none where there is none.

    A widget that has the keyboard and is no stop, such as a text to copy, counts by its place.
    """
    order = list(_in_order(root))
    if not forward:
        order.reverse()
    start = order.index(current) + 1 if current in order else 0
    cyclic = order[start:] + order[:start]
    return next(filter(_takes_tab, cyclic), None)


def has_lost_keyboard(widget: QWidget | None) -> bool:
    """Tell whether a window's keyboard is with nothing that can take keys."""
    return widget is None or not (widget.isVisible() and widget.isEnabled())


def _takes_tab(widget: QWidget) -> bool:
    every = Qt.TabFocusBehavior.TabFocusAllControls
    reaches_all = QGuiApplication.styleHints().tabFocusBehavior() is every
    wanted = Qt.FocusPolicy.TabFocus if reaches_all else Qt.FocusPolicy.StrongFocus
    return (
        widget.focusPolicy() & wanted == wanted
        and widget.isEnabled()
        and widget.focusProxy() is None
    )


def _in_order(widget: QWidget) -> Iterator[QWidget]:
    """Give a widget and all in it that can be seen."""
    if not widget.isVisible() or (widget.isWindow() and widget.parentWidget() is not None):
        return
    yield widget
    layout = widget.layout()
    for child in _children(widget) if layout is None else _laid_out(layout):
        yield from _in_order(child)


def _children(widget: QWidget) -> list[QWidget]:
    """Give the children of a widget without a layout: a splitter's panes, a list's editor."""
    return [child for child in widget.children() if isinstance(child, QWidget)]


def _laid_out(layout: QLayout) -> Iterator[QWidget]:
    for at in _reading_order(layout):
        item = layout.itemAt(at)
        if item is None:
            continue
        if (widget := item.widget()) is not None:
            yield widget
        elif (inner := item.layout()) is not None:
            yield from _laid_out(inner)


def _reading_order(layout: QLayout) -> list[int]:
    if not isinstance(layout, QGridLayout):
        return list(range(layout.count()))

    def place(at: int) -> tuple[int, ...]:
        position: tuple[int, ...] = layout.getItemPosition(at)  # type: ignore[assignment]  # stub
        return position[:2]  # row and column

    return sorted(range(layout.count()), key=place)
