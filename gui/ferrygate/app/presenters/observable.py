"""Lets a presenter tell its views that something changed, without Qt."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager


class Observable:
    """Keeps the callbacks that want to know; calls them in the order they came."""

    def __init__(self) -> None:
        self._observers: list[Callable[[], None]] = []
        self._holds = 0
        self._has_changed = False

    def subscribe(self, observer: Callable[[], None]) -> None:
        """Call ``observer`` after every change."""
        self._observers.append(observer)

    @contextmanager
    def held(self) -> Iterator[None]:
        """Tell of all changes within the context once, at its end; of none where there was none."""
        self._holds += 1
        try:
            yield
        finally:
            self._holds -= 1
            if self._has_changed and not self._holds:
                self._has_changed = False
                self._changed()

    def _changed(self) -> None:
        if self._holds:
            self._has_changed = True
            return
        for observer in self._observers:
            observer()
