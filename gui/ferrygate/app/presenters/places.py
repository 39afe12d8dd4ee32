"""Places: the folders of the start folder, which the side panel shows."""

from __future__ import annotations

from collections.abc import Iterable

from ferrygate.app.models.natural_order import natural_key
from ferrygate.app.presenters.folder_view import Crumb
from ferrygate.common.display import display_name
from ferrygate.common.entry import Entry, EntryKind
from ferrygate.common.remote_path import basename, join, parent

SHOWN = 12
_KEPT = 100  # so that enough are known when some of those shown are removed


class Places:
    """Keeps the first folders of the start folder, each once, in the order of the list.

    A listing of the start folder that is whole decides which there are. What the person makes,
    renames and removes meanwhile is followed, whichever folder is shown then.
    """

    def __init__(self) -> None:
        self._start = b"/"
        self._known: list[bytes] = []  # names in order, as last listed whole
        self._fresh: list[bytes] = []  # of the listing under way
        self.shown: tuple[Crumb, ...] = ()

    def start(self, folder: bytes) -> None:
        """Forget all places; those of another start folder follow."""
        self._start = folder
        self._known, self._fresh = [], []
        self._changed()

    def begin(self) -> None:
        """Begin with a listing of the start folder, or give one up; no place goes for that."""
        self._known, self._fresh = _first(self._known + self._fresh), []
        self._changed()

    def list(self, entries: Iterable[Entry]) -> None:
        """Take entries of the start folder."""
        found = [entry.name for entry in entries if entry.kind is EntryKind.FOLDER]
        if found:
            self._fresh = _first(self._fresh + found)
            self._changed()

    def end(self, *, is_whole: bool) -> None:
        """Note the end of the listing; entries missing from one that is not whole may be there."""
        if is_whole:
            self._known, self._fresh = self._fresh, []
        self.begin()

    def add(self, folder: bytes) -> None:
        """Note that a folder was made, wherever."""
        if parent(folder) == self._start:
            self._known = _first([*self._known, basename(folder)])
            self._changed()

    def remove(self, path: bytes) -> bool:
        """Something was removed, wherever; tell whether it was a place."""
        name = basename(path)
        was_place = parent(path) == self._start and name in {*self._known, *self._fresh}
        if was_place:
            self._known = [known for known in self._known if known != name]
            self._fresh = [known for known in self._fresh if known != name]
            self._changed()
        return was_place

    def rename(self, old: bytes, new: bytes) -> None:
        """Something got another path, wherever."""
        if self.remove(old):
            self.add(new)

    def _changed(self) -> None:
        names = _first(self._known + self._fresh)[:SHOWN]
        self.shown = tuple(Crumb(display_name(name), join(self._start, name)) for name in names)


def _first(names: Iterable[bytes]) -> list[bytes]:
    return sorted(dict.fromkeys(names), key=_order)[:_KEPT]


def _order(name: bytes) -> tuple[str, bytes]:
    return natural_key(display_name(name).casefold()), name
