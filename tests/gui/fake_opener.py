"""A desktop that opens and shows files on paper."""

from __future__ import annotations

from collections.abc import Callable


class FakeOpener:
    """A :class:`ferrygate.app.presenters.fetched_files.FileOpener` that notes what it is asked.

    Attributes:
        opened: paths that were to be opened, in order.
        shown: paths that were to be shown in their folder.
        opens: whether there is a program that opens things.
        shows: whether there is a file manager that shows files.
    """

    def __init__(self) -> None:
        self.opened: list[str] = []
        self.shown: list[str] = []
        self.opens = self.shows = True

    def open(self, path: str) -> bool:
        self.opened.append(path)
        return self.opens

    def show(self, path: str, shown: Callable[[bool], None]) -> None:
        self.shown.append(path)
        shown(self.shows)
