"""Works the window as a person does: real clicks, keys and drops, found by accessible names."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TypeVar

from PySide6.QtCore import QEventLoop, QMimeData, QPoint, QPointF, Qt, QTimer, QUrl
from PySide6.QtGui import QDragEnterEvent, QDragLeaveEvent, QDragMoveEvent, QDropEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QLineEdit, QPushButton, QWidget

from ferrygate.app.desktop import Desktop
from ferrygate.app.models.folder_columns import Column
from ferrygate.app.options import AppOptions
from ferrygate.app.plain_text import PlainLabel
from ferrygate.common.clock import Clock
from ferrygate.common.errors import FerrygateError, Kind
from ferrygate.common.message import message

TIMEOUT_SECONDS = 40.0  # for a code of 30 s, and some
_POLL_MS = 20  # between two looks at the window
_SETTLE_MS = 80  # so that what has changed is painted before a picture
_HELD = (Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier)
_SCHEMES = {"dark": Qt.ColorScheme.Dark, "light": Qt.ColorScheme.Light}  # light stays

_Widget = TypeVar("_Widget", bound=QWidget)


class DriverError(FerrygateError):
    """The window did not show what it should."""

    kind = Kind.INTERNAL


class WindowDriver:
    """Works the window as a person's hands do, for the tour and for pictures."""

    def __init__(self, desktop: Desktop, clock: Clock) -> None:
        self._desktop = desktop
        self._clock = clock
        self._window = desktop.window
        self._files = desktop.window.files.files

    # ------------------------------------------------------------ looking

    def wait_for(self, what: str, condition: Callable[[], bool]) -> None:
        """Let the window work until the condition holds, and the window shows it.

        Raises:
            DriverError: it does not hold in time; the message names ``what``.
        """
        end = self._clock.monotonic() + TIMEOUT_SECONDS
        while not condition():
            if self._clock.monotonic() > end:
                raise DriverError(message("This did not happen in time: {what}", what=what))
            self.let_work(_POLL_MS)
        self._desktop.pace.render()

    def wait_for_folder(self, path: bytes) -> None:
        """Wait until a folder is shown whole."""

        def shown() -> bool:
            view = self._desktop.workspace.folder.view
            return view.path == path and view.can_change and not view.is_reading

        self.wait_for(f"folder {path!r}", shown)

    def is_listed(self, name: bytes) -> bool:
        """Tell whether the list shows a name."""
        return bool(self._desktop.model.rows_named([name]))

    def shows(self, words: str) -> bool:
        """Tell whether a control that can be seen has these words in its text or its name."""
        return bool(words) and any(
            words in widget.accessibleName()
            or (isinstance(widget, PlainLabel | QAbstractButton) and words in widget.text())
            for widget in self._window.findChildren(QWidget)
            if widget.isVisible()
        )

    def picture(self, path: Path, *, showing: str | None = None) -> Path:
        """Save what the window looks like.

        Raises:
            DriverError: it does not show the words ``showing``.
        """
        self.let_work(_SETTLE_MS)
        if showing is not None and not self.shows(showing):
            raise DriverError(
                message(
                    "The window does not show “{words}”, so “{name}” was not saved.",
                    words=showing,
                    name=path.name,
                )
            )
        if not self._window.grab().save(str(path)):
            raise DriverError(message("The picture could not be saved."), detail=path.name)
        return path

    def pictures(self, folder: Path, name: str, *, showing: str | None = None) -> list[Path]:
        """Save what the window looks like, dark and light, as ``name-dark.png`` and so on.

        Raises:
            DriverError: it does not show the words ``showing``.
        """
        taken = []
        for scheme, choice in _SCHEMES.items():
            self._desktop.theme.choose(choice)
            taken.append(self.picture(folder / f"{name}-{scheme}.png", showing=showing))
        return taken

    # ------------------------------------------------------------ doing

    def let_work(self, milliseconds: int) -> None:
        """Let the window work for some time, and every other thread as well.

        ``QTest.qWait`` keeps the interpreter's lock while nothing happens, so that engine and
        sandbox would get to work once for each glance.
        """
        loop = QEventLoop()
        QTimer.singleShot(milliseconds, loop.quit)
        loop.exec()

    def click(self, name: str) -> None:
        """Click the button of that name, once it can be clicked."""
        button = None
        while button is None:  # one that comes and goes is waited for again
            self.wait_for(f"button {name!r}", lambda: self._find(QPushButton, name) is not None)
            self.let_work(_POLL_MS)  # until it has its place
            button = self._find(QPushButton, name)
        QTest.mouseClick(button, Qt.MouseButton.LeftButton)

    def type_into(self, name: str, text: str) -> None:
        """Type into the field of that name and press Enter where the text ends in a line end."""
        self.wait_for(f"field {name!r}", lambda: self._find(QLineEdit, name) is not None)
        if (field := self._find(QLineEdit, name)) is not None:
            field.clear()
            QTest.keyClicks(field, text.rstrip("\n"))
            if text.endswith("\n"):
                QTest.keyClick(field, Qt.Key.Key_Return)

    def paste_into(self, name: str, text: str) -> None:
        """Put a text into the field of that name at once, as a paste does."""
        self.wait_for(f"field {name!r}", lambda: self._find(QLineEdit, name) is not None)
        if (field := self._find(QLineEdit, name)) is not None:
            field.clear()
            field.insert(text)

    def press(self, key: Qt.Key) -> None:
        """Press a key in the list."""
        QTest.keyClick(self._files, key)

    def select(self, *names: bytes) -> None:
        """Click rows of the list, all but the first with Control held."""
        held = Qt.KeyboardModifier.NoModifier
        for name in names:
            QTest.mouseClick(
                self._files.viewport(), Qt.MouseButton.LeftButton, held, self._place_of(name)
            )
            held = Qt.KeyboardModifier.ControlModifier

    def open_folder(self, name: bytes) -> None:
        """Select a folder of the list and press Enter."""
        self.select(name)
        self.press(Qt.Key.Key_Return)

    def drop(self, paths: Iterable[Path], on: QPoint) -> None:
        """Drop local files on the list."""
        self.drop_data(carried(paths), on)

    def drop_data(self, data: QMimeData, on: QPoint) -> None:
        """Drop what a mouse carries on the list."""
        self.drop_on(self._files.viewport(), on, data)

    def hang_over(self, widget: QWidget, place: QPoint, data: QMimeData) -> bool:
        """Hold what a mouse carries over a place of a widget; tell whether it would be taken."""
        on, copy = widget.mapTo(self._window, place), Qt.DropAction.CopyAction
        move = QDragMoveEvent(on, copy, data, *_HELD)
        for event in (QDragEnterEvent(on, copy, data, *_HELD), move):  # so on every platform
            self._desktop.application.sendEvent(self._window, event)
        return move.isAccepted()

    def drop_on(self, widget: QWidget, place: QPoint, data: QMimeData) -> bool:
        """Drop what a mouse carries on a place of a widget; tell whether it was taken."""
        if not self.hang_over(widget, place, data):
            self._desktop.application.sendEvent(self._window, QDragLeaveEvent())
            return False
        on, copy = QPointF(widget.mapTo(self._window, place)), Qt.DropAction.CopyAction
        self._desktop.application.sendEvent(self._window, QDropEvent(on, copy, data, *_HELD))
        return True

    def hang_over_list(self, data: QMimeData, row: bytes = b"") -> bool:
        """Hold what a mouse carries over a row of the list, or below all of them."""
        place = self._place_of(row) if row else self.empty_place()
        return self.hang_over(self._files.viewport(), place, data)

    def hang_over_button(self, name: str, look: str, data: QMimeData) -> bool:
        """Hold what a mouse carries over the button of that name and look."""

        def found() -> list[QPushButton]:
            buttons = [b for b in self._window.findChildren(QPushButton) if b.isVisible()]
            return [b for b in buttons if (b.accessibleName(), b.property("look")) == (name, look)]

        self.wait_for(f"{look} {name!r}", lambda: bool(found()))
        self.let_work(_POLL_MS)  # until it has its place
        button = found()[0]
        return self.hang_over(button, button.rect().center(), data)

    def hang_over_page(self, data: QMimeData) -> bool:
        """Hold what a mouse carries over the middle of the window."""
        return self.hang_over(self._window, self._window.rect().center(), data)

    def drop_on_list(self, data: QMimeData) -> bool:
        """Drop what a mouse carries below the rows of the list."""
        return self.drop_on(self._files.viewport(), self.empty_place(), data)

    def drop_on_page(self, data: QMimeData) -> bool:
        """Drop what a mouse carries on the middle of the window."""
        return self.drop_on(self._window, self._window.rect().center(), data)

    def close_window(self) -> bool:
        """Close the window as a person does; tell whether it has closed."""
        return self._window.close()

    def empty_place(self) -> QPoint:
        """Return a point of the list below its rows."""
        port = self._files.viewport()
        return QPoint(port.width() // 2, port.height() - 4)

    def _place_of(self, name: bytes) -> QPoint:
        self.wait_for(f"row {name!r}", lambda: self.is_listed(name))
        row = self._desktop.model.rows_named([name])[0]
        index = self._desktop.model.index(row, Column.NAME)
        self._files.scrollTo(index)
        return self._files.visualRect(index).center()

    def _find(self, kind: type[_Widget], name: str) -> _Widget | None:
        for widget in self._window.findChildren(kind):
            is_shown = widget.isVisible() and not widget.size().isEmpty()  # once it is laid out
            if is_shown and widget.isEnabled() and widget.accessibleName() == name:
                return widget
        return None


def carried(paths: Iterable[Path]) -> QMimeData:
    """Pack local files as a file manager hands them over."""
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(path)) for path in paths])
    return data


def addressed(*addresses: str) -> QMimeData:
    """Pack addresses of any kind as other programs hand them over."""
    data = QMimeData()
    data.setUrls([QUrl(address) for address in addresses])
    return data


@contextmanager
def driven(options: AppOptions) -> Iterator[tuple[Desktop, WindowDriver]]:
    """Open a window in light colours with a driver for it, and close it afterwards."""
    desktop = Desktop(options, Qt.ColorScheme.Light)
    desktop.show()
    try:
        yield desktop, WindowDriver(desktop, options.clock)
    finally:
        desktop.close()
