"""Lets a presenter tell its views that something changed, without Qt."""

from __future__ import annotations

from collections.abc import Callable


class Observable:
    """Keeps the callbacks that want to know; calls them in the order they came."""

    def __init__(self) -> None:
        self._observers: list[Callable[[], None]] = []

    def subscribe(self, observer: Callable[[], None]) -> None:
        """Call ``observer`` after every change."""
        self._observers.append(observer)

    def _changed(self) -> None:
        for observer in self._observers:
            observer()
