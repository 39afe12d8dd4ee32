"""When views are rendered: the one owner of the window's pace.

Many small files bring some thousand events a second, and a view takes 0.2 to 3 ms to render. So
no event renders anything. What a turn of Qt's loop brought marks the views it concerns, and they
are rendered together: the first time at once, and after that once in :data:`RENDER_SECONDS`. What
a person does, and what a person is asked, is shown at once. A view that cannot be seen is not
rendered; it stays marked, and is rendered before its first paint.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from typing import Protocol

from PySide6.QtCore import QEvent, QObject
from PySide6.QtWidgets import QWidget

from ferrygate.app.presenters.observable import Observable
from ferrygate.common.clock import Clock

RENDER_SECONDS = 0.06
"""Between two renders for events: the engine tells of a batch ten times a second at most, and a
tenth of a second is where people begin to notice that something is late."""


class OneShot(Protocol):
    """A timer that calls once."""

    def start(self, seconds: float, call: Callable[[], None]) -> None:
        """Call once after so many seconds, on this thread; what was to be called before is not."""
        ...


class _View:
    """Renders one widget, or part of one; ``is_stale`` while it shows less than is known."""

    def __init__(self, widget: QWidget, render: Callable[[], None]) -> None:
        self.widget = widget
        self.render = render
        self.is_stale = False

    @property
    def is_wanted(self) -> bool:
        """Tell whether the view shows less than is known, and can be seen."""
        return self.is_stale and self.widget.isVisible()


class RenderPace(QObject):
    """Renders views when something changed, not more often than people can see."""

    def __init__(self, clock: Clock, timer: OneShot, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._clock = clock
        self._timer = timer
        self._views: list[_View] = []
        self._views_of: dict[Observable, list[_View]] = {}
        self._turns = 0
        self._is_due = False  # the timer runs
        self._may_render_at = float("-inf")  # for events, monotonic

    def add(self, widget: QWidget, render: Callable[[], None], *subjects: Observable) -> None:
        """Render a view after changes of its subjects, while its widget can be seen.

        Views are rendered in the order in which they were added.
        """
        view = _View(widget, render)
        self._views.append(view)
        for subject in subjects:
            if subject not in self._views_of:
                self._views_of[subject] = []
                subject.subscribe(partial(self._mark, self._views_of[subject]))
            self._views_of[subject].append(view)
        widget.installEventFilter(self)

    @contextmanager
    def turn(self, *, at_once: bool = False) -> Iterator[None]:
        """Have what changes within the context rendered at its end, or when its time comes.

        Args:
            at_once: it is something that a person waits for, such as a question.
        """
        self._turns += 1
        try:
            yield
        finally:
            self._turns -= 1
            if not self._turns:
                self._end_turn(at_once=at_once)

    def render(self) -> None:
        """Render now whatever has changed and can be seen.

        Raises:
            ExceptionGroup: what went wrong in some views; the others are rendered nevertheless.
        """
        errors: list[Exception] = []
        for view in self._views:
            if view.is_wanted:
                view.is_stale = False
                try:
                    view.render()
                except Exception as error:  # noqa: BLE001  raised below
                    errors.append(error)
        if errors:
            raise ExceptionGroup("Views could not be rendered", errors)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802  Qt's name
        """Render what has come while it was hidden; Qt tells of it before the first paint."""
        if event.type() == QEvent.Type.Show:
            self.render()
        return super().eventFilter(watched, event)

    def _mark(self, views: list[_View]) -> None:
        for view in views:
            view.is_stale = True
        if not self._turns:
            self.render()

    def _end_turn(self, *, at_once: bool) -> None:
        if at_once:
            self._render_for_events()
        elif not self._is_due and any(view.is_wanted for view in self._views):
            left = self._may_render_at - self._clock.monotonic()
            if left <= 0:
                self._render_for_events()
            else:
                self._is_due = True
                self._timer.start(left, self._render_for_events)

    def _render_for_events(self) -> None:
        self._is_due = False
        try:
            self.render()
        finally:
            self._may_render_at = self._clock.monotonic() + RENDER_SECONDS
